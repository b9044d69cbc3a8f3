/** What counts as an event of the truth. */
export const truthParams = {
  sustained_s: 60, // engineering choice: so that a spike of heat is no self-heating; a runaway within it counts as sustained
  runaway_K_per_s: 1, // GB 38031-2025 C.5.3.7 (c)
  runawayHold_s: 3, // the same
  rateSpan_s: 1, // engineering choice: the span over which the rate is taken
  own_K_per_min: 30, // engineering choice: half of 1 K/s by the cell's own heat; less is heated from outside
  peakFall_K: 50, // engineering choice: a fall by this much ends a peak
} as const;

export const kneeParams = {
  span_s: 6 * 3600, // engineering choice: long against the noise of a step, short against a plateau of days
  settling_s: 24 * 3600, // engineering choice: warming up, and the first gas of a fresh storage
  rise: 2, // engineering choice: twice the plateau's rate
} as const;
