/**
 * What can go wrong with one sensor, as a function of time. Times in s of the run, values in the channel's unit.
 * Some faults change what the sensor feels (`slow-response`, `falls-off`), some what it says within its range, some what comes out whatever it says.
 */
import type { Field } from "../../edge-agent/contracts/recording.ts";
import type { Random } from "./random.ts";

/** `from_s` inclusive, `until_s` exclusive; without `until_s` it lasts. */
export type SensorFault = { readonly from_s: number; readonly until_s?: number } & (
  | { readonly kind: "bias"; readonly by: number }
  | { readonly kind: "drift"; readonly per_h: number }
  /** `share` of the readings are off by `by`, up or down. */
  | { readonly kind: "spike"; readonly by: number; readonly share: number }
  /** For its first `lasts_s` the sensor is off by `by`, fading. */
  | { readonly kind: "warm-up"; readonly by: number; readonly lasts_s: number }
  /** Self-calibration takes the least reading of each period for fresh air. */
  | { readonly kind: "asc-theft"; readonly fresh: number; readonly period_s: number }
  /** After `hold_s` in all at or above `over`, the cell keeps this share of its sensitivity. */
  | { readonly kind: "poisoning"; readonly over: number; readonly hold_s: number; readonly keeps: number }
  /** T90 is this many times longer: a blocked filter, a wet membrane. */
  | { readonly kind: "slow-response"; readonly factor: number }
  /** A thermocouple keeps this share of its contact with the surface; the rest is air. */
  | { readonly kind: "falls-off"; readonly contact: number }
  /** The last reading, again and again. */
  | { readonly kind: "stuck" }
  /** Says "at least this". */
  | { readonly kind: "saturation"; readonly at: number }
  /** `share` of the readings are missing: NACK, checksum, a bus that hangs. */
  | { readonly kind: "dropout"; readonly share: number }
  /** A bus that floats or a broken wire: always this value. */
  | { readonly kind: "all-zero" | "all-one" | "open-circuit"; readonly reads: number }
  | { readonly kind: "sign" }
  /** The decimals or the unit changed: values are this many times too large. */
  | { readonly kind: "decimals"; readonly factor: number }
);

/** As in a recording: a value, exact or censored. */
export type Reading = Field;

/** What a fault remembers between readings. */
interface Memory {
  held: Reading | undefined;
  least: number;
  stolen: number;
  periodEnds_s: number;
  over_s: number;
  last_s: number | undefined;
}

/** The faults of one sensor, in order. */
export interface FaultsInForce {
  /** Product of the factors on T90. */
  lag(at_s: number): number;
  /** Share of its contact with the surface that a thermocouple still has. */
  contact(at_s: number): number;
  /** Before range and resolution. */
  disturb(value: number, at_s: number): number;
  /** What comes out in the end; undefined for nothing. */
  replace(reading: Reading, at_s: number): Reading | undefined;
}

const inForce = ({ from_s, until_s = Number.POSITIVE_INFINITY }: SensorFault, at_s: number): boolean => at_s >= from_s && at_s < until_s;

export function openFaults(faults: readonly SensorFault[], random: Random): FaultsInForce {
  const all = faults.map((fault) => ({ fault, memory: freshMemory() }));
  const now = (at_s: number) => all.filter(({ fault }) => inForce(fault, at_s));
  return {
    lag: (at_s) => now(at_s).reduce((product, { fault }) => (fault.kind === "slow-response" ? product * fault.factor : product), 1),
    contact: (at_s) => now(at_s).reduce((product, { fault }) => (fault.kind === "falls-off" ? product * fault.contact : product), 1),
    disturb: (value, at_s) => now(at_s).reduce((sum, { fault, memory }) => disturbed(fault, memory, sum, at_s, random), value),
    replace: (reading, at_s) => {
      let out: Reading | undefined = reading;
      for (const { fault, memory } of now(at_s)) out = out && replaced(fault, memory, out, random);
      return out;
    },
  };
}

const freshMemory = (): Memory => ({ held: undefined, least: Number.POSITIVE_INFINITY, stolen: 0, periodEnds_s: Number.NaN, over_s: 0, last_s: undefined });

function disturbed(fault: SensorFault, memory: Memory, value: number, at_s: number, random: Random): number {
  switch (fault.kind) {
    case "bias":
      return value + fault.by;
    case "drift":
      return value + (fault.per_h * (at_s - fault.from_s)) / 3600;
    case "spike":
      return random.chance(fault.share) ? value + random.choice([-1, 1]) * fault.by : value;
    case "warm-up":
      return value + fault.by * Math.max(0, 1 - (at_s - fault.from_s) / fault.lasts_s);
    case "asc-theft":
      return stolen(fault, memory, value, at_s);
    case "poisoning": {
      if (value >= fault.over) memory.over_s += at_s - (memory.last_s ?? at_s);
      memory.last_s = at_s;
      return memory.over_s >= fault.hold_s ? value * fault.keeps : value;
    }
    default:
      return value;
  }
}

function stolen(fault: Extract<SensorFault, { kind: "asc-theft" }>, memory: Memory, value: number, at_s: number): number {
  if (Number.isNaN(memory.periodEnds_s)) memory.periodEnds_s = fault.from_s + fault.period_s;
  if (at_s >= memory.periodEnds_s) {
    memory.stolen = memory.least - fault.fresh;
    memory.least = Number.POSITIVE_INFINITY;
    memory.periodEnds_s += fault.period_s;
  }
  memory.least = Math.min(memory.least, value);
  return value - memory.stolen;
}

function replaced(fault: SensorFault, memory: Memory, reading: Reading, random: Random): Reading | undefined {
  switch (fault.kind) {
    case "stuck":
      memory.held ??= reading;
      return memory.held;
    case "saturation":
      return { value: fault.at, bound: 1 };
    case "dropout":
      return random.chance(fault.share) ? undefined : reading;
    case "all-zero":
    case "all-one":
    case "open-circuit":
      return { value: fault.reads, bound: 0 };
    case "sign":
      return { value: -reading.value, bound: 0 };
    case "decimals":
      return { ...reading, value: reading.value * fault.factor };
    default:
      return reading;
  }
}
