/** The world that simulated chips see: a set point, a slow swing, and noise that repeats for a seed. */

export interface Course {
  /** What it swings about; tests and scripts set it. */
  mean: number;
  readonly swing: number;
  readonly period_s: number;
  readonly noise: number;
}

/** Value of a course at a time. The noise is roughly normal (sum of four uniform numbers) with standard deviation `noise`. */
export function valueAt({ mean, swing, period_s, noise }: Course, at_s: number, random: () => number): number {
  const spread = (random() + random() + random() + random() - 2) * Math.sqrt(3);
  return mean + swing * Math.sin((2 * Math.PI * at_s) / period_s) + noise * spread;
}

/** A peak: straight up, then down exponentially. */
export interface Pulse {
  readonly at_s: number;
  readonly rise_s: number;
  /** Time constant. */
  readonly fall_s: number;
  readonly height: number;
}

export function pulseAt({ at_s, rise_s, fall_s, height }: Pulse, now_s: number): number {
  const since_s = now_s - at_s;
  if (since_s <= 0) return 0;
  return since_s < rise_s ? (height * since_s) / rise_s : height * Math.exp((rise_s - since_s) / fall_s);
}

/** Uniform numbers in [0, 1): mulberry32, public domain, by Tommy Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
