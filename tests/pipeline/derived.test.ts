import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../edge-agent/agent/assemble.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";

type Input = ReturnType<typeof replayChannel>;

const vote = (of: string[], more: Partial<Input> = {}): Input =>
  replayChannel("t", { source: { driver: "derived", rule: "vote", of, tolerance: "5 K" }, ...more });

/** What a station decides from one reading or fault per channel and second. */
function decide(channels: Input[], until_s: number, at: (at_s: number) => readonly (number | Partial<Reading> | undefined)[]): Entry[] {
  const stamper = new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 });
  const { decider } = assemble({ station: station({ channels }), stamper, start_s: 0, act: () => [], recorded: true, random: () => 0 });
  const entries: Entry[] = [];
  for (let at_s = 0; at_s <= until_s; at_s++) {
    const readings = at(at_s).flatMap((given, channel): Reading[] =>
      given === undefined ? [] : [{ channel, at_s, ...(typeof given === "number" ? { raw: given } : given) }],
    );
    entries.push(...decider.readings(readings), ...decider.time(at_s));
  }
  return entries;
}

const samples = (entries: readonly Entry[], channel: string) =>
  entries.flatMap((entry) => (entry.type === "sample" && entry.sample.channel === channel ? [entry.sample] : []));
const raised = (entries: readonly Entry[]) =>
  [...new Set(entries.flatMap((entry) => (entry.type === "alarm" && entry.alarm.active ? [entry.alarm.id] : [])))].sort();

const three = [replayChannel("a"), replayChannel("b"), replayChannel("c"), vote(["a", "b", "c"])];
const wobble = (at_s: number) => 25 + (at_s % 3) / 10;
const rise = (at_s: number) => (at_s < 20 ? wobble(at_s) : 25 + 20 * (at_s - 20));

test("one thermocouple that lies makes no alarm of the cell, and is named", () => {
  const entries = decide(three, 60, (at_s) => [wobble(at_s), wobble(at_s), rise(at_s)]);
  assert.deepEqual(raised(entries), ["sensor-lost:c"]);
  const [why] = entries.flatMap((entry) => (entry.type === "alarm" ? entry.alarm.why : []));
  assert.match(why ?? "", /^c is left out of t: more than 5 degC apart \(a 25, b 25, c \d+\)$/);
  assert.ok(samples(entries, "t").every(({ quality, value = 0 }) => quality === "good" && value < 26));
});

test("one that comes back is no longer lost", () => {
  const entries = decide(three, 60, (at_s) => [wobble(at_s), wobble(at_s), at_s > 10 && at_s < 30 ? 90 : wobble(at_s)]);
  const told = entries.flatMap((entry) => (entry.type === "alarm" ? [[entry.alarm.id, entry.alarm.active, entry.alarm.at_s]] : []));
  assert.deepEqual(told, [
    ["sensor-lost:c", true, 14],
    ["sensor-lost:c", false, 40],
  ]);
});

test("a stuck, a lost and a silent thermocouple hide no runaway", () => {
  const rows: [name: string, third: (at_s: number) => number | Partial<Reading> | undefined][] = [
    ["stuck", () => 25],
    ["open", () => ({ reason: "open-circuit" })],
    ["silent", () => undefined],
    ["at the bottom", () => -40],
  ];
  for (const [name, third] of rows) assert.ok(raised(decide(three, 40, (at_s) => [rise(at_s), rise(at_s), third(at_s)])).includes("runaway:C1"), name);
});

test("of two that disagree the hotter decides; the fault is told of their vote", () => {
  const two = [replayChannel("a"), replayChannel("b"), vote(["a", "b"])];
  const entries = decide(two, 60, (at_s) => [wobble(at_s), rise(at_s)]);
  assert.ok(raised(entries).includes("runaway:C1"));
  assert.ok(raised(entries).includes("sensor-lost:t"));
  assert.ok(samples(entries, "t").some(({ reason, quality }) => reason === "disagreement" && quality === "uncertain"));
  assert.ok(raised(decide(two, 60, (at_s) => [{ reason: "open-circuit" }, rise(at_s)])).includes("runaway:C1"), "the one that is left decides");
});

test("a vote is lost with its last voter, and coverage says so", () => {
  const entries = decide([replayChannel("a"), replayChannel("b"), vote(["a", "b"], { essential: true })], 30, (at_s) => (at_s < 5 ? [25, 25] : []));
  assert.deepEqual(samples(entries, "t").at(-1)?.reason, "no-input");
  assert.deepEqual(raised(entries), ["coverage-lost:station", "sensor-lost:a", "sensor-lost:b", "sensor-lost:t"]);
});

test("a derived channel speaks in the moment of its inputs, once, and its stamps rise", () => {
  const entries = decide(three, 5, () => [25, 26, 27]);
  const voted = samples(entries, "t");
  assert.deepEqual(
    voted.map(({ at_s, value }) => [at_s, value]),
    [0, 1, 2, 3, 4, 5].map((at_s) => [at_s, 26]),
  );
  assert.ok(voted.every(({ stamp_ns }, index) => index === 0 || stamp_ns > (voted[index - 1]?.stamp_ns ?? 0n)));
});

const gases = [
  replayChannel("tc", { quantity: "co2_apparent", at: { pack: "C1" }, source: { driver: "replay", column: "tc", unit: "ppm" } }),
  replayChannel("co2", { quantity: "co2", at: { pack: "C1" }, source: { driver: "replay", column: "co2", unit: "ppm" } }),
  replayChannel("h2", { quantity: "h2", at: { pack: "C1" }, source: { driver: "derived", rule: "h2-from-conductivity", of: ["tc", "co2"] } }),
];

test("hydrogen is what conductivity misses of the CO2: 1 vol% for 7.2", () => {
  const h2 = (tc: number | Partial<Reading>, co2: number | Partial<Reading>) =>
    samples(
      decide(gases, 0, () => [tc, co2]),
      "h2",
    ).at(-1);
  assert.equal(h2(20_000, 20_000)?.value, 0);
  assert.equal(h2(20_000 - 72_000, 20_000)?.value, 10_000);
  assert.equal(h2({ reason: "no-reply" }, 400)?.reason, "no-input");
  assert.deepEqual([h2(20_000, 400)?.quality, h2(34_000, 400)?.quality, h2(34_000, 400)?.reason], ["good", "uncertain", "disagreement"], "less than none");
  const bounded = h2({ raw: -500_000, bound: -1 }, 1000);
  assert.deepEqual([bounded?.bound, bounded?.quality, bounded?.reason], [1, "uncertain", "saturated"], "at least");
  assert.equal(h2(0, { raw: 40_000, bound: 1 })?.bound, 1);
  assert.equal(h2({ raw: 400_000, bound: 1 }, 40_000)?.bound, 0, "never at most");
});

test("beyond the end of the infrared sensor hydrogen is a lower bound, and unknown once conductivity sees more CO2 than that", () => {
  const h2 = (tc: number | Partial<Reading>) =>
    samples(
      decide(gases, 0, () => [tc, { raw: 40_000, bound: 1 }]),
      "h2",
    ).map(({ value, bound, quality, reason }) => [value, bound, quality, reason]);
  assert.deepEqual(h2(40_000 - 7200), [[1000, 1, "uncertain", "saturated"]]);
  assert.deepEqual(h2(40_000), [[0, 1, "uncertain", "saturated"]]);
  for (const tc of [40_001, 400_000, { raw: 500_000, bound: 1 } as const]) assert.deepEqual(h2(tc), [[undefined, 0, "bad", "no-input"]]);
});

test("hydrogen trips where no cell could follow it", () => {
  const entries = decide(gases, 20, (at_s) => [at_s < 10 ? 400 + (at_s % 2) : 400 - 7.2 * 20_000, 400 + (at_s % 2)]);
  assert.ok(raised(entries).includes("flammable-gas:h2"));
});
