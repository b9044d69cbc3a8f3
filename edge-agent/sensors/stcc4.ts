/**
 * Sensirion STCC4: CO2 by thermal conductivity, with temperature and humidity of the SHT4x that is wired to it. I2C, 0x64 or 0x65, 100 kHz.
 * Source of commands, times and conversions: Sensirion data sheet "STCC4", sections 1.1, 2.1 and 3.4 to 3.5, as Sensirion's embedded-i2c-stcc4
 * driver has them.
 *
 * It takes every change of how the gas conducts heat for CO2: hydrogen lowers it. It is an indoor air sensor, and a hint in a chamber.
 *
 * Automatic self-calibration assumes 400 ppm of fresh air once a week. A closed chamber never has it, so that the gas we look for would be
 * calibrated away: the testing mode holds it, and every result says whether that mode stands. A power cycle ends it.
 * After more than 3 hours without measuring the maker wants a conditioning, and up to an hour until the chip is as accurate as it can be. How
 * long a chip has been idle nothing tells, so that one found idle gets both. In its first hours a new chip gives 390 ppm for 20 s.
 * Without its SHT4x the chip compensates by 25 degC and 50 %, and would hand those on as measured: it is refused.
 */
import { Fault, isFault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { command, operatingDoubt, result, sht4x_degC, sht4xHumidity, words } from "./sensirion.ts";

const WAKE = 0x00; // a single byte, which a chip asleep does not acknowledge
const START_CONTINUOUS = 0x218b;
const STOP_CONTINUOUS = 0x3f86;
const READ_MEASUREMENT = 0xec05;
const CONDITION = 0x29bc;
const SELF_TEST = 0x278c;
const TESTING_MODE = 0x3fbc;
const IDENTITY = 0x365b;

const PART = 0x0901_018a;
const WAKE_s = 0.005;
const COMMAND_s = 0.001;
const STOP_s = 1.2;
const SELF_TEST_s = 0.36;
const CONDITION_s = 24; // 22, and 2 to settle
const INTERVAL_s = 1; // give or take 0.15
const LEAD_s = 0.1; // we look this long before a result is due
const PATIENCE_s = 0.5;
const LOOK_s = 0.05;
const BYPASS_s = 21; // 20 from the start
const WARM_UP_s = 3600;

const NO_SHT4X = 0x10;
const MEMORY = 0x60;
const TESTING = 0x44; // of the status: the data sheet says "second most significant bit" of the low byte, Sensirion's driver says 4
const BYPASS_ppm = 390;
const SCALE_ppm = [380, 32_000] as const;
const OPERATING_degC = [10, 40] as const;

/** Whether self-calibration is held, by the twelve bytes of read_measurement. */
export const isTesting = (reply: Uint8Array): boolean => ((words(reply, 4)[3] ?? 0) & TESTING) !== 0;

/**
 * The twelve bytes of read_measurement `since_s` after the start: CO2 in ppm, temperature in degC, relative humidity in %.
 * The ends of the CO2 range are bounds. Outside the part's operating temperature all three are in doubt.
 */
export function decodeStcc4(reply: Uint8Array, since_s: number, warm: boolean): Readonly<Record<"co2" | "temperature" | "humidity", Measured>> {
  const [gas = 0, temperature = 0, humidity = 0] = words(reply, 4);
  const temperature_degC = sht4x_degC(temperature);
  const doubt = operatingDoubt(temperature_degC, OPERATING_degC);
  const cold: Measured = warm || since_s >= WARM_UP_s ? {} : { reason: "warming-up", detail: "the chip was idle, and may take an hour to be accurate" };
  return {
    co2: co2((gas << 16) >> 16, since_s, { ...cold, ...doubt }),
    temperature: { raw: temperature_degC, ...doubt },
    humidity: sht4xHumidity(humidity, doubt),
  };
}

function co2(ppm: number, since_s: number, doubt: Measured): Measured {
  const [low, high] = SCALE_ppm;
  if (ppm < low || ppm > high) return { reason: "out-of-range", detail: `${ppm} ppm is outside what the chip can give (${low} to ${high})` };
  if (ppm === BYPASS_ppm && since_s < BYPASS_s) return { reason: "warming-up", detail: `${ppm} ppm is what a new chip gives before it measures` };
  if (ppm === low || ppm === high) return { raw: ppm, bound: ppm === high ? 1 : -1, reason: "saturated", detail: "CO2 at the end of the chip's range" };
  return { raw: ppm, ...doubt };
}

async function send({ bus, address, clock }: Link, code: number, wait_s = COMMAND_s): Promise<void> {
  await bus.write(address, command(code));
  await clock.sleep(wait_s);
}

async function ask(link: Link, code: number, count: number, wait_s?: number): Promise<number[]> {
  await send(link, code, wait_s);
  return words(await link.bus.read(link.address, 3 * count), count);
}

async function measurement(link: Link): Promise<Uint8Array> {
  await send(link, READ_MEASUREMENT);
  return result(link, 12);
}

const unless = (code: Fault["code"]) => (error: unknown) => {
  if (!isFault(error) || error.code !== code) throw error;
};

async function identify(link: Link): Promise<void> {
  const [high = 0, low = 0] = await ask(link, IDENTITY, 6);
  if (high * 65_536 + low !== PART)
    throw new Fault("sensor/wrong-device", `found product 0x${(high * 65_536 + low).toString(16)}; an STCC4 says 0x${PART.toString(16)}`);
}

async function open(link: Link): Promise<Sensor> {
  const { bus, address, clock } = link;
  await bus.write(address, Uint8Array.of(WAKE)).catch(unless("bus/no-reply"));
  await clock.sleep(WAKE_s + INTERVAL_s + PATIENCE_s);
  const warm = (await measurement(link).catch(unless("sensor/not-ready"))) !== undefined; // an agent that was killed leaves the chip measuring
  await send(link, STOP_CONTINUOUS, STOP_s);
  await identify(link);
  const [found = 0] = await ask(link, SELF_TEST, 1, SELF_TEST_s);
  if (found & NO_SHT4X) throw new Fault("sensor/wrong-device", "the STCC4 has no SHT4x on its own lines, without which it compensates by 25 degC and 50 %");
  if (found & MEMORY) throw new Fault("sensor/malformed", "the chip's self-test finds its memory at fault");
  if (!warm) await send(link, CONDITION, CONDITION_s);
  await send(link, TESTING_MODE);
  await send(link, START_CONTINUOUS);
  const start_s = clock.monotonic_s();
  return { first_in_s: INTERVAL_s - LEAD_s, read: () => read(link, start_s, warm) };
}

async function read(link: Link, start_s: number, warm: boolean): Promise<Sampled> {
  const { clock } = link;
  const until_s = clock.monotonic_s() + LEAD_s + PATIENCE_s;
  for (;;) {
    const reply = await measurement(link).catch(unless("sensor/not-ready"));
    if (reply !== undefined) {
      if (!isTesting(reply)) throw new Fault("sensor/lost-config", "self-calibration is no longer held, as after a power cycle; it is held again");
      const at_s = clock.monotonic_s();
      return { at_s, outputs: decodeStcc4(reply, at_s - start_s, warm), next_in_s: INTERVAL_s - LEAD_s };
    }
    if (clock.monotonic_s() >= until_s) throw await whyNotReady(link);
    await clock.sleep(LOOK_s);
  }
}

/** A measuring chip does not say who it is. One that does was powered down since it was opened. */
async function whyNotReady(link: Link): Promise<Fault> {
  const idle = await ask(link, IDENTITY, 6).then(
    () => true,
    () => false,
  );
  return idle
    ? new Fault("sensor/lost-config", "the chip stopped measuring, as after a power cycle; it is set up again")
    : new Fault("sensor/not-ready", `no result within ${PATIENCE_s} s of the time when one was due`);
}

export const stcc4: DriverEntry = {
  driver: "stcc4",
  title: "Sensirion STCC4 CO2, with temperature and humidity of its SHT4x",
  bus: "i2c",
  addresses: [0x64, 0x65],
  outputs: { co2: "co2", temperature: "temperature", humidity: "humidity" },
  options: {},
  operating_degC: OPERATING_degC,
  opens_in_s: 40, // wakes, tests itself, conditions for 22 s
  fastest_s: INTERVAL_s,
  async identify(link) {
    await link.bus.write(link.address, Uint8Array.of(WAKE)).catch(unless("bus/no-reply")); // it sleeps after power-up; one that measures stays unnamed
    await link.clock.sleep(WAKE_s);
    await identify(link);
  },
  open,
};
