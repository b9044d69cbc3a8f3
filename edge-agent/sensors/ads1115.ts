/**
 * TI ADS1115: four voltages against ground, and what transducers mean by them. I2C, 0x48 to 0x4b by strap.
 * Registers, codes and full scales of data sheet SBAS444; what the thresholds hold after power-up as in SBAS563 (ADS1115-Q1), table 10; a clock
 * within 10 % as in the electrical characteristics of SBAS444. None of it was checked on a part: unverified on hardware.
 * An input takes no more than the supply, whatever the full scale, so that a reading at the supply is a bound too.
 *
 * Each reading converts once for each input that a channel takes. The part has no identity and nothing is checksummed: a mark in the comparator's threshold, which
 * does nothing while the comparator is off, is read back behind the voltages. It tells a power cycle and another part.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, OptionRules, Options, Sampled, ScaledOutput, Sensor, Taken } from "./driver.ts";
import { type Scale, scaledBy, type TransducerName, transducers } from "./transducers.ts";

export const CONVERSION = 0x00;
export const CONFIG = 0x01;
const HIGH_THRESHOLD = 0x03;

export const IDLE = 0x8000; // written: start one conversion
export const AGAINST_GROUND = 0x4000; // plus the input in bits 12 and 13
export const ONCE = 0x0100;
const RATE_128_Hz = 0x0080;
export const COMPARATOR_OFF = 0x0003;
/** Bits 9 to 11 for each full scale in V. */
const GAINS: Readonly<Record<string, number>> = { 6.144: 0x0000, 4.096: 0x0200, 2.048: 0x0400, 1.024: 0x0600, 0.512: 0x0800, 0.256: 0x0a00 };

const MARK = 0x2dd4;
const AFTER_POWER_UP = 0x7fff; // of the high threshold
const CONVERSION_s = 0.0086; // 1/128 s, and a clock that is 10 % slow
const EACH_s = 0.025; // a conversion with its transfers at 100 kHz
const PATIENCE_s = 0.05;
const LOOK_s = 0.001;
const INPUTS = [0, 1, 2, 3] as const;
const TOP = 0x7fff;
const BOTTOM = -0x8000;

/** How the part turns codes into volts, and where an input ends. */
export interface FullScale {
  /** Bits of the configuration. */
  readonly gain: number;
  readonly full_scale_V: number;
  readonly supply_V: number;
}

/** Two bytes, two's complement. At either end of the code, and from the supply on, the voltage is a bound. */
export function decodeAds1115(reply: Uint8Array, full_scale_V: number, supply_V: number): Measured {
  return voltageOf((word(reply) << 16) >> 16, { full_scale_V, supply_V });
}

export function voltageOf(code: number, { full_scale_V, supply_V }: Omit<FullScale, "gain">): Measured {
  const raw = (code * full_scale_V) / 0x8000;
  if (code === TOP) return { raw, bound: 1, reason: "saturated", detail: `the input is at the end of the full scale (${full_scale_V} V)` };
  if (code === BOTTOM) return { raw, bound: -1, reason: "saturated", detail: `the input is at the end of the full scale (-${full_scale_V} V)` };
  if (raw >= supply_V) return { raw, bound: 1, reason: "saturated", detail: `the input is at the chip's supply (${supply_V} V)` };
  return { raw };
}

function word(reply: Uint8Array): number {
  if (reply.length !== 2) throw new Fault("sensor/malformed", `${reply.length} bytes came where 2 were due`);
  const [high = 0, low = 0] = reply;
  return (high << 8) | low;
}

export const register = async ({ bus, address }: Link, pointer: number): Promise<number> => word(await bus.writeRead(address, pointer, 2));
export const set = ({ bus, address }: Link, pointer: number, value: number): Promise<void> =>
  bus.write(address, Uint8Array.of(pointer, value >> 8, value & 0xff));

/** One output of a reading: the inputs that it needs, and what it makes of their voltages. */
interface Wanted {
  readonly name: string;
  readonly inputs: readonly number[];
  of(volts: ReadonlyMap<number, Measured>): Measured;
}

const MISSING: Measured = { reason: "malformed", detail: "the input was not converted" };

/** `ain2`, `loop2`, `ratio2` or `linear2`, as a channel takes it. */
function wanted({ name, output, keys }: Taken, supply_V: number): Wanted {
  const input = Number(output.slice(-1));
  const kind = output.slice(0, -1);
  if (kind === "ain") return { name, inputs: [input], of: (volts) => volts.get(input) ?? MISSING };
  const scale: Scale = transducers[kind as TransducerName].scale(keys);
  const other = String(keys.supply).startsWith("ain") ? Number(String(keys.supply).slice(-1)) : undefined;
  const supply = (volts: ReadonlyMap<number, Measured>) => (other === undefined ? { raw: supply_V } : volts.get(other));
  return { name, inputs: other === undefined ? [input] : [input, other], of: (volts) => scale(volts.get(input) ?? MISSING, supply(volts)) };
}

async function open(link: Link, options: Options, taken: readonly Taken[]): Promise<Sensor> {
  const scale = scaleOf(options);
  await writeMark(link);
  const outputs = taken.map((one) => wanted(one, scale.supply_V));
  const inputs = INPUTS.filter((input) => outputs.some((output) => output.inputs.includes(input)));
  return { first_in_s: 0, read: () => read(link, scale, inputs, outputs) };
}

/** What a chip's options come to. Throws TypeError for a full scale that the part does not have. */
export function scaleOf({ full_scale_V, supply_V }: Options): FullScale {
  const gain = GAINS[String(full_scale_V)];
  if (gain === undefined || typeof full_scale_V !== "number" || typeof supply_V !== "number")
    throw new TypeError(`ads1115 opened with ${full_scale_V} V, ${supply_V} V`);
  return { gain, full_scale_V, supply_V };
}

export async function writeMark(link: Link): Promise<void> {
  await set(link, HIGH_THRESHOLD, MARK);
  await checkMark(link);
}

export async function checkMark(link: Link): Promise<void> {
  const found = await register(link, HIGH_THRESHOLD);
  if (found === AFTER_POWER_UP) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  if (found !== MARK) throw new Fault("sensor/wrong-device", `the threshold reads 0x${found.toString(16)}, not as written: another part, or a bad wire`);
}

/** Each setting is read back once its conversion is done, and the mark behind all of them. The first that is not as written ends the reading. */
async function read(link: Link, scale: FullScale, inputs: readonly number[], outputs: readonly Wanted[]): Promise<Sampled> {
  const { bus, address, clock } = link;
  const setting = IDLE | AGAINST_GROUND | scale.gain | ONCE | RATE_128_Hz | COMPARATOR_OFF;
  const volts = new Map<number, Measured>();
  let [idle, found] = [true, 0];
  for (const input of inputs) {
    if (!idle) break;
    await set(link, CONFIG, setting | (input << 12));
    found = await settled(link, CONVERSION_s);
    idle = found === (setting | (input << 12));
    volts.set(input, decodeAds1115(await bus.writeRead(address, CONVERSION, 2), scale.full_scale_V, scale.supply_V));
  }
  const at_s = clock.monotonic_s();
  await checkMark(link);
  if (!(found & IDLE)) throw new Fault("sensor/not-ready", "no conversion came of being asked for one");
  if (!idle) throw new Fault("sensor/lost-config", `the setting reads 0x${found.toString(16)}, not as written`);
  return { at_s, outputs: Object.fromEntries(outputs.map(({ name, of }) => [name, of(volts)])) };
}

/** The setting once the conversion is done, or as it is when patience ends. */
export async function settled(link: Link, conversion_s: number): Promise<number> {
  const { clock } = link;
  await clock.sleep(conversion_s);
  const until_s = clock.monotonic_s() + PATIENCE_s;
  let found = await register(link, CONFIG);
  while (!(found & IDLE) && clock.monotonic_s() < until_s) {
    await clock.sleep(LOOK_s);
    found = await register(link, CONFIG);
  }
  return found;
}

/** `supply` of a ratiometric output: another input that reads the transducer's supply through a divider like the signal's, or the chip's own. */
const ratio = (input: number): ScaledOutput => {
  const choices = ["chip", ...INPUTS.filter((other) => other !== input).map((other) => `ain${other}`)];
  return { keys: { ...transducers.ratio.keys, supply: { choices } } };
};

/** How many inputs a reading of these outputs converts, at most. */
function converted(outputs: readonly string[]): number {
  const inputs = new Set(outputs.map((output) => output.slice(-1))).size;
  return Math.min(INPUTS.length, outputs.some((output) => output.startsWith("ratio")) ? inputs + 1 : inputs);
}

export const chipOptions = {
  full_scale_V: { choices: [6.144, 4.096, 2.048, 1.024, 0.512, 0.256], default: 4.096 },
  supply_V: { choices: [3.3, 5], default: 3.3 },
} as const satisfies OptionRules;

export const ads1115: DriverEntry = {
  driver: "ads1115",
  title: "TI ADS1115, four voltages",
  bus: "i2c",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  outputs: Object.fromEntries<"voltage" | ScaledOutput>([
    ...INPUTS.map((input) => [`ain${input}`, "voltage"] as const),
    ...INPUTS.map((input) => [`loop${input}`, scaledBy("loop")] as const),
    ...INPUTS.map((input) => [`ratio${input}`, ratio(input)] as const),
    ...INPUTS.map((input) => [`linear${input}`, scaledBy("linear")] as const),
  ]),
  options: chipOptions,
  fastest_s: EACH_s,
  fastestWith_s: (outputs) => EACH_s * converted(outputs),
  open,
};
