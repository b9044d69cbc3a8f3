/**
 * What the scenes draw from. `[a, b]`: evenly between; `log`: evenly in the logarithm; `sd`: standard deviation, of a share or of a logarithm.
 * Where no source is named the range is an engineering choice that spans the pouch cells and chambers of a laboratory.
 */
export const cellDraws = {
  log_capacity_Ah: [1, 25],
  mass_g_per_Ah: [16, 27], // 82 g at 5 Ah is 16; the cell of Feng's set has 29
  heatCapacity_J_per_g_K: [0.95, 1.15], // 1.1: the cell of Feng's set
  log_exchange_per_s: [5e-4, 3e-3], // hA/(m cp): the spread over which oven tests are tabulated
  resistance_ohm_Ah: [0.08, 0.25], // 30 mohm at 5 Ah is 0.15
  thickness_mm: [3.5, 9],
  dUdT_V_per_K: [-3e-4, 1e-4], // a few 0.1 mV/K of either sign in layered oxides
  released: [0.4, 0.75], // about 0.6 fits a measured peak of 870 °C
  activationSd: 0.02, // of SEI's and anode's; the rate at 400 K stays
  rateSd: 0.4,
  heatSd: 0.12,
} as const;

/**
 * Where the separator's ceramic gives way, by set: PE and PP melt at 130 and 165 °C (from memory), ceramic holds on. Feng's codes have 260 °C; for the others
 * near where they run away by their own heat, so that a collapse rarely comes out of a cell that is calm.
 */
export const collapseDraws_degC: Readonly<Record<"kim" | "feng" | "lithium-rich", readonly [number, number]>> = {
  kim: [165, 205],
  feng: [235, 265],
  "lithium-rich": [175, 225],
};

/**
 * Against the printed rates of SEI, anode and cathode, in healthy scenes. Kim's and Feng's sets were fitted to abuse: below 85 °C they would use up a cell's SEI in hours
 * and make tens of mL/Ah in days, where cells stand such storage for weeks. Engineering choice: 1e-4 leaves under 0.1 mL/Ah in two weeks at 85 °C.
 */
export const agedRate = 1e-4;

/** Prior of a lithium-rich cathode: no published set exists for a full cell, so that the whole range is drawn. */
export const lithiumRichPrior = {
  peak_degC: [205, 265], // of the heat flow at 5 K/min
  activation_J_per_mol: [130_000, 220_000],
  heat_J_per_g: [400, 1300],
} as const;

export const gasDraws = {
  runawaySd: 0.35, // yields are inconsistent between studies by half (Nilsson and Ahlberg Tidblad 2024)
  log_hf_mg_per_Wh: [20, 200], // Larsson 2017
  oxygen_mmol_per_g: [0.5, 2.29], // up to spinel, for a lithium-rich cathode
  log_storage_mol_per_Ah_s: [1e-11, 1e-10],
  storageEa_J_per_mol: [50_000, 90_000],
  settles_h: [20, 60],
  log_water_ppm: [10, 300], // of electrolyte; with 300 ppm the salt gives HF far below 107 °C (Yang, Zhuang, Ross)
  dry_ppm: [1, 5], // of the cells in healthy scenes, well dried: 30 ppm would swell a small cell by some percent
} as const;

export const pouchDraws = {
  slack_mL_per_Ah: [1, 6],
  stiffness_kPa: [50, 300],
  log_burst_kPa: [20, 150], // 40 N over 15 mm on 40 to 100 mm of width, less for a bad seal
  breathing_share: [0.01, 0.035],
  jig_N_per_mm: [1000, 10_000],
  preload_N: [50, 400],
} as const;

export const chamberDraws = {
  log_volume_L: [20, 500],
  log_ventilation_per_h: [0.2, 20],
  sealedShare: 0.35,
  argonShare: 0.15,
  leak_per_h: [0.01, 0.2],
  room_degC: [19, 26],
  roomHumidity_pct: [20, 65],
} as const;

/** The laboratory around a run: its air pressure goes with the weather, its carbon dioxide with the people in it. */
export const roomDraws = {
  weather_kPa: [0.05, 0.6],
  weather_days: [0.5, 2],
  log_people_ppm: [5, 400],
  people_days: [0.7, 1.3],
} as const;

/** What a person writes into a station file, against the truth. */
export const writtenDraws = {
  massSd: 0.05, // a kitchen scale, tabs and tape weighed along
  volumeSd: 0.1, // of a chamber full of fixtures
  unknownShare: 0.2, // nobody measured it
  maxTemperatureShare: 0.6, // of the station files name one
} as const;

/** Seconds between two readings of a station's channels: in tests of hours, of a day, of weeks. */
export const paceDraws = {
  fast: [0.5, 1, 1, 2, 5, 10],
  medium: [5, 10],
  slow: [20, 30, 60],
} as const;
/** Gas sensors are read no faster. */
export const gasPace_s = [2, 5, 10] as const;
