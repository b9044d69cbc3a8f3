/**
 * The one table of quantities. Field names, units, plausibility rules, MQTT payloads, dashboards and evidence read it.
 *
 * A rule that is left out does not apply to that quantity; `why` says so where it could surprise.
 * Plausible ranges are those of any sensor of that quantity, not of a healthy cell: a runaway must stay `good`.
 */
export interface Quantity {
  /** Canonical unit, as written in a station file. */
  readonly unit: string;
  /** InfluxDB field and payload key, unit included. */
  readonly field: string;
  /** Outside [low, high] a reading is `bad` with reason `out-of-range`. */
  readonly low: number;
  readonly high: number;
  /** A faster change, per second, is `uncertain` with reason `rate`. Above the fastest physics, so that a runaway passes. */
  readonly maxRate_per_s?: number;
  /** Bit-identical raw readings for longer than this are `uncertain` with reason `stuck`. Only for sensors whose noise exceeds their resolution. */
  readonly stuck_s?: number;
  /** Readings that makers use for "nothing measured": `bad` with reason `sentinel`. */
  readonly sentinels?: readonly number[];
  /** The gas that this quantity is an amount of, where it is one. */
  readonly gas?: GasSpecies;
  /** canonical = reading × factor + offset. The canonical unit itself is implied. */
  readonly convert?: Readonly<Record<string, readonly [factor: number, offset: number]>>;
  readonly why?: string;
}

export const gasSpecies = ["co2", "h2", "hf", "co", "voc", "o2"] as const;
export type GasSpecies = (typeof gasSpecies)[number];

const fraction = { ppm: [1, 0], pct: [1e4, 0], ppb: [1e-3, 0] } as const;

export const quantities = {
  temperature: {
    unit: "degC",
    field: "temperature_degC",
    low: -60, // below any chamber here
    high: 1830, // type B ends highest of those that are read here, at 1820 °C (IEC 60584-1)
    maxRate_per_s: 1000, // fastest thermocouple step in the UL FSRI recording: 486 °C/s
    stuck_s: 900,
    sentinels: [-127, -242.02, 2047.9375, 4095.9375], // DS18B20 libraries; PT100 open; MAX31856 and MCP960x all-ones
    convert: { K: [1, -273.15], degF: [5 / 9, -160 / 9] },
    why: "85 °C is a real storage temperature, so the DS18B20 power-on value is told apart by its driver, not here",
  },
  pressure: {
    unit: "kPa",
    field: "pressure_kPa",
    low: 0,
    high: 5000,
    maxRate_per_s: 20_000, // vent peaks last milliseconds
    stuck_s: 600,
    convert: { Pa: [1e-3, 0], hPa: [0.1, 0], mbar: [0.1, 0], bar: [100, 0], psi: [6.894757, 0] },
  },
  co2: { unit: "ppm", field: "co2_ppm", low: 0, high: 1_000_000, stuck_s: 900, sentinels: [65_535], gas: "co2", convert: fraction },
  co2_apparent: {
    unit: "ppm",
    field: "co2_apparent_ppm",
    low: -500_000, // where the STC31-C's count ends
    high: 1_000_000,
    stuck_s: 900,
    convert: fraction,
    why: "the CO2 that would conduct heat as the gas does: hydrogen takes it far below zero, so it is no amount of any gas",
  },
  h2: {
    unit: "ppm",
    field: "h2_ppm",
    low: -50,
    high: 1_000_000,
    sentinels: [65_535],
    gas: "h2",
    convert: fraction,
    why: "a healthy H2 cell reads the same zero for days, so `stuck` cannot be told",
  },
  hf: { unit: "ppm", field: "hf_ppm", low: -1, high: 100_000, sentinels: [65_535], gas: "hf", convert: fraction, why: "as h2" },
  co: { unit: "ppm", field: "co_ppm", low: -20, high: 1_000_000, sentinels: [65_535], gas: "co", convert: fraction, why: "as h2" },
  voc: {
    unit: "ppm",
    field: "voc_ppm",
    low: -20,
    high: 1_000_000,
    gas: "voc",
    convert: fraction,
    why: "hydrocarbons; includes total hydrocarbons (THC) by flame ionisation",
  },
  voc_signal: {
    unit: "ticks",
    field: "voc_signal_ticks",
    low: 0,
    high: 65_535,
    stuck_s: 900,
    gas: "voc",
    why: "relative: how far a metal oxide's logarithm of resistance has fallen. More is more gas, of whatever kind; no concentration, and no two parts alike",
  },
  o2: { unit: "pct", field: "o2_pct", low: 0, high: 100, stuck_s: 3600, gas: "o2", convert: { ppm: [1e-4, 0] } },
  humidity: { unit: "pct", field: "humidity_pct", low: 0, high: 100, convert: { "%": [1, 0] } },
  flow: {
    unit: "L/min",
    field: "flow_L_per_min",
    low: -10_000,
    high: 100_000,
    convert: { "mL/min": [1e-3, 0], "L/s": [60, 0] },
    why: "signed: an analyser's zero may sit below 0",
  },
  voltage: {
    unit: "V",
    field: "voltage_V",
    low: -10,
    high: 1500,
    convert: { mV: [1e-3, 0] },
    why: "a resting cell holds its last millivolt for hours, so `stuck` cannot be told",
  },
  current: {
    unit: "A",
    field: "current_A",
    low: -5000,
    high: 5000,
    convert: { mA: [1e-3, 0] },
    why: "positive on charge; exactly 0 at rest, so `stuck` cannot be told",
  },
  power: { unit: "W", field: "power_W", low: -1e6, high: 1e7, convert: { kW: [1e3, 0] } },
  thickness: { unit: "mm", field: "thickness_mm", low: -50, high: 500, convert: { um: [1e-3, 0] } },
  force: { unit: "N", field: "force_N", low: -1e5, high: 1e6, convert: { kN: [1e3, 0] } },
  strain: { unit: "um/m", field: "strain_um_per_m", low: -50_000, high: 50_000, convert: { "m/m": [1e6, 0] } },
  contact: {
    unit: "closed",
    field: "contact_closed",
    low: 0,
    high: 1,
    why: "1 closed, 0 open; a contact holds its state for weeks, so `stuck` cannot be told",
  },
} as const satisfies Record<string, Quantity>;

export type QuantityName = keyof typeof quantities;
export const quantityNames = Object.keys(quantities) as QuantityName[];
export const quantityOf = (name: QuantityName): Quantity => quantities[name];

/** Units that a station file may write for a quantity, canonical first. */
export function unitsOf(name: QuantityName): string[] {
  const quantity = quantityOf(name);
  return [...new Set([quantity.unit, ...Object.keys(quantity.convert ?? {})])];
}

/** Factor and offset from `unit` to the canonical unit; undefined when the quantity does not know the unit. */
export function toCanonical(name: QuantityName, unit: string): readonly [factor: number, offset: number] | undefined {
  const quantity = quantityOf(name);
  return unit === quantity.unit ? [1, 0] : quantity.convert?.[unit];
}
