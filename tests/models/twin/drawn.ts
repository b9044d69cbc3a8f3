/** Cells, chambers and drives drawn by fast-check within the ranges that scenes draw from. */
import fc from "fast-check";
import { usualCell } from "../../../models/twin/params/cell.ts";
import { usualChamber } from "../../../models/twin/params/chamber.ts";
import type { CellSetup, ChamberSetup } from "../../../models/twin/setup.ts";

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

export const cells: fc.Arbitrary<CellSetup> = fc
  .record({
    capacity_Ah: between(1, 20),
    soc: between(0.2, 1),
    set: fc.constantFrom("kim", "feng", "lithium-rich" as const),
    peak_degC: between(205, 265),
    cathodeEa_J_per_mol: between(130_000, 220_000),
    cathodeHeat_J_per_g: between(400, 1300),
    heat: between(0.8, 1.2),
    rate: between(0.3, 3),
    runaway_L_per_Ah: between(0.83, 2.94),
    oxygen_mmol_per_g: between(0, 4.79),
    oxygenToAnode: between(0, 0.5),
    oxygenToSolvent: between(0, 0.5),
    collapse_degC: between(150, 200),
    slack_mL: between(3, 30),
    burst_kPa: between(20, 150),
    co2: between(0.5, 1.5),
  })
  .map((d) => ({
    ...usualCell,
    mass_g: 16.4 * d.capacity_Ah,
    capacity_Ah: d.capacity_Ah,
    soc: d.soc,
    kinetics: {
      set: d.set,
      peak_degC: d.peak_degC,
      cathodeEa_J_per_mol: d.cathodeEa_J_per_mol,
      cathodeHeat_J_per_g: d.cathodeHeat_J_per_g,
      spread: { sei: { rate: d.rate }, anode: { heat: d.heat, rate: d.rate } },
    },
    electrical: { ...usualCell.electrical, collapse_degC: d.collapse_degC, fade_per_1000h: 0, fade_per_cycle: 0, fade_V_per_cycle: 0 },
    gas: {
      ...usualCell.gas,
      runaway_L_per_Ah: d.runaway_L_per_Ah,
      weight: { co2: d.co2 },
      oxygen_mmol_per_g: d.oxygen_mmol_per_g,
      oxygenToAnode: d.oxygenToAnode,
      oxygenToSolvent: d.oxygenToSolvent,
    },
    pouch: { ...usualCell.pouch, slack_mL: d.slack_mL, burst_kPa: d.burst_kPa },
  }));

export const chambers: fc.Arbitrary<ChamberSetup> = fc
  .record({
    volume_L: between(5, 1000),
    atmosphere: fc.constantFrom("air", "argon" as const),
    sealed: fc.boolean(),
    ventilation_per_h: between(0, 20),
    leak_per_h: between(0, 1),
  })
  .map((d) => ({ ...usualChamber, ...d }));
