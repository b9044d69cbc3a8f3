import assert from "node:assert/strict";
import { test } from "node:test";
import { watchTruth } from "../../../models/twin/truth-watch.ts";
import type { CellWorld } from "../../../models/twin/world.ts";
import { noGas, stillWorld } from "./still-world.ts";

/** What is told of one cell, by a world that is a function of time, looked at every `step_s`. */
function told(cellAt: (at_s: number) => Partial<CellWorld>, until_s: number, { step_s = 1, limit_pct = 100, storage = false } = {}): string[] {
  const watch = watchTruth(["C1"], { C1: limit_pct }, storage);
  for (let at_s = 0; at_s <= until_s; at_s += step_s) watch.see(stillWorld(at_s, { cell: cellAt(at_s) }));
  return watch.events().map(({ event, time_s }) => `${event} ${time_s}`);
}

/** Warms by its own heat, ever faster; runs away at 1000 s, peaks at 1050 s. */
const runsAway = (at_s: number): Partial<CellWorld> => {
  const net_K_per_min = at_s < 1000 ? 0.002 * at_s : at_s < 1050 ? 600 : 0;
  const surface_degC = at_s < 1000 ? 100 + at_s / 60 : at_s < 1050 ? 117 + 10 * (at_s - 1000) : Math.max(25, 617 - (at_s - 1050));
  return { net_K_per_min, surface_degC, vented: at_s >= 700 };
};

test("a runaway: each level from its crossing on, the vent, 1 K/s held for 3 s, and the peak", () => {
  assert.deepEqual(told(runsAway, 2000), ["self-heating-0.2 101", "self-heating-0.5 251", "self-heating-1 501", "vent 700", "runaway 1003", "t3 1050"]);
});

test("heat that does not last a minute is no self-heating, unless a runaway ends it", () => {
  assert.deepEqual(
    told((at_s) => ({ net_K_per_min: at_s > 100 && at_s < 150 ? 2 : 0 }), 400),
    [],
  );
  const nail = (at_s: number): Partial<CellWorld> => ({
    net_K_per_min: at_s > 100 && at_s < 120 ? 900 : 0,
    surface_degC: at_s <= 100 ? 25 : at_s < 120 ? 25 + 15 * (at_s - 100) : Math.max(25, 310 - at_s + 120),
  });
  assert.deepEqual(told(nail, 400), ["self-heating-0.2 101", "self-heating-0.5 101", "self-heating-1 101", "runaway 103", "t3 119"]);
});

test("a cell that is heated from outside as fast does not run away", () => {
  assert.deepEqual(
    told((at_s) => ({ surface_degC: 25 + 5 * at_s, net_K_per_min: 0.1 }), 200),
    [],
  );
});

test("the first peak counts: a neighbour's later fire is not this cell's", () => {
  const burnt = (at_s: number): Partial<CellWorld> => (at_s < 1500 ? runsAway(at_s) : { surface_degC: 900 });
  assert.equal(told(burnt, 2000).at(-1), "t3 1050");
});

test("the swelling limit, once", () => {
  assert.deepEqual(
    told((at_s) => ({ swelling_pct: at_s / 100 }), 2000, { limit_pct: 8 }),
    ["swelling-limit 800"],
  );
});

test("a knee: gas at twice the plateau's rate, in a storage test; a falling rate has none", () => {
  const day_s = 86_400;
  const made = (mol: number) => ({ made_mol: { ...noGas, co2: mol } });
  const withKnee = (at_s: number) => made(at_s < 5 * day_s ? at_s : 5 * day_s + 3 * (at_s - 5 * day_s));
  assert.deepEqual(told(withKnee, 8 * day_s, { step_s: 600, storage: true }), [`knee ${5.25 * day_s}`]);
  assert.deepEqual(told(withKnee, 8 * day_s, { step_s: 600 }), []);
  assert.deepEqual(
    told((at_s) => made(Math.sqrt(at_s)), 8 * day_s, { step_s: 600, storage: true }),
    [],
  );
});
