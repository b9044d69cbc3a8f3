/**
 * A rise of one channel within minutes: a one-sided CUSUM of whitened innovations, as for off-gas onset, but quicker to speak, since one channel alone
 * tells nothing, and ready for the next rise at once: what has risen, or fallen, is the new level.
 */
import type { Sample } from "../../edge-agent/core/sample.ts";
import { advance, type BaselineState, cautiousSigma, innovate, isWarm, shift, startBaseline, warmUp } from "../baseline.ts";
import { cusumStep, thresholdFor } from "../cusum.ts";
import { riseParams as p } from "../params/gas.ts";

export interface RiseState {
  baseline: BaselineState;
  sum: number;
  since_s: number | null;
  /** Of the last reading that was part of a fast rise. */
  risen: { at_s: number; from: number; to: number } | null;
}

/** Of a channel's quantity. */
export interface RiseKind {
  readonly noise: number;
  readonly rise: number;
  readonly h: number;
  readonly fast_s: number;
}

export const startRise = (): RiseState => ({ baseline: startBaseline(), sum: 0, since_s: null, risen: null });

export const riseKind = (floors: { readonly noise: number; readonly rise: number }, fast_s: number, every_s: number): RiseKind => ({
  ...floors,
  fast_s: Math.max(fast_s, 3 * every_s),
  h: thresholdFor(p.falseAlarmEvery_s / every_s, p.k_sigma),
});

/** `teaches`: a good reading; one at the end of the range shows a rise and teaches nothing. */
export function seeRise(state: RiseState, { noise, rise, h, fast_s }: RiseKind, { at_s }: Sample, value: number, teaches: boolean): void {
  const { baseline } = state;
  if (!isWarm(baseline)) {
    if (teaches) warmUp(baseline, at_s, value);
    return;
  }
  const last_s = baseline.at_s ?? at_s;
  const innovation = innovate(baseline, at_s, value, noise);
  if (innovation === undefined) return;
  const { z, excess } = innovation;
  const most = p.clip_h * h + p.k_sigma;
  state.sum = cusumStep(state.sum, Math.max(-most, Math.min(most, z)), p.k_sigma);
  if (state.sum === 0) state.since_s = null;
  else state.since_s ??= last_s;
  const found = state.sum > h && excess >= rise;
  const fast = state.since_s !== null && at_s - state.since_s <= fast_s;
  if (found && fast) state.risen = { at_s, from: baseline.level, to: value };
  advance(baseline, at_s, innovation, noise, teaches && state.sum < h / 2);
  if (found || (state.sum > h && !fast)) {
    shift(baseline, excess);
    Object.assign(state, { sum: 0, since_s: null });
  } else if (excess < -4 * cautiousSigma(baseline, noise) && teaches) shift(baseline, -Math.expm1(-(at_s - last_s) / p.fall_s) * excess);
}
