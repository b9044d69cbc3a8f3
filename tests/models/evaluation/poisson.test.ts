import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { poissonUpper } from "../../../models/evaluation/poisson.ts";

test("the bound is half a chi-square quantile, and the rule of three for no event", () => {
  // the root of the summed Poisson terms, by another program with log-gamma
  for (const [events, upper] of [
    [0, 2.995732],
    [1, 4.743865],
    [2, 6.295794],
    [5, 10.513035],
    [10, 16.962219],
    [100, 118.079273],
  ] as const)
    assert.ok(Math.abs(poissonUpper(events, 0.95) - upper) < 1e-5, `${events}: ${poissonUpper(events, 0.95)}`);
  assert.ok(Math.abs(poissonUpper(0, 0.975) - 3.688879) < 1e-5, "the upper end of Garwood's two-sided interval");
});

test("at the bound, so few events or fewer are seen in 5 % of all cases", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), (events) => {
      const mean = poissonUpper(events, 0.95);
      let [term, sum] = [Math.exp(-mean), 0];
      for (let k = 0; k <= events; k += 1) {
        sum += term;
        term *= mean / (k + 1);
      }
      assert.ok(Math.abs(sum - 0.05) < 1e-8);
      assert.ok(mean > events && mean < poissonUpper(events + 1, 0.95));
    }),
  );
});

test("thousands of events are no trouble", () => {
  assert.ok(Math.abs(poissonUpper(5000, 0.95) - 5117.88608) < 1e-4, `${poissonUpper(5000, 0.95)}`);
});
