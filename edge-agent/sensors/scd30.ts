/**
 * Sensirion SCD30: CO2 by infrared, with temperature and humidity. I2C, 0x61, 50 kHz or slower.
 * Source of commands, times and formats: Sensirion "Interface Description SCD30", sections 1.1 and 1.4, as Sensirion's python-i2c-scd30 driver
 * has them; ranges from its data sheet.
 *
 * The chip stretches the clock, by 30 ms often and by 150 ms once a day, which the Raspberry Pi's own I2C does not bear: give it a bus of
 * its own by the overlay `i2c-gpio`, with a deadline above 150 ms. It knows no repeated start, so that every command ends before its reply is read.
 *
 * Automatic self-calibration wants an hour of fresh air a day. A closed chamber never has it, so that the gas we look for would be calibrated
 * away: it is turned off and read back on every open. It and the interval live in the chip's memory, and are written only where they differ.
 * Altitude and temperature offset live there too and belong to whoever mounted the chip: they are left as they are.
 *
 * A chip that lost its supply measures on by itself. Its first result is then 0 ppm and its second too low, and nothing else tells of it:
 * a 0 counts only when others follow, and after a result that was lost on the wire the chip is set up again.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { command, operatingDoubt, result, words } from "./sensirion.ts";

const START_CONTINUOUS = 0x0010; // with the ambient pressure in mbar; 0: none given
const MEASUREMENT_INTERVAL = 0x4600;
const DATA_READY = 0x0202;
const READ_MEASUREMENT = 0x0300;
const SELF_CALIBRATION = 0x5306;
const FIRMWARE = 0xd100;

const COMMAND_s = 0.01; // 3 ms at least
const INTERVAL_s = 2; // the shortest
const SETTLING_s = 3 * INTERVAL_s; // the first two results after a start are not the gas's
const LEAD_s = 0.1; // we look this long before a result is due
const PATIENCE_s = INTERVAL_s + 0.5; // a chip that restarted gives its first result a whole interval later
const LOOK_s = 0.05;
const STRETCH_s = 0.15; // once a day; 30 ms otherwise
const ZEROS = 5; // in a row are a chamber without CO2; a loose supply may give two

const TOP_ppm = 40_000; // end of the output range
const SCALE_degC = [-40, 70] as const;
const OPERATING_degC = [0, 50] as const;

type Outputs = Readonly<Record<"co2" | "temperature" | "humidity", Measured>>;

/**
 * The eighteen bytes of a measurement, three numbers of IEEE 754, high byte first: CO2 in ppm, temperature in degC, relative humidity in %.
 * At the end of its range CO2 is a lower bound. Outside the part's operating temperature all three are in doubt.
 */
export function decodeScd30(reply: Uint8Array): Outputs {
  const view = new DataView(new ArrayBuffer(12));
  for (const [index, word] of words(reply, 6).entries()) view.setUint16(2 * index, word);
  const [co2_ppm, temperature_degC, humidity_pct] = [view.getFloat32(0), view.getFloat32(4), view.getFloat32(8)];
  if (![co2_ppm, temperature_degC, humidity_pct].every(Number.isFinite))
    throw new Fault("sensor/malformed", `the chip gave ${co2_ppm} ppm, ${temperature_degC} degC, ${humidity_pct} %`);
  const doubt = operatingDoubt(temperature_degC, OPERATING_degC);
  return {
    co2:
      co2_ppm === TOP_ppm ? { raw: co2_ppm, bound: 1, reason: "saturated", detail: "CO2 at the end of the chip's range" } : within(co2_ppm, 0, TOP_ppm, doubt),
    temperature: within(temperature_degC, ...SCALE_degC, doubt),
    humidity: within(humidity_pct, 0, 100, doubt),
  };
}

function within(value: number, low: number, high: number, doubt: Measured): Measured {
  return value >= low && value <= high
    ? { raw: value, ...doubt }
    : { reason: "out-of-range", detail: `${value} is outside what the chip can give (${low} to ${high})` };
}

async function ask({ bus, address, clock }: Link, code: number): Promise<number> {
  await bus.write(address, command(code));
  await clock.sleep(COMMAND_s);
  const [word = 0] = words(await bus.read(address, 3), 1);
  return word;
}

async function send({ bus, address, clock }: Link, code: number, argument: number): Promise<void> {
  await bus.write(address, command(code, argument));
  await clock.sleep(COMMAND_s);
}

async function set(link: Link, code: number, wanted: number, what: string): Promise<void> {
  if ((await ask(link, code)) === wanted) return;
  await send(link, code, wanted);
  const found = await ask(link, code);
  if (found !== wanted) throw new Fault("sensor/lost-config", `${what} reads back as ${found} though ${wanted} was written`);
}

/** The address and Sensirion's checksummed words must do. */
async function identify(link: Link): Promise<void> {
  await ask(link, FIRMWARE);
}

async function open(link: Link): Promise<Sensor> {
  await identify(link);
  await set(link, SELF_CALIBRATION, 0, "automatic self-calibration");
  await set(link, MEASUREMENT_INTERVAL, INTERVAL_s, "the measurement interval");
  await send(link, START_CONTINUOUS, 0);
  const results = resultsOf(link);
  return { first_in_s: SETTLING_s, read: () => read(link, results) };
}

interface Results {
  ready(): Promise<boolean>;
  next(): Promise<Outputs>;
}

/** The results of one opened chip, in their order. */
function resultsOf(link: Link): Results {
  const { bus, address, clock } = link;
  let zeros = 0;
  let lost = false;

  async function ready(): Promise<boolean> {
    if (lost) throw new Fault("sensor/lost-config", "a result was lost, and with it whether the chip restarted; it is set up again");
    return (await ask(link, DATA_READY)) === 1;
  }

  async function fetch(): Promise<Outputs> {
    const until_s = clock.monotonic_s() + PATIENCE_s;
    while (!(await ready())) {
      if (clock.monotonic_s() >= until_s) throw new Fault("sensor/not-ready", `no result within ${PATIENCE_s} s`);
      await clock.sleep(LOOK_s);
    }
    lost = true; // until it is here
    await bus.write(address, command(READ_MEASUREMENT));
    await clock.sleep(COMMAND_s);
    const outputs = decodeScd30(await result(link, 18));
    lost = false;
    return outputs;
  }

  async function next(): Promise<Outputs> {
    for (;;) {
      const outputs = await fetch();
      const isZero = outputs.co2.raw === 0;
      if (!isZero && zeros > 0 && zeros < ZEROS)
        throw new Fault("sensor/lost-config", "the chip gave 0 ppm for a moment, as after a power cycle; it is set up again");
      zeros = isZero ? zeros + 1 : 0;
      if (!isZero || zeros >= ZEROS) return outputs;
    }
  }

  return { ready, next };
}

/** A result that waits is up to an interval old, and could be the second of a chip that restarted between two slow beats: the next one counts. */
async function read({ clock }: Link, results: Results): Promise<Sampled> {
  if (await results.ready()) await results.next();
  const outputs = await results.next();
  return { at_s: clock.monotonic_s(), outputs, next_in_s: INTERVAL_s - LEAD_s };
}

export const scd30: DriverEntry = {
  driver: "scd30",
  title: "Sensirion SCD30 CO2, temperature and humidity",
  bus: "i2c",
  addresses: [0x61],
  outputs: { co2: "co2", temperature: "temperature", humidity: "humidity" },
  options: {},
  operating_degC: OPERATING_degC,
  stretches_s: STRETCH_s,
  opens_in_s: 10,
  fastest_s: INTERVAL_s,
  identify,
  open,
};
