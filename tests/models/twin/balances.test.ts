/** Nothing comes from nothing: matter, charge and energy of drawn cells through abuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { storedEnergy_V } from "../../../models/twin/electric.ts";
import { kineticsOf } from "../../../models/twin/kinetics.ts";
import { usualCell } from "../../../models/twin/params/cell.ts";
import { molarMass_g, molarVolume_L, oxygenCap_mmol_per_g } from "../../../models/twin/params/constants.ts";
import { otherOrganic } from "../../../models/twin/params/gas.ts";
import type { CellSetup } from "../../../models/twin/setup.ts";
import { type Species, species } from "../../../models/twin/world.ts";
import { cells, chambers } from "./drawn.ts";
import { driveOf, run, sum, worldOf } from "./worlds.ts";

const close = (actual: number, expected: number, relative: number, absolute: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute, `${what}: ${actual}, expected ${expected}`);

/** Heats a cell beyond runaway, if it can, and lets it cool; the world and its last word. */
function abused(cell: CellSetup, chamber: Parameters<typeof worldOf>[1] = {}) {
  const world = worldOf([cell], chamber);
  const start = world.ledger();
  run(world, driveOf([{ heater_W: 8 * cell.capacity_Ah }]), 2, 3600, (now) => (now.cells[0]?.core_degC ?? 0) > 350);
  const now = run(world, driveOf([{}]), 5, 300);
  return { now, start, end: world.ledger() };
}

test("gas: what was made is inside or was released, and the chamber accounts for every mole", () => {
  fc.assert(
    fc.property(cells, chambers, (cell, chamber) => {
      const { now, start, end } = abused(cell, chamber);
      const [state] = now.cells;
      const [ledger] = end.cells;
      assert.ok(state && ledger);
      species.forEach((name, i) => {
        close(state.made_mol[name], state.inside_mol[name] + (ledger.released_mol[i] ?? 0), 1e-9, 1e-15, `${name} of the cell`);
      });
      for (const [i, mol] of end.chamber.now.entries()) {
        const { inflow, came, went } = end.chamber;
        const change = (ledger.released_mol[i] ?? 0) + (inflow[i] ?? 0) + (came[i] ?? 0) - (went[i] ?? 0);
        close(mol - (start.chamber.now[i] ?? 0), change, 1e-9, 1e-9, `gas ${i} of the chamber`);
      }
    }),
    { numRuns: 15 },
  );
});

test("matter: gas weighs no more than what it comes from, and oxygen no more than the lattice gives", () => {
  fc.assert(
    fc.property(cells, fc.constantFrom(1, 4), (drawn, more) => {
      const cell = { ...drawn, gas: { ...drawn.gas, runaway_L_per_Ah: more * drawn.gas.runaway_L_per_Ah } };
      const { now, end } = abused(cell);
      const [state] = now.cells;
      const [ledger] = end.cells;
      assert.ok(state && ledger);
      const cathode_g = cell.fractions.cathode * cell.mass_g;
      const mass_g = species.reduce((all, name: Species, i) => all + state.made_mol[name] * (molarMass_g[i] ?? 0), 0);
      const organic_g = (cell.fractions.electrolyte + otherOrganic) * cell.mass_g;
      assert.ok(mass_g <= organic_g + 0.032 * 1000 * ledger.latticeGave_mol + 1e-9, `${mass_g} g of gas out of ${organic_g} g`);
      assert.ok(ledger.organic_g >= -1e-9);
      assert.ok(ledger.latticeGave_mol <= (oxygenCap_mmol_per_g.rockSalt * cathode_g) / 1000 + 1e-12);
      assert.ok(ledger.latticeGave_mol <= (cell.gas.oxygen_mmol_per_g * cathode_g) / 1000 + 1e-9);
      assert.ok(state.made_mol.o2 <= ledger.latticeGave_mol);
    }),
    { numRuns: 15 },
  );
});

test("energy: heat is the enthalpy of what was consumed, and sensible heat is what came less what left", () => {
  fc.assert(
    fc.property(cells, (cell) => {
      const { now, start, end } = abused(cell);
      const [from, to] = [start.cells[0], end.cells[0]];
      const [state] = now.cells;
      assert.ok(from && to && state);
      const { c0, heat_J, seiPerAnode } = kineticsOf(cell.kinetics, cell.fractions, cell.mass_g, cell.heatCapacity_J_per_g_K);
      const consumed = Array.from(c0, (first, i) => first - (to.left[i] ?? 0));
      consumed[1] = (consumed[1] ?? 0) - to.crossedAnode;
      consumed[0] = (consumed[0] ?? 0) + seiPerAnode * (consumed[1] ?? 0);
      const enthalpy_J = consumed.reduce((all, gone, i) => all + gone * (heat_J[i] ?? 0), 0);
      close(to.reactions_J, enthalpy_J, 1e-6, 1e-3, "heat of reactions");
      const into_J =
        to.reactions_J +
        to.crosstalk_J +
        to.short_J +
        to.side_J +
        to.ohmic_J +
        to.reversible_J +
        to.heater_J +
        to.latent_J +
        to.gas_J +
        to.air_J +
        to.neighbours_J;
      close(to.sensible_J - from.sensible_J, into_J, 1e-6, 1e-3, "sensible heat");
    }),
    { numRuns: 15 },
  );
});

test("energy: a short releases what was stored, and no more", () => {
  const world = worldOf();
  const before_J = world.world().cells[0]?.enthalpyLeft_J ?? Number.NaN;
  const now = run(world, driveOf([{ short_ohm: 10 }], { setPoint_degC: 20 }), 5, 4 * 3600);
  const [cell] = now.cells;
  const [ledger] = world.ledger().cells;
  assert.ok(cell && ledger && cell.soc < 0.8);
  close(ledger.short_J + ledger.reactions_J, before_J - cell.enthalpyLeft_J, 2e-3, 10, "released");
});

test("charge: without a short, soc changes by the charge over the capacity, whatever the current does", () => {
  fc.assert(
    fc.property(
      cells,
      fc.array(fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0.1, max: 300, noNaN: true })), { minLength: 1, maxLength: 30 }),
      (cell, pulses) => {
        const world = worldOf([cell]);
        let charge_Ah = 0;
        for (const [c_rate, dt_s] of pulses) {
          const current_A = c_rate * cell.capacity_Ah;
          world.step(driveOf([{ current_A }]), dt_s);
          charge_Ah += (current_A * dt_s) / 3600;
        }
        const [now] = world.world().cells;
        assert.ok(now && now.voltage_V > 0);
        close((now.soc - cell.soc) * now.capacity_Ah, charge_Ah, 1e-6, 1e-9, "charge");
      },
    ),
    { numRuns: 30 },
  );
});

test("a runaway gives the drawn gas, 0.83 to 2.94 L/Ah, most of it carbon oxides and hydrogen", () => {
  for (const runaway_L_per_Ah of [0.83, 1.66, 1.96, 2.94]) {
    const { now } = abused({ ...usualCell, gas: { ...usualCell.gas, runaway_L_per_Ah } });
    const [state] = now.cells;
    assert.ok(state);
    const dry_mol = sum(state.made_mol) - state.made_mol.vapour - state.made_mol.hf;
    close((dry_mol * molarVolume_L) / usualCell.capacity_Ah, runaway_L_per_Ah, 0.1, 0, "L/Ah");
    const share = (name: Species) => state.made_mol[name] / dry_mol;
    close(share("co"), 0.39, 0, 0.06, "CO");
    close(share("co2"), 0.29, 0, 0.08, "CO2, more where the lattice gives much of it");
    close(share("h2"), 0.22, 0, 0.06, "H2");
  }
});

test("Feng's set gives the drawn gas too, though its SEI decomposes over and over", () => {
  const { now } = abused({ ...usualCell, kinetics: { ...usualCell.kinetics, set: "feng" } });
  const [state] = now.cells;
  assert.ok(state);
  const dry_mol = sum(state.made_mol) - state.made_mol.vapour - state.made_mol.hf;
  close((dry_mol * molarVolume_L) / usualCell.capacity_Ah, usualCell.gas.runaway_L_per_Ah, 0.1, 0, "L/Ah");
  close(state.made_mol.c2h4 / dry_mol, 0.039, 0, 0.005, "C2H4, a quarter of it from the SEI");
});

test("gas that crosses the separator is gone, and heats", () => {
  const [apart, crossing] = [0, 0.4].map((share) => abused({ ...usualCell, gas: { ...usualCell.gas, h2ToCathode: share, co2ToAnode: share } }));
  const [before, after] = [apart?.now.cells[0]?.made_mol, crossing?.now.cells[0]?.made_mol];
  assert.ok(before && after);
  assert.ok(after.h2 < 0.75 * before.h2 && after.co2 < 0.85 * before.co2, `H2 ${after.h2} of ${before.h2}, CO2 ${after.co2} of ${before.co2}`);
  assert.ok((crossing?.end.cells[0]?.crosstalk_J ?? 0) > (apart?.end.cells[0]?.crosstalk_J ?? 0) + 5000);
});

test("a collapsed separator releases the drawn share of the charge, once", () => {
  const { now, end } = abused(usualCell);
  close(now.cells[0]?.soc ?? Number.NaN, 0.4, 1e-6, 0, "soc");
  const [ledger] = end.cells;
  const stored_J = usualCell.capacity_Ah * 3600 * (storedEnergy_V(1) - storedEnergy_V(0.4));
  close(ledger?.short_J ?? Number.NaN, stored_J, 0.02, 0, "heat of the short");
});

test("a species that weighs more takes its share from the others", () => {
  const amounts = [1, 1.5].map((co2) => abused({ ...usualCell, gas: { ...usualCell.gas, weight: { co2 } } }).now.cells[0]?.made_mol);
  const [plain, heavy] = amounts;
  assert.ok(plain && heavy);
  assert.ok(heavy.co2 > 1.2 * plain.co2 && heavy.h2 < plain.h2);
  close(sum(heavy) - heavy.vapour, sum(plain) - plain.vapour, 0.02, 0, "all gas");
});

test("the lattice gives no more than all, by formation and heat together", () => {
  const world = worldOf([{ ...usualCell, soc: 0.5, gas: { ...usualCell.gas, formationLattice_mol_per_Ah: 1, oxygen_mmol_per_g: 4.79 } }]);
  run(world, driveOf([{ current_A: 2 }]), 5, 2 * 3600);
  run(world, driveOf([{ heater_W: 60 }]), 1, 3600, (now) => (now.cells[0]?.core_degC ?? 0) > 500);
  const cap_mol = (oxygenCap_mmol_per_g.rockSalt * usualCell.fractions.cathode * usualCell.mass_g) / 1000;
  close(world.ledger().cells[0]?.latticeGave_mol ?? Number.NaN, cap_mol, 1e-9, 0, "lattice oxygen");
});

test("net self-heating is the cell's own heat, less what its solvent takes, over its heat capacity", () => {
  const world = worldOf();
  let own_K = 0;
  const now = run(world, driveOf([{ heater_W: 25, short_ohm: 2 }]), 2, 2400, (at) => {
    own_K += ((at.cells[0]?.net_K_per_min ?? 0) * 2) / 60;
    return (at.cells[0]?.core_degC ?? 0) > 500;
  });
  const [ledger] = world.ledger().cells;
  assert.ok(ledger && now.cells[0] && now.cells[0].core_degC > 300);
  close(
    own_K * usualCell.mass_g * usualCell.heatCapacity_J_per_g_K,
    ledger.reactions_J + ledger.crosstalk_J + ledger.short_J + ledger.side_J + ledger.latent_J,
    1e-6,
    0,
    "own heat",
  );
});

test("hot gas of a vent strikes the neighbour", () => {
  const world = worldOf([usualCell, usualCell], {}, [{ a: 0, b: 1, conductance_W_per_K: 0 }]);
  run(world, driveOf([{ heater_W: 60 }, {}]), 1, 3600, (now) => (now.cells[0]?.core_degC ?? 0) > 500);
  const [from, to] = world.ledger().cells;
  assert.ok(from && to);
  close(to.neighbours_J, -0.2 * from.gas_J, 0.05, 0, "heat to the neighbour");
});
