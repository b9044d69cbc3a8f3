import assert from "node:assert/strict";
import { test } from "node:test";
import { seeRate, startRate } from "../../models/sustained-rate.ts";
import { dice, every } from "./evidence.ts";

/** The first time at which criterion (c) holds. */
function firstHold(times_s: readonly number[], value: (at_s: number) => number): number | undefined {
  const state = startRate();
  return times_s.find((at_s) => seeRate(state, at_s, value(at_s), 10));
}
const ramp =
  (rate: number, from_s = 100) =>
  (at_s: number) =>
    25 + rate * Math.max(0, at_s - from_s);

test("(c) needs more than 3 s: the fourth step at 1 Hz, soon after 3 s at 10 Hz", () => {
  assert.equal(firstHold(every(1, 0, 200), ramp(1)), 104);
  const fast = firstHold(every(0.1, 0, 200), ramp(2)) ?? 0;
  assert.ok(fast > 102.5 && fast <= 104.2, `${fast}`);
});

test("(c) works at uneven spacing and with jitter, and not below 1 K/s", () => {
  const uneven = every(1, 0, 200).map((at_s, i) => at_s + ([0, 0.03, -0.02, 0.3][i % 4] ?? 0));
  const at_s = firstHold(uneven, ramp(1.2)) ?? 0;
  assert.ok(at_s > 103 && at_s < 106, `${at_s}`);
  assert.equal(firstHold(every(1, 0, 200), ramp(0.99)), undefined);
  assert.equal(firstHold(every(0.1, 0, 200), ramp(0.99)), undefined);
});

test("a pause below 1 K/s begins the count anew", () => {
  const step = (at_s: number) => (at_s <= 103 ? at_s - 100 : at_s - 101) + 25; // one flat second
  assert.equal(firstHold(every(1, 100, 120), step), 108);
});

test("one jump is not sustained, at any spacing", () => {
  for (const step_s of [0.01, 0.1, 0.5, 1, 2, 4, 8])
    assert.equal(
      firstHold(every(step_s, 0, 200), (at_s) => (at_s < 100 ? 25 : 900)),
      undefined,
      `${step_s} s`,
    );
});

test("a repeated time changes nothing, and nothing is sustained across a gap", () => {
  const state = startRate();
  for (const at_s of [0, 1, 1, 1, 2, 2, 3]) assert.equal(seeRate(state, at_s, 25 + 2 * at_s, 10), false);
  assert.equal(seeRate(state, 4, 33, 10), true);
  assert.equal(seeRate(state, 16, 80, 10), false);
});

test("the memory of a 1 kHz thermometer stays small", () => {
  const state = startRate();
  for (const at_s of every(0.001, 0, 20)) seeRate(state, at_s, 25 + 2 * at_s, 10);
  assert.ok(state.recent.length <= 2 * 28, `${state.recent.length}`);
});

test("what makes good a fall is no rise: a reading that dips and comes back, at the pace of 5 s", () => {
  const dips = (at_s: number) => (at_s === 100 ? -2 : at_s >= 110 && at_s < 115 ? 78 : 38);
  assert.equal(firstHold(every(5, 0, 300), dips), undefined);
  const risesOn = (at_s: number) => (at_s === 100 ? -2 : 38 + 5 * Math.max(0, at_s - 105));
  assert.equal(firstHold(every(5, 0, 300), risesOn), 115);
});

test("an instrument whose decimals move is noisy where it went, and met no criterion there; a cell that goes on rising does", () => {
  const { normal } = dice(11);
  const coarse = (value: number) => Math.round(value / 2.5) * 2.5;
  const tenfold = every(2, 0, 20_000).map((at_s) => (at_s < 500 ? 25 + 0.25 * normal() : coarse(250 + 2.5 * normal())));
  assert.equal(
    firstHold(every(2, 0, 20_000), (at_s) => tenfold[at_s / 2] ?? 0),
    undefined,
  );
  const leaps = (at_s: number) => (at_s < 500 ? 25 : 100 + 10 * (at_s - 500));
  assert.equal(firstHold(every(2, 0, 600), leaps), 502);
});

test("a jump hides what rises behind it by no more than a few spans", () => {
  for (const jump of [(at_s: number) => (at_s < 100 ? 25 : Math.min(145, 25 + 120 * (at_s - 100)) + 4 * Math.max(0, at_s - 101)), spiked]) {
    const at_s = firstHold(every(1, 0, 200), jump) ?? Number.POSITIVE_INFINITY;
    assert.ok(at_s <= 106, `${at_s}`);
  }
});
const spiked = (at_s: number) => (at_s === 90 ? 125 : 25 + 3 * Math.max(0, at_s - 100));
