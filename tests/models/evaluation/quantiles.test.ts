import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chanceFrom } from "../../../models/evaluation/chance.ts";
import { median, medianInterval, quantile } from "../../../models/evaluation/quantiles.ts";

test("quantiles by hand", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(quantile([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110], 0.1), 20);
  assert.equal(quantile([0, 10], 0.1), 1);
  assert.equal(quantile([7], 0.1), 7);
  assert.equal(quantile([], 0.1), undefined);
});

test("of two runs the median is drawn from one, the other, or both: 1, 2 or 3, each end in a quarter of all draws", () => {
  assert.deepEqual(medianInterval([[1], [3]]), [1, 3]);
});

test("cells of one run are drawn together: fifty cells are no surer than their run", () => {
  const fifty = Array.from({ length: 50 }, (_, index) => 100 + (index % 2));
  assert.deepEqual(medianInterval([fifty, [0]]), [0, 100.5]);
});

test("one run says nothing of others, and the same runs say the same again", () => {
  assert.equal(medianInterval([[1, 2, 3], []]), undefined);
  const runs = [[1], [5, 2], [4], [9, 7]];
  assert.deepEqual(medianInterval(runs), medianInterval(runs));
});

test("the interval lies within the values and is in order", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 4 }), { maxLength: 6 }), (runs) => {
      const interval = medianInterval(runs);
      if (interval === undefined) return;
      const values = runs.flat();
      assert.ok(Math.min(...values) <= interval[0] && interval[0] <= interval[1] && interval[1] <= Math.max(...values));
    }),
    { numRuns: 30 },
  );
});

test("chance is even, and the same from the same seed", () => {
  const chance = chanceFrom(7);
  const drawn = Array.from({ length: 10_000 }, chance);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01 && Math.min(...drawn) >= 0 && Math.max(...drawn) < 1);
  assert.equal(chanceFrom(7)(), drawn[0]);
  assert.notEqual(chanceFrom(8)(), drawn[0]);
});
