/**
 * Every number of the swelling observer, with its unit in the key and where it comes from.
 * "Engineering choice" means: no source; chosen here and tried on simulated storage tests (see models/README.md).
 */

/** What fits a gauge of this quantity, in its own unit. All engineering choices for a pouch of 3 to 10 mm, free or in a jig of 1 to 10 kN/mm. */
export interface GaugeParams {
  /** Noise of one reading before it is learned, and the least ever. */
  readonly noise: number;
  readonly noiseLeast: number;
  /** What a degree adds, by the cell's and the frame's expansion, and what is ever taken off for it: more is vapour, which swells the cell as gas does. */
  readonly perKelvinSd: number;
  readonly perKelvinLeast: number;
  readonly perKelvinMost: number;
  /** What a full charge adds, and the most that is ever taken off for it. */
  readonly perChargeSd: number;
  readonly perChargeMost: number;
  /** Share of the growth that gives way to the air's pressure; its doubt, and the most. */
  readonly squeeze: number;
  readonly squeezeSd: number;
  readonly squeezeMost: number;
  /** N for a kPa: of a gauge that keeps the gap. Without it gas gives way by Boyle's law. */
  readonly pressed_per_kPa?: number;
  /** Rate per hour of a cell that has just been warmed. */
  readonly rateSd_per_h: number;
  /** A smaller jump is no step. */
  readonly step: number;
  /** What the gauge read at the start is taken for breathing, up to this share of a limit: a fresh cell is zeroed at any charge. */
  readonly startMost_share: number;
  /** Drift of the gauge itself, per day. */
  readonly drift_per_day: number;
}

export const gauges: Readonly<Record<"thickness" | "force", GaugeParams>> = {
  // mm: a pouch expands by 0.1 to 1 um/K, a steel frame of 0.1 m by 1 um/K; a full charge lifts 1 to 4 %
  thickness: {
    noise: 0.003,
    noiseLeast: 0.0002,
    perKelvinSd: 0.001,
    perKelvinLeast: -0.002,
    perKelvinMost: 0.0005,
    perChargeSd: 0.15,
    perChargeMost: 0.5,
    squeeze: 1,
    squeezeSd: 0.5,
    squeezeMost: 3,
    rateSd_per_h: 0.01,
    step: 0.005,
    startMost_share: 0.15, // half a charge of 2.5 % against a limit of 8 %
    drift_per_day: 0.001,
  },
  // N: the same through a jig of 3 kN/mm
  force: {
    noise: 0.5,
    noiseLeast: 0.03,
    perKelvinSd: 3,
    perKelvinLeast: -10,
    perKelvinMost: 10,
    perChargeSd: 300,
    perChargeMost: 1500,
    squeeze: 0,
    squeezeSd: 1,
    squeezeMost: 3,
    pressed_per_kPa: -5,
    rateSd_per_h: 20,
    step: 3,
    startMost_share: 0, // a jig is preloaded
    drift_per_day: 0.5,
  },
};

export const blockParams = {
  block_s: 900, // engineering choice: short against the 4 h over which a rate is taken, long against a gauge's noise
  least_readings: 5, // engineering choice: a slow gauge has longer blocks
  most_readings: 40, // engineering choice: the error of the middle half of 40 readings is a fifth of one reading's
  capacityUnknown_Ah: 5, // engineering choice: a charge is then counted in so many Ah
  stale_s: 300, // engineering choice: an older temperature or current is not used
  noiseMemory_samples: 200, // engineering choice
  same: 1e-9, // arithmetic: readings nearer to each other are the same
} as const;

export const filterParams = {
  memory_h: 12, // engineering choice: the shortest time over which the plateau's rate is followed …
  memory_share: 0.3, // … and its share of the plateau, where that is longer
  lag_K: 0.5, // engineering choice: thermometer, cell and frame differ by this share of what the temperature moved within a block
  strainMemory_blocks: 60, // engineering choice: of the learned spread and correlation of innovations
  strainLeast: 0.3, // engineering choice
  strainMost: 1e4, // engineering choice
  hottest_degC: 90, // engineering choice: what swells a hotter cell is gas and vapour, and teaches nothing about expansion
  clip_sigma: 5, // engineering choice: one block adds at most this
  settling_share: 0.2, // engineering choice: the rate of the first day is followed over this share of it
  teaches_K: 0.5, // engineering choice: a temperature that stands teaches nothing about expansion
  bent_h: 3, // engineering choice: the memory behind a knee
  odd_sigma: 6, // engineering choice: two blocks in turn differ by no more, unless the gauge has stepped …
  odd_blocks: 3, // … or it goes on so for more than so many
  quick_blocks: 4, // engineering choice
  calm_K: 1, // engineering choice: a step is told from a change of temperature only where that moved by less
  correlationMost: 0.8, // engineering choice
} as const;

export const plateauParams = {
  moved_K: 5, // engineering choice: Arrhenius at 70 kJ/mol makes 5 K a factor of 1.4 near 60 °C: another temperature is another plateau …
  memory_blocks: 50, // engineering choice: it follows slow drifts
  movedFor_s: 7200, // … once it lasts: an open door does not
  settling_s: 24 * 3600, // the first day of a storage makes more gas: a knee before its end is none
  gap_s: 24 * 3600, // engineering choice: a plateau that nobody watched for a day begins anew
} as const;

export const kneeParams = {
  k_sigma: 0.5, // half of the shift to find (Page 1954)
  falseAlarmEvery_s: 365.25 * 86_400, // engineering choice: one a gauge-year on Gaussian noise, before the growth of the rate is asked for as well
  cap_h: 2, // engineering choice
  rise: 1.6, // engineering choice: times the plateau's rate; gas at twice its rate is a knee, and growth of the electrodes goes on beside it
  u_sigma: 1.64, // engineering choice: 95 %
  over_s: 4 * 3600, // engineering choice: the rate is taken over 4 h …
  over_share: 1 / 20, // … or this share of the plateau, where that is longer; for as long it must stay high, so that no step is a knee
  slowestOver_factor: 2, // engineering choice: the slowest rate over twice as long, since a minimum of noisy rates is too small
  scatter_sigma: 2.5, // engineering choice: and by so much more than the plateau's rate scatters: the slowest of many is too slow
  endsBelow: 1.2, // engineering choice: times the plateau's rate, over a whole day, and the knee is over
  endsOver_s: 24 * 3600,
  steadyOver_share: 0.25, // engineering choice: a forecast from the plateau takes its rate over so much of it
} as const;

export const courseParams = {
  most_points: 192, // engineering choice
  leastSpans: 4, // engineering choice
} as const;

export const aheadParams = {
  significant_sigma: 3, // engineering choice
  leastGrowth: 1, // engineering choice: growth by a factor e to e^40 within the plateau's time is looked for
  mostGrowth: 40,
  growths: 24,
  forget_share: 0.12, // engineering choice: older points count by a factor e less
  doubt_factor: 6, // engineering choice: neighbouring points err together, and no cell follows an exponential
  horizon_factor: 40, // engineering choice: nothing is forecast beyond so many times what was watched
} as const;

/** What may come, and its weights. All engineering choices. */
export const futures = {
  /** Standard deviations of the rate. */
  rates: [
    [-1.2, 0.3],
    [0, 0.4],
    [1.2, 0.3],
  ],
  kneeSlices: 20,
  slows_share: 0.2,
  /** Of a knee that is here already against all others, where the CUSUM says that the rate grows. */
  suspected_odds: 1,
  /** Behind a knee that may come, the rate grows e-fold in this share of the time until then. */
  escalates: [
    [0.1, 0.3],
    [0.25, 0.4],
    [0.6, 0.3],
  ],
  /** Behind a knee that has come, the rate grows by this factor more, and then no more: what drives it is used up; 1: no more at all. Or it falls by half at once, as in a taut pouch, which holds gas under pressure. */
  growsOn: [
    [0.5, 0.08],
    [1, 0.08],
    [1.5, 0.1],
    [4, 0.2],
    [15, 0.24],
    [1e4, 0.3],
  ],
  /** How much of the reading at the start was breathing or the gauge's zero, and does not last. */
  startShares: [
    [0, 0.25],
    [0.5, 0.25],
    [1, 0.5],
  ],
  startMost_share: 0.5, // of the limit: more is swelling from before
} as const;

export const limitParams = {
  readings: 9, // engineering choice: the middle one of so many passes a limit; a twentieth of spikes does not
} as const;
