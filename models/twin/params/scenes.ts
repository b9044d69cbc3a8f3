/**
 * What the scenes draw from. `[a, b]`: evenly between; `log`: evenly in the logarithm. Where no source is named the range is an engineering choice
 * that spans the pouch cells and chambers of a laboratory.
 */
export const cellDraws = {
  log_capacity_Ah: [1, 25],
  /** 82 g at 5 Ah (16 g/Ah) to 0.72 kg at 25 Ah (29 g/Ah, the cell of Feng's set). */
  mass_g_per_Ah: [16, 26],
  cp_J_per_kg_K: [950, 1150], // 1100: the cell of Feng's set
  log_exchange_per_s: [5e-4, 3e-3], // hA/(m cp): the spread over which oven tests are tabulated
  resistance_ohm_Ah: [0.08, 0.25], // 30 mohm at 5 Ah is 0.15
  thickness_mm: [3.5, 9],
} as const;

/** Prior of a lithium-rich cathode: no published set exists for a full cell, so that the whole range is drawn. */
export const lloPrior = {
  peak_degC: [205, 265], // of the heat flow at 5 K/min
  activation_kJ_per_mol: [130, 220],
  heat_J_per_g: [400, 1300],
} as const;

export const chamberDraws = {
  log_volume_L: [20, 500],
  log_ventilation_per_h: [0.2, 20],
  sealedShare: 0.35,
  argonShare: 0.1,
  nitrogenShare: 0.1,
  room_degC: [19, 26],
  room_kPa: [96, 103],
  roomCo2_ppm: [410, 650],
} as const;

/** What a person writes into a station file, against the truth. */
export const writtenDraws = {
  massSd_share: 0.05, // a kitchen scale, tabs and tape weighed along
  volumeSd_share: 0.1, // of a chamber full of fixtures
  unknownShare: 0.2, // nobody measured it
  maxTemperatureShare: 0.6, // of the station files name one
} as const;

/** s. Fast and slow: for tests of hours and of weeks. */
export const paceDraws = {
  fast_s: [0.5, 1, 1, 2, 5, 10],
  gas_s: [2, 5, 10],
  slow_s: [20, 30, 60],
} as const;
