/**
 * The Kalman filter of one gauge: level and rate of what lasts, and what a degree, a full charge and the air's pressure add to it reversibly.
 *
 * y = level + a (T - T0) + b (q - q0) + c s + noise, d level / dt = rate; state x = [level, rate, a, b, c], in the gauge's unit, per hour, per K, per full
 * charge, and as a share of s, what the weather does to gas.
 * The rate wanders just so much that it is an average over `memory_h`.
 */
import { at, correct, type Innovation, independent, type Kalman } from "../kalman.ts";
import type { GaugeParams } from "../params/swelling.ts";

const N = 5;
export const [LEVEL, RATE, PER_KELVIN, PER_CHARGE, SQUEEZED] = [0, 1, 2, 3, 4] as const;

export interface SwellingFilter extends Kalman {
  at_s: number;
}

export interface Drive {
  /** T - T0; 0 where no temperature is measured. */
  readonly warmer_K: number;
  /** q - q0. */
  readonly charged: number;
  /** What the air's pressure would add if all growth were gas that gives way; 0 where no pressure is measured. */
  readonly squeezed: number;
}

export function startFilter(at_s: number, level: number, noise2: number, gauge: GaugeParams): SwellingFilter {
  const sd = [Math.sqrt(noise2), gauge.rateSd_per_h, gauge.perKelvinSd, gauge.perChargeSd, gauge.squeezeSd];
  return { ...independent([level, 0, 0, 0, gauge.squeeze], sd), at_s };
}

/** `noise2`: variance of one block; a rate that wanders by q² an hour is followed over (noise2 dt / q²)^(1/4). */
export function predict({ x, P }: SwellingFilter, dt_h: number, noise2: number, memory_h: number): void {
  const row = (i: number, j: number): number => i * N + j;
  x[LEVEL] = at(x, LEVEL) + dt_h * at(x, RATE);
  for (let j = 0; j < N; j++) P[row(0, j)] = at(P, row(0, j)) + dt_h * at(P, row(1, j));
  for (let i = 0; i < N; i++) P[row(i, 0)] = at(P, row(i, 0)) + dt_h * at(P, row(i, 1));
  const q = (4 * noise2 * dt_h) / memory_h ** 4;
  P[row(0, 0)] = at(P, row(0, 0)) + (q * dt_h ** 3) / 3;
  P[row(0, 1)] = at(P, row(0, 1)) + (q * dt_h ** 2) / 2;
  P[row(1, 0)] = at(P, row(0, 1));
  P[row(1, 1)] = at(P, row(1, 1)) + q * dt_h;
}

export function innovationOf({ x, P }: SwellingFilter, value: number, { warmer_K, charged, squeezed }: Drive, noise2: number): Innovation {
  const h = [1, 0, warmer_K, charged, squeezed];
  const together = new Array<number>(N).fill(0);
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) together[i] = at(together, i) + at(P, i * N + j) * at(h, j);
  let variance = noise2;
  let expected = 0;
  for (let i = 0; i < N; i++) {
    variance += at(h, i) * at(together, i);
    expected += at(h, i) * at(x, i);
  }
  return { nu: value - expected, variance, with: together };
}

/** Takes a block in. What is taken off for temperature, charge and pressure stays within what a gauge can need. */
export function update(filter: SwellingFilter, innovation: Innovation, gauge: GaugeParams, taught: readonly boolean[]): void {
  correct(filter, innovation, 1e-18, (i) => taught[i] === true);
  const { x } = filter;
  x[PER_KELVIN] = Math.max(gauge.perKelvinLeast, Math.min(gauge.perKelvinMost, at(x, PER_KELVIN)));
  x[PER_CHARGE] = Math.max(-gauge.perChargeMost, Math.min(gauge.perChargeMost, at(x, PER_CHARGE)));
  x[SQUEEZED] = Math.max(0, Math.min(gauge.squeezeMost, at(x, SQUEEZED)));
}

/** What temperature, charge and pressure add to the gauge. */
export const reversible = ({ x }: SwellingFilter, { warmer_K, charged, squeezed }: Drive): number =>
  at(x, PER_KELVIN) * warmer_K + at(x, PER_CHARGE) * charged + at(x, SQUEEZED) * squeezed;
