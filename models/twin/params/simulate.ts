/** How finely the true world is looked at. Engineering choices. */
export const simulateParams = {
  calmStep_s: 30, // nothing but slow gas and a cycler that is asked at every reading
  warm_K_per_min: 0.05, // a cell heats itself: its crossings of 0.2 K/min and more are looked for
  warmStep_s: 2,
  fast_K_per_min: 10, // near runaway: 1 K/s for 3 s is looked for
  fastStep_s: 0.5,
  together_s: 1e-6, // readings this close are one row
} as const;
