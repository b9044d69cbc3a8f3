/**
 * What a transducer means by the voltage that it leaves at an input: 4-20 mA loops, ratiometric parts, and plain 0-10 V.
 * Loop limits of NAMUR NE 43 (2003): 3.8 to 20.5 mA measure; at 3.6 mA and below, and at 21 mA and above, the transmitter says that it has failed.
 */
import { type Measured, OF_THE_QUANTITY, type OptionRules, type Options, type Range, type ScaledOutput } from "./driver.ts";

/** `reference`: the voltage of a ratiometric part's supply, where one is taken. */
export type Scale = (input: Measured, reference?: Measured) => Measured;

interface Transducer {
  readonly keys: OptionRules;
  scale(keys: Options): Scale;
  /** What one volt more at the input means. */
  perVolt(keys: Options, supply_V: number): number;
}

const OPEN_mA = 3.6;
const LOWEST_mA = 3.8;
const HIGHEST_mA = 20.5;
const FAILED_mA = 21;

/** Of what a ratiometric part leaves free below its low end and above its high end: this much still measures, … */
const STILL_MEASURES = 1 / 4;
/** … and from here on nothing but a fault comes there. No standard says so: 5 % and 95 % of the supply for a part of 10 to 90 %. */
const FAULT = 1 / 2;
/** A supply below is none. */
const LEAST_SUPPLY_V = 0.1;

const ofTheQuantity: Range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, unit: OF_THE_QUANTITY };

/** Two points of a straight line from the signal to the quantity. */
interface Line {
  readonly from: readonly [signal: number, value: number];
  readonly to: readonly [signal: number, value: number];
}

/** A bound of the signal is one of the quantity, turned round where the line falls. */
function along({ from: [x0, y0], to: [x1, y1] }: Line, signal: number, { bound = 0, ...said }: Measured): Measured {
  const slope = (y1 - y0) / (x1 - x0);
  const raw = y0 + (signal - x0) * slope;
  return { ...said, raw, ...(bound !== 0 && { bound: (slope < 0 ? -bound : bound) as -1 | 1 }) };
}

function loop({ shunt, at_4mA, at_20mA }: Options): Scale {
  const line: Line = { from: [4, Number(at_4mA)], to: [20, Number(at_20mA)] };
  return (input) => {
    if (input.raw === undefined) return input;
    const signal_mA = (input.raw / Number(shunt)) * 1000;
    const shown = `${signal_mA.toFixed(2)} mA`;
    if (signal_mA >= FAILED_mA) return { reason: "short-circuit", detail: `${shown}: the transmitter says that it has failed, or the loop is shorted` };
    // an input at the end of a small full scale is no open loop
    if (signal_mA <= OPEN_mA && input.bound !== 1)
      return { reason: "open-circuit", detail: `${shown}: the loop is open, or the transmitter says that it has failed` };
    if (input.bound !== undefined) return along(line, signal_mA, input);
    if (signal_mA < LOWEST_mA) return along(line, signal_mA, { bound: -1, reason: "saturated", detail: `${shown}: below the transmitter's range` });
    if (signal_mA > HIGHEST_mA) return along(line, signal_mA, { bound: 1, reason: "saturated", detail: `${shown}: above the transmitter's range` });
    return along(line, signal_mA, {});
  };
}

function ratio({ low, high, at_low, at_high }: Options): Scale {
  const [bottom, top] = [Number(low), Number(high)];
  const line: Line = { from: [bottom, Number(at_low)], to: [top, Number(at_high)] };
  return (input, supply) => {
    if (input.raw === undefined) return input;
    if (supply?.raw === undefined) return supply ?? { reason: "malformed", detail: "no supply to compare with" };
    if (supply.bound !== undefined) return { reason: "out-of-range", detail: `the transducer's supply cannot be read: ${supply.detail}; divide it` };
    if (supply.raw < LEAST_SUPPLY_V) return { reason: "open-circuit", detail: `the transducer has no supply: ${supply.raw.toFixed(3)} V` };
    const signal = input.raw / supply.raw;
    const shown = `${(100 * signal).toFixed(1)} % of the supply`;
    if (bottom > 0 && signal <= bottom * (1 - FAULT)) return { reason: "open-circuit", detail: `${shown}: the signal wire is open, or at ground` };
    if (top < 1 && signal >= top + (1 - top) * FAULT)
      return { reason: "short-circuit", detail: `${shown}: the signal is at the supply, or the ground wire is open` };
    if (input.bound !== undefined) return along(line, signal, input);
    if (signal < bottom * (1 - STILL_MEASURES))
      return along(line, signal, { bound: -1, reason: "saturated", detail: `${shown}: below the transducer's range` });
    if (signal > top + (1 - top) * STILL_MEASURES)
      return along(line, signal, { bound: 1, reason: "saturated", detail: `${shown}: above the transducer's range` });
    return along(line, signal, {});
  };
}

/** 0 V is a reading here: a broken wire cannot be told from it. */
function linear({ divider, at_0V, at_10V }: Options): Scale {
  const line: Line = { from: [0, Number(at_0V)], to: [10, Number(at_10V)] };
  return (input) => (input.raw === undefined ? input : along(line, input.raw * Number(divider), input));
}

export const transducers: Readonly<Record<"loop" | "ratio" | "linear", Transducer>> = {
  /** `shunt` from the loop to ground, at the input. */
  loop: {
    keys: { shunt: { from: 1, to: 1000, unit: "ohm", default: 150 }, at_4mA: ofTheQuantity, at_20mA: ofTheQuantity },
    scale: loop,
    perVolt: ({ shunt, at_4mA, at_20mA }) => ((Number(at_20mA) - Number(at_4mA)) / 16) * (1000 / Number(shunt)),
  },
  /** `low` and `high`: shares of the supply. */
  ratio: {
    keys: { low: { from: 0, to: 0.45, default: 0.1 }, high: { from: 0.55, to: 1, default: 0.9 }, at_low: ofTheQuantity, at_high: ofTheQuantity },
    scale: ratio,
    perVolt: ({ low, high, at_low, at_high }, supply_V) => (Number(at_high) - Number(at_low)) / ((Number(high) - Number(low)) * supply_V),
  },
  /** `divider`: volts of the transducer for one at the input. */
  linear: {
    keys: { divider: { from: 1, to: 1000, default: 1 }, at_0V: ofTheQuantity, at_10V: ofTheQuantity },
    scale: linear,
    perVolt: ({ divider, at_0V, at_10V }) => ((Number(at_10V) - Number(at_0V)) / 10) * Number(divider),
  },
};

export type TransducerName = keyof typeof transducers;

export const scaledBy = (name: TransducerName): ScaledOutput => ({ keys: transducers[name].keys });
