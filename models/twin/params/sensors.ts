/**
 * The twin's sensors, part by part, in the channel's unit: range, resolution, lag, noise and tolerances. `[a, b]`: a scene draws between them.
 * "Choice" means: an engineering choice without a source. Data sheets are named by their part.
 */
export const partParams = {
  thermocouple: {
    chips: [
      { resolution_K: 0.0625, noise_K: [0.03, 0.12] }, // MCP9601
      { resolution_K: 0.25, noise_K: [0.1, 0.25] }, // MAX31855
    ], // noise: choice, a quiet and a noisy bench
    bias_K: 0.8, // choice: sd; class 1 type K is ±1.5 K (IEC 60584-1)
    t90_s: [2, 8], // choice: a bead under tape
    contact: [0.85, 0.99], // choice: share of surface over air in what a taped bead feels
    most_degC: 1372, // type K, IEC 60584-1
  },
  /** PT100 in the chamber's air, by MAX31865. */
  chamberTemperature: { resolution_K: 0.03125, noise_K: 0.02, bias_K: 0.3, t90_s: [20, 60] }, // resolution: 15 bits of 430 ohm; the rest choice
  /** Sensirion SCD30: ±(30 ppm + 3 %), output to 40 000 ppm, tau 20 s (T90 46 s); repeatability ±10 ppm, shared between noise and wander (from memory). */
  scd30: { resolution: 1, noise: 4, wander: 3, memory_s: 60, bias: 15, gain: 0.015, t90_s: 46, most: 40_000 },
  /** Sensirion SCD41: ±(40 ppm + 5 %), output to 40 000 ppm, response 60 s; repeatability as the SCD30's (from memory). */
  scd41: { resolution: 1, noise: 5, wander: 4, memory_s: 60, bias: 20, gain: 0.025, t90_s: 60, most: 40_000 },
  /**
   * Sensirion STC31-C: 40 vol% range, repeatability 0.2 vol%; 1 vol% of H2 reads as -7.2, of CH4 as -0.7 vol% of CO2 (Mason-Saxena mixing).
   * Nobody told it the humidity, so that water takes it below zero (Sensirion says so; how far: choice).
   */
  stc31c: {
    resolution: 10,
    noise: 700,
    wander: 700,
    memory_s: 300,
    bias: 2000,
    gain: 0.015,
    t90_s: 3,
    most: 400_000,
    h2: -7.2,
    ch4: -0.7,
    perHumidity_pct: -60,
  }, // noise: choice, smoothed
  /** DFRobot SEN0473: 0 to 1000 ppm, 1 ppm, T90 at most 120 s. Share of CO felt: from memory, tens of percent; of solvent (the maker: keep away from it) and of humidity: choice. */
  h2: {
    resolution: 1,
    noise: 0.4,
    wander: 0.6,
    memory_s: 600,
    bias: 1,
    gain: 0.06,
    t90_s: [40, 120],
    most: 1000,
    co: [0.05, 0.3],
    vapour: [0, 0.03],
    perHumidity_pct: [-0.02, 0.02],
  },
  /** DFRobot SEN0475: 0 to 10 ppm, 0.1 ppm, T90 at most 60 s. */
  hf: { resolution: 0.1, noise: 0.02, wander: 0.03, memory_s: 600, bias: 0.05, gain: 0.08, t90_s: [30, 60], most: 10 },
  /** DFRobot SEN0466: 0 to 1000 ppm, 1 ppm. T90 and the share of H2 felt: choice, tens of percent. */
  co: { resolution: 1, noise: 0.4, wander: 0.6, memory_s: 600, bias: 1, gain: 0.05, t90_s: [15, 30], most: 1000, h2: [0.1, 0.5] },
  /** Sensirion SGP41: 870 ticks are twice the ethanol. Background, shares of the other gases and the pull of humidity: choice. */
  vocSignal: {
    resolution: 1,
    noise: 12,
    wander: 25,
    memory_s: 900,
    base: [26_000, 31_000],
    perDoubling: 870,
    background_ppm: 0.3,
    perHumidity_pct: -15,
    t90_s: 10,
    most: 65_535,
  },
  /** Photo-ionisation, 0 to 4000 ppm: range, resolution and shares choice; hydrogen, methane and CO are not ionised by 10.6 eV. */
  pid: { resolution: 0.1, noise: 0.05, wander: 0.1, memory_s: 600, bias: 0.1, gain: 0.1, t90_s: 8, most: 4000, c2h4: 0.1 },
  /** Bosch BMP390: 30 to 125 kPa, relative accuracy ±3 Pa. */
  bmp390: { resolution: 0.001, noise: 0.0015, bias: 0.05, t90_s: 1, least: 30, most: 125 },
  /** 4 to 20 mA transmitter, 0 to 10 bar, by ADS1115 and 150 ohm: 0.125 mV a count is 0.052 kPa. Noise: choice. */
  pressureLoop: { resolution: 0.052, noise: 0.15, bias: 1, t90_s: 0.05, least: 0, most: 1000 },
  sht4x: { resolution: 0.01, noise: 0.08, bias: 1, t90_s: 10 },
  /** A cycler's own figures: 1 mV, 1 mA. Noise: choice. */
  voltage: { resolution: 0.001, noise: 0.0006, bias: 0.002 },
  power: { resolution: 0.01, noise: 0.02 }, // choice: W, of a bench supply that reads its own voltage and current
  current: { resolution: 0.001, noise_share: 2e-4 },
  /** LVDT through an ADC; its frame grows by 1 um/K. Choice. */
  thickness: { resolution: 0.001, noise: [0.001, 0.004], drift_per_day: 0.002, frame_mm_per_K: 0.001 },
  /** Load cell by NAU7802. Choice. */
  force: { resolution: 0.1, noise: 0.3, drift_per_day: 0.5 },
  /** Pumped through tubing, from the gas's entry to the sensor: choice. */
  sampleLine_s: [3, 25],
} as const;
