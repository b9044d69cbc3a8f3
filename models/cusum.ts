/**
 * One-sided cumulative sum (Page 1954): S = max(0, S + x - k), alarm where S > h, for x standardised to unit variance.
 * Average run lengths by Siegmund's corrected diffusion (Siegmund 1985): within 1 % of a Markov chain for h 5 to 8, k 0.5.
 */

/** Overshoot of a Gaussian walk at both boundaries, 2 × 0.583 (Siegmund 1985). */
const OVERSHOOT = 1.166;

export const cusumStep = (sum: number, x: number, k: number): number => Math.max(0, sum + x - k);

/** Mean number of independent unit-variance samples until S > h, when their mean is `shift`. Infinite rather than wrong for sums beyond double precision. */
export function averageRunLength(h: number, k: number, shift = 0): number {
  const drift = shift - k;
  const b = h + OVERSHOOT;
  if (Math.abs(drift) < 1e-6) return b * b;
  return (Math.exp(-2 * drift * b) + 2 * drift * b - 1) / (2 * drift * drift);
}

/** The h whose mean time between false alarms is `samples` samples, for independent Gaussian noise. */
export function thresholdFor(samples: number, k: number): number {
  let low = 0;
  let high = 1;
  while (averageRunLength(high, k) < samples && high < 1e3) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (averageRunLength(middle, k) < samples) low = middle;
    else high = middle;
  }
  return high;
}
