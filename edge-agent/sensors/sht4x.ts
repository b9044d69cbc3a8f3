/**
 * Sensirion SHT40, SHT41, SHT45: temperature and humidity. I2C, 0x44 to 0x46 by order code.
 * Source of commands, times and conversions: Sensirion data sheet "SHT4x", "Command Overview" and "Conversion of Signal Output",
 * as Sensirion's embedded-i2c-sht4x driver has them. The three differ in accuracy only, and nothing on the wire tells them apart.
 *
 * The chip measures on command and keeps no setting, so that a power cycle takes nothing from it. Its heater, which would show in both
 * outputs, runs by command only and is never asked for.
 */
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { operatingDoubt, result, sht4x_degC, sht4xHumidity, words } from "./sensirion.ts";

const MEASURE_PRECISELY = 0xfd;
const SERIAL_NUMBER = 0x89;

const CONVERSION_s = 0.01; // 8.3 ms at most; Sensirion's driver waits 10
const OPERATING_degC = [-40, 125] as const;

/** The six bytes of a measurement: temperature in degC, relative humidity in %. Outside the operating temperature both are in doubt. */
export function decodeSht4x(reply: Uint8Array): Readonly<Record<"temperature" | "humidity", Measured>> {
  const [temperature = 0, humidity = 0] = words(reply, 2);
  const temperature_degC = sht4x_degC(temperature);
  const doubt = operatingDoubt(temperature_degC, OPERATING_degC);
  return { temperature: { raw: temperature_degC, ...doubt }, humidity: sht4xHumidity(humidity, doubt) };
}

async function ask(link: Link, code: number): Promise<Uint8Array> {
  const { bus, address, clock } = link;
  await bus.write(address, Uint8Array.of(code));
  await clock.sleep(CONVERSION_s);
  return result(link, 6);
}

/** The address and Sensirion's checksummed words must do. */
async function identify(link: Link): Promise<void> {
  words(await ask(link, SERIAL_NUMBER), 2);
}

async function open(link: Link): Promise<Sensor> {
  await identify(link);
  return { first_in_s: 0, read: () => read(link) };
}

async function read(link: Link): Promise<Sampled> {
  const reply = await ask(link, MEASURE_PRECISELY);
  return { at_s: link.clock.monotonic_s(), outputs: decodeSht4x(reply) };
}

export const sht4x: DriverEntry = {
  driver: "sht4x",
  title: "Sensirion SHT40, SHT41 or SHT45 temperature and humidity",
  bus: "i2c",
  addresses: [0x44, 0x45, 0x46],
  outputs: { temperature: "temperature", humidity: "humidity" },
  options: {},
  operating_degC: OPERATING_degC,
  fastest_s: CONVERSION_s,
  identify,
  open,
};
