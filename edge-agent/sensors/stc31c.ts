/**
 * Sensirion STC31-C: CO2 in air or in nitrogen by thermal conductivity, up to 100 vol%. I2C, 0x29, 100 kHz.
 * Source of commands, times and conversions: Sensirion data sheet "STC31-C", section 3.3, as Sensirion's embedded-i2c-stc3x driver has them.
 *
 * The chip weighs how well the gas conducts heat and knows no gas by itself. One that conducts better than the carrier pulls the result down:
 * 1 vol% of hydrogen by about 7 vol%. The output co2_apparent is that result as it comes, also far below zero, from which a derived channel tells
 * hydrogen; the data sheet says nothing of results below zero, and they are unverified on hardware.
 *
 * Until it is told which gas it stands in, its results are undefined, and a power cycle makes it forget. Its state holds the choice, so that the
 * state is read behind every result and compared as a whole; its layout is not published. Self-calibration takes the usual gas for none and is off.
 * Humidity and pressure are those of the station file; temperature is the chip's own. A forced recalibration is forgotten at every power cycle:
 * calibrate the channel instead.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";
import { command, result, words } from "./sensirion.ts";

const SELECT_GAS = 0x3615;
const SET_HUMIDITY = 0x3624;
const SET_PRESSURE = 0x362f;
const MEASURE = 0x3639;
const SELF_CALIBRATION_OFF = 0x3f6e;
const STATE = [0x3752, 0xe133] as const; // prepare, then read
const IDENTITY = [0x367c, 0xe102] as const;

const COMMAND_s = 0.001;
const IDENTITY_s = 0.01;
const CONVERSION_s = 0.11;
const INTERVAL_s = 1; // no oftener than this

const PART = 0x08_01_03_00; // the last byte is a revision
const STATE_WORDS = 15;
const SCALE_degC = [-40, 125] as const; // of our choosing: beyond the maker's range, within what a chip survives
const ACCURACY_pct = 1; // at zero, of the wide range

/** The choice of gas by carrier and range: the modes of low cross-sensitivity to humidity and oxygen, which the older STC31 does not have. */
const gases = { n2: { 100: 0x10, 40: 0x12 }, air: { 100: 0x11, 40: 0x13 } } as const;
const isCarrier = (name: unknown): name is keyof typeof gases => typeof name === "string" && name in gases;
const isRange = (range: unknown): range is 40 | 100 => range === 40 || range === 100;

/**
 * The nine bytes of a measurement: CO2 in ppm, temperature in degC, and a word that is kept back by the maker.
 * Past the end of the range CO2 is a lower bound. Below zero it is zero as far as the part's accuracy goes, and no reading further down.
 */
export function decodeStc31c(reply: Uint8Array, range_pct: 40 | 100): Readonly<Record<"co2" | "co2_apparent" | "temperature", Measured>> {
  const [gas = 0, temperature = 0] = words(reply, 3);
  const share_pct = (100 * (gas - 16_384)) / 32_768;
  return { co2: co2(share_pct, range_pct), co2_apparent: apparent(share_pct, range_pct), temperature: ownTemperature(((temperature << 16) >> 16) / 200) };
}

/** A word can say -163 to 163. */
function ownTemperature(degC: number): Measured {
  const [low, high] = SCALE_degC;
  return degC < low || degC > high ? { reason: "out-of-range", detail: `${degC} degC is no temperature of this chip (${low} to ${high})` } : { raw: degC };
}

/** A rail is no reading here either. */
function apparent(share_pct: number, range_pct: 40 | 100): Measured {
  if (share_pct <= -50) return { reason: "out-of-range", detail: "the end of the scale" };
  return share_pct < range_pct && share_pct <= 100 ? { raw: share_pct * 1e4 } : co2(share_pct, range_pct);
}

function co2(share_pct: number, range_pct: number): Measured {
  const found = `${share_pct.toFixed(2)} vol%`;
  if (share_pct < -ACCURACY_pct)
    return { reason: "out-of-range", detail: `${found}: the gas conducts better than the carrier alone, as with hydrogen in it, or humidity is set too low` };
  if (share_pct > 100) return { reason: "out-of-range", detail: `${found} cannot be` };
  if (share_pct >= range_pct)
    return { raw: range_pct * 1e4, bound: 1, reason: "saturated", detail: `${found}: CO2 at the end of the range of ${range_pct} vol%` };
  return { raw: Math.max(0, share_pct) * 1e4 };
}

async function send({ bus, address, clock }: Link, code: number, ...args: readonly number[]): Promise<void> {
  await bus.write(address, command(code, ...args));
  await clock.sleep(COMMAND_s);
}

async function ask(link: Link, [prepare, fetch]: readonly [number, number], count: number, wait_s: number): Promise<number[]> {
  const { bus, address, clock } = link;
  await send(link, prepare);
  await bus.write(address, command(fetch));
  await clock.sleep(wait_s);
  return words(await bus.read(address, 3 * count), count);
}

const stateOf = async (link: Link): Promise<string> => String(await ask(link, STATE, STATE_WORDS, COMMAND_s));

async function identify(link: Link): Promise<void> {
  const [high = 0, low = 0] = await ask(link, IDENTITY, 6, IDENTITY_s);
  const part = high * 65_536 + low;
  if (part - (part % 256) !== PART) throw new Fault("sensor/wrong-device", `found product 0x${part.toString(16)}; an STC31-C says 0x080103 and a revision`);
}

/** The state must show the choice: it is read under the other carrier first. */
async function open(link: Link, { carrier, range_pct, humidity_pct, pressure_kPa }: Options): Promise<Sensor> {
  if (!isCarrier(carrier) || !isRange(range_pct) || typeof humidity_pct !== "number" || typeof pressure_kPa !== "number")
    throw new TypeError(`stc31c opened with ${carrier}, ${range_pct} vol%, ${humidity_pct} %, ${pressure_kPa} kPa`);
  await identify(link);
  await send(link, SELF_CALIBRATION_OFF);
  await send(link, SET_HUMIDITY, Math.round((humidity_pct * 65_535) / 100));
  await send(link, SET_PRESSURE, Math.round(10 * pressure_kPa));
  await send(link, SELECT_GAS, gases[carrier === "air" ? "n2" : "air"][range_pct]);
  const other = await stateOf(link);
  await send(link, SELECT_GAS, gases[carrier][range_pct]);
  const state = await stateOf(link);
  if (state === other) throw new Fault("sensor/lost-config", "the chip's state does not show which gas it was told; an older STC31 does not know these modes");
  return { first_in_s: INTERVAL_s, read: () => read(link, range_pct, state) };
}

/** The state behind the result: a power cycle before it shows, one after it did no harm. */
async function read(link: Link, range_pct: 40 | 100, state: string): Promise<Sampled> {
  const { bus, address, clock } = link;
  await bus.write(address, command(MEASURE));
  await clock.sleep(CONVERSION_s);
  const at_s = clock.monotonic_s();
  const reply = await result(link, 9).catch(async (error) => {
    throw (await stateOf(link)) === state ? error : forgotten();
  });
  if ((await stateOf(link)) !== state) throw forgotten();
  return { at_s, outputs: decodeStc31c(reply, range_pct) };
}

const forgotten = () => new Fault("sensor/lost-config", "the chip forgot its gas, as after a power cycle; it is told again");

export const stc31c: DriverEntry = {
  driver: "stc31c",
  title: "Sensirion STC31-C CO2 by thermal conductivity",
  bus: "i2c",
  addresses: [0x29],
  outputs: { co2: "co2", co2_apparent: "co2_apparent", temperature: "temperature" },
  options: {
    carrier: { choices: ["air", "n2"], default: "air" },
    range_pct: { choices: [40, 100], default: 40 },
    humidity_pct: { choices: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100], default: 0 }, // the chip's own default; too low reads CO2 too low
    pressure_kPa: { choices: [60, 65, 70, 75, 80, 85, 90, 95, 100, 101.3, 105, 110, 115, 120], default: 101.3 },
  },
  atmospheres: ["air", "nitrogen"], // in argon, which conducts like CO2, the chip sees little of it
  fastest_s: INTERVAL_s,
  identify,
  open,
};
