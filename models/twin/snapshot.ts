/** The mutable state as the world that others read. */
import type { Cell } from "./cell.ts";
import { type Chamber, humidity_pct } from "./chamber.ts";
import { storedEnergy_V } from "./electric.ts";
import { gasAt } from "./gas-yields.ts";
import { at } from "./kinetics.ts";
import { cellParams as p } from "./params/cell.ts";
import { zero_K } from "./params/constants.ts";
import type { Amounts, CellWorld, World } from "./world.ts";

export function snapshot(at_s: number, chamber: Chamber, cells: readonly Cell[], span_s: number): World {
  let all_mol = 0;
  for (const mol of chamber.mol) all_mol += mol;
  return {
    at_s,
    chamber_degC: chamber.air_K - zero_K,
    pressure_kPa: chamber.pressure_Pa / 1000,
    gas_ppm: amountsOf(chamber.mol, 1e6 / all_mol),
    humidity_pct: humidity_pct(chamber),
    cells: cells.map((cell) => cellWorld(cell, span_s)),
  };
}

function amountsOf(mol: Float64Array, scale: number): Amounts {
  const of = (i: number): number => (mol[i] as number) * scale;
  return {
    co2: of(gasAt.co2),
    co: of(gasAt.co),
    h2: of(gasAt.h2),
    c2h4: of(gasAt.c2h4),
    ch4: of(gasAt.ch4),
    o2: of(gasAt.o2),
    hf: of(gasAt.hf),
    vapour: of(gasAt.vapour),
  };
}

function cellWorld(cell: Cell, span_s: number): CellWorld {
  const { setup, nodes, electric, gas } = cell;
  const { lasting_mm, thickness_mm, force_N } = shapeOf(cell);
  return {
    core_degC: nodes.core_K - zero_K,
    surface_degC: nodes.face_K - zero_K,
    tab_degC: nodes.tab_K - zero_K,
    net_K_per_min: span_s > 0 ? ((cell.own_J / (setup.mass_g * setup.heatCapacity_J_per_g_K)) * 60) / span_s : 0,
    voltage_V: electric.voltage_V,
    current_A: electric.current_A,
    heater_W: cell.heater_W,
    soc: electric.soc,
    capacity_Ah: electric.capacity_Ah,
    thickness_mm,
    force_N,
    swelling_pct: (100 * lasting_mm) / setup.pouch.thickness_mm,
    made_mol: amountsOf(gas.made, 1),
    inside_mol: amountsOf(gas.inside, 1),
    vented: gas.vented,
    enthalpyLeft_J: enthalpyLeft_J(cell),
  };
}

/** In a jig the plates press gas aside: what it adds there is its pressure on the face. */
function shapeOf({ setup, nodes, electric, gas }: Cell): { readonly lasting_mm: number; readonly thickness_mm: number; readonly force_N: number | undefined } {
  const { jig, area_cm2, breathing_mm } = setup.pouch;
  const reversible_mm = breathing_mm * (electric.soc - 0.5) + p.expansion_mm_per_K * (nodes.core_K - 298.15);
  if (jig === undefined) {
    const lasting_mm = (gas.volume_m3 * 1e7) / area_cm2 + gas.growth_mm;
    return { lasting_mm, thickness_mm: lasting_mm + reversible_mm, force_N: undefined };
  }
  const share = p.cellStiffness_N_per_mm / (p.cellStiffness_N_per_mm + jig.stiffness_N_per_mm);
  const gas_mm = (gas.over_Pa * area_cm2 * 1e-4) / jig.stiffness_N_per_mm;
  const lasting_mm = gas_mm + share * gas.growth_mm;
  const thickness_mm = lasting_mm + share * reversible_mm;
  return { lasting_mm, thickness_mm, force_N: Math.max(0, jig.preload_N + jig.stiffness_N_per_mm * thickness_mm) };
}

/** Reactions' and stored electrical energy. What gases that cross the separator would add is not in it. */
function enthalpyLeft_J({ c, kinetics, electric }: Cell): number {
  let left_J = electric.capacity_Ah * 3600 * Math.max(0, storedEnergy_V(electric.soc) - electric.faded_V * Math.max(0, electric.soc));
  for (let i = 0; i < at.z; i++) left_J += (c[i] as number) * (kinetics.heat_J[i] as number);
  return left_J + kinetics.seiPerAnode * (c[at.anode] as number) * (kinetics.heat_J[at.sei] as number);
}
