/**
 * Microchip MCP9601 thermocouple converter, I2C, 0x60 to 0x67 by strap, 100 kHz.
 * Data sheet DS20005426, section 5 "Serial communication registers": temperatures 5.1, status 5.2.1, configuration 5.2.2 and 5.2.3, identity 5.4.
 * The MCP9600 (identity 0x40) is refused: it cannot tell an open thermocouple from a quiet one. Bits 4 and 5 of the status as in Linux' and
 * Adafruit's drivers for the MCP9601.
 *
 * Nothing on this bus is checksummed, so identity and settings stand in for it: all of them are read back behind every temperature.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";
import { hotterThan } from "./hotter.ts";

const HOT_JUNCTION = 0x00;
const COLD_JUNCTION = 0x02;
const STATUS = 0x04;
const THERMOCOUPLE = 0x05; // type in bits 4 to 6, filter in bits 0 to 2
const DEVICE = 0x06; // cold junction at 0.0625 degC (bit 7 = 0), ADC 18 bit (bits 5 and 6 = 0), no burst, converting (bits 0 and 1 = 0)
const ALERT_4_LIMIT = 0x13;
const IDENTITY = 0x20;

const UPDATED = 0x40;
const SHORTED = 0x20;
const OPEN_OR_BEYOND = 0x10;

const MCP9600 = 0x40;
const MCP9601 = 0x41;
const FULL_RESOLUTION = 0x00;
const MARK = [0x2d, 0xd4] as const; // alert 4 is never enabled; its limit is 0 after power-up, so this mark tells a power cycle from a quiet chip
const degC_PER_STEP = 0.0625;
const CONVERSION_s = 0.6; // 18 bit: 320 ms, cold junction at 0.0625 degC: 250 ms, both typical
const LOOK_s = 0.02;
const COLD_degC = [-40, 125] as const;

/** Code of each type, and the range of its ITS-90 reference function (NIST Monograph 175). */
const types = {
  K: { code: 0, low_degC: -270, high_degC: 1372 },
  J: { code: 1, low_degC: -210, high_degC: 1200 },
  T: { code: 2, low_degC: -270, high_degC: 400 },
  N: { code: 3, low_degC: -270, high_degC: 1300 },
  S: { code: 4, low_degC: -50, high_degC: 1768 },
  E: { code: 5, low_degC: -270, high_degC: 1000 },
  B: { code: 6, low_degC: 0, high_degC: 1820 },
  R: { code: 7, low_degC: -50, high_degC: 1768 },
} as const;
export type ThermocoupleType = keyof typeof types;
const isType = (name: unknown): name is ThermocoupleType => typeof name === "string" && name in types;

/** Two bytes, two's complement, 1/16 degC a step. Without the sign -1 degC would read 4095. */
export function decodeJunction(reply: Uint8Array): number {
  const [high = 0, low = 0] = exactly(reply, 2);
  return ((((high << 8) | low) << 16) >> 16) * degC_PER_STEP;
}

/**
 * Hot and cold junction in degC under one status byte. One bit means open circuit and input beyond the type's range alike:
 * a reading in the last twentieth of the range tells the second.
 */
export function decodeMcp9601(
  hot: Uint8Array,
  cold: Uint8Array,
  status: number,
  type: ThermocoupleType,
): Readonly<Record<"temperature" | "cold_junction", Measured>> {
  const cold_degC = decodeJunction(cold);
  const [low, high] = COLD_degC;
  const coldFits = cold_degC >= low && cold_degC <= high;
  const outside = `the chip is at ${cold_degC} degC; its maker allows ${low} to ${high}`;
  return {
    temperature: hotJunction(decodeJunction(hot), status, type, coldFits ? {} : { reason: "operating-range", detail: outside }),
    cold_junction: coldFits ? { raw: cold_degC } : { raw: cold_degC, reason: "operating-range", detail: outside },
  };
}

function hotJunction(hot_degC: number, status: number, type: ThermocoupleType, doubt: Measured): Measured {
  const { low_degC, high_degC } = types[type];
  const margin_K = (high_degC - low_degC) / 20;
  const nearTop = hot_degC > high_degC - margin_K;
  const nearEnd = nearTop || hot_degC < low_degC + margin_K;
  if (status & SHORTED) return { reason: "short-circuit", detail: "the thermocouple touches supply or ground" };
  if (status & OPEN_OR_BEYOND && !nearEnd) return { reason: "open-circuit", detail: "the thermocouple is open" };
  if (status & OPEN_OR_BEYOND || hot_degC > high_degC || hot_degC < low_degC) {
    const atEnd = `${hot_degC} degC at the end of what type ${type} can read (${low_degC} to ${high_degC})`;
    return nearTop ? hotterThan(high_degC, atEnd) : { reason: "out-of-range", detail: atEnd };
  }
  return { raw: hot_degC, ...doubt };
}

function exactly(reply: Uint8Array, length: number): Uint8Array {
  if (reply.length !== length) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${length} were due`);
  return reply;
}

async function register({ bus, address }: Link, pointer: number): Promise<number> {
  const [value = 0] = exactly(await bus.writeRead(address, pointer, 1), 1);
  return value;
}

async function settled(link: Link, thermocouple: number): Promise<boolean> {
  const [high, low] = exactly(await link.bus.writeRead(link.address, ALERT_4_LIMIT, 2), 2);
  return high === MARK[0] && low === MARK[1] && (await register(link, THERMOCOUPLE)) === thermocouple && (await register(link, DEVICE)) === FULL_RESOLUTION;
}

async function identify(link: Link): Promise<void> {
  const identity = await register(link, IDENTITY);
  if (identity === MCP9600) throw new Fault("sensor/wrong-device", "found an MCP9600, which cannot tell an open thermocouple; fit an MCP9601");
  if (identity !== MCP9601) throw new Fault("sensor/wrong-device", `found identity 0x${identity.toString(16)}; an MCP9601 says 0x41`);
}

async function open(link: Link, { thermocouple, filter }: Options): Promise<Sensor> {
  const { bus, address } = link;
  if (!isType(thermocouple) || typeof filter !== "number") throw new TypeError(`mcp9601 opened with ${thermocouple}, ${filter}`);
  await identify(link);
  const setting = (types[thermocouple].code << 4) | filter;
  await bus.write(address, Uint8Array.of(THERMOCOUPLE, setting));
  await bus.write(address, Uint8Array.of(DEVICE, FULL_RESOLUTION));
  await bus.write(address, Uint8Array.of(ALERT_4_LIMIT, ...MARK));
  if (!(await settled(link, setting))) throw new Fault("sensor/lost-config", "settings do not read back as written");
  await bus.write(address, Uint8Array.of(STATUS, 0));
  // the conversion under way may still follow the old settings: the first that counts is the next
  return { first_in_s: 2 * CONVERSION_s, read: () => read(link, thermocouple, setting) };
}

/**
 * The status is judged and the settings are read behind the temperature: a power cycle or an opened circuit before it shows, one after it did
 * no harm. Waits for a conversion that is under way, since a beat that came late leaves less than a conversion until the next.
 */
async function read(link: Link, type: ThermocoupleType, setting: number): Promise<Sampled> {
  const { bus, address, clock } = link;
  const until_s = clock.monotonic_s() + CONVERSION_s;
  while (!((await register(link, STATUS)) & UPDATED) && clock.monotonic_s() < until_s) await clock.sleep(LOOK_s);
  const hot = await bus.writeRead(address, HOT_JUNCTION, 2);
  const at_s = clock.monotonic_s();
  const cold = await bus.writeRead(address, COLD_JUNCTION, 2);
  const status = await register(link, STATUS);
  if (!(await settled(link, setting))) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  if (!(status & UPDATED)) throw new Fault("sensor/not-ready", "no conversion since the last reading");
  await bus.write(address, Uint8Array.of(STATUS, 0)); // so that a chip that stopped converting shows at the next beat
  return { at_s, outputs: decodeMcp9601(hot, cold, status, type) };
}

export const mcp9601: DriverEntry = {
  driver: "mcp9601",
  title: "Microchip MCP9601 thermocouple converter",
  bus: "i2c",
  addresses: [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67],
  outputs: { temperature: "temperature", cold_junction: "temperature" },
  options: {
    thermocouple: { choices: Object.keys(types), default: "K" },
    filter: { choices: [0, 1, 2, 3, 4, 5, 6, 7], default: 0 }, // 0: none, so that nothing delays a runaway
  },
  operating_degC: COLD_degC,
  fastest_s: CONVERSION_s,
  identify,
  open,
};
