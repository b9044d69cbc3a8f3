import assert from "node:assert/strict";
import { test } from "node:test";
import { usualCell } from "../../../models/twin/params/cell.ts";
import { driveOf, rest, run, worldOf } from "./worlds.ts";

test("a cell at rest in a chamber at 25 °C stays as it is", () => {
  const now = run(worldOf(), driveOf([{}]), 60, 24 * 3600);
  const [cell] = now.cells;
  assert.ok(cell);
  assert.ok(Math.abs(cell.core_degC - 25) < 0.2, `core ${cell.core_degC}`);
  assert.ok(Math.abs(now.pressure_kPa - 101.3) < 0.01);
  assert.ok(Math.abs(now.gas_ppm.co2 - 450) < 10, `CO2 ${now.gas_ppm.co2}`);
  assert.ok(Math.abs(cell.net_K_per_min) < 1e-5);
  assert.equal(cell.vented, false);
});

test("a heater of 20 W brings solvent vapour first, then the vent, runaway and its gas", () => {
  const world = worldOf();
  const drive = driveOf([{ heater_W: 20 }]);
  const vented = run(world, drive, 1, 7200, (now) => now.cells[0]?.vented === true);
  const [atVent] = vented.cells;
  assert.ok(atVent && atVent.surface_degC > 90 && atVent.surface_degC < 145, `vent at ${atVent?.surface_degC}`);
  assert.ok(atVent.inside_mol.vapour > 10 * atVent.inside_mol.h2);
  const away = run(world, drive, 1, 7200, (now) => (now.cells[0]?.net_K_per_min ?? 0) > 60);
  assert.ok(away.at_s > vented.at_s + 60 && away.at_s < 7200, `runaway at ${away.at_s}`);
  const after = run(world, driveOf([rest]), 1, 60);
  assert.ok((after.cells[0]?.core_degC ?? 0) > 400);
  assert.equal(after.cells[0]?.voltage_V, 0);
  assert.ok(after.gas_ppm.h2 > 1000, `H2 ${after.gas_ppm.h2}`);
});

test("refuses a time or a drive that fits no world", () => {
  const world = worldOf();
  for (const dt_s of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => world.step(driveOf([{}]), dt_s), TypeError);
  assert.throws(() => world.step(driveOf([{}, {}]), 1), TypeError);
  for (const cell of [{ current_A: Number.NaN }, { heater_W: Number.POSITIVE_INFINITY }, { short_ohm: -1 }])
    assert.throws(() => world.step(driveOf([cell]), 1), TypeError);
  for (const over of [{ fan: -1 }, { room_kPa: 0 }, { setPoint_degC: Number.NaN }, { door_per_h: Number.POSITIVE_INFINITY }]) {
    assert.throws(() => world.step(driveOf([{}], over), 1), TypeError);
  }
});

test("refuses a setup that nothing can have", () => {
  assert.throws(() => worldOf([{ ...usualCell, mass_g: 0 }]), RangeError);
  assert.throws(() => worldOf([{ ...usualCell, pouch: { ...usualCell.pouch, slack_mL: 0 } }]), RangeError);
  assert.throws(() => worldOf([usualCell], { volume_L: 0 }), RangeError);
  assert.throws(() => worldOf([usualCell], {}, [{ a: 0, b: 1, conductance_W_per_K: 1 }]), RangeError);
  assert.throws(() => worldOf([{ ...usualCell, gas: { ...usualCell.gas, oxygenToAnode: 0.6, oxygenToSolvent: 0.6 } }]), RangeError);
  assert.throws(() => worldOf([{ ...usualCell, gas: { ...usualCell.gas, oxygen_mmol_per_g: 5 } }]), RangeError);
});
