/**
 * A warmth that grows by one factor again and again, as of an internal short or a reaction: its rate is in proportion to what has grown so far. What heaters
 * that are switched on, ramped or reach a cell through plates have warmed grows faster than its rate.
 */
import { upturnParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";

export interface UpturnState {
  readonly span_s: number;
  from_s: number;
  sum_s: number;
  sum_K: number;
  n: number;
  /** Mean time and temperature of one span after another, in turn, oldest first. */
  means: number[];
  /** The lowest mean so far; null before the first. */
  lowest_degC: number | null;
}

export const startUpturns = (at_s: number): UpturnState[] => p.spans_s.map((span_s) => startUpturn(span_s, at_s));

const startUpturn = (span_s: number, at_s: number): UpturnState => ({ span_s, from_s: at_s, sum_s: 0, sum_K: 0, n: 0, means: [], lowest_degC: null });

/** `steady`: the cell's surroundings are; what it does while they are not, and a gap, begins anew. `dt_min`: since the block before. */
export function seeUpturn(state: UpturnState, { at_s, degC }: Block, dt_min: number, steady: boolean): void {
  if (!steady || 60 * dt_min > p.gap_s) Object.assign(state, startUpturn(state.span_s, at_s));
  if (at_s - state.from_s >= state.span_s) {
    if (state.n < p.leastBlocks) state.means = [];
    else addMean(state, state.sum_s / state.n, state.sum_K / state.n);
    Object.assign(state, { from_s: at_s, sum_s: 0, sum_K: 0, n: 0 });
  }
  state.sum_s += at_s;
  state.sum_K += degC;
  state.n += 1;
}

function addMean(state: UpturnState, at_s: number, degC: number): void {
  state.means.push(at_s, degC);
  if (state.means.length > 2 * p.means) state.means.splice(0, 2);
  state.lowest_degC = Math.min(degC, state.lowest_degC ?? degC);
}

/** Whether each span warmed faster than the one before, none by a jump, and the last still in proportion to what has grown. */
export function isUpturn({ span_s, means, lowest_degC }: UpturnState): boolean {
  if (means.length < 2 * p.means || lowest_degC === null) return false;
  const rates: number[] = [];
  const shares: number[] = [];
  for (let i = 2; i < means.length; i += 2) {
    const [before = 0, after = 0] = [means[i - 1], means[i + 1]];
    const rate = (60 * (after - before)) / ((means[i] ?? 0) - (means[i - 2] ?? 0));
    rates.push(rate);
    shares.push(rate / ((before + after) / 2 - lowest_degC));
  }
  const [first = 0] = rates;
  const [firstShare = 0] = shares;
  const smooth = rates.slice(1).every((rate, i) => rate > (rates[i] ?? 0) && rate < p.mostGrowth * (rates[i] ?? 0));
  const grown = first * span_s >= 60 * p.first_K && (rates.at(-1) ?? 0) >= p.growth * first;
  return smooth && grown && (shares.at(-1) ?? 0) >= p.kept_share * firstShare;
}
