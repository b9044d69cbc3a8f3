import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { topics } from "../../edge-agent/contracts/topics.ts";
import { type AlarmName, alarmNames, alarmStates, severities } from "../../edge-agent/core/alarms.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { eventKinds } from "../../edge-agent/core/judgement.ts";
import { reasonNames } from "../../edge-agent/core/reasons.ts";
import { qualities } from "../../edge-agent/core/sample.ts";
import { stages } from "../../edge-agent/core/stages.ts";
import { numbering } from "../../edge-agent/sinks/mqtt-numbering.ts";
import { levelOf, type Message, payloadsOf } from "../../edge-agent/sinks/payloads.ts";
import { station } from "../support/station.ts";

const bench = station();
const payloads = payloadsOf(bench);

const absurd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e308));
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("a/b", "+", "#", "$SYS", "\u0000", "\ud800", "line\nbreak", "$&", ""));
const stamp_ns = fc.bigInt({ min: -1n << 70n, max: 1n << 70n });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const uncertain = maybe(fc.record({ value: absurd, u: absurd }, { requiredKeys: ["value"] }));
/** As the types allow, and then some: keys that hold `undefined`, numbers that are none, ids that no schema saw. */
const entry = fc.oneof(
  fc.record({
    type: fc.constant("sample"),
    sample: fc.record({
      channel: fc.oneof(fc.constant("C1.t"), text),
      at_s: absurd,
      stamp_ns,
      value: maybe(absurd),
      raw: maybe(absurd),
      bound: fc.constantFrom(-1, 0, 1),
      quality: fc.constantFrom(...qualities),
      reason: fc.constantFrom(...reasonNames),
    }),
  }),
  fc.record({
    type: fc.constant("estimate"),
    stamp_ns,
    estimate: fc.record({
      at_s: absurd,
      cell: maybe(text),
      pack: maybe(text),
      stage: fc.constantFrom(...stages),
      p: maybe(fc.record({ normal: absurd, runaway: maybe(absurd) })),
      self_heating_K_per_min: uncertain,
      gas_mmol: uncertain,
      swelling_pct: uncertain,
      time_to_runaway_s: maybe(fc.record({ p05: absurd, p50: absurd, p95: absurd })),
      time_to_swelling_limit_s: maybe(fc.record({ p05: absurd, p50: absurd, p95: absurd })),
      swelling_knee_s: maybe(absurd),
      reasons: fc.array(text),
    }),
  }),
  fc.record({
    type: fc.constant("alarm"),
    stamp_ns,
    alarm: fc.record({
      at_s: absurd,
      id: text,
      occurrence: text,
      alarm: fc.constantFrom(...(alarmNames as [AlarmName, ...AlarmName[]])),
      scope: fc.record({ kind: fc.constantFrom("cell", "pack"), id: text, cell: maybe(text), pack: maybe(text), channel: maybe(text) }),
      severity: fc.constantFrom(...severities),
      active: fc.boolean(),
      state: fc.constantFrom(...alarmStates),
      planned: fc.boolean(),
      why: fc.array(text),
    }),
  }),
  fc.record({
    type: fc.constant("event"),
    stamp_ns,
    event: fc.record({ at_s: absurd, event: fc.constantFrom(...eventKinds), text, output: maybe(text), bus: maybe(text), because: maybe(text) }),
  }),
) as unknown as fc.Arbitrary<Entry>;

function assertSendable(message: Message): void {
  const line = numbering(7).first(message.body);
  assert.doesNotMatch(line, /[\n\r]/);
  assert.doesNotMatch(line, /:null|NaN|Infinity|undefined(?=[,}])/);
  const sent = JSON.parse(line);
  assert.deepEqual([sent.v, sent.boot, sent.seq], [1, 7, 1]);
  const parsed = topics[message.name].payload.safeParse(sent);
  assert.ok(parsed.success, `${line}: ${parsed.error?.message}`);
}

test("any entry becomes a message that its schema takes, one JSON line, on a topic of its own kind", () => {
  fc.assert(
    fc.property(entry, (one) => {
      const message = payloads.message(one);
      if (!message) return assert.ok(one.type === "sample" && one.sample.channel !== "C1.t");
      assertSendable(message);
      assert.equal(message.name, one.type);
      const levels = message.topic.split("/");
      assert.deepEqual(levels.slice(0, 4), ["offgas", "test-lab", "bench", one.type]);
      assert.equal(levels.length, one.type === "event" ? 4 : 5);
      assert.match(message.topic, /^[A-Za-z0-9._:%/-]+$/);
    }),
    { numRuns: 2000 },
  );
});

test("any sample's chart point fits its schema", () => {
  fc.assert(
    fc.property(entry, (one) => {
      const chart = one.type === "sample" ? payloads.chart(one.sample) : undefined;
      if (chart) assertSendable(chart);
    }),
  );
});

test("two ids never share a topic level, and a station's own ids stand unchanged in it", () => {
  fc.assert(fc.property(text, text, (a, b) => a.toWellFormed() === b.toWellFormed() || levelOf(a) !== levelOf(b)));
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/), (id) => levelOf(id) === id));
});

test("what was not measured has no key", () => {
  const message = payloads.message({
    type: "sample",
    sample: { channel: "C1.t", at_s: 1, stamp_ns: 1_700_000_000_123_456_789n, value: Number.NaN, bound: 0, quality: "bad", reason: "no-reply" },
  });
  assert.deepEqual(message?.body, {
    stamp_ns: "1700000000123456789",
    time: "2023-11-14T22:13:20.123Z",
    channel: "C1.t",
    quantity: "temperature",
    unit: "degC",
    bound: 0,
    quality: "bad",
    reason: "no-reply",
  });
});

test("the birth names every channel with its unit and place", () => {
  const { body } = payloads.birth("0.1.0", 0n);
  assertSendable(payloads.birth("0.1.0", 0n));
  assert.deepEqual("channels" in body && body.channels, [{ id: "C1.t", quantity: "temperature", unit: "degC", cell: "C1" }]);
});

test("a pack that bears the name of its only cell has its own estimate topic", () => {
  const of = (scope: { cell?: string; pack?: string }) =>
    payloads.message({ type: "estimate", stamp_ns: 1n, estimate: { at_s: 0, stage: "normal", reasons: [], ...scope } })?.topic;
  assert.equal(of({ cell: "C1", pack: "C1" }), "offgas/test-lab/bench/estimate/C1");
  assert.equal(of({ pack: "C1" }), "offgas/test-lab/bench/estimate/pack:C1");
});
