/**
 * Honeywell ABP2, absolute: pressure and the chip's temperature. I2C, 0x28 or 0x18 by part number.
 * Command, status byte, times, ranges and transfer function of data sheet 32350268 as Linux' `abp2030pa` has them. Its author saw parts after
 * a latch-up answer with a sound status and a conversion of zeros.
 *
 * Nothing is checksummed and nothing can be set: the status byte, which is 0x40 and nothing else with a good reading, stands in for both. Where it
 * tells of an overflow the temperature is none.
 * The range has no default: a wrong one is a wrong pressure.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sensor } from "./driver.ts";
import { absolutePressure, checkStatus, fullScale_kPa, measure } from "./honeywell.ts";

const COUNTS = [1_677_722, 15_099_494] as const; // 10 to 90 % of 2^24
const RANGES = "015PA 030PA 060PA 100PA 150PA 175PA 001BA 1.6BA 2.5BA 004BA 006BA 008BA 010BA 012BA 100KA 160KA 250KA".split(" ");
const LENGTH = 7;

/** Status, then 24 bits of pressure and of temperature. */
export function decodeAbp2(reply: Uint8Array, top_kPa: number): Readonly<Record<"pressure" | "temperature", Measured>> {
  if (reply.length !== LENGTH) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${LENGTH} were due`);
  const [status = 0, p2 = 0, p1 = 0, p0 = 0, t2 = 0, t1 = 0, t0 = 0] = reply;
  const overflowed = checkStatus(status);
  const [pressure, temperature] = [(p2 << 16) | (p1 << 8) | p0, (t2 << 16) | (t1 << 8) | t0];
  if (!overflowed && (pressure === 0 || temperature === 0))
    throw new Fault("sensor/malformed", "a conversion of zeros, as after a latch-up: power the part down and up");
  return {
    pressure: absolutePressure(pressure, COUNTS, top_kPa, overflowed),
    temperature: overflowed
      ? { reason: "out-of-range", detail: "the part's arithmetic overflowed, and may have in the temperature" }
      : { raw: (temperature * 200) / 16_777_215 - 50 },
  };
}

async function open(link: Link, { range }: Options): Promise<Sensor> {
  const top_kPa = fullScale_kPa(range);
  const read = async () => {
    const { at_s, reply } = await measure(link, LENGTH);
    return { at_s, outputs: decodeAbp2(reply, top_kPa) };
  };
  await read();
  return { first_in_s: 0, read };
}

export const abp2: DriverEntry = {
  driver: "abp2",
  title: "Honeywell ABP2 absolute pressure",
  bus: "i2c",
  addresses: [0x28, 0x18],
  outputs: { pressure: "pressure", temperature: "temperature" },
  options: { range: { choices: RANGES } },
  fastest_s: 0.05, // of our choosing: a conversion that is slow to come takes less
  open,
};
