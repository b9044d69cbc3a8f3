import assert from "node:assert/strict";
import test from "node:test";
import { Burst, type BurstSetting } from "../../edge-agent/sensors/burst.ts";
import { Peak } from "../../edge-agent/sensors/peak.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";

const EVERY_s = 0.004;
const setting: BurstSetting = { before_s: 2, after_s: 3, every_s: EVERY_s, step: undefined };

/** Pushes a signal from `from_s` on; what is taken once a second, `most` at a time. */
function fed(burst: Burst, signal: (at_s: number) => number, from_s: number, to_s: number, most = 10_000): number[] {
  const taken: number[] = [];
  for (let n = Math.round(from_s / EVERY_s); n < to_s / EVERY_s; n++) {
    burst.push({ at_s: n * EVERY_s, code: signal(n * EVERY_s) });
    if (n % Math.round(1 / EVERY_s) === 0) taken.push(...burst.take(most).map(({ at_s }) => at_s));
  }
  return [...taken, ...burst.take(most).map(({ at_s }) => at_s)];
}

const random = seeded(4);
const noise = (): number => 20 * (random() + random() + random() - 1.5);
const isRising = (times: readonly number[]): boolean => times.every((at_s, index) => index === 0 || at_s > (times[index - 1] ?? 0));

test("an hour of noise, and a slow drift, are no event", () => {
  const quiet = (at_s: number) => 5000 + Math.round(noise()) + at_s;
  assert.deepEqual(fed(new Burst(setting), quiet, 0, 3600), []);
  assert.deepEqual(
    fed(new Burst(setting), () => 5000, 0, 60),
    [],
  );
});

test("a step of its own scatter keeps two seconds before and three after, in order and once each", () => {
  const times = fed(new Burst(setting), (at_s) => 5000 + Math.round(noise()) + (at_s >= 10 ? 500 : 0), 0, 30);
  assert.ok(isRising(times));
  assert.ok(Math.abs((times[0] ?? 0) - 8) < 0.01, `${times[0]}`);
  const end_s = times.at(-1) ?? 0;
  assert.ok(end_s > 13 - 0.01 && end_s < 16, `${end_s}`); // a second or so until the mean has come up
  assert.ok(Math.abs(times.length - (end_s - 8) / EVERY_s) <= 2, "without a gap");
});

test("the station's step holds at once, and what is smaller is no event", () => {
  const stepped = (height: number) => fed(new Burst({ ...setting, step: 100 }), (at_s) => (at_s >= 0.5 ? 5000 + height : 5000), 0, 10);
  assert.ok((stepped(100)[0] ?? Number.NaN) === 0);
  assert.deepEqual(stepped(99), []);
});

test("a second event while the first is being kept makes it longer, without repeating anything", () => {
  const vents = (at_s: number) => ((at_s > 10 && at_s < 10.2) || (at_s > 12 && at_s < 12.2) ? 9000 : 5000);
  const times = fed(new Burst(setting), vents, 0, 30);
  assert.ok(isRising(times) && (times.at(-1) ?? 0) > 15, `${times.at(-1)}`);
});

test("what nobody takes is bounded, and so is what is taken at once", () => {
  const burst = new Burst({ ...setting, step: 10 });
  for (let n = 0; n < 1_000_000; n++) burst.push({ at_s: n * EVERY_s, code: n % 2 === 0 ? 0 : 1000 });
  assert.equal(burst.take(512).length, 512);
  assert.ok(burst.end().length <= (2 * 5) / EVERY_s + 1);
});

test("when no more will come, the ring is given", () => {
  const burst = new Burst(setting);
  assert.deepEqual(
    fed(burst, () => 5000, 0, 10),
    [],
  );
  const held = burst.end();
  assert.equal(held.length, 500);
  assert.ok(Math.abs((held.at(-1)?.at_s ?? 0) - (10 - EVERY_s)) < 1e-9);
  assert.deepEqual(burst.end(), []);
});

const peakOf = (times: readonly number[], value: (at_s: number) => number) => {
  const peak = new Peak(2.001 * EVERY_s);
  for (const at_s of times) peak.see({ at_s, raw: value(at_s) });
  return peak;
};
const grid = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => (from + n) * EVERY_s);

test("the greatest value of each interval comes with its own time", () => {
  const peak = peakOf(grid(0, 250), (at_s) => (at_s === 0.4 ? 7 : 5));
  assert.deepEqual(peak.take(), { at_s: 0.4, raw: 7 });
  for (const at_s of grid(250, 500)) peak.see({ at_s, raw: -at_s });
  assert.deepEqual(peak.take(), { at_s: 1, raw: -1 });
});

test("a gap of more than two conversions makes it a lower bound, also across two intervals", () => {
  const peak = peakOf([...grid(0, 100), ...grid(103, 200)], () => 5);
  const gaps = peak.take();
  assert.deepEqual([gaps.raw, gaps.bound, gaps.reason], [5, 1, "gaps"]);
  assert.match(gaps.detail ?? "", /^197 conversions, the longest gap 16.0 ms/);
  for (const at_s of grid(205, 300)) peak.see({ at_s, raw: 5 });
  assert.equal(peak.take().reason, "gaps");
  for (const at_s of grid(301, 400)) peak.see({ at_s, raw: 5 });
  assert.equal(peak.take().reason, undefined, "two conversions are no gap");
});

test("conversions without a value make it a lower bound; none but such make it what they say", () => {
  const fault = { reason: "short-circuit", detail: "21.40 mA" } as const;
  const peak = peakOf(grid(0, 10), () => 5);
  peak.see({ at_s: 10 * EVERY_s, ...fault });
  const some = peak.take();
  assert.deepEqual([some.raw, some.bound, some.reason], [5, 1, "gaps"]);
  assert.match(some.detail ?? "", /1 of them without a value \(21.40 mA\)/);
  peak.see({ at_s: 11 * EVERY_s, ...fault });
  assert.deepEqual(peak.take(), { at_s: 11 * EVERY_s, ...fault });
});

test("the time of a failure belongs to no interval", () => {
  const peak = peakOf(grid(0, 100), () => 5);
  peak.forget();
  for (const at_s of grid(1000, 1100)) peak.see({ at_s, raw: 6 });
  assert.deepEqual(peak.take(), { at_s: 4, raw: 6 });
});
