/**
 * Self-heating of a thermometer without its air's temperature: an oven warms a cell at a steady or falling rate, chemistry by Arrhenius' law.
 * So what is asked is whether the rate has grown over the last kelvins as a reaction's does, neither less nor more.
 */
import { heatParams, heatingAlarmParams as p } from "../params/thermal.ts";

export interface ClimbState {
  /** It has begun anew because it fell, and has not climbed since. */
  fell: boolean;
  /** Temperature and rate (K/min) at each kelvin of the climb, in turn, oldest first. */
  marks: number[];
  /** The highest rate in each stretch of the climb before those where chemistry may have begun, oldest first, and at what temperature the newest began. */
  former_K_per_min: number[];
  formerFrom_degC: number;
  /** The highest rate of the whole climb before these marks, from where chemistry may begin, and the lowest since then. */
  highest_K_per_min: number;
  lowestSince_K_per_min: number;
}

export const startClimb = (): ClimbState => ({
  marks: [],
  fell: false,
  former_K_per_min: [],
  formerFrom_degC: 0,
  highest_K_per_min: 0,
  lowestSince_K_per_min: 0,
});

const KEPT = 2 * (p.blindOver_K + 2);

/** A block's temperature, the rate and how long the block was. */
export function climb(state: ClimbState, degC: number, rate_K_per_min: number, dt_min: number): void {
  const top_degC = state.marks.at(-2) ?? degC;
  const fell = degC < top_degC - p.fell_K;
  // so fast a rise is no growth but a runaway, or a thermometer that broke
  if (fell || degC > top_degC + 1 + p.leapt_K_per_min * dt_min) Object.assign(state, startClimb(), { fell });
  const { marks } = state;
  if (marks.length > 0 && degC < (marks.at(-2) ?? 0) + 1) return;
  marks.push(degC, rate_K_per_min);
  if (marks.length <= KEPT) return;
  const [gone_degC = 0, gone = 0] = marks.splice(0, 2);
  if (gone_degC < heatParams.possibleFrom_degC) return;
  if (gone > state.highest_K_per_min) Object.assign(state, { highest_K_per_min: gone, lowestSince_K_per_min: gone });
  else state.lowestSince_K_per_min = Math.min(state.lowestSince_K_per_min, gone);
  const { former_K_per_min: former } = state;
  if (former.length > 0 && gone_degC - state.formerFrom_degC < p.formerStretch_K) {
    former[former.length - 1] = Math.max(gone, former.at(-1) ?? gone);
    return;
  }
  state.formerFrom_degC = gone_degC;
  former.push(gone);
  if (former.length > p.former_stretches) former.shift();
}

/** How many times faster it warms than so many kelvins ago; undefined where that is not known. */
export function growthOver({ marks }: ClimbState, kelvins: number): number | undefined {
  const degC = marks.at(-2);
  const rate = marks.at(-1);
  if (degC === undefined || rate === undefined) return undefined;
  for (let i = marks.length - 4; i >= 0; i -= 2) {
    if (degC - (marks[i] ?? degC) < kelvins) continue;
    const then = marks[i + 1] ?? 0;
    return then > 0 ? rate / then : undefined;
  }
  return undefined;
}

/** How many times faster it warms than in the stretches of the climb before, too: what boils comes back to its former rate, and grows no further by that. */
export function growthBeyond(state: ClimbState, kelvins: number): number | undefined {
  const growth = growthOver(state, kelvins);
  const rate = state.marks.at(-1);
  return growth === undefined || rate === undefined ? undefined : Math.min(growth, rate / Math.max(0, ...state.former_K_per_min));
}

/** The growth over the whole stretch, where it is chemistry's in both halves; where it boiled before, that beyond its rate before, since a cell that follows its oven again does so faster and faster. */
export function chemicalGrowth(state: ClimbState): number | undefined {
  const [degC, rate] = [state.marks.at(-2), state.marks.at(-1)];
  if (degC === undefined || rate === undefined || degC < p.blind_degC || rate < p.blind_K_per_min) return undefined;
  const whole = growthOver(state, p.blindOver_K);
  const half = growthOver(state, p.blindOver_K / 2);
  if (whole === undefined || half === undefined) return undefined;
  const halfLeast = Math.sqrt(p.blindGrowth);
  const fits = whole >= p.blindGrowth && whole <= p.blindGrowthMost && half >= halfLeast && whole / half >= halfLeast * 0.9;
  return fits && (!hasBoiled(state) || rate >= p.boiledBeyond * state.highest_K_per_min) ? whole : undefined;
}

/** Boiling takes a part of the rate for some tens of kelvins; an oven's end takes nearly all of it. */
function hasBoiled({ marks, highest_K_per_min: highest, lowestSince_K_per_min }: ClimbState): boolean {
  let lowest = lowestSince_K_per_min;
  for (let i = 1; i < marks.length; i += 2) lowest = Math.min(lowest, marks[i] ?? lowest);
  return lowest > p.boilingLeast_share * highest && lowest < p.boilingMost_share * highest;
}

/** It has cooled since, and begun anew. */
export const isCooled = ({ fell, marks }: ClimbState): boolean => fell && marks.length <= 2;
