/**
 * Nuvoton NAU7802: a bridge, such as a load cell, by a 24-bit ADC that also supplies it. I2C, 0x2a, input 1.
 * Data sheet rev. 2.6: start-up in 9.1, registers in 11. Registers, bits and the revision's low nibble 0xf as SparkFun's, Adafruit's and Linux'
 * drivers have them; from memory and unverified on hardware: that the full scale is half the reference over the gain.
 *
 * The bridge's supply is the ADC's reference too (AVDD on REFP, as on the usual boards), so the code is a ratio in mV/V whatever that voltage is.
 * The analogue front end is calibrated on every open, since that is lost with the supply and depends on gain and rate.
 * Nothing is checksummed: each result is read until two agree, and identity and settings are read behind it.
 */
import { Fault } from "../core/faults.ts";
import { type DriverEntry, type Link, type Measured, OF_THE_QUANTITY, type Options, type Sampled, type Sensor, type Taken } from "./driver.ts";

const POWER = 0x00;
const CONTROL_1 = 0x01; // LDO voltage in bits 3 to 5, gain in bits 0 to 2
const CONTROL_2 = 0x02; // rate in bits 4 to 6
const RESULT = 0x12;
const ADC = 0x15;
const PGA_POWER = 0x1c;
const REVISION = 0x1f;

const RESET = 0x01;
const DIGITAL = 0x02;
const ANALOGUE = 0x04;
const AWAKE = 0x08;
const CONVERT = 0x10;
const READY = 0x20;
const OWN_SUPPLY = 0x80; // AVDD from the chip's LDO
const RUNNING = DIGITAL | ANALOGUE | AWAKE | CONVERT | OWN_SUPPLY;
const CALIBRATE = 0x04; // offset by inputs shorted inside
const CALIBRATION_FAILED = 0x08;
const NO_CHOPPER = 0x30;
const CAPACITOR = 0x80; // on the amplifier's output, by the pins of input 2

const GAINS = [1, 2, 4, 8, 16, 32, 64, 128];
const RATES: Readonly<Record<number, number>> = { 10: 0, 20: 1, 40: 2, 80: 3, 320: 7 };
const SUPPLIES_V = [4.5, 4.2, 3.9, 3.6, 3.3, 3, 2.7, 2.4];

const TOP = 0x7f_ff_ff;
const BOTTOM = -0x80_00_00;
const mV_PER_V_AT_TOP = 500; // at gain 1: half the reference
const RESET_s = 0.01;
const ANALOGUE_s = 0.6; // until the analogue part is stable
const CALIBRATION_s = 1; // 0.344 s as a rule
const LOOK_s = 0.01;
const SETTLING = 6; // conversions until the filter has forgotten what was before
const FETCHES = 4;

/** Three bytes, two's complement, high byte first. */
export function decodeNau7802(reply: Uint8Array): number {
  if (reply.length !== 3) throw new Fault("sensor/malformed", `${reply.length} bytes came where 3 were due`);
  const [high = 0, middle = 0, low = 0] = reply;
  return ((high << 24) | (middle << 16) | (low << 8)) >> 8;
}

/** What a transducer means that gives `sensitivity_mV_per_V` at `full_scale`. At either end of the code it is a bound. */
export function bridgeValue(code: number, gain: number, full_scale: number, sensitivity_mV_per_V: number): Measured {
  const ratio_mV_per_V = (code / 0x80_00_00) * (mV_PER_V_AT_TOP / gain);
  const raw = (ratio_mV_per_V / sensitivity_mV_per_V) * full_scale;
  if (code !== TOP && code !== BOTTOM) return { raw };
  const detail = `the bridge gives more than the ${(mV_PER_V_AT_TOP / gain).toPrecision(3)} mV/V of gain ${gain}, or one of its wires is open`;
  return { raw, bound: code === TOP ? 1 : -1, reason: "saturated", detail };
}

async function registers({ bus, address }: Link, pointer: number, count: number): Promise<Uint8Array> {
  const reply = await bus.writeRead(address, pointer, count);
  if (reply.length !== count) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${count} were due`);
  return reply;
}

const set = ({ bus, address }: Link, pointer: number, value: number): Promise<void> => bus.write(address, Uint8Array.of(pointer, value));

/** The first register from `pointer` once `done` holds for it, or undefined when patience ends. */
async function once(link: Link, pointer: number, done: (value: number) => boolean, patience_s: number): Promise<number | undefined> {
  const until_s = link.clock.monotonic_s() + patience_s;
  for (;;) {
    const [value = 0] = await registers(link, pointer, 1);
    if (done(value)) return value;
    if (link.clock.monotonic_s() >= until_s) return undefined;
    await link.clock.sleep(LOOK_s);
  }
}

interface Settings {
  readonly gain: number;
  readonly rate_Hz: number;
  readonly control: readonly [first: number, second: number];
}

async function open(link: Link, { gain, rate_Hz, supply_V }: Options, taken: readonly Taken[]): Promise<Sensor> {
  const rate = RATES[Number(rate_Hz)];
  const [step, supply] = [GAINS.indexOf(Number(gain)), SUPPLIES_V.indexOf(Number(supply_V))];
  if (rate === undefined || step < 0 || supply < 0) throw new TypeError(`nau7802 opened with ${gain}, ${rate_Hz}, ${supply_V}`);
  const settings: Settings = { gain: Number(gain), rate_Hz: Number(rate_Hz), control: [(supply << 3) | step, rate << 4] };
  await checkRevision(link);
  await set(link, POWER, RESET);
  await link.clock.sleep(RESET_s);
  await set(link, POWER, DIGITAL);
  if ((await once(link, POWER, (value) => (value & AWAKE) !== 0, 0.1)) === undefined) throw new Fault("sensor/not-ready", "the chip does not wake up");
  await set(link, POWER, DIGITAL | ANALOGUE | OWN_SUPPLY);
  await set(link, CONTROL_1, settings.control[0]);
  await set(link, CONTROL_2, settings.control[1]);
  await set(link, ADC, NO_CHOPPER);
  await set(link, PGA_POWER, CAPACITOR);
  await link.clock.sleep(ANALOGUE_s);
  await calibrate(link, settings);
  await set(link, POWER, DIGITAL | ANALOGUE | OWN_SUPPLY | CONVERT);
  await checkSettings(link, settings);
  return { first_in_s: SETTLING / settings.rate_Hz, read: () => read(link, settings, taken) };
}

async function calibrate(link: Link, { control: [, control] }: Settings): Promise<void> {
  await set(link, CONTROL_2, control | CALIBRATE);
  const result = await once(link, CONTROL_2, (value) => (value & CALIBRATE) === 0, CALIBRATION_s);
  if (result === undefined) throw new Fault("sensor/not-ready", `calibration of the front end did not end within ${CALIBRATION_s} s`);
  if (result & CALIBRATION_FAILED) throw new Fault("sensor/not-ready", "calibration of the front end failed: check the bridge's supply and supply_V");
}

async function checkRevision(link: Link): Promise<void> {
  const [revision = 0] = await registers(link, REVISION, 1);
  if ((revision & 0x0f) !== 0x0f || revision === 0xff)
    throw new Fault("sensor/wrong-device", `found revision 0x${revision.toString(16)}; an NAU7802 says 0x0f`);
}

async function checkSettings(link: Link, { control }: Settings): Promise<void> {
  await checkRevision(link);
  const [power = 0, first = 0, second = 0] = await registers(link, POWER, 3);
  if (power === 0 && first === 0 && second === 0)
    throw new Fault("sensor/lost-config", "settings and calibration are gone, as after a power cycle; they are made again");
  if ((power & ~READY) !== RUNNING || first !== control[0] || second !== control[1])
    throw new Fault("sensor/wrong-device", "settings do not read as written: another part, or a bad wire");
}

/** The chip free-runs. Reading its result takes the mark of readiness away, so that a chip that converts no more shows at the next beat. */
async function read(link: Link, settings: Settings, taken: readonly Taken[]): Promise<Sampled> {
  const ready = await once(link, POWER, (value) => (value & READY) !== 0, 2 / settings.rate_Hz + LOOK_s);
  const code = await agreed(link);
  const at_s = link.clock.monotonic_s();
  await checkSettings(link, settings);
  if (code === undefined) throw new Fault("sensor/checksum", "results read one behind the other do not agree: bits are lost on the wire");
  if (ready === undefined) throw new Fault("sensor/not-ready", "no conversion since the last reading");
  const value = ({ keys }: Taken) => bridgeValue(code, settings.gain, Number(keys.full_scale), Number(keys.sensitivity_mV_per_V));
  return { at_s, outputs: Object.fromEntries(taken.map((one) => [one.name, value(one)])) };
}

/** A conversion may end between two fetches; then the third agrees. */
async function agreed(link: Link): Promise<number | undefined> {
  let code = decodeNau7802(await registers(link, RESULT, 3));
  for (let fetch = 1; fetch < FETCHES; fetch++) {
    const again = decodeNau7802(await registers(link, RESULT, 3));
    if (again === code) return code;
    code = again;
  }
  return undefined;
}

export const nau7802: DriverEntry = {
  driver: "nau7802",
  title: "Nuvoton NAU7802 for load cells and other bridges",
  bus: "i2c",
  addresses: [0x2a],
  outputs: {
    signal: { keys: { full_scale: { from: 1e-9, to: Number.POSITIVE_INFINITY, unit: OF_THE_QUANTITY }, sensitivity_mV_per_V: { from: 0.01, to: 500 } } },
  },
  options: {
    gain: { choices: GAINS, default: 128 },
    rate_Hz: { choices: Object.keys(RATES).map(Number), default: 10 },
    supply_V: { choices: SUPPLIES_V, default: 3 }, // of the bridge; the chip's own 3.3 V leave no more
  },
  operating_degC: [-40, 85],
  opens_in_s: 3,
  fastest_s: 0.1, // of the slowest rate, which is the quietest
  open,
};
