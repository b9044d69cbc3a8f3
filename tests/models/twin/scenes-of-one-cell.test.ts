/** What a cell and its chamber do in the situations that the literature describes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { usualCell } from "../../../models/twin/params/cell.ts";
import type { CellSetup } from "../../../models/twin/setup.ts";
import type { CellWorld, World } from "../../../models/twin/world.ts";
import { driveOf, run, worldOf } from "./worlds.ts";

const first = (now: World): CellWorld => {
  const [cell] = now.cells;
  assert.ok(cell);
  return cell;
};
const changed = (over: { readonly [K in "gas" | "pouch" | "electrical"]?: Partial<CellSetup[K]> } & Partial<Pick<CellSetup, "soc">>): CellSetup => ({
  ...usualCell,
  soc: over.soc ?? usualCell.soc,
  gas: { ...usualCell.gas, ...over.gas },
  pouch: { ...usualCell.pouch, ...over.pouch },
  electrical: { ...usualCell.electrical, ...over.electrical },
});
const hour_s = 3600;

test("in a sealed chamber gas raises the pressure by its volume while the pouch swells, and no gas sensor sees it", () => {
  const still = changed({ gas: { storage_mol_per_Ah_s: 0 } });
  const gassing = changed({ gas: { storage_mol_per_Ah_s: 2e-10 } });
  const drive = driveOf([{}], { setPoint_degC: 60 });
  const [quiet, swollen] = [still, gassing].map((cell) => {
    const world = worldOf([cell], { volume_L: 1, sealed: true, leak_per_h: 0 });
    const now = run(world, drive, 60, 50 * hour_s);
    return { now, cell: first(now), mL: world.ledger().cells[0]?.pouch_mL ?? Number.NaN };
  });
  assert.ok(quiet && swollen && !swollen.cell.vented);
  const grown_mL = swollen.mL - quiet.mL;
  assert.ok(grown_mL > 3, `${grown_mL} mL`);
  const rise = swollen.now.pressure_kPa / quiet.now.pressure_kPa - 1;
  assert.ok(Math.abs(rise / (grown_mL / 1000) - 1) < 0.05, `rise ${rise} for ${grown_mL} mL in 1 L`);
  assert.ok(Math.abs(swollen.now.gas_ppm.co2 - quiet.now.gas_ppm.co2) < 1);
});

test("storage has a first rise, a plateau and an escalation, and opens the seal without a runaway", () => {
  const world = worldOf([changed({ gas: { knee_h: 300, escalates_h: 50, storage_mol_per_Ah_s: 3e-11 } })]);
  const made: number[] = [];
  let vented_h: number | undefined;
  for (let hours = 50; hours <= 700; hours += 50) {
    const now = run(world, driveOf([{}], { setPoint_degC: 60 }), 60, 50 * hour_s);
    made.push(first(now).made_mol.co2);
    if (first(now).vented) vented_h ??= hours;
  }
  const rate = (i: number) => (made[i] ?? 0) - (made[i - 1] ?? 0);
  assert.ok((made[0] ?? 0) > 1.3 * rate(3), "first rise");
  assert.ok(Math.abs(rate(3) / rate(2) - 1) < 0.2, "plateau");
  assert.ok(rate(9) > 5 * rate(3), "escalation");
  assert.ok(vented_h !== undefined && vented_h > 200, `opened by ${vented_h} h`);
  assert.ok(first(world.world()).core_degC < 62);
});

test("storage gas grows by 2.14 from 55 to 65 °C at 70 kJ/mol", () => {
  const perDay = (setPoint_degC: number): number => {
    const world = worldOf([changed({ gas: { settles_h: 1e-3 } })]);
    const drive = driveOf([{}], { setPoint_degC });
    const before = first(run(world, drive, 60, 24 * hour_s)).made_mol.co;
    return first(run(world, drive, 60, 24 * hour_s)).made_mol.co - before;
  };
  const ratio = perDay(65) / perDay(55);
  assert.ok(Math.abs(ratio - 2.14) < 0.03, `${ratio}`);
});

test("in storage the SEI's slow loss makes no gas of its own", () => {
  const { made_mol } = first(run(worldOf(), driveOf([{}], { setPoint_degC: 60 }), 60, 300 * hour_s));
  assert.ok(made_mol.c2h4 > 0 && made_mol.c2h4 < 0.02 * made_mol.co2, JSON.stringify(made_mol));
});

test("heat softens the seal, which opens below its strength at room temperature, and solvent goes on leaving", () => {
  const world = worldOf();
  let over_kPa = 0;
  run(world, driveOf([{ heater_W: 10 }]), 1, hour_s, (now) => {
    if (!first(now).vented) over_kPa = world.ledger().cells[0]?.pouchOver_kPa ?? Number.NaN;
    return first(now).vented;
  });
  assert.ok(over_kPa > 30 && over_kPa < 70, `opened at ${over_kPa} kPa of ${usualCell.pouch.burst_kPa}`);
  const cooled = run(world, driveOf([{}], { setPoint_degC: 50 }), 5, hour_s);
  const later = run(world, driveOf([{}], { setPoint_degC: 50 }), 5, 5 * hour_s);
  assert.ok(first(later).made_mol.vapour > first(cooled).made_mol.vapour + 2e-4);
});

test("a first charge makes SEI gas at once and lattice gas above 4.5 V, once", () => {
  const world = worldOf([changed({ soc: 0, gas: { formationSei_mol_per_Ah: 2e-5, formationLattice_mol_per_Ah: 2e-5, storage_mol_per_Ah_s: 0 } })]);
  const charge = driveOf([{ current_A: 1 }]);
  const below = first(run(world, charge, 10, 3 * hour_s));
  assert.ok(below.made_mol.c2h4 > 4e-5 && below.made_mol.o2 === 0);
  const full = first(run(world, charge, 10, 2 * hour_s));
  assert.ok(full.made_mol.co2 > 3e-5 && full.made_mol.o2 > 5e-6, JSON.stringify(full.made_mol));
  run(world, driveOf([{ current_A: -1 }]), 10, 4.9 * hour_s);
  const again = first(run(world, charge, 10, 4.9 * hour_s));
  assert.ok(again.made_mol.c2h4 - full.made_mol.c2h4 < 1e-6);
});

test("overcharge: voltage and gas rise, the seal opens, then the cell runs away", () => {
  const world = worldOf();
  const drive = driveOf([{ current_A: 5 }]);
  const vented = run(world, drive, 1, 2 * hour_s, (now) => first(now).vented);
  assert.ok(first(vented).soc > 1.1 && first(vented).voltage_V > 4.6 && first(vented).core_degC < 130);
  const away = run(world, drive, 1, 2 * hour_s, (now) => first(now).net_K_per_min > 60);
  assert.ok(first(away).soc > 1.2 && first(away).soc < 2, `at ${first(away).soc}`);
});

test("HF comes with the SEI and lags CO2", () => {
  const world = worldOf();
  const drive = driveOf([{}], { setPoint_degC: 130 });
  const early = first(run(world, drive, 5, 3 * hour_s, (now) => first(now).made_mol.co2 > 1e-3));
  assert.ok(early.made_mol.hf > 0 && early.made_mol.hf < early.made_mol.co2);
});

test("wet electrolyte makes HF in storage, and no more than twice its water", () => {
  const hf = (water_ppm: number, days: number) =>
    first(run(worldOf([changed({ gas: { water_ppm } })]), driveOf([{}], { setPoint_degC: 60 }), 60, 24 * days * hour_s)).made_mol.hf;
  const all_mol = (2 * 300e-6 * usualCell.fractions.electrolyte * usualCell.mass_g) / 18.02;
  const [dry, wet, later] = [hf(0, 2), hf(300, 2), hf(300, 30)];
  assert.equal(dry, 0);
  assert.ok(wet > 0.1 * all_mol && wet < 0.5 * all_mol, `${wet} of ${all_mol} mol`);
  assert.ok(later > 0.95 * all_mol && later <= all_mol * (1 + 1e-9), `${later} of ${all_mol} mol`);
});

test("a short by separator or by dendrite takes the voltage down, and a hard one runs away", () => {
  const hard = worldOf();
  assert.ok(first(hard.step(driveOf([{ short_ohm: 0.01 }]), 1)).voltage_V < 2);
  const soft = worldOf();
  const now = first(run(soft, driveOf([{ short_ohm: 5 }]), 5, 2 * hour_s));
  assert.ok(now.soc < 0.75 && now.core_degC < 80 && now.voltage_V > 3);
  const away = run(hard, driveOf([{ short_ohm: 0.01 }]), 1, 600, (world) => first(world).core_degC > 400);
  assert.equal(first(away).voltage_V, 0);
});

test("a cell in a jig pushes by breathing and by the pressure of its gas", () => {
  const jigged = changed({ pouch: { jig: { stiffness_N_per_mm: 5000, preload_N: 500 } } });
  const world = worldOf([jigged]);
  const full = first(world.step(driveOf([{}]), 1));
  const empty = first(run(world, driveOf([{ current_A: -5 }]), 10, 0.95 * hour_s));
  assert.ok(full.force_N !== undefined && empty.force_N !== undefined);
  assert.ok(full.force_N > 500 && empty.force_N < full.force_N - 200, `${full.force_N} N full, ${empty.force_N} N empty`);
  assert.ok(full.thickness_mm < (first(worldOf().step(driveOf([{}]), 1)).thickness_mm ?? 0));
  const hot = first(run(worldOf([jigged]), driveOf([{ heater_W: 15 }]), 1, hour_s, (now) => first(now).core_degC > 99 || first(now).vented));
  assert.ok((hot.force_N ?? 0) > full.force_N + 150, `${hot.force_N} N hot`);
});

test("a fan that fails makes a working cell warmer, and an open door clears the air", () => {
  const warm = (fan: number) => first(run(worldOf(), driveOf([{ current_A: -5 }], { fan }), 10, 0.5 * hour_s)).core_degC;
  assert.ok(warm(0.1) > warm(1) + 2);
  const world = worldOf([usualCell], { ventilation_per_h: 0 });
  const dirty = run(world, driveOf([{}], { inflow_mol_per_s: { h2: 1e-5 } }), 5, hour_s).gas_ppm.h2;
  const aired = run(world, driveOf([{}], { door_per_h: 60 }), 5, 600).gas_ppm.h2;
  assert.ok(dirty > 5000 && aired < 0.01 * dirty, `${dirty} then ${aired} ppm`);
});

test("an argon chamber holds no oxygen and stays dry until its door opens", () => {
  const world = worldOf([usualCell], { atmosphere: "argon" });
  const closed = run(world, driveOf([{}]), 5, hour_s);
  assert.ok(closed.gas_ppm.o2 < 1e4 && closed.humidity_pct < 5);
  assert.ok(run(world, driveOf([{}], { door_per_h: 60 }), 5, 600).gas_ppm.o2 > 2e5);
});

test("the chamber reaches its set point within its power, and holds it", () => {
  const world = worldOf();
  const drive = driveOf([{}], { setPoint_degC: 85 });
  run(world, drive, 5, 2 * hour_s);
  const now = run(world, drive, 5, hour_s);
  assert.ok(Math.abs(now.chamber_degC - 85) < 0.3, `${now.chamber_degC}`);
  assert.ok(run(worldOf(), driveOf([{}], { setPoint_degC: 200 }), 5, 60).chamber_degC < 150);
});

test("in a pack a runaway spreads from neighbour to neighbour by contact, and not to a cell apart", () => {
  const pack = Array.from({ length: 4 }, () => usualCell);
  const contacts = [0, 1].map((a) => ({ a, b: a + 1, conductance_W_per_K: 1.5 }));
  const world = worldOf(pack, {}, contacts);
  const away_s = new Map<number, number>();
  const note = (now: World): boolean => {
    for (const [i, { core_degC }] of now.cells.entries()) if (core_degC > 350 && !away_s.has(i)) away_s.set(i, now.at_s);
    return away_s.has(0);
  };
  run(world, driveOf([{ heater_W: 120 }, {}, {}, {}]), 1, hour_s, note);
  run(world, driveOf([{}, {}, {}, {}]), 1, hour_s, (now) => {
    note(now);
    return false;
  });
  const [first_s, second_s, third_s] = [away_s.get(0), away_s.get(1), away_s.get(2)];
  assert.ok(first_s && second_s && third_s && first_s < second_s && second_s < third_s, JSON.stringify([...away_s]));
  assert.equal(away_s.get(3), undefined);
});

test("charge and discharge follow different branches", () => {
  const world = worldOf([changed({ soc: 0.3 })]);
  const at50 = (current_A: number) => first(run(world, driveOf([{ current_A }]), 10, hour_s, (now) => Math.sign(current_A) * (first(now).soc - 0.5) >= 0));
  const up = at50(1);
  run(world, driveOf([{ current_A: 1 }]), 10, hour_s);
  const down = at50(-1);
  assert.ok(up.voltage_V - down.voltage_V > 0.2 && up.voltage_V - down.voltage_V < 0.3, `${up.voltage_V} V up, ${down.voltage_V} V down`);
});

test("cycling costs voltage and capacity", () => {
  const after = (fade_V_per_cycle: number, fade_per_cycle: number) => {
    const world = worldOf([changed({ electrical: { fade_V_per_cycle, fade_per_cycle, fade_per_1000h: 0 } })]);
    for (let cycle = 0; cycle < 5; cycle++) for (const current_A of [-5, 5]) run(world, driveOf([{ current_A }]), 10, 0.9 * hour_s);
    return first(world.step(driveOf([{}]), 1));
  };
  const [fresh, faded] = [after(0, 0), after(0.01, 0)];
  assert.ok(Math.abs(fresh.voltage_V - faded.voltage_V - 0.045) < 0.002, `${fresh.voltage_V} V, faded ${faded.voltage_V} V`);
  assert.ok(Math.abs(after(0, 0.01).capacity_Ah / usualCell.capacity_Ah - 0.955) < 0.003);
});

test("a cold cell has twice the resistance", () => {
  const drop_V = (start_degC: number) => {
    const world = worldOf([{ ...usualCell, start_degC }], { start_degC });
    const rest_V = first(world.step(driveOf([{}], { setPoint_degC: start_degC }), 1)).voltage_V;
    return rest_V - first(world.step(driveOf([{ current_A: -5 }], { setPoint_degC: start_degC }), 1)).voltage_V;
  };
  assert.ok(Math.abs(drop_V(0) / drop_V(25) - 2.15) < 0.1, `${drop_V(0)} V and ${drop_V(25)} V`);
});

test("the tab follows the core, and storage leaves a growth that no gas explains", () => {
  const hot = first(run(worldOf(), driveOf([{ heater_W: 5 }]), 5, 3 * hour_s));
  assert.ok(hot.tab_degC > 45 && hot.tab_degC < hot.core_degC);
  const still = worldOf([changed({ gas: { storage_mol_per_Ah_s: 0 }, pouch: { jig: { stiffness_N_per_mm: 5000, preload_N: 100 } } })]);
  const stored = first(run(still, driveOf([{}], { setPoint_degC: 60 }), 60, 300 * hour_s));
  assert.ok(stored.swelling_pct > 0.3 && stored.swelling_pct < 1.5, `${stored.swelling_pct} %`);
});

test("HF in a sealed chamber goes to the walls", () => {
  const world = worldOf([usualCell], { sealed: true, leak_per_h: 0 });
  const full = run(world, driveOf([{}], { inflow_mol_per_s: { hf: 1e-6, h2: 1e-6 } }), 5, 600).gas_ppm;
  const after = run(world, driveOf([{}]), 5, 1800).gas_ppm;
  assert.ok(after.hf < 0.45 * full.hf && after.hf > 0.3 * full.hf && after.h2 > 0.99 * full.h2);
});
