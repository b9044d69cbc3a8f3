/** One node of temperature with its reactions and a linear exchange: the cell of accelerating-rate calorimetry and oven tests, for checks of kinetics against published figures. */
import { consume, freshReactants, type Kinetics, ratesAt, reactionNames } from "../../../models/twin/kinetics.ts";

/** No more than this in one inner step, so that rates, which double in about 8 K, are near constant in it. Engineering choice; halving it moves times by under 1 %. */
const stride_K = 0.2;
const least_s = 1e-4;

export interface BareCell {
  T_K: number;
  /** What is left of each reactant, and z. */
  readonly c: Float64Array;
  /** Heating by its own reactions, K/s, at the end of the last step. */
  own_K_per_s: number;
}

export interface Electrical {
  /** Released from this temperature on, at a constant power over `over_s`. */
  readonly from_K: number;
  readonly energy_J: number;
  readonly over_s: number;
}

/** `heatCapacity_J_per_K` of the whole cell; `k_per_s` = hA/(m cp), 0 for adiabatic. */
export function bareCell(kinetics: Kinetics, heatCapacity_J_per_K: number, start_K: number, k_per_s: number, electrical?: Electrical) {
  const cell: BareCell = { T_K: start_K, c: freshReactants(kinetics), own_K_per_s: 0 };
  const rates = new Float64Array(reactionNames.length);
  const used = new Float64Array(reactionNames.length);
  let electric_J = electrical?.energy_J ?? 0;
  let collapsed = false;
  /** Advances by `dt_s` in surroundings of `ambient_K`; without them, adiabatic. `held`: reactions go on at a temperature that is kept from outside. */
  function step(ambient_K: number, dt_s: number, held = false): void {
    for (let left_s = dt_s; left_s > 1e-9; ) {
      const power_W = ratesAt(kinetics, cell.c, cell.T_K, 1, rates);
      collapsed ||= electrical !== undefined && cell.T_K >= electrical.from_K;
      const electric_W = collapsed && electric_J > 0 && electrical !== undefined ? electrical.energy_J / electrical.over_s : 0;
      const own = (power_W + electric_W) / heatCapacity_J_per_K;
      const slope = own + k_per_s * (ambient_K - cell.T_K);
      const h_s = Math.min(left_s, Math.max(least_s, held ? left_s : stride_K / (Math.abs(slope) + 1e-12)));
      const heat_J = consume(kinetics, cell.c, rates, h_s, used) + Math.min(electric_J, electric_W * h_s);
      electric_J = Math.max(0, electric_J - electric_W * h_s);
      if (!held) cell.T_K = (cell.T_K + heat_J / heatCapacity_J_per_K + k_per_s * h_s * ambient_K) / (1 + k_per_s * h_s);
      cell.own_K_per_s = heat_J / h_s / heatCapacity_J_per_K;
      left_s -= h_s;
    }
  }
  return { cell, step };
}
