/**
 * Bosch BMP388 and BMP390: absolute pressure and the chip's temperature. I2C, 0x76 or 0x77 by SDO.
 * Registers and the floating point formulas of the data sheet's sections 9.1 to 9.3 as Adafruit's driver has them; checksum of the coefficients
 * and times as Bosch's own driver BMP3_SensorAPI (`bmp3_selftest.c`, `bmp3_defs.h`).
 *
 * The range ends at 125 kPa: in a sealed chamber a runaway goes beyond it, and the reading is then a lower bound.
 * Readings carry no checksum, so identity and settings stand in for it: they are read back behind every reading.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";

const IDENTITY = 0x00;
const STATUS = 0x03;
const DATA = 0x04; // pressure, then temperature: three bytes each, low byte first
const POWER = 0x1b;
const OVERSAMPLING = 0x1c;
const FILTER = 0x1f;
const COEFFICIENTS = 0x30; // their checksum, then the 21 bytes from 0x31

const BMP388 = 0x50;
const BMP390 = 0x60;
const READY = 0x60; // pressure and temperature
const SLEEP = 0x03; // both sensors enabled
const ONCE = 0x13; // forced: one conversion, then sleep
const PRESSURE_8_TIMES = 0x03; // temperature once; 0x02 after power-up, so that this tells a power cycle
const NO_FILTER = 0x00; // so that nothing delays a vent

const CONVERSION_s = 0.0187; // 392 us + 8 × 2000 us for pressure, 313 us + 2000 us for temperature
const PATIENCE_s = 0.05;
const LOOK_s = 0.005;
const RANGE_kPa = [30, 125] as const;
const OPERATING_degC = [-40, 85] as const;

/** T1 to T3 and P1 to P11 of the appendix, already scaled. */
export interface Bmp3xxCoefficients {
  readonly t: readonly [number, number, number];
  readonly p: readonly [number, number, number, number, number, number, number, number, number, number, number];
}

/** The 22 bytes from 0x30. Throws Fault `sensor/checksum` where the first is not the checksum of the others. */
export function coefficientsOf(reply: Uint8Array): Bmp3xxCoefficients {
  const [sum, ...bytes] = exactly(reply, 22);
  if (sum !== crc8(bytes)) throw new Fault("sensor/checksum", "the calibration coefficients fail their checksum");
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const [u16, i16, i8] = [(at: number) => view.getUint16(at, true), (at: number) => view.getInt16(at, true), (at: number) => view.getInt8(at)];
  return {
    t: [u16(0) * 2 ** 8, u16(2) / 2 ** 30, i8(4) / 2 ** 48],
    p: [
      (i16(5) - 2 ** 14) / 2 ** 20,
      (i16(7) - 2 ** 14) / 2 ** 29,
      i8(9) / 2 ** 32,
      i8(10) / 2 ** 37,
      u16(11) * 2 ** 3,
      u16(13) / 2 ** 6,
      i8(15) / 2 ** 8,
      i8(16) / 2 ** 15,
      i16(17) / 2 ** 48,
      i8(19) / 2 ** 48,
      i8(20) / 2 ** 65,
    ],
  };
}

/** CRC-8, polynomial 0x1d, preset and inverted with ones: cal_crc() of Bosch's driver. */
export function crc8(bytes: readonly number[]): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x1d : 0)) & 0xff;
  }
  return crc ^ 0xff;
}

/** The six bytes of DATA as kPa and degC. Beyond the maker's pressure range the end of the range is a bound. */
export function decodeBmp3xx(reply: Uint8Array, coefficients: Bmp3xxCoefficients): Readonly<Record<"pressure" | "temperature", Measured>> {
  const [p0 = 0, p1 = 0, p2 = 0, t0 = 0, t1 = 0, t2 = 0] = exactly(reply, 6);
  const degC = temperature_degC((t2 << 16) | (t1 << 8) | t0, coefficients);
  const kPa = pressure_Pa((p2 << 16) | (p1 << 8) | p0, degC, coefficients) / 1000;
  const [low, high] = OPERATING_degC;
  const doubt: Measured =
    degC < low || degC > high ? { reason: "operating-range", detail: `the chip is at ${degC.toFixed(1)} degC; its maker allows ${low} to ${high}` } : {};
  return { pressure: pressure(kPa, doubt), temperature: { raw: degC, ...doubt } };
}

function pressure(kPa: number, doubt: Measured): Measured {
  const [low, high] = RANGE_kPa;
  const detail = `pressure beyond the chip's range (${low} to ${high} kPa)`;
  if (kPa > high) return { raw: high, bound: 1, reason: "saturated", detail };
  if (kPa < low) return { raw: low, bound: -1, reason: "saturated", detail };
  return { raw: kPa, ...doubt };
}

function temperature_degC(counts: number, { t: [t1, t2, t3] }: Bmp3xxCoefficients): number {
  const offset = counts - t1;
  return offset * t2 + offset ** 2 * t3;
}

function pressure_Pa(counts: number, degC: number, { p: [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11] }: Bmp3xxCoefficients): number {
  const offset = p5 + p6 * degC + p7 * degC ** 2 + p8 * degC ** 3;
  const slope = p1 + p2 * degC + p3 * degC ** 2 + p4 * degC ** 3;
  return offset + counts * slope + counts ** 2 * (p9 + p10 * degC) + counts ** 3 * p11;
}

function exactly(reply: Uint8Array, length: number): Uint8Array {
  if (reply.length !== length) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${length} were due`);
  return reply;
}

async function register({ bus, address }: Link, pointer: number): Promise<number> {
  const [value = 0] = exactly(await bus.writeRead(address, pointer, 1), 1);
  return value;
}

async function identify(link: Link): Promise<void> {
  const identity = await register(link, IDENTITY);
  if (identity !== BMP388 && identity !== BMP390)
    throw new Fault("sensor/wrong-device", `found identity 0x${identity.toString(16)}; a BMP388 says 0x50, a BMP390 0x60`);
}

async function settled(link: Link): Promise<boolean> {
  return (await register(link, OVERSAMPLING)) === PRESSURE_8_TIMES && (await register(link, FILTER)) === NO_FILTER;
}

async function open(link: Link): Promise<Sensor> {
  const { bus, address } = link;
  await identify(link);
  const coefficients = coefficientsOf(await bus.writeRead(address, COEFFICIENTS, 22));
  await bus.write(address, Uint8Array.of(POWER, SLEEP)); // another program may have left it measuring
  await bus.write(address, Uint8Array.of(OVERSAMPLING, PRESSURE_8_TIMES));
  await bus.write(address, Uint8Array.of(FILTER, NO_FILTER));
  if (!(await settled(link))) throw new Fault("sensor/lost-config", "settings do not read back as written");
  return { first_in_s: CONVERSION_s, read: () => read(link, coefficients) };
}

/** One conversion for each reading. Reading the data first clears a ready bit that an earlier, failed reading left. */
async function read(link: Link, coefficients: Bmp3xxCoefficients): Promise<Sampled> {
  const { bus, address, clock } = link;
  await bus.writeRead(address, DATA, 6);
  await bus.write(address, Uint8Array.of(POWER, ONCE));
  await clock.sleep(CONVERSION_s);
  const until_s = clock.monotonic_s() + PATIENCE_s;
  let ready = await isReady(link);
  while (!ready && clock.monotonic_s() < until_s) {
    await clock.sleep(LOOK_s);
    ready = await isReady(link);
  }
  const at_s = clock.monotonic_s();
  const reply = await bus.writeRead(address, DATA, 6);
  await identify(link);
  if (!(await settled(link))) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  if (!ready) throw new Fault("sensor/not-ready", "no conversion came of being asked for one");
  return { at_s, outputs: decodeBmp3xx(reply, coefficients) };
}

const isReady = async (link: Link): Promise<boolean> => ((await register(link, STATUS)) & READY) === READY;

export const bmp3xx: DriverEntry = {
  driver: "bmp3xx",
  title: "Bosch BMP388 and BMP390 absolute pressure",
  bus: "i2c",
  addresses: [0x76, 0x77],
  outputs: { pressure: "pressure", temperature: "temperature" },
  options: {},
  operating_degC: OPERATING_degC,
  fastest_s: 0.1, // of our choosing: a conversion with all its transfers at 100 kHz takes less
  identify,
  open,
};
