import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { allowance, type BusPlan, parseBusMessage } from "../../edge-agent/bus/messages.ts";

const parse = (input: unknown) => parseBusMessage(input, new Set([3, 5]), 100);
const readings = (...list: unknown[]) => ({ kind: "readings", readings: list });

test("what a bus process sends comes through as it is, and nothing beside it", () => {
  assert.deepEqual(parse({ kind: "alive" }), { kind: "alive" });
  assert.deepEqual(parse({ kind: "overdue", what: "read from 0x62" }), { kind: "overdue", what: "read from 0x62" });
  const good = { channel: 3, at_s: 99, raw: 25.5 };
  const bad = { channel: 5, at_s: 100, reason: "no-reply", detail: "i2c-1 0x62: no acknowledge" };
  const doubtful = { channel: 5, at_s: 100, raw: 40_000, bound: 1, reason: "saturated" };
  assert.deepEqual(parse(readings(good, bad, doubtful)), readings(good, bad, doubtful));
  assert.deepEqual(parse(readings({ ...good, surplus: 1 })), readings(good));
});

for (const [name, input] of [
  ["null", null],
  ["a text", "alive"],
  ["an array", [{ kind: "alive" }]],
  ["an unknown kind", { kind: "toString" }],
  ["readings that are none", { kind: "readings", readings: 5 }],
  ["a channel of another bus", readings({ channel: 4, at_s: 1, raw: 1 })],
  ["a channel as text", readings({ channel: "3", at_s: 1, raw: 1 })],
  ["no time", readings({ channel: 3, raw: 1 })],
  ["a time to come", readings({ channel: 3, at_s: 101, raw: 1 })],
  ["null for a number, as JSON has NaN", readings({ channel: 3, at_s: 1, raw: null })],
  ["neither number nor reason", readings({ channel: 3, at_s: 1 })],
  ["an unknown reason", readings({ channel: 3, at_s: 1, reason: "constructor" })],
  ["a bound of 2", readings({ channel: 3, at_s: 1, raw: 1, bound: 2 })],
  ["one bad among good", readings({ channel: 3, at_s: 1, raw: 1 }, 7)],
] as const) {
  test(`${name} is no message`, () => assert.equal(parse(input), undefined));
}

test("anything at all is a message or none, never a crash", () => {
  fc.assert(fc.property(fc.anything(), (input) => void parse(input)));
  fc.assert(fc.property(fc.array(fc.anything()), (list) => void parse(readings(...list))));
});

test("a count of what was skipped travels with readings, and is a count", () => {
  const one = { channel: 3, at_s: 1, raw: 1 };
  assert.deepEqual(parse({ ...readings(one), skipped: 7 }), { kind: "readings", readings: [one], skipped: 7 });
  assert.deepEqual(parse({ ...readings(one), skipped: 0 }), { kind: "readings", readings: [one] });
  for (const skipped of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "7", null]) assert.equal(parse({ ...readings(one), skipped }), undefined);
});

test("a long detail is cut", () => {
  const message = parse(readings({ channel: 3, at_s: 1, reason: "no-reply", detail: "x".repeat(100_000) }));
  assert.ok(message?.kind === "readings" && message.readings[0]?.detail?.length === 300);
});

const plan: BusPlan = {
  bus: "i2c-1",
  wire: { kind: "i2c", device: 1 },
  deadline_s: 0.25,
  simulated: true,
  faults: [],
  sensors: [{ driver: "mcp9601", address: 0x67, options: {}, period_s: 0.1, channels: [] }],
};

test("a minute's worth of messages may come at once after a busy minute; a flood may not", () => {
  const mayHear = allowance(plan, 0);
  const needs_per_s = 4 / 0.25 + 1 / 0.1;
  for (let n = 0; n < 60 * needs_per_s; n++) assert.ok(mayHear(60));
  let heard = 0;
  while (mayHear(60) && heard < 1e6) heard++;
  assert.ok(heard < 300 * needs_per_s, `${heard}`);
});

test("messages at their due rate are never too many", () => {
  const mayHear = allowance(plan, 0);
  for (let n = 0; n < 100_000; n++) assert.ok(mayHear(n / (4 / 0.25 + 1 / 0.1)));
});
