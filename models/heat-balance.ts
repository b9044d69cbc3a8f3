/**
 * What a calm cell's temperature does: rate = calm + exchange × (chamber - cell) + ohmic × current², learned by Bayesian least squares from a
 * prior with its spread, so that the uncertainty of what is not yet learned counts. Net self-heating is what the balance leaves unexplained.
 */
import { selfHeatingParams as p } from "./params/detectors.ts";
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

export function residualOf(balance: BalanceState, block: Block): Residual {
  const x = driversOf(block);
  const expected = dot(balance.theta, x);
  const u = Math.sqrt(block.u_K_per_min ** 2 + balance.model + Math.max(0, dot(x, timesP(balance, x))));
  return { net_K_per_min: block.rate_K_per_min - expected + at(balance.theta, 0), u_K_per_min: u, z: (block.rate_K_per_min - expected) / u };
}

/** One calm block: a Kalman step on theta with the residual clipped at 2 sd, then the model's own noise. */
export function learn(balance: BalanceState, block: Block, { z, u_K_per_min }: Residual): void {
  const x = driversOf(block);
  const Px = timesP(balance, x);
  const variance = u_K_per_min ** 2;
  const clipped = Math.max(-2, Math.min(2, z)) * u_K_per_min;
  const { theta, P } = balance;
  for (let row = 0; row < 3; row++) {
    theta[row] = at(theta, row) + (at(Px, row) * clipped) / variance;
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
  const others = variance - balance.model;
  balance.model = Math.max(p.modelSdLeast_K_per_min ** 2, balance.model + (clipped * clipped - others - balance.model) / p.modelMemory_blocks);
  balance.n += 1;
}
