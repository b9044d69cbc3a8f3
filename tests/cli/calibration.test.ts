import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { Recent } from "../../edge-agent/agent/recent.ts";
import { bumped, lineThrough, type Point, stationLines, yearAfter } from "../../edge-agent/cli/calibration-record.ts";
import { steady, type Watch } from "../../edge-agent/cli/steady.ts";
import type { RecentReadings } from "../../edge-agent/contracts/command.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import { Intake } from "../../edge-agent/pipeline/intake.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const gas = (more: object = {}) =>
  station({ channels: [replayChannel("h2", { quantity: "h2", source: { driver: "replay", column: "h2", unit: "ppm" }, t90: "30 s", ...more })] });

/** A channel that reads `curve` once a second, watched by a person who waits. */
function watching(curve: (at_s: number) => number, more: Partial<Watch> = {}, reason: (at_s: number) => Reason = () => "none") {
  const { channels } = gas();
  const clock = new VirtualClock();
  const recent = new Recent(channels);
  const intake = new Intake(channels, new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 }), 0, true);
  let read_s = 0;
  const said: string[] = [];
  const watch: Watch = {
    clock,
    of: "raw",
    window_s: 30,
    tolerance: 1,
    limit_s: 600,
    progress: (text) => void said.push(text),
    async look(seconds) {
      for (; read_s <= clock.monotonic_s(); read_s++)
        for (const sample of intake.moment([{ channel: 0, at_s: read_s, raw: curve(read_s), reason: reason(read_s) }])) recent.hear(sample);
      return recent.over("h2", seconds, clock.monotonic_s()) as RecentReadings;
    },
    ...more,
  };
  return { watch, clock, said };
}

/** First order, T90 of 30 s, towards 500 ppm. */
const step = (at_s: number) => 500 * (1 - 10 ** (-at_s / 30));

test("a window that does not move is steady, no sooner, and the way there has its T90", async () => {
  const { watch, clock, said } = watching(step, { tolerance: 2.5 });
  const found = steady(watch);
  await clock.advance(600);
  const { raw, after_s, t90_s = 0 } = await found;
  assert.ok(Math.abs(raw.mean - 500) < 5, `${raw.mean}`);
  assert.ok(after_s > 60 && after_s < 120, `${after_s}`);
  assert.ok(Math.abs(t90_s - 30) <= 2, `${t90_s}`);
  assert.match(said[10] ?? "", /^10 s: \d+(\.\d+)? ppm, drift \d.*, noise \d.*, 11 readings$/);
});

test("what never settles ends at the limit and says what was seen", async () => {
  const { watch, clock } = watching((at_s) => 10 * at_s, { limit_s: 100 });
  const refused = assert.rejects(
    steady(watch),
    (error) => isFault(error) && error.code === "command/refused" && /did not settle within 100 s .*--stable/.test(error.message),
  );
  await clock.advance(200);
  await refused;
});

test("a window longer than the agent keeps is refused, however still the reading stands; one that it keeps is not", async () => {
  const { watch, clock } = watching(() => 100, { window_s: 600, limit_s: 1200 });
  const refused = assert.rejects(
    steady(watch),
    (error) => isFault(error) && error.code === "command/refused" && /keeps 51\d s, not 600 s: give a shorter --window/.test(error.message),
  );
  await clock.advance(1300);
  await refused;
  const within = watching(() => 100, { window_s: 500, limit_s: 1200 });
  const found = steady(within.watch);
  await within.clock.advance(1300);
  assert.ok((await found).raw.n >= 499);
});

test("a reading in doubt is not waited out as steady; an expired certificate is what one came to mend", async () => {
  const warm = watching(
    () => 100,
    {},
    (at_s) => (at_s < 200 ? "warming-up" : "calibration-expired"),
  );
  const found = steady(warm.watch);
  await warm.clock.advance(600);
  assert.ok((await found).after_s >= 229);
  assert.match(warm.said[100] ?? "", /in doubt: warming-up$/);
});

test("with nobody to ask, the next point begins when the reading has left the one before", async () => {
  const { watch, clock } = watching((at_s) => (at_s < 100 ? 0 : 500));
  const found = steady(watch, 0);
  await clock.advance(600);
  const { raw, after_s } = await found;
  assert.deepEqual([raw.mean, raw.sd], [500, 0]);
  assert.ok(after_s >= 129);
});

const point = (expected: number, mean: number, more: Partial<Point> = {}): Point => ({
  expected,
  at: "",
  after_s: 60,
  raw: { n: 30, mean, sd: 1, drift: 0, latest: mean },
  ...more,
});

test("two points give zero and span, in either order; one moves the zero", () => {
  const before = { zero: 3, span: 2 };
  for (const points of [
    [point(0, 10), point(500, 260)],
    [point(500, 260), point(0, 10)],
  ])
    assert.deepEqual(lineThrough(points, before), { zero: 10, span: 2 });
  assert.deepEqual(lineThrough([point(100, 60)], before), { zero: 10, span: 2 });
  for (const second of [10, 9]) assert.throws(() => lineThrough([point(0, 10), point(500, second)], before), /did not rise from 0 to 500/);
});

test("the lines are a calibration as the station file takes it, and the reading comes out right by it", () => {
  const [channel] = gas({ calibration: { id: "OLD", date: "2026-01-01", cross: [{ channel: "h2", factor: 0.1 }] } }).channels;
  assert.ok(channel);
  const points = [point(0, 12), point(500, 412)];
  const { calibration } = parse(stationLines("NEW: 1", "2026-11-26", "2027-05-31", lineThrough(points, { zero: 0, span: 1 }), points, channel));
  assert.deepEqual(calibration, {
    id: "NEW: 1",
    date: "2026-11-26",
    expires: "2027-05-31",
    zero: 12,
    span: 1.25,
    range: [0, 500],
    cross: [{ channel: "h2", factor: 0.1 }],
  });
  const made = stationSchema.parse({
    ...gas(),
    channels: [
      { ...replayChannel("h2", { quantity: "h2", source: { driver: "replay", column: "x", unit: "ppm" } }), calibration: { ...calibration, cross: undefined } },
    ],
    packs: [],
    cells: [{ id: "C1" }],
  });
  const intake = new Intake(made.channels, new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 }), 0, true);
  assert.deepEqual([intake.take({ channel: 0, at_s: 1, raw: 412 })?.value, intake.take({ channel: 0, at_s: 2, raw: 12 })?.value], [500, 0]);
});

test("a calibration holds for a year unless something else is said", () => {
  for (const [date, expires] of [
    ["2026-11-26", "2027-11-26"],
    ["2027-12-31", "2028-12-31"],
    ["2028-02-29", "2029-03-01"],
  ] as const)
    assert.equal(yearAfter(date), expires);
});

test("a bump test looks at the value and at the speed", () => {
  const [channel] = gas().channels;
  assert.ok(channel);
  const value = { n: 30, mean: 470, sd: 1, drift: 0, latest: 470 };
  assert.deepEqual(bumped(point(500, 400, { value, t90_s: 25 }), 0.1, channel), {
    passed: true,
    text: "bump test passed: 470 for 500, 10 % allowed; T90 25 s (30 s stated)",
  });
  assert.equal(bumped(point(500, 400, { value, t90_s: 25 }), 0.05, channel).passed, false, "too far off");
  assert.equal(bumped(point(500, 400, { value, t90_s: 40 }), 0.1, channel).passed, false, "too slow");
  assert.match(bumped(point(500, 400, { value }), 0.1, channel).text, /failed.*no step was seen/, "the gas may never have come");
  assert.equal(bumped(point(500, 400, { t90_s: 25 }), 0.1, channel).passed, false, "no value");
});

test("the ring keeps the newest, in order, and counts what is in doubt", () => {
  const recent = new Recent(gas().channels);
  const sample = (at_s: number, value: number) =>
    ({ channel: "h2", at_s, stamp_ns: 0n, value, raw: value, bound: 0, quality: "good", reason: "none" }) as const;
  for (let at_s = 0; at_s < 2000; at_s++) recent.hear(sample(at_s, at_s));
  recent.hear({ channel: "h2", at_s: 2000, stamp_ns: 0n, bound: 0, quality: "bad", reason: "no-reply" });
  const found = recent.over("h2", 10, 2000);
  assert.deepEqual(found?.raw, { n: 9, mean: 1995, sd: Math.sqrt(7.5), drift: 5, latest: 1999 });
  assert.deepEqual([found?.n, found?.doubts], [10, { "no-reply": 1 }]);
  assert.equal(found?.covers_s, 10);
  const all = recent.over("h2", 3600, 2000);
  assert.deepEqual([all?.n, all?.covers_s], [512, 511]);
  assert.equal(recent.over("co", 10, 2000), undefined);
});
