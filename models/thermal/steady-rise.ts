/**
 * A rate of warming that itself rises, and goes on rising as fast: heat that grows, on a cell that is too cold for chemistry. A heater that was switched on
 * also makes the rate rise, but ever more slowly, as its mat, the cell and the thermometer come to warm as fast as it does.
 */
import { steadyRiseParams as p } from "../params/thermal.ts";

export interface RiseState {
  /** Time (s) and rate (K/min) in turn, oldest first, a little apart. */
  rates: number[];
}

export const startRise = (): RiseState => ({ rates: [] });

export function seeRate(state: RiseState, at_s: number, rate_K_per_min: number): void {
  const { rates } = state;
  const last_s = rates.at(-2);
  if (last_s !== undefined && at_s - last_s > p.gap_s) state.rates = [];
  else if (last_s !== undefined && at_s - last_s < p.apart_s) return;
  state.rates.push(at_s, rate_K_per_min);
  while (state.rates.length > 2 && at_s - (state.rates[2] ?? at_s) >= 2 * p.over_s) state.rates.splice(0, 2);
}

/** The rate at the beginning, in the middle and at the end of the last minutes; undefined while they are not full. */
function courseOf({ rates }: RiseState): readonly [number, number, number] | undefined {
  const [from_s, from] = rates;
  const [at_s, now] = [rates.at(-2), rates.at(-1)];
  if (from_s === undefined || from === undefined || at_s === undefined || now === undefined || at_s - from_s < 2 * p.over_s) return undefined;
  let i = 0;
  while (at_s - (rates[i + 2] ?? at_s) >= p.over_s) i += 2;
  return [from, rates[i + 1] ?? now, now];
}

/** Over both halves of the last minutes it rose by as much, and what it rose from was no start. */
export function isRisingSteadily(state: RiseState): boolean {
  const course = courseOf(state);
  if (course === undefined) return false;
  const [from, middle, now] = course;
  const [first, second] = [middle - from, now - middle];
  return first > p.least_K_per_min && second > p.least_K_per_min && second >= p.goesOn_share * first && from >= p.from_share * now;
}

/** "1.2 over 2.4 to 3.7". */
export const riseOf = (state: RiseState): string => {
  const [from, middle, now] = (courseOf(state) ?? []).map((rate) => rate.toFixed(1));
  return `${from} over ${middle} to ${now}`;
};
