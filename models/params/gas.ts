/**
 * Every number of the gas inventory and of the vent's evidence, with its unit in the key and where it comes from.
 * "Engineering choice" means: no source; chosen here, tried on the twin's scenes.
 */
import type { GasSpecies } from "../../edge-agent/core/quantities.ts";

export interface SpeciesParams {
  /** Density of a reading's noise, ppm² s: the variance of a mean over one second, wander of minutes included. */
  readonly noise_ppm2_s: number;
  /** Of the zero and the room at the start, ppm. */
  readonly baselineSd_ppm: number;
  /** How far zero and room wander, ppm per square root of an hour: with ventilation, and in a sealed space, where only the sensor's zero does. */
  readonly roomWander_ppm: number;
  readonly zeroWander_ppm: number;
  /** Standard uncertainty of the sensor's slope, cross-sensitivity included: a share of the amount. */
  readonly slope_share: number;
  /** Without one in the station file. */
  readonly t90_s: number;
  /** What walls take, 1/s. */
  readonly sticks_per_s: number;
}

/** Of the gases whose amount a sensor tells. Oxygen is none of a cell's first signs. */
export const speciesParams: Readonly<Record<Exclude<GasSpecies, "o2">, SpeciesParams>> = {
  // SCD30: ±(30 ppm + 3 %), tau 20 s; SCD41: ±(40 ppm + 5 %). Noise and wander: engineering choice; a full office passes 1500 ppm within the hour
  co2: { noise_ppm2_s: 35_000, baselineSd_ppm: 50, roomWander_ppm: 150, zeroWander_ppm: 8, slope_share: 0.05, t90_s: 60, sticks_per_s: 0 },
  // electrochemical breakouts: T90 to 120 s. An H2 cell feels tens of percent of CO and a CO cell of H2 (from memory); the rest engineering choice
  h2: { noise_ppm2_s: 430, baselineSd_ppm: 2, roomWander_ppm: 0.7, zeroWander_ppm: 0.5, slope_share: 0.2, t90_s: 80, sticks_per_s: 0 },
  co: { noise_ppm2_s: 430, baselineSd_ppm: 2, roomWander_ppm: 0.7, zeroWander_ppm: 0.5, slope_share: 0.3, t90_s: 25, sticks_per_s: 0 },
  // HF reacts with walls and moisture: half an hour is an engineering choice, and so is the rest
  hf: { noise_ppm2_s: 2, baselineSd_ppm: 0.1, roomWander_ppm: 0.03, zeroWander_ppm: 0.03, slope_share: 0.3, t90_s: 45, sticks_per_s: 1 / 1800 },
  // photo-ionisation or flame: response factors of solvents differ by tens of percent (from memory)
  voc: { noise_ppm2_s: 12, baselineSd_ppm: 0.5, roomWander_ppm: 0.5, zeroWander_ppm: 0.1, slope_share: 0.3, t90_s: 8, sticks_per_s: 0 },
};

export const inventoryParams = {
  memory_s: 300, // engineering choice: how slowly a calm source is taken to change
  outlier_sigma: 4, // engineering choice: one reading so far out is no gas, two in a row are a burst
  volume_share: 0.2, // engineering choice: a chamber full of fixtures
  ventilation_share: 0.2, // engineering choice
  leak_per_h: 0.1, // engineering choice: of a chamber whose leak nobody has measured, as uncertainty
  wallDoubt_share: 0.5, // engineering choice: of what walls are thought to take
  air_degC: 25, // engineering choice: without a chamber temperature …
  airUnknown_share: 0.15, // … and its uncertainty: an oven at 150 °C holds 30 % less
  pressure_kPa: 101.325, // without a pressure channel
  airStale_s: 120, // engineering choice: an older chamber temperature or pressure is not used
  opened_K: 3, // engineering choice: an open door cools a warm chamber by this much within …
  peak_s: 300, // … minutes, which no chamber does without its door while it is kept warm
  sure_sigma: 2, // engineering choice: another gas this far above its baseline makes CO2 the cell's too
  least_s: 0.01, // engineering choice: readings closer in time are no surer
  leastShown: 0.02, // engineering choice: of a sudden release, what a slow sensor shows at its next reading
  mostSteps: 64, // engineering choice: a gap of a day is bridged coarsely
} as const;

/** Gas by pressure in a sealed space: n = PV / (RT). */
export const pressureParams = {
  learn_s: 600, // engineering choice
  smooth_s: 120, // engineering choice
  airSd_K: 1, // engineering choice: one thermometer is not the mean of a chamber …
  airSd_share: 0.03, // … and the less so the further it was heated
  leak_per_h: 0.1, // engineering choice: of the excess pressure, as uncertainty
  agree_share: 0.5, // engineering choice: with less than this share at the sensors, the rest is still in the pouch, or a gas that no sensor sees
} as const;

/** Rise of one gas channel, or of pressure, within minutes. */
export const riseParams = {
  k_sigma: 0.5, // half of the shift to find, 1 sigma: the usual choice (Page 1954; Siegmund 1985)
  falseAlarmEvery_s: 7 * 86_400, // engineering choice: one a channel-week on Gaussian noise: a rise alone tells nothing
  clip_h: 0.55, // engineering choice: one reading is never enough, two may be
  fast_s: 300, // engineering choice: what takes longer is a drift, a room or a slow leak …
  fastPressure_s: 30, // … and of the pressure weather, which may climb by 5 Pa in this time
  fall_s: 60, // engineering choice: a fall is followed this fast, so that the next rise counts
} as const;

/** By quantity: noise floor, a common resolution, and the least rise that is evidence. Engineering choices: the off-gas detector's floors, and half of its rises. */
export const riseFloors: Readonly<Record<string, { readonly noise: number; readonly rise: number }>> = {
  co2: { noise: 1, rise: 30 },
  h2: { noise: 1, rise: 2.5 },
  co: { noise: 0.5, rise: 2.5 },
  hf: { noise: 0.1, rise: 0.25 },
  voc: { noise: 0.05, rise: 0.4 },
  voc_signal: { noise: 10, rise: 200 },
  flow: { noise: 0.005, rise: 0.05 },
  pressure: { noise: 0.002, rise: 0.03 },
};

/** Swelling that goes at once. */
export const collapseParams = {
  before_readings: 3, // engineering choice
  share: 0.4, // engineering choice: of what the cell has grown since its start; an opened pouch keeps what is no gas
  sigmas: 8, // engineering choice
  held_readings: 3, // engineering choice: a spike is not held
  least: { thickness: 0.04, force: 5 } as Readonly<Record<string, number>>, // mm, N: engineering choice, several times a load's breathing in seconds
  noise: { thickness: 0.002, force: 0.3 } as Readonly<Record<string, number>>, // engineering choice: floors
  memory_readings: 50, // engineering choice
} as const;

/** What is a vent. */
export const ventParams = {
  together_s: 300, // engineering choice: T90 of 120 s and a sample line of 25 s between the first channel and the last
  hotForGas_degC: 65, // engineering choice: seals soften from 60 °C; a chamber that is set to 60 °C is not above
  hotForSwelling_degC: 60,
  hotBy_share: 0.13, // (338 - 298) / 298: a sealed space of air at 65 °C has this much more pressure than at 25 °C
  dryBy_factor: 12, // air of 25 °C that is heated to 74 °C, of 19 °C to 66: saturation pressures by Magnus
  humidFrom_pct: 20, // engineering choice: a twelfth of it is above what humidity sensors are wrong by
  sealedRise_share: 0.01, // engineering choice: air that warms faster than its thermometer shows half of this
} as const;
