import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AlarmName } from "../../edge-agent/core/alarms.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { Reporter } from "../../edge-agent/pipeline/reporter.ts";
import { replayChannel, station } from "../support/station.ts";

const DEADBAND = 0.5;
const HEARTBEAT_s = 60;
const { channels } = station({
  channels: [replayChannel("t", { report: { deadband: `${DEADBAND} K`, heartbeat: `${HEARTBEAT_s} s` } }), replayChannel("every")],
});

const sample = (at_s: number, value: number | undefined, more: Partial<Sample> = {}, channel = "t"): Entry => ({
  type: "sample",
  sample: {
    channel,
    at_s,
    stamp_ns: BigInt(Math.round(at_s * 1e9)),
    bound: 0,
    quality: "good",
    reason: "none",
    ...(value !== undefined && { value }),
    ...more,
  },
});
const alarm = (at_s: number, name: AlarmName = "gas-rise", active = true): Entry => ({
  type: "alarm",
  stamp_ns: 0n,
  alarm: {
    at_s,
    id: `${name}:C1`,
    occurrence: "",
    alarm: name,
    scope: { kind: "cell", id: "C1" },
    severity: "warning",
    active,
    state: active ? "unack" : "normal",
    planned: false,
    why: [],
  },
});
const times = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.type === "sample" ? [entry.sample.at_s] : []));
const each = (count: number, value: (at_s: number) => number) => Array.from({ length: count }, (_, at_s) => sample(at_s, value(at_s)));

test("a still channel is kept once a heartbeat; one without a report is kept whole", () => {
  const reporter = new Reporter(channels);
  assert.deepEqual(times(reporter.pass(each(200, (at_s) => 25 + (at_s % 2) * DEADBAND))), [0, 60, 120, 180]);
  assert.equal(reporter.pass(Array.from({ length: 200 }, (_, at_s) => sample(at_s, 25, {}, "every"))).length, 200);
});

test("a step begins where it began", () => {
  assert.deepEqual(times(new Reporter(channels).pass(each(40, (at_s) => (at_s < 30 ? 25 : 30)))), [0, 29, 30]);
});

test("what is said of a value is kept when it changes", () => {
  const reporter = new Reporter(channels);
  const doubt = { quality: "uncertain", reason: "stuck" } as const;
  const bad = { quality: "bad", reason: "no-reply" } as const;
  const censored = { quality: "uncertain", reason: "saturated", bound: 1 } as const;
  const kept = reporter.pass([
    sample(0, 25),
    sample(1, 25),
    sample(2, 25, doubt),
    sample(3, 25, doubt),
    sample(4, undefined, bad),
    sample(5, undefined, bad),
    sample(6, 25, censored),
    sample(7, 25, censored),
    sample(8, 25),
  ]);
  assert.deepEqual(times(kept), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(
    times(reporter.pass(each(50, () => 25).map((_, at) => sample(10 + at, undefined, bad)))),
    [10],
    "a lost sensor says so once, and at heartbeats",
  );
});

test("around an alarm nothing is left out for a minute, on either side; the order stays", () => {
  const reporter = new Reporter(channels);
  const still = each(200, () => 25);
  const kept = [...reporter.pass(still.slice(0, 110)), ...reporter.pass([sample(110, 25.1), alarm(110)]), ...reporter.pass(still.slice(111))];
  const expected = [0, 60, ...Array.from({ length: 110 }, (_, index) => 61 + index)];
  assert.deepEqual(times(kept), expected, "all since the last kept sample, 50 s before, and 60 s after");
  assert.equal(kept.filter(({ type }) => type === "alarm").length, 1);
});

test("a backlog is not fed by its own alarm", () => {
  const reporter = new Reporter(channels);
  const kept = reporter.pass([...each(10, () => 25), alarm(9, "store-backlog"), ...each(20, () => 25).slice(10)]);
  assert.deepEqual(times(kept), [0]);
});

const walk = fc.array(
  fc.record({ wait_s: fc.double({ min: 0.1, max: 30, noNaN: true }), by: fc.double({ min: -1, max: 1, noNaN: true }), ails: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 200,
  },
);

test("whatever the curve, what is kept gives it back within the deadband, and is in order and of the curve", () => {
  fc.assert(
    fc.property(walk, fc.option(fc.nat({ max: 199 }), { nil: undefined }), (steps, alarmAt) => {
      let [at_s, value] = [0, 25];
      const given = steps.flatMap(({ wait_s, by, ails }, index) => {
        at_s += wait_s;
        value += by;
        const entry = sample(at_s, value, ails && index % 7 === 0 ? { quality: "uncertain", reason: "stuck" } : {});
        return index === alarmAt ? [entry, alarm(at_s)] : [entry];
      });
      const reporter = new Reporter(channels);
      const kept = given.flatMap((entry) => reporter.pass([entry])).flatMap((entry) => (entry.type === "sample" ? [entry.sample] : []));
      const all = given.flatMap((entry) => (entry.type === "sample" ? [entry.sample] : []));
      assert.ok(kept.every((each, index) => all.includes(each) && (index === 0 || each.at_s > (kept[index - 1]?.at_s ?? 0))));
      for (const each of all) {
        const before = kept.findLast((one) => one.at_s <= each.at_s);
        const after = kept.find((one) => one.at_s > each.at_s);
        assert.ok(before !== undefined && before.quality === each.quality && before.reason === each.reason);
        assert.ok(Math.abs((before.value ?? 0) - (each.value ?? 0)) <= DEADBAND, "held");
        assert.ok(each.at_s - before.at_s < HEARTBEAT_s, "never silent for a heartbeat");
        if (after === undefined || before === each) continue;
        const share = (each.at_s - before.at_s) / (after.at_s - before.at_s);
        const drawn = (before.value ?? 0) + share * ((after.value ?? 0) - (before.value ?? 0));
        assert.ok(Math.abs(drawn - (each.value ?? 0)) <= 2 * DEADBAND + 1e-9, "drawn straight");
      }
      const near = alarmAt === undefined ? undefined : all[alarmAt];
      if (near !== undefined)
        for (const each of all) if (each.at_s >= near.at_s && each.at_s <= near.at_s + 60) assert.ok(kept.includes(each), "after the alarm");
    }),
    { numRuns: 300 },
  );
});
