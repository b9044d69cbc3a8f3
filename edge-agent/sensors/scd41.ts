/**
 * Sensirion SCD41: CO2 by photoacoustics, with the temperature and humidity that it compensates by. I2C, 0x62, 100 kHz.
 * Source of commands, times and conversions: Sensirion data sheet "SCD4x", "Sensor Commands", "Basic Commands", "Advanced Features",
 * as Sensirion's embedded-i2c-scd4x driver has them.
 *
 * Automatic self-calibration assumes 400 ppm of fresh air once a week. A closed chamber never has it, so that the gas we look for would be
 * calibrated away: it is turned off and read back on every open. It is not persisted: the chip's memory takes 2000 writes.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { command, operatingDoubt, result, words } from "./sensirion.ts";

const START_PERIODIC = 0x21b1;
const STOP_PERIODIC = 0x3f86;
const READ_MEASUREMENT = 0xec05;
const DATA_READY = 0xe4b8;
const SERIAL_NUMBER = 0x3682;
const VARIANT = 0x202f;
const SET_SELF_CALIBRATION = 0x2416;
const GET_SELF_CALIBRATION = 0x2313;

const STOP_s = 0.5;
const COMMAND_s = 0.001;
const INTERVAL_s = 5; // of periodic measurement
const LEAD_s = 0.1; // we look this long before a result is due, so that a chip clock up to 2 % fast stays in step
const PATIENCE_s = 1; // after which a chip that is 18 % slow counts as not ready
const LOOK_s = 0.05;

const READY_MASK = 0x07ff;
const VARIANT_MASK = 0xf000;
const VARIANTS: Readonly<Record<number, string>> = { 0: "SCD40", 4096: "SCD41", 20480: "SCD43" };
const SCD41 = 0x1000;
const TOP_ppm = 40_000; // end of the output range
const OPERATING_degC = [-10, 60] as const;

/**
 * The nine bytes of read_measurement: CO2 in ppm, temperature in degC, relative humidity in %.
 * At the end of its range CO2 is a lower bound. Outside the part's operating temperature all three are in doubt.
 */
export function decodeScd41(reply: Uint8Array): Readonly<Record<"co2" | "temperature" | "humidity", Measured>> {
  const [co2_ppm = 0, temperature = 0, humidity = 0] = words(reply, 3);
  const temperature_degC = -45 + (175 * temperature) / 65_535;
  const humidity_pct = (100 * humidity) / 65_535;
  const doubt = operatingDoubt(temperature_degC, OPERATING_degC);
  return { co2: co2(co2_ppm, doubt), temperature: { raw: temperature_degC, ...doubt }, humidity: { raw: humidity_pct, ...doubt } };
}

function co2(ppm: number, doubt: Measured): Measured {
  if (ppm > TOP_ppm) return { reason: "out-of-range", detail: `${ppm} ppm is beyond what the chip can give (${TOP_ppm})` };
  if (ppm === TOP_ppm) return { raw: ppm, bound: 1, reason: "saturated", detail: "CO2 at the end of the chip's range" };
  return { raw: ppm, ...doubt };
}

async function ask({ bus, address, clock }: Link, code: number, count: number): Promise<number[]> {
  await bus.write(address, command(code));
  await clock.sleep(COMMAND_s);
  return words(await bus.read(address, 3 * count), count);
}

/** While it measures the chip answers little more than this; the address and Sensirion's checksummed words must do. */
async function identify(link: Link): Promise<void> {
  await ask(link, DATA_READY, 1);
}

async function open(link: Link): Promise<Sensor> {
  const { bus, address, clock } = link;
  await bus.write(address, command(STOP_PERIODIC)); // an agent that was killed leaves the chip measuring, deaf to the rest
  await clock.sleep(STOP_s);
  await ask(link, SERIAL_NUMBER, 3); // a part without Sensirion's checksummed words fails here
  const [variant = 0] = await ask(link, VARIANT, 1);
  if ((variant & VARIANT_MASK) !== SCD41) {
    const found = VARIANTS[variant & VARIANT_MASK] ?? `variant 0x${variant.toString(16)}`;
    throw new Fault("sensor/wrong-device", `found ${found} where the station file says SCD41`);
  }
  await bus.write(address, command(SET_SELF_CALIBRATION, 0));
  await clock.sleep(COMMAND_s);
  const [enabled] = await ask(link, GET_SELF_CALIBRATION, 1);
  if (enabled !== 0) throw new Fault("sensor/lost-config", "automatic self-calibration stays on though it was turned off");
  await bus.write(address, command(START_PERIODIC));
  return { first_in_s: INTERVAL_s - LEAD_s, read: () => read(link) };
}

async function read(link: Link): Promise<Sampled> {
  const { bus, address, clock } = link;
  const until_s = clock.monotonic_s() + LEAD_s + PATIENCE_s;
  for (;;) {
    const [status = 0] = await ask(link, DATA_READY, 1);
    if (status & READY_MASK) break;
    if (clock.monotonic_s() >= until_s) throw await whyNotReady(link);
    await clock.sleep(LOOK_s);
  }
  const at_s = clock.monotonic_s();
  await bus.write(address, command(READ_MEASUREMENT));
  await clock.sleep(COMMAND_s);
  return { at_s, outputs: decodeScd41(await result(link, 9)), next_in_s: INTERVAL_s - LEAD_s };
}

/** A measuring chip answers no settings. One that does was powered down since it was opened: idle, and with self-calibration on again. */
async function whyNotReady(link: Link): Promise<Fault> {
  const idle = await ask(link, GET_SELF_CALIBRATION, 1).then(
    () => true,
    () => false,
  );
  return idle
    ? new Fault("sensor/lost-config", "the chip stopped measuring, as after a power cycle; it is set up again")
    : new Fault("sensor/not-ready", `no result within ${PATIENCE_s} s of the time when one was due`);
}

export const scd41: DriverEntry = {
  driver: "scd41",
  title: "Sensirion SCD41 CO2, temperature and humidity",
  bus: "i2c",
  addresses: [0x62],
  outputs: { co2: "co2", temperature: "temperature", humidity: "humidity" },
  options: {},
  operating_degC: OPERATING_degC,
  opens_in_s: 8,
  fastest_s: INTERVAL_s,
  identify,
  open,
};
