import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { averageRunLength, cusumStep, thresholdFor } from "../../models/cusum.ts";
import { dice } from "./evidence.ts";

test("the recursion equals the largest partial sum that ends now", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 40 }), fc.double({ min: 0, max: 2, noNaN: true }), (xs, k) => {
      let sum = 0;
      for (const [i, x] of xs.entries()) {
        sum = cusumStep(sum, x, k);
        const ending = xs.slice(0, i + 1).map((_, from) => xs.slice(from, i + 1).reduce((total, y) => total + y - k, 0));
        assert.ok(Math.abs(sum - Math.max(0, ...ending)) < 1e-9);
      }
    }),
  );
});

test("average run lengths agree with a Markov chain (h 5: 931, h 8: 18 962 at k 0.5) within 1 %", () => {
  assert.ok(Math.abs(averageRunLength(5, 0.5) / 931 - 1) < 0.01);
  assert.ok(Math.abs(averageRunLength(8, 0.5) / 18_962 - 1) < 0.01);
  assert.equal(averageRunLength(5, 0.5, 0.5), (5 + 1.166) ** 2);
});

test("thresholds of one false alarm a day, month, year and ten years at 1 Hz", () => {
  const day = 86_400;
  const expected = [
    [day, 9.5],
    [30.4 * day, 12.9],
    [365.25 * day, 15.4],
    [3652.5 * day, 17.7],
  ] as const;
  for (const [samples, h] of expected) assert.ok(Math.abs(thresholdFor(samples, 0.5) - h) < 0.06, `${samples}: ${thresholdFor(samples, 0.5)}`);
});

test("simulated run lengths agree with the formula within three standard errors and 2 %", () => {
  const { normal } = dice(20_251);
  const meanRun = (h: number, shift: number, runs: number) => {
    let total = 0;
    for (let i = 0; i < runs; i++) for (let sum = 0; sum <= h; total++) sum = cusumStep(sum, normal() + shift, 0.5);
    return total / runs;
  };
  // run lengths under no change are nearly exponential, so their standard error is mean / sqrt(runs)
  const runs = 1500;
  const formula = averageRunLength(5, 0.5);
  assert.ok(Math.abs(meanRun(5, 0, runs) / formula - 1) < 3 / Math.sqrt(runs) + 0.02);
  assert.ok(Math.abs(meanRun(15.4, 1, 500) / averageRunLength(15.4, 0.5, 1) - 1) < 0.05);
});

test("correlated noise shortens the run length several-fold, which is why innovations are whitened", () => {
  const { normal } = dice(7);
  let total = 0;
  const runs = 400;
  for (let i = 0; i < runs; i++) {
    let x = normal();
    for (let sum = 0; sum <= 5; total++) {
      x = 0.5 * x + Math.sqrt(0.75) * normal();
      sum = cusumStep(sum, x, 0.5);
    }
  }
  assert.ok(total / runs < averageRunLength(5, 0.5) / 5);
});
