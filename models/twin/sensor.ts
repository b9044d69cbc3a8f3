/**
 * From the true world to what one channel records: transport through a sample line, first-order lag, gain, bias, drift, correlated and white noise,
 * the end of the range, resolution, and whatever is wrong with it.
 */
import type { Random } from "./random.ts";
import { openFaults, type Reading, type SensorFault } from "./sensor-faults.ts";
import type { World } from "./world.ts";

/** Values in the channel's unit. */
export interface SensorSpec {
  /** The column and the channel id. */
  readonly column: string;
  /**
   * What it would read if it were ideal and at once, cross-sensitivities included. `contact`, 0 to 1, is the share of the surface that a thermocouple on
   * a cell feels.
   */
  readonly sees: (world: World, contact: number) => number;
  readonly every_s: number;
  /** First reading. */
  readonly phase_s: number;
  /** Time to 90 % of a step; 0 for none. */
  readonly t90_s: number;
  /** Of the sample line. */
  readonly delay_s: number;
  readonly contact: number;
  readonly gain: number;
  readonly bias: number;
  readonly drift_per_day: number;
  /** Standard deviations: white, and correlated over `memory_s`. */
  readonly noise: number;
  readonly wander: number;
  readonly memory_s: number;
  readonly resolution: number;
  /** Beyond it the sensor says "at least". */
  readonly most: number;
  /** Below it the sensor says this very number. */
  readonly least: number;
  readonly faults: readonly SensorFault[];
}

export interface Sensor {
  readonly spec: SensorSpec;
  /** The world goes on; to be told of every step. */
  see(world: World): void;
  /** The reading that is due at the world's last time; undefined when the sensor gives none. */
  read(): Reading | undefined;
}

/** An ideal sensor: a part overrides what it is not. */
export const ideal: Omit<SensorSpec, "column" | "sees"> = {
  every_s: 1,
  phase_s: 0,
  t90_s: 0,
  delay_s: 0,
  contact: 1,
  gain: 1,
  bias: 0,
  drift_per_day: 0,
  noise: 0,
  wander: 0,
  memory_s: 1,
  resolution: 0,
  most: Number.POSITIVE_INFINITY,
  least: Number.NEGATIVE_INFINITY,
  faults: [],
};

/** exp(-T90 / tau) = 0.1. */
const T90_PER_TAU = Math.log(10);

export function openSensor(spec: SensorSpec, random: Random): Sensor {
  const faults = openFaults(spec.faults, random.branch("faults"));
  /** On its way through the sample line: time and value in turn. */
  const line: { at_s: number; value: number }[] = [];
  let felt: number | undefined;
  let at_s = 0;
  let wander = random.normal(0, spec.wander);
  let read_s: number | undefined;

  function arriving(world: World): number {
    const value = spec.sees(world, spec.contact * faults.contact(world.at_s));
    if (spec.delay_s === 0) return value;
    line.push({ at_s: world.at_s, value });
    while (line.length > 1 && (line[1]?.at_s ?? 0) <= world.at_s - spec.delay_s) line.shift();
    return line[0]?.value ?? value;
  }

  return {
    spec,
    see(world) {
      const value = arriving(world);
      const tau_s = (spec.t90_s * faults.lag(world.at_s)) / T90_PER_TAU;
      felt = felt === undefined || tau_s === 0 ? value : value + (felt - value) * Math.exp(-(world.at_s - at_s) / tau_s);
      at_s = world.at_s;
    },
    read() {
      if (felt === undefined) return undefined;
      const kept = read_s === undefined ? 1 : Math.exp(-(at_s - read_s) / spec.memory_s);
      if (read_s !== undefined) wander = kept * wander + random.normal(0, spec.wander * Math.sqrt(1 - kept * kept));
      read_s = at_s;
      const analog = felt * spec.gain + spec.bias + (spec.drift_per_day * at_s) / 86_400 + wander + random.normal(0, spec.noise);
      return faults.replace(digital(spec, faults.disturb(analog, at_s)), at_s);
    },
  };
}

function digital({ most, least, resolution }: SensorSpec, analog: number): Reading {
  if (analog >= most) return { value: most, bound: 1 };
  const value = Math.max(least, analog);
  return { value: resolution === 0 ? value : Math.round(value / resolution) * resolution, bound: 0 };
}
