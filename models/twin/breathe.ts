/** One inner step of a pouch: solvent evaporates, the bag gives way, the seal opens, gas leaves. */
import type { Cell } from "./cell.ts";
import { gasAt, nGases } from "./gas-yields.ts";
import { pouchParams } from "./params/cell.ts";
import { gasConstant, molarMass_g, zero_K } from "./params/constants.ts";
import { overPressure_Pa, softening, vapourPressure_Pa, ventFlow_mol_per_s, volumeOf } from "./pouch.ts";

const vapour_g_per_mol = molarMass_g[gasAt.vapour] as number;

/** Less than this leaves at once, or denormal numbers would slow everything down. */
const nothing_mol = 1e-18;

/** What left the pouch is added to `chamber_mol`; returns its sum, mol. */
export function breathe(cell: Cell, h_s: number, outside_Pa: number, chamber_mol: Float64Array): number {
  const { gas, setup, nodes } = cell;
  const { inside } = gas;
  const RT = gasConstant * nodes.core_K;
  const open_m3 = pouchParams.openShare * gas.slack_m3;
  const slack_m3 = gas.vented ? open_m3 : gas.slack_m3;
  const stiffness_Pa = setup.pouch.stiffness_kPa * 1000;
  evaporate(cell, h_s, RT, open_m3, outside_Pa);
  let mol = 0;
  for (let i = 0; i < nGases; i++) mol += inside[i] as number;
  let volume_m3 = volumeOf(mol * RT, outside_Pa, slack_m3, stiffness_Pa);
  let over_Pa = overPressure_Pa(volume_m3, slack_m3, stiffness_Pa);
  let out_mol = 0;
  if (gas.vented && mol > nothing_mol) {
    const excess_mol = mol - (outside_Pa * open_m3) / RT;
    const flow_per_s = over_Pa > 0 ? ventFlow_mol_per_s(setup.pouch.orifice_mm2 * 1e-6, over_Pa, mol, volume_m3) / excess_mol : 0;
    const flows = over_Pa > 0 ? (excess_mol / mol) * -Math.expm1(-h_s * flow_per_s) : 0;
    const share = Math.max(flows, h_s / (h_s + pouchParams.exchange_s));
    for (let i = 0; i < nGases; i++) {
      const leaves_mol = (inside[i] as number) * ((inside[i] as number) < nothing_mol ? 1 : share);
      inside[i] = (inside[i] as number) - leaves_mol;
      gas.released[i] = (gas.released[i] as number) + leaves_mol;
      chamber_mol[i] = (chamber_mol[i] as number) + leaves_mol;
    }
    out_mol = mol * share;
    volume_m3 = volumeOf((mol - out_mol) * RT, outside_Pa, slack_m3, stiffness_Pa);
    over_Pa = overPressure_Pa(volume_m3, slack_m3, stiffness_Pa);
  }
  if (over_Pa > 0 && over_Pa >= gas.burst_Pa * softening(nodes.face_K - zero_K)) gas.vented = true;
  gas.volume_m3 = volume_m3;
  gas.over_Pa = over_Pa;
  return out_mol;
}

/** Vapour inside follows its saturation, in the volume of the pouch or, when that is less, of an open one, while there is solvent. */
function evaporate({ gas, nodes }: Cell, h_s: number, RT: number, open_m3: number, outside_Pa: number): void {
  const { solvent_mol } = gas.yields;
  const { inside, made } = gas;
  const evaporated_mol = made[gasAt.vapour] as number;
  const liquid_mol = Math.max(0, Math.min(solvent_mol - evaporated_mol, gas.organic_g / vapour_g_per_mol));
  const saturated_Pa = vapourPressure_Pa(nodes.core_K, liquid_mol / solvent_mol);
  const now_mol = inside[gasAt.vapour] as number;
  const wanted_mol = (saturated_Pa * Math.max(gas.volume_m3, open_m3)) / RT - now_mol;
  const evaporates_mol = Math.min(liquid_mol, (wanted_mol * h_s) / (h_s + pouchParams.evaporates_s));
  inside[gasAt.vapour] = now_mol + evaporates_mol;
  made[gasAt.vapour] = evaporated_mol + evaporates_mol;
  gas.organic_g -= evaporates_mol * vapour_g_per_mol;
  gas.boiling = gas.vented && saturated_Pa > outside_Pa;
}
