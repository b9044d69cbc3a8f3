/** What the Kalman filters of heat, swelling and gas share: means and covariances of a few states as plain arrays, so that they are JSON. */

export interface Kalman {
  /** Means. */
  x: number[];
  /** Covariance, row by row. */
  P: number[];
}

/** What a measurement says beyond what was expected. */
export interface Innovation {
  /** Measured minus expected. */
  readonly nu: number;
  /** Of `nu`, the measurement's own included; above 0. */
  readonly variance: number;
  /** Covariance of each state with what was measured. */
  readonly with: readonly number[];
}

/** A number out of a list of states or of a matrix; 0 beyond its end. */
export const at = (values: readonly number[], index: number): number => values[index] ?? 0;

/** States with these standard deviations that know nothing of one another. */
export function independent(mean: readonly number[], sd: readonly number[]): Kalman {
  const n = mean.length;
  const P = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++) P[i * n + i] = at(sd, i) ** 2;
  return { x: [...mean], P };
}

/** Of state `i`. */
export const variance = ({ x, P }: Kalman, i: number): number => Math.max(0, at(P, i * x.length + i));

/** Whether state `i` may learn. */
export type Taught = (i: number) => boolean;

/**
 * Takes a measurement in. States that are not `taught` keep what is thought of them, and their doubt goes on to count (Schmidt 1966).
 * `least`: no variance becomes less, so that rounding never makes one negative.
 */
export function correct({ x, P }: Kalman, { nu, variance: spread, with: together }: Innovation, least: number, taught: Taught = () => true): void {
  const n = x.length;
  for (let i = 0; i < n; i++) if (taught(i)) x[i] = at(x, i) + (at(together, i) * nu) / spread;
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) {
      if (!taught(i) && !taught(j)) continue;
      const value = at(P, i * n + j) - (at(together, i) * at(together, j)) / spread;
      P[i * n + j] = value;
      P[j * n + i] = value;
    }
  for (let i = 0; i < n; i++) P[i * n + i] = Math.max(least, at(P, i * n + i));
}

/** Gives state `i` this mean and variance, independent of the others. */
export function pin({ x, P }: Kalman, i: number, mean: number, spread: number): void {
  const n = x.length;
  x[i] = mean;
  for (let j = 0; j < n; j++) {
    P[i * n + j] = 0;
    P[j * n + i] = 0;
  }
  P[i * n + i] = spread;
}

/**
 * Keeps state `i` between two values. The other states move along as far as they are known together with it: clipping it alone would leave in them,
 * update by update, the other half of every correction that was undone here. Its doubt stays, so that it can come back.
 */
export function within({ x, P }: Kalman, i: number, least: number, most: number): void {
  const n = x.length;
  const now = at(x, i);
  const then = Math.max(least, Math.min(most, now));
  const spread = at(P, i * n + i);
  if (then === now) return;
  if (spread > 0) for (let j = 0; j < n; j++) x[j] = at(x, j) + (at(P, i * n + j) / spread) * (then - now);
  x[i] = then;
}

/** Adds doubt to state `i`. */
export function widen({ x, P }: Kalman, i: number, spread: number): void {
  P[i * x.length + i] = at(P, i * x.length + i) + spread;
}
