/**
 * A learned baseline with its noise: robust level, scale and lag-1 correlation of a channel, and the whitened innovation of each new value.
 *
 * residual r = value - level; with the last residual r' taken dt ago, a = phi^(dt / dt0), innovation e = r - a r',
 * z = e / (sigma sqrt((1 - a²) / (1 - phi²))), sigma being the innovation's own at the nominal spacing dt0. White for AR(1) noise at uneven spacing.
 * Level, sigma and phi start from medians over the warm-up and then move slowly by clipped (Huber) steps; the caller decides whether to learn.
 */
import { offGasParams as p } from "./params/detectors.ts";

export interface BaselineState {
  /** Times and values of the warm-up, emptied when it ends. */
  warm_s: number[];
  warm: number[];
  n: number;
  at_s: number | null;
  step_s: number;
  level: number;
  sigma: number;
  /** Lag-0 and lag-1 moments of the clipped residual. */
  lag0: number;
  lag1: number;
  residual: number | null;
}

export interface Innovation {
  /** Standardised; mean 0 and variance 1 while nothing happens. */
  readonly z: number;
  /** Value minus level, in the channel's unit. */
  readonly excess: number;
}

export const startBaseline = (): BaselineState => ({
  warm_s: [],
  warm: [],
  n: 0,
  at_s: null,
  step_s: 1,
  level: 0,
  sigma: 0,
  lag0: 0,
  lag1: 0,
  residual: null,
});

export const isWarm = ({ n }: BaselineState): boolean => n >= p.warmUp_samples;

export const phiOf = ({ lag0, lag1 }: BaselineState): number => (lag0 > 0 ? Math.min(p.phiMax, Math.max(0, lag1 / lag0)) : 0);

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? high : (high + (sorted[half - 1] ?? high)) / 2;
};

/** 1.4826 = 1 / 0.6745, the Gaussian standard deviation over its median absolute deviation. */
const robustSd = (values: readonly number[]): number => 1.4826 * median(values.map(Math.abs));
const clip = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/** E[min(z², c²)] of a standard normal at c = 2.5: what clipping leaves of the variance. */
const CLIPPED_VARIANCE = 0.97753;

/** One value of the warm-up; the last of them fixes level, sigma, phi and spacing. Repeated times are passed over. */
export function warmUp(state: BaselineState, at_s: number, value: number): void {
  if (state.at_s !== null && at_s <= state.at_s) return;
  state.at_s = at_s;
  state.n = state.warm.push(value);
  state.warm_s.push(at_s);
  if (!isWarm(state)) return;
  state.level = median(state.warm);
  const residuals = state.warm.map((x) => x - state.level);
  const most = 4 * robustSd(residuals);
  const clipped = residuals.map((r) => clip(r, most));
  state.lag0 = mean(clipped.map((r) => r * r));
  state.lag1 = mean(clipped.slice(1).map((r, i) => r * (clipped[i] ?? 0)));
  const phi = phiOf(state);
  state.sigma = robustSd(residuals.slice(1).map((r, i) => r - phi * (residuals[i] ?? 0)));
  state.step_s = median(state.warm_s.slice(1).map((t, i) => t - (state.warm_s[i] ?? t)));
  state.residual = residuals.at(-1) ?? null;
  state.warm = [];
  state.warm_s = [];
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);

/** Sigma with its own error added (3 sd of a Gaussian sd from n samples), and never below the floor. */
export const cautiousSigma = ({ sigma, n }: BaselineState, floor: number): number => Math.max(floor, sigma * (1 + 3 / Math.sqrt(2 * n)));

/** Standard deviation of the value itself about its level. */
export const wideSigma = (state: BaselineState, floor: number): number => cautiousSigma(state, floor) / Math.sqrt(1 - phiOf(state) ** 2);

/** The innovation of a value at a later time; undefined for a repeated time. Does not change the state. */
export function innovate(state: BaselineState, at_s: number, value: number, floor: number): Innovation | undefined {
  if (state.at_s === null || at_s <= state.at_s) return undefined;
  const excess = value - state.level;
  const phi = phiOf(state);
  const steps = (at_s - state.at_s) / state.step_s;
  const a = state.residual === null || steps > p.gap_steps ? 0 : phi ** steps;
  const spread = Math.sqrt((1 - a * a) / (1 - phi * phi));
  const scale = Math.max(floor, cautiousSigma(state, floor) * spread);
  return { z: (excess - a * (state.residual ?? 0)) / scale, excess };
}

/** Moves on to this value; with `learn`, level, sigma and phi take a small step towards it. */
export function advance(state: BaselineState, at_s: number, { excess }: Innovation, floor: number, learn: boolean): void {
  const last_s = state.at_s ?? at_s;
  const last = state.residual;
  state.at_s = at_s;
  state.residual = excess;
  if (!learn) return;
  state.n = Math.min(2 * p.memory_samples, state.n + 1);
  const phi = phiOf(state);
  const steps = (at_s - last_s) / state.step_s;
  const sigma = Math.max(state.sigma, floor); // a channel that read one value all through its warm-up must still be able to learn
  const wide = sigma / Math.sqrt(1 - phi * phi);
  state.level += (1 - Math.exp(-(Math.min(steps, p.gap_steps) * state.step_s) / p.baseline_s)) * clip(excess, p.learnClip_sigma * wide);
  if (last === null || steps > 1.5 || steps < 0.5) return;
  const r = clip(excess, 4 * wide);
  const rLast = clip(last, 4 * wide);
  const e = clip(excess - phi * last, p.learnClip_sigma * sigma);
  const share = 1 / p.memory_samples;
  state.lag0 += share * (r * r - state.lag0);
  state.lag1 += share * (r * rLast - state.lag1);
  state.sigma = Math.sqrt(state.sigma ** 2 + share * ((e * e) / CLIPPED_VARIANCE - state.sigma ** 2));
}

/** Moves the level by this much at once; what was learned of the noise stays. */
export function shift(state: BaselineState, by: number): void {
  state.level += by;
  if (state.residual !== null) state.residual -= by;
}
