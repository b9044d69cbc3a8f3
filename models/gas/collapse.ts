/** Swelling that goes at once: a swollen pouch whose seal opens falls together within seconds. Discharge, cooling and creep take minutes. */
import { collapseParams as p } from "../params/gas.ts";

export interface CollapseState {
  at_s: number | null;
  /** The least level so far: from here it has grown. */
  least: number | null;
  /** The last readings, oldest first. */
  before: number[];
  /** Variance of one reading about a straight course. */
  noise2: number;
  /** While it may have fallen: from what, when, and for how many readings. */
  fall: { from: number; at_s: number; n: number } | null;
  gone: { at_s: number; from: number; to: number } | null;
}

export const startCollapse = (): CollapseState => ({ at_s: null, least: null, before: [], noise2: 0, fall: null, gone: null });

const SECOND_DIFFERENCE = 6; // variance of x1 - 2 x2 + x3 over that of one of three independent numbers

/** A reading; repeated times are passed over. `quantity`: thickness in mm or force in N. */
export function seeSwelling(state: CollapseState, quantity: string, at_s: number, value: number): void {
  if (state.at_s !== null && at_s <= state.at_s) return;
  state.at_s = at_s;
  const from = state.fall?.from ?? mean(state.before);
  const sd = Math.max(p.noise[quantity] ?? 0, Math.sqrt(state.noise2));
  const grown = from - (state.least ?? from);
  const least = Math.max(p.least[quantity] ?? Number.POSITIVE_INFINITY, p.sigmas * sd, p.share * grown);
  const fallen = state.before.length === p.before_readings && from - value >= least;
  if (fallen) {
    state.fall ??= { from, at_s, n: 0 };
    state.fall.n += 1;
    if (state.fall.n < p.held_readings) return;
    // what had not grown cannot collapse: a sensor that slips
    if (grown >= least) state.gone = { at_s: state.fall.at_s, from, to: value };
    Object.assign(state, { fall: null, before: [value] });
    return;
  }
  state.fall = null;
  learnNoise(state, value);
  state.before = [...state.before, value].slice(-p.before_readings);
  const now = mean(state.before);
  if (state.before.length === p.before_readings) state.least = Math.min(state.least ?? now, now);
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);

function learnNoise(state: CollapseState, value: number): void {
  const [a, b] = state.before.slice(-2);
  if (a === undefined || b === undefined) return;
  const second2 = (value - 2 * b + a) ** 2 / SECOND_DIFFERENCE;
  const most = state.noise2 === 0 ? second2 : 9 * state.noise2; // a jump is no noise
  state.noise2 += (Math.min(second2, most) - state.noise2) / p.memory_readings;
}
