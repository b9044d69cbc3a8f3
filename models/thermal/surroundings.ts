/** What surrounds a cell, as its thermometer's balance knows it: air and walls, seen or lost from sight, what drives the cell, and heat that nobody measures. */
import { at, type Kalman, widen } from "../kalman.ts";
import { aheadParams, heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import { B, exchange_per_min, type HeatDrive, L, O, offset_K, T } from "./filter.ts";
import type { Heating, HeatingState } from "./heating-state.ts";
import type { Surroundings } from "./time-to-runaway.ts";
import { isUpturn } from "./upturn.ts";

/** Takes in the air of a block; what drives the cell now. */
export function driveOf(state: HeatingState, { at_s, air_degC, current_A2, heater_W }: Block, dt_min: number): HeatDrive {
  if (air_degC === undefined) {
    if (state.sighted_s !== null) loseSight(state);
    state.sighted_s = null;
    state.restHoldsAir ||= at_s - state.began_s > p.sightSoon_s;
  } else {
    if (state.restHoldsAir) widen(state.filter, B, p.sightChange_K_per_min ** 2);
    state.restHoldsAir = false;
    state.sighted_s ??= at_s;
    const rate = state.air_degC === null ? 0 : (air_degC - state.air_degC) / dt_min;
    state.air_K_per_min += (1 - Math.exp(-dt_min / p.airRate_min)) * (rate - state.air_K_per_min);
    state.wall_degC = (state.wall_degC ?? air_degC) + (1 - Math.exp(-dt_min / p.wall_min)) * (air_degC - (state.wall_degC ?? air_degC));
  }
  state.air_degC = air_degC ?? null;
  return { air_degC, wall_degC: state.wall_degC ?? 0, current_A2, heater_W };
}

/** Without the air's temperature its exchange becomes part of the rest. */
function loseSight(state: HeatingState): void {
  const { filter, drive_K_per_min } = state;
  state.restHoldsAir = true;
  filter.x[B] = at(filter.x, B) + drive_K_per_min;
  widen(filter, B, p.sightChange_K_per_min ** 2);
}

/** The drive as it was a minute before, slowly. */
export function driveBefore(state: HeatingState, now: HeatDrive, dt_min: number): HeatDrive {
  const share = 1 - Math.exp(-dt_min / p.lag_min);
  const { before } = state;
  before.air_degC = now.air_degC === undefined ? null : (before.air_degC ?? now.air_degC) + share * (now.air_degC - (before.air_degC ?? now.air_degC));
  before.current_A2 += share * (now.current_A2 - before.current_A2);
  before.heater_W += share * (now.heater_W - before.heater_W);
  return { ...before, air_degC: before.air_degC ?? undefined, wall_degC: now.wall_degC };
}

/** Whether the air's temperature has been known for that long. */
export const isSighted = ({ sighted_s, at_s }: HeatingState, for_s: number): boolean => sighted_s !== null && at_s - sighted_s >= for_s;

/** A cold cell that does not follow air so much hotter is not in it yet: somebody heats the oven first. */
export const isOutside = ({ lately }: HeatingState, { degC, air_degC }: Block): boolean =>
  air_degC !== undefined &&
  degC < p.possibleFrom_degC &&
  air_degC - degC > p.outside_K &&
  Math.abs(lately.rate_K_per_min) < p.outside_per_min * (air_degC - degC);

/** Share of its distance to the surroundings that the cell loses in a minute. */
export const exchangeOf = ({ filter, wall_degC }: HeatingState): number => exchange_per_min(filter, wall_degC ?? 0);

/** Heat from outside that no channel measures, a pad, a lamp or a charger: what would warm the cell in air of its own temperature, on one that is hotter than its air. */
export const isHeatedUnseen = ({ filter, air_degC, signed }: HeatingState): boolean =>
  !signed && (air_degC === null || at(filter.x, T) - air_degC > p.farGap_K) && unseenHeat_K_per_min(filter) > p.unseenHeat_K_per_min;

const unseenHeat_K_per_min = ({ x }: Kalman): number => at(x, B) + Math.exp(at(x, L)) * at(x, O);

/** A resting cell that is warmer than its steady surroundings and goes on warming. Its thermometers' offset counts. */
export const isWarmAlone = (state: HeatingState, { degC, rate_K_per_min }: Heating, least_K_per_min: number): boolean =>
  state.air_degC !== null &&
  isSighted(state, p.aloneFor_s) &&
  Math.abs(state.air_K_per_min) < p.steadyAir_K_per_min &&
  (degC > p.sunny_degC || degC - state.air_degC > p.sunny_K) &&
  (state.jumped_s === null || state.at_s - state.jumped_s > p.jumpLasts_s) &&
  degC - state.air_degC - Math.max(0, offset_K(state.filter.x, state.air_degC)) > p.warmer_K &&
  // what the balance thinks of the rate and what the thermometer shows
  Math.min(rate_K_per_min, state.lately.rate_K_per_min) > least_K_per_min;

/** A resting cell, warmer beside its steady surroundings than it used to be, that has warmed faster and faster from where no reaction heats it, as nothing does that somebody switched on. */
export const isTurningUp = (state: HeatingState, { degC }: Heating): boolean => {
  const { air_degC, usual, upturns } = state;
  if (air_degC === null || usual === null || !isSighted(state, p.aloneFor_s) || Math.abs(state.longer.air_K_per_min) > p.steadyAir_K_per_min) return false;
  return degC - air_degC - offset_K(usual, air_degC) > p.warmer_K && (state.signed || (degC < p.possibleFrom_degC && upturns.some(isUpturn)));
};

/** What goes on around the cell, for looking ahead. */
export function surroundingsOf(state: HeatingState, { degC, rate_K_per_min, explained_K_per_min }: Heating): Surroundings {
  const { filter, air_K_per_min, wall_degC, heater_K_per_min } = state;
  const heater = Math.max(heater_K_per_min, isHeatedUnseen(state) ? unseenHeat_K_per_min(filter) : 0);
  return {
    degC,
    drive_K_per_min: explained_K_per_min,
    exchange_per_min: exchange_per_min(filter, wall_degC ?? 0),
    air_K_per_min: Math.max(0, air_K_per_min),
    ...(heater > aheadParams.heater_K_per_min && { heated_K_per_min: aheadParams.heaterGoesOn_share * Math.max(0, Math.min(rate_K_per_min, heater)) }),
  };
}
