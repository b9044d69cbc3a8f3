import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { prepare, startCell } from "../../../models/twin/cell.ts";
import { at, consume, freshReactants, kineticsOf, ratesAt, reactionNames } from "../../../models/twin/kinetics.ts";
import { usualCell } from "../../../models/twin/params/cell.ts";
import { rest } from "./worlds.ts";

const kineticsOfSet = (set: "kim" | "feng" | "lithium-rich", spread = usualCell.kinetics.spread) =>
  kineticsOf({ ...usualCell.kinetics, set, spread }, usualCell.fractions, usualCell.mass_g, usualCell.heatCapacity_J_per_g_K);
const ratesOf = (kinetics: ReturnType<typeof kineticsOfSet>, T_K: number, boost = 1) => {
  const rates = new Float64Array(reactionNames.length);
  const power_W = ratesAt(kinetics, freshReactants(kinetics), T_K, boost, rates);
  return { rates, power_W };
};

test("overcharge makes anode and cathode faster, and nothing else", () => {
  const kinetics = kineticsOfSet("kim");
  const [plain, boosted] = [ratesOf(kinetics, 420).rates, ratesOf(kinetics, 420, 3).rates];
  for (const name of ["sei", "anode", "electrolyte", "cathode1"] as const) {
    const factor = name === "anode" || name === "cathode1" ? 3 : 1;
    assert.ok(Math.abs((boosted[at[name]] ?? 0) / (plain[at[name]] ?? 0) - factor) < 1e-9, name);
  }
});

test("a drawn activation energy keeps the rate at 400 K, drawn rate and heat scale it", () => {
  const plain = ratesOf(kineticsOfSet("kim"), 400);
  const drawn = ratesOf(kineticsOfSet("kim", { cathode1: { Ea_J_per_mol: 160_000 }, sei: { rate: 2, heat: 0.5 } }), 400);
  assert.ok(Math.abs((drawn.rates[at.cathode1] ?? 0) / (plain.rates[at.cathode1] ?? 0) - 1) < 1e-9);
  assert.ok(Math.abs((drawn.rates[at.sei] ?? 0) / (plain.rates[at.sei] ?? 0) - 2) < 1e-9);
  assert.ok(Math.abs(drawn.power_W / plain.power_W - 1) < 1e-9);
});

test("the rows of Feng's set start at their gates", () => {
  const kinetics = kineticsOfSet("feng");
  for (const [name, gate_degC] of [
    ["sei", 50],
    ["anode", 50],
    ["separator", 120],
    ["electrolyte", 140],
    ["cathode1", 180],
    ["cathode2", 220],
  ] as const) {
    assert.equal(ratesOf(kinetics, gate_degC + 273.1).rates[at[name]], 0);
    assert.ok((ratesOf(kinetics, gate_degC + 273.2).rates[at[name]] ?? 0) > 0, name);
  }
});

test("no step, however long and hot, consumes more than there is", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("kim", "feng", "lithium-rich" as const),
      fc.array(fc.tuple(fc.double({ min: 50, max: 5000, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 20 }),
      (set, steps) => {
        const kinetics = kineticsOfSet(set);
        const c = freshReactants(kinetics);
        const [rates, used] = [new Float64Array(reactionNames.length), new Float64Array(reactionNames.length)];
        for (const [T_K, h_s] of steps) {
          ratesAt(kinetics, c, T_K, 1, rates);
          consume(kinetics, c, rates, h_s, used);
          for (const left of c) assert.ok(left >= 0 && Number.isFinite(left), `${left} left`);
          for (const gone of used) assert.ok(gone >= 0);
        }
      },
    ),
  );
});

test("an inner step is as long as asked in a quiet cell, and short where heat runs", () => {
  const cell = startCell(usualCell);
  assert.equal(prepare(cell, rest, 5), 5);
  assert.ok(prepare(cell, { ...rest, short_ohm: 0.01 }, 5) < 0.1, "a short");
  assert.ok(prepare(cell, { ...rest, current_A: 100 }, 5) < 0.1, "a large current");
  cell.nodes.core_K = cell.nodes.face_K = 520;
  assert.ok(prepare(cell, rest, 5) < 0.1, "reactions");
});
