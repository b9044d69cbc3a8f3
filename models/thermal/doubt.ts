/** How well net heating is known: the filter's own uncertainty, and what a lump with a learned exchange leaves out. */
import { at, variance } from "../kalman.ts";
import { heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import { exchange_per_min, explained_K_per_min, flows_K_per_min, type HeatDrive, L, loss_K_per_min, Q, T, W } from "./filter.ts";
import type { CellHeat, HeatingState } from "./heating-state.ts";

/** Standard uncertainty of net heating after a block, K/min. */
export function doubt_K_per_min(state: HeatingState, drive: HeatDrive, block: Block, cell: CellHeat): number {
  const { filter } = state;
  const exchanged_K_per_min = explained_K_per_min(filter, { ...drive, current_A2: 0, heater_W: 0 });
  return Math.hypot(
    p.least_K_per_min,
    Math.sqrt(variance(filter, Q)),
    p.lagDoubt_share * (state.drive_K_per_min - state.slow_K_per_min),
    p.drive_share * flows_K_per_min(filter, drive),
    p.lossDoubt_per_K * loss_K_per_min(filter, drive) * Math.max(0, at(filter.x, T) - p.possibleFrom_degC),
    Math.abs(at(filter.x, L) - state.slow_ln) * exchanged_K_per_min,
    doubtOfLoad(state, block, cell),
  );
}

/** Whether it is so hot that most cells heat themselves. */
export const isLively = (degC: number): boolean => degC > p.lively_degC;

/**
 * What the true net rate passes with 99 %, or 95 where it is lively, K/min; `u`: its uncertainty. The exchange is known by its logarithm: what a warmer cell loses may be little, and
 * never less than nothing.
 */
export function leastNet_K_per_min({ filter, drive_K_per_min }: HeatingState, net_K_per_min: number, u: number): number {
  const sigmas = isLively(at(filter.x, T)) ? p.livelySigmas : p.sigmas;
  const loss = Math.max(0, -drive_K_per_min);
  const sd_ln = Math.sqrt(variance(filter, L));
  const byExchange = Math.min(u, loss * sd_ln);
  const lost = sd_ln > 0 ? (byExchange / sd_ln) * -Math.expm1(-sigmas * sd_ln) : 0;
  return net_K_per_min - Math.hypot(sigmas * Math.sqrt(Math.max(0, u * u - byExchange ** 2)), lost);
}

/** A current heats by a resistance that changes with charge, and by its entropy; a fan that fails meanwhile looks like heat of the cell. */
function doubtOfLoad(state: HeatingState, { at_s, air_degC, current_A2 }: Block, { mass_g, capacity_Ah }: CellHeat): number {
  if (Math.sqrt(current_A2) > p.load_per_h * capacity_Ah) state.loaded_s = at_s;
  if (state.loaded_s === null || at_s - state.loaded_s > 60 * p.loadLasts_min) return 0;
  const { x } = state.filter;
  const entropic = (60 * p.reversible_V * Math.sqrt(current_A2)) / (mass_g * p.heatCapacity_J_per_g_K);
  const warmer_K = air_degC === undefined ? 0 : Math.max(0, at(x, T) - air_degC);
  return Math.hypot(p.loadDoubt_share * at(x, W) * current_A2, entropic, p.fanDoubt_share * exchange_per_min(state.filter, state.wall_degC ?? 0) * warmer_K);
}
