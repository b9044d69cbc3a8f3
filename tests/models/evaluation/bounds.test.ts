import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { binomialUpper } from "../../../models/evaluation/binomial.ts";
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

test("no miss in n runs bounds the share of misses as a table says, and a share is never above its bound", () => {
  for (const [n, percent] of [
    [10, 25.89],
    [30, 9.5],
    [60, 4.87],
    [100, 2.95],
    [300, 0.99],
  ] as const)
    assert.ok(Math.abs(100 * binomialUpper(0, n, 0.95) - percent) < 0.01, `${n}: ${binomialUpper(0, n, 0.95)}`);
  assert.equal(binomialUpper(3, 3, 0.95), 1);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(400), (n, some) => {
      const hits = Math.min(some, n);
      const upper = binomialUpper(hits, n, 0.95);
      assert.ok(upper >= hits / n && upper <= 1 && (hits === 0 || upper > binomialUpper(hits - 1, n, 0.95)));
    }),
  );
});
