import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOf } from "../../../models/evaluation/outcome.ts";
import { scoreOf } from "../../../models/evaluation/score.ts";
import { forecast, outcome, oven, raise, told, truth, twoCells } from "./hand-made.ts";

const C1 = { cell: "C1", pack: "P1" };
const found = (at_s: number) => ({ raises: [raise(at_s, "self-heating", "alarm", C1)] });

test("leads of four runs: three found, one missed", () => {
  const score = scoreOf([outcome(oven, found(19_000), "a"), outcome(oven, found(18_000), "b"), outcome(oven, found(16_000), "c"), outcome(oven, {}, "d")]);
  const row = score.leads.find(({ criterion, reference }) => criterion === "class-runaway" && reference === "runaway");
  assert.deepEqual(
    { ...row, median_95: undefined, missed_share_upper: undefined },
    {
      detector: "full",
      kind: "oven",
      runs: 4,
      group: "abuse",
      criterion: "class-runaway",
      reference: "runaway",
      n: 4,
      missed: 1,
      missed_share_upper: undefined,
      median: 2000,
      median_95: undefined,
      lower_decile: 1200,
      min: 1000,
    },
  );
  assert.deepEqual(row?.median_95, [1000, 4000]);
  // 1 of 4: the root of (1 - x)^4 + 4 x (1 - x)^3 = 0.05
  assert.ok(Math.abs((row?.missed_share_upper ?? 0) - 0.751395) < 1e-6);
  // of 5000 s: 0.2, 0.4, 0.8 and a miss
  const share = score.shares.find(({ criterion }) => criterion === "class-runaway");
  assert.ok(Math.abs((share?.median ?? 0) - 0.3) < 1e-9 && Math.abs((share?.lower_decile ?? 0) - 0.06) < 1e-9);
  assert.equal(share?.n, 4);
  assert.equal(score.leads.find(({ criterion, reference }) => criterion === "trip" && reference === "t3")?.missed, 4);
});

test("detectors and kinds are kept apart, and together once there are several kinds", () => {
  const crush = { ...oven, kind: "crush" };
  const score = scoreOf([
    outcome(oven, found(19_000)),
    outcome(crush, found(18_000)),
    outcome(oven, {}, "a", "off-gas-cusum"),
    outcome(crush, {}, "b", "off-gas-cusum"),
  ]);
  const rows = score.leads.filter(({ criterion, reference }) => criterion === "alarm" && reference === "runaway");
  assert.deepEqual(
    rows.map(({ kind, detector, n, missed, median }) => [kind, detector, n, missed, median]),
    [
      ["oven", "full", 1, 0, 1000],
      ["oven", "off-gas-cusum", 1, 1, undefined],
      ["crush", "full", 1, 0, 2000],
      ["crush", "off-gas-cusum", 1, 1, undefined],
      ["all", "full", 2, 0, 1500],
      ["all", "off-gas-cusum", 2, 2, undefined],
    ],
  );
});

test("false alarms: two occurrences in 20 h, and the bound where there was none", () => {
  const calm = truth("cycling", [], true);
  const { false_alarms } = scoreOf([
    outcome(calm, { raises: [raise(5, "gas-rise", "warning", { pack: "P1" }), raise(9, "self-heating", "alarm", C1)] }, "a"),
    outcome(calm, {}, "b"),
  ]);
  const figures = Object.fromEntries(
    false_alarms.map(({ criterion, hours, alarms, per_1000_h, upper_per_1000_h }) => [criterion, [hours, alarms, per_1000_h, upper_per_1000_h]]),
  );
  assert.deepEqual(figures.warning?.slice(0, 3), [20, 2, 100]);
  assert.ok(Math.abs((figures.warning?.[3] ?? 0) - (1000 * 6.295794) / 20) < 1e-3);
  assert.equal(figures["class-runaway"]?.[1], 1);
  assert.deepEqual(figures.trip?.slice(0, 3), [20, 0, 0]);
  assert.ok(Math.abs((figures.trip?.[3] ?? 0) - (1000 * 2.995732) / 20) < 1e-3);
});

test("a recording of no length bounds no rate", () => {
  assert.deepEqual(scoreOf([outcome(truth("cycling", [], true), { watched_s: 0 })]).false_alarms, []);
});

test("near misses and gassing: trips, and the true rate at each alarm of class runaway", () => {
  const close = truth("oven", [["C1", "self-heating-0.2", 1000]]);
  const near = outcomeOf({
    name: "a",
    detector: "full",
    station: twoCells,
    truth: close,
    told: told(found(2000)),
    netRate: (cell, at_s) => (cell === "C1" ? at_s / 10_000 : undefined),
  });
  const gas = outcome(truth("storage", [["C1", "vent", 1000]]), { raises: [raise(900, "vent", "trip", C1)] }, "b");
  const { calm, false_alarms, leads } = scoreOf([near, gas]);
  assert.deepEqual(
    calm.map(({ group, kind, trips, class_runaway, cries }) => [group, kind, trips, class_runaway, cries.map(({ true_net_K_per_min }) => true_net_K_per_min)]),
    [
      ["near-miss", "oven", 0, 1, [0.2]],
      ["gassing", "storage", 1, 0, []],
    ],
  );
  assert.deepEqual(false_alarms, [], "neither is healthy");
  assert.equal(leads.find(({ criterion, reference }) => criterion === "alarm" && reference === "vent")?.median, 100, "there was a vent to be early for");
});

test("times to runaway are means over estimates, beside the plain formula on the same ones", () => {
  const [row] = scoreOf([
    outcome(oven, { forecasts: [forecast(19_000, 19_400, [1200, 1500, 2000], [500, 700, 900])] }, "a"),
    outcome(oven, { forecasts: [forecast(19_400, 20_000, [100, 300, 700])] }, "b"),
  ]).time_to_runaway;
  assert.deepEqual(row, {
    detector: "full",
    kind: "oven",
    runs: 2,
    forecasts: 2,
    late_share: 0.5,
    coverage: 0.5,
    winkler_s: (4800 + 600) / 2,
    median_relative_width: (800 / 1500 + 2) / 2,
    given_share: (0.2 + 0.3) / 2,
    against_plain: { forecasts: 1, winkler_s: 4800, plain_winkler_s: 2400, plain_late_share: 0, plain_coverage: 0 },
  });
});

test("swelling is told of any group, and only where there is something to tell", () => {
  const day = 86_400;
  const storage = truth("storage", [["C1", "knee", day]]);
  const told = (at_s: number) => outcome(storage, { knees: [{ cell: "C1", at_s, knee_s: day }] });
  const { swelling } = scoreOf([told(2 * day), told(1.09 * day), told(0.91 * day), told(0.8 * day), outcome(truth("cycling", [], true))]);
  assert.deepEqual(
    swelling.map(({ kind, knees, knees_missed, knees_early, knees_within_tenth, knee_delay_s }) => [
      kind,
      knees,
      knees_missed,
      knees_early,
      knees_within_tenth,
      knee_delay_s.max,
    ]),
    [
      ["storage", 4, 0, 2, 2, day],
      ["all", 4, 0, 2, 2, day],
    ],
  );
});

test("the full model is shown to give no time and no knee; baselines, which promise neither, are not", () => {
  const storage = truth("storage", [["C1", "knee", 86_400]]);
  const { time_to_runaway, swelling } = scoreOf([
    outcome(oven),
    outcome(oven, {}, "a", "off-gas-cusum"),
    outcome(storage, {}, "b"),
    outcome(storage, {}, "b", "off-gas-cusum"),
  ]);
  assert.deepEqual(
    time_to_runaway.map(({ detector, forecasts, given_share }) => [detector, forecasts, given_share]),
    [["full", 0, 0]],
  );
  assert.deepEqual(
    swelling.map(({ detector, kind, knees, knees_missed }) => [detector, kind, knees, knees_missed]),
    [
      ["full", "storage", 1, 1],
      ["full", "all", 1, 1],
    ],
  );
});
