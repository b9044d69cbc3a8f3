/**
 * What a calm cell's temperature does: rate = calm + exchange × (chamber - cell) + ohmic × current², learned by Bayesian least squares from a
 * prior with its spread, so that the uncertainty of what is not yet learned counts. Net self-heating is what the balance leaves unexplained.
 */
import { selfHeatingParams as p } from "../params/detectors.ts";
import type { Block } from "./slope.ts";

export interface BalanceState {
  /** calm K/min, exchange 1/min, ohmic K/min/A². */
  theta: number[];
  /** Covariance of theta, row by row. */
  P: number[];
  /** Variance of what the balance leaves out, (K/min)². */
  model: number;
  n: number;
}

export interface Residual {
  /** Measured rate minus exchange and ohmic heat; not minus `calm`, which is part of the cell's own. */
  readonly net_K_per_min: number;
  readonly u_K_per_min: number;
  /** Deviation from calm in standard deviations. */
  readonly z: number;
  /**
   * For the CUSUM: the deviation beyond what wrong parameters and entropic heat explain at 2 sd, over the noise alone.
   * Those repeat from block to block, so that they must not add up.
   */
  readonly beyond: number;
}

const priorVariance = [p.calmSd_K_per_min ** 2, p.exchangeSd_per_min ** 2, p.ohmicSd_K_per_min_A2 ** 2] as const;

export const startBalance = (): BalanceState => ({
  theta: [p.calm_K_per_min, p.exchange_per_min, p.ohmic_K_per_min_A2],
  P: [priorVariance[0], 0, 0, 0, priorVariance[1], 0, 0, 0, priorVariance[2]],
  model: p.modelSd_K_per_min ** 2,
  n: 0,
});

const at = (values: readonly number[], index: number): number => values[index] ?? 0;

/** The regressors; an unmeasured driver is left out, as if it were zero. */
const driversOf = (block: Block): readonly number[] => [1, block.gap_K ?? 0, block.current_A2 ?? 0];

const timesP = ({ P }: BalanceState, x: readonly number[]): number[] => [0, 1, 2].map((row) => x.reduce((sum, xi, i) => sum + at(P, 3 * row + i) * xi, 0));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, ai, i) => sum + ai * at(b, i), 0);

/** Uncertainty of the rate per ampere that no regressor explains. */
export const reversible_K_per_min_A = (mass_g: number = p.massUnknown_g): number => (60 * p.reversible_V) / (mass_g * p.heatCapacity_J_per_g_K);

/** `perAmpere` as from `reversible_K_per_min_A`. */
export function residualOf(balance: BalanceState, block: Block, perAmpere: number): Residual {
  const x = driversOf(block);
  const expected = dot(balance.theta, x);
  const repeating = Math.hypot(perAmpere * Math.sqrt(block.current_A2 ?? 0), Math.sqrt(Math.max(0, dot(x, timesP(balance, x)))));
  const noise = Math.hypot(block.u_K_per_min, Math.sqrt(balance.model));
  const off = block.rate_K_per_min - expected;
  const u = Math.hypot(noise, repeating);
  const beyond = (Math.sign(off) * Math.max(0, Math.abs(off) - p.repeating_sigma * repeating)) / noise;
  return { net_K_per_min: off + at(balance.theta, 0), u_K_per_min: u, z: off / u, beyond };
}

/**
 * One calm block: a Kalman step on theta with the residual clipped at 2 sd, then the model's own noise.
 * Without a chamber temperature theta stays: cooling and warming by the surroundings would be learned as the cell's own.
 */
export function learn(balance: BalanceState, block: Block, { z, u_K_per_min }: Residual): void {
  const clipped = Math.max(-2, Math.min(2, z)) * u_K_per_min;
  const others = u_K_per_min ** 2 - balance.model;
  if (block.gap_K !== undefined) learnTheta(balance, driversOf(block), clipped, u_K_per_min ** 2);
  balance.model = Math.max(p.modelSdLeast_K_per_min ** 2, balance.model + (clipped * clipped - others - balance.model) / p.modelMemory_blocks);
  balance.n += 1;
}

function learnTheta(balance: BalanceState, x: readonly number[], residual: number, spread: number): void {
  const Px = timesP(balance, x);
  const known = Math.max(0, dot(x, Px));
  const variance = known + (spread - known) / p.share;
  const { theta, P } = balance;
  for (let row = 0; row < 3; row++) {
    theta[row] = at(theta, row) + (at(Px, row) * residual) / variance;
    for (let column = 0; column < 3; column++) P[3 * row + column] = at(P, 3 * row + column) - (at(Px, row) * at(Px, column)) / variance;
  }
  for (const row of [1, 2]) {
    const index = 4 * row;
    const prior = at(priorVariance, row);
    P[index] = Math.min(prior, Math.max(1e-6 * prior, at(P, index)) + p.drift_per_block * prior);
  }
  P[0] = Math.max(1e-6 * priorVariance[0], at(P, 0));
  theta[0] = Math.max(-p.calmMost_K_per_min, Math.min(p.calmMost_K_per_min, at(theta, 0)));
  theta[1] = Math.max(0, at(theta, 1));
  theta[2] = Math.max(0, at(theta, 2));
}
