import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gradeRunaway, gradeSwelling } from "../../../models/evaluation/forecasts.ts";
import { grade, plainTimeToRunaway } from "../../../models/evaluation/interval.ts";
import { cellsOf } from "../../../models/evaluation/what-happened.ts";
import { forecast, oven, told, truth } from "./hand-made.ts";

test("an interval is late, covers, and is scored by its width and twenty times what the truth lies outside", () => {
  const left = { p05: 100, p50: 200, p95: 400 };
  assert.deepEqual(grade(left, 250), { late: false, covered: true, winkler_s: 300 });
  assert.deepEqual(grade(left, 90), { late: true, covered: false, winkler_s: 300 + 20 * 10 });
  assert.deepEqual(grade(left, 410), { late: false, covered: false, winkler_s: 300 + 20 * 10 });
  assert.deepEqual(grade(left, 100), { late: false, covered: true, winkler_s: 300 });
});

test("a wider interval around the same truth is never better", () => {
  const positive = fc.double({ min: 0, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(positive, positive, positive, (below, above, more) => {
      const of = (by: number) => grade({ p05: 1e6 - below - by, p50: 1e6, p95: 1e6 + above + by }, 1e6).winkler_s;
      assert.ok(of(more) >= of(0));
    }),
  );
});

test("plain TMR at 127 °C: 0.66 K/min is 15 min, and 22 % of spread", () => {
  const plain = plainTimeToRunaway(127, 0.66);
  assert.ok(plain !== undefined && Math.abs(plain.p50 / (15 * 60) - 1) < 0.02, `${plain?.p50} s`);
  assert.ok(Math.abs(plain.p95 / plain.p50 - 1.436) < 0.001 && Math.abs(plain.p50 / plain.p05 - 1.436) < 0.001);
  assert.equal(plainTimeToRunaway(127, 0), undefined);
  assert.equal(plainTimeToRunaway(Number.NEGATIVE_INFINITY, 1), undefined, "no temperature was seen");
});

test("times to runaway count from 0.2 K/min to runaway of their cell", () => {
  const graded = gradeRunaway(cellsOf(oven), {
    forecasts: [
      forecast(9000, 9010, [1, 2, 3]), // before there was anything to see
      forecast(12_000, 12_010, [6000, 9000, 10_000]), // 8000 s are left: covered, width 4000
      forecast(19_000, 19_400, [1200, 1500, 2000], [500, 700, 900]), // 1000 s left: late by 200; plain is 100 short
      forecast(19_400, 19_700, [100, 300, 700], [500, 600, 800]), // 600 left: both cover
      forecast(20_001, 20_010, [1, 2, 3]), // after the fact
    ],
  });
  assert.deepEqual(graded.all, { n: 3, late: 1, covered: 2, winkler_s: 4000 + (800 + 20 * 200) + 600 });
  assert.deepEqual(graded.paired, { n: 2, late: 1, covered: 1, winkler_s: 800 + 20 * 200 + 600 });
  assert.deepEqual(graded.plain, { n: 2, late: 0, covered: 1, winkler_s: 400 + 20 * 100 + 300 });
  assert.deepEqual(graded.widths, [4000 / 9000, 800 / 1500, 2]);
  // from 1 K/min at 18 000 s to runaway are 2000 s, of which 700 have a time
  assert.deepEqual(graded.given, [0.35]);
});

test("where the truth dates nothing, nothing is graded; a cell without any time to runaway is given in none of it", () => {
  const undated = gradeRunaway(cellsOf(truth("heater", [["C1", "runaway", 20_000]])), { forecasts: [forecast(19_000, 19_010, [1, 2, 3])] });
  assert.deepEqual([undated.all.n, undated.given], [0, []]);
  assert.deepEqual(gradeRunaway(cellsOf(oven), { forecasts: [] }).given, [0]);
});

test("swelling: forecasts before the limit, forecasts that time has proven wrong, knees and their delays", () => {
  const day = 86_400;
  const happened = truth("storage", [
    ["C1", "knee", 10 * day],
    ["C1", "swelling-limit", 20 * day],
    ["C2", "knee", 12 * day],
  ]);
  const swelling = [
    { cell: "C1", at_s: 15 * day, left: { p05: 4 * day, p50: 5 * day, p95: 7 * day } },
    { cell: "C1", at_s: 18 * day, left: { p05: 3 * day, p50: 4 * day, p95: 5 * day } }, // 2 d left: late by 1 d
    { cell: "C1", at_s: 21 * day, left: { p05: 1, p50: 2, p95: 3 } }, // the limit is behind
    { cell: "C3", at_s: 10 * day, left: { p05: day, p50: 2 * day, p95: 3 * day } }, // C3 never got there
    { cell: "C3", at_s: 10 * day, left: { p05: day, p50: 2 * day, p95: 30 * day } }, // and may still
  ];
  const knees = [
    { cell: "C1", at_s: 11 * day, knee_s: 9.5 * day },
    { cell: "C2", at_s: 11 * day, knee_s: 11 * day }, // a day before there was one
    { cell: "C3", at_s: 5 * day, knee_s: 4 * day },
  ];
  const graded = gradeSwelling(cellsOf(happened), told({ to_s: 30 * day, swelling, knees }));
  assert.deepEqual(graded.all, { n: 2, late: 1, covered: 1, winkler_s: 3 * day + (2 * day + 20 * day) });
  assert.deepEqual([graded.open, graded.openOver, graded.wrongKnees], [2, 1, 1]);
  assert.deepEqual(graded.knees, [
    { knee_s: 10 * day, delay_s: day, dating_s: -0.5 * day },
    { knee_s: 12 * day, delay_s: -day, dating_s: -day },
  ]);
});
