/**
 * TI ADS1115: four voltages against ground, for transmitters and dividers. I2C, 0x48 to 0x4b by strap.
 * Registers, codes and full scales of data sheet SBAS444; what the thresholds hold after power-up as in SBAS563 (ADS1115-Q1), table 10.
 * An input takes no more than the supply, whatever the full scale, so that a reading at the supply is a bound too.
 *
 * Each reading converts once for each input. The part has no identity and nothing is checksummed: a mark in the comparator's threshold, which
 * does nothing while the comparator is off, is read back behind the voltages. It tells a power cycle and another part.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";

const CONVERSION = 0x00;
const CONFIG = 0x01;
const HIGH_THRESHOLD = 0x03;

const IDLE = 0x8000; // written: start one conversion
const AGAINST_GROUND = 0x4000; // plus the input in bits 12 and 13
const ONCE = 0x0100;
const RATE_128_Hz = 0x0080;
const COMPARATOR_OFF = 0x0003;
/** Bits 9 to 11 for each full scale in V. */
const GAINS: Readonly<Record<string, number>> = { 6.144: 0x0000, 4.096: 0x0200, 2.048: 0x0400, 1.024: 0x0600, 0.512: 0x0800, 0.256: 0x0a00 };

const MARK = 0x2dd4;
const AFTER_POWER_UP = 0x7fff; // of the high threshold
const CONVERSION_s = 0.0086; // 1/128 s, and a clock that is 10 % slow
const PATIENCE_s = 0.05;
const LOOK_s = 0.002;
const INPUTS = [0, 1, 2, 3] as const;
const TOP = 0x7fff;
const BOTTOM = -0x8000;

/** Two bytes, two's complement. At either end of the code, and from the supply on, the voltage is a bound. */
export function decodeAds1115(reply: Uint8Array, fullScale_V: number, supply_V: number): Measured {
  const code = (word(reply) << 16) >> 16;
  const raw = (code * fullScale_V) / 0x8000;
  if (code === TOP) return { raw, bound: 1, reason: "saturated", detail: `the input is at the end of the full scale (${fullScale_V} V)` };
  if (code === BOTTOM) return { raw, bound: -1, reason: "saturated", detail: `the input is at the end of the full scale (-${fullScale_V} V)` };
  if (raw >= supply_V) return { raw, bound: 1, reason: "saturated", detail: `the input is at the chip's supply (${supply_V} V)` };
  return { raw };
}

function word(reply: Uint8Array): number {
  if (reply.length !== 2) throw new Fault("sensor/malformed", `${reply.length} bytes came where 2 were due`);
  const [high = 0, low = 0] = reply;
  return (high << 8) | low;
}

const register = async ({ bus, address }: Link, pointer: number): Promise<number> => word(await bus.writeRead(address, pointer, 2));
const set = ({ bus, address }: Link, pointer: number, value: number): Promise<void> => bus.write(address, Uint8Array.of(pointer, value >> 8, value & 0xff));

async function open(link: Link, { full_scale_V, supply_V }: Options): Promise<Sensor> {
  const gain = GAINS[String(full_scale_V)];
  if (gain === undefined || typeof full_scale_V !== "number" || typeof supply_V !== "number")
    throw new TypeError(`ads1115 opened with ${full_scale_V} V, ${supply_V} V`);
  await set(link, HIGH_THRESHOLD, MARK);
  await checkMark(link);
  const setting = IDLE | AGAINST_GROUND | gain | ONCE | RATE_128_Hz | COMPARATOR_OFF;
  return { first_in_s: 0, read: () => read(link, setting, full_scale_V, supply_V) };
}

async function checkMark(link: Link): Promise<void> {
  const found = await register(link, HIGH_THRESHOLD);
  if (found === AFTER_POWER_UP) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  if (found !== MARK) throw new Fault("sensor/wrong-device", `the threshold reads 0x${found.toString(16)}, not as written: another part, or a bad wire`);
}

/** Each setting is read back once its conversion is done, and the mark behind all of them. The first that is not as written ends the reading. */
async function read(link: Link, setting: number, fullScale_V: number, supply_V: number): Promise<Sampled> {
  const { bus, address, clock } = link;
  const replies: Uint8Array[] = [];
  let [idle, found] = [true, 0];
  for (const input of INPUTS) {
    if (!idle) break;
    await set(link, CONFIG, setting | (input << 12));
    found = await settled(link);
    idle = found === (setting | (input << 12));
    replies.push(await bus.writeRead(address, CONVERSION, 2));
  }
  const at_s = clock.monotonic_s();
  await checkMark(link);
  if (!(found & IDLE)) throw new Fault("sensor/not-ready", "no conversion came of being asked for one");
  if (!idle) throw new Fault("sensor/lost-config", `the setting reads 0x${found.toString(16)}, not as written`);
  return { at_s, outputs: Object.fromEntries(replies.map((reply, input) => [`ain${input}`, decodeAds1115(reply, fullScale_V, supply_V)])) };
}

/** The setting once the conversion is done, or as it is when patience ends. */
async function settled(link: Link): Promise<number> {
  const { clock } = link;
  await clock.sleep(CONVERSION_s);
  const until_s = clock.monotonic_s() + PATIENCE_s;
  let found = await register(link, CONFIG);
  while (!(found & IDLE) && clock.monotonic_s() < until_s) {
    await clock.sleep(LOOK_s);
    found = await register(link, CONFIG);
  }
  return found;
}

export const ads1115: DriverEntry = {
  driver: "ads1115",
  title: "TI ADS1115, four voltages",
  bus: "i2c",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  outputs: { ain0: "voltage", ain1: "voltage", ain2: "voltage", ain3: "voltage" },
  options: {
    full_scale_V: { choices: [6.144, 4.096, 2.048, 1.024, 0.512, 0.256], default: 4.096 },
    supply_V: { choices: [3.3, 5], default: 3.3 },
  },
  fastest_s: 0.1, // four conversions with their transfers at 100 kHz
  open,
};
