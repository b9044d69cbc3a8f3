/** Intervals for a time that is left, what a plain formula would have said, and how good an interval was. */
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { evaluationParams as p } from "../params/evaluation.ts";

/** Seconds. */
export interface Interval {
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
}

/**
 * Adiabatic time to maximum rate, R T² / (Ea dT/dt), with Ea fixed at 135 kJ/mol and a log-normal spread of 22 % (1 sigma): the formula that a
 * model has to beat. Undefined without a temperature, and for a cell that does not heat itself.
 */
export function plainTimeToRunaway(surface_degC: number, net_K_per_min: number): Interval | undefined {
  if (!Number.isFinite(surface_degC) || !(net_K_per_min > 0)) return undefined;
  const p50 = (gasConstant_J_per_mol_K * (surface_degC + zero_K) ** 2) / (p.plainEnergy_J_per_mol * (net_K_per_min / 60));
  const factor = Math.exp(p.z95 * p.plainSigma_ln);
  return { p05: p50 / factor, p50, p95: p50 * factor };
}

export interface Grade {
  /** Even the lower bound came after the fact. */
  readonly late: boolean;
  readonly covered: boolean;
  /** Interval score at 90 % (Winkler 1972), s: the width, and twenty times what the truth lies outside. Less is better. */
  readonly winkler_s: number;
}

export function grade({ p05, p95 }: Interval, true_s: number): Grade {
  const outside_s = Math.max(0, p05 - true_s, true_s - p95);
  return { late: p05 > true_s, covered: outside_s === 0, winkler_s: p95 - p05 + (2 / p.alpha) * outside_s };
}
