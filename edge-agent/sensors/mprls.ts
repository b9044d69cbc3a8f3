/**
 * Honeywell MPR ("MPRLS"), absolute pressure. I2C, 0x18 or another by part number.
 * Command, status byte, times, ranges and transfer functions of data sheet 32332628 as Linux' `mprls0025pa` has them.
 *
 * Each reading is asked for. Nothing is checksummed and nothing can be set: the status byte, which is 0x40 and nothing else with a good
 * reading, stands in for both. Range and transfer function have no default: a wrong one is a wrong pressure.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sensor } from "./driver.ts";
import { absolutePressure, checkStatus, fullScale_kPa, measure } from "./honeywell.ts";

/** By the letter of the part number: 10 to 90, 2.5 to 22.5 and 20 to 80 % of 2^24. */
const functions = { A: [1_677_722, 15_099_494], B: [419_430, 3_774_874], C: [3_355_443, 13_421_773] } as const;
export type MprlsFunction = keyof typeof functions;
const isFunction = (name: unknown): name is MprlsFunction => typeof name === "string" && name in functions;

const RANGES = ["0015PA", "0025PA", "0030PA", "0001BA", "01.6BA", "02.5BA", "0100KA", "0160KA", "0250KA"];
const LENGTH = 4;

/** Status, then 24 bits of pressure. */
export function decodeMprls(reply: Uint8Array, letter: MprlsFunction, top_kPa: number): Readonly<Record<"pressure", Measured>> {
  if (reply.length !== LENGTH) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${LENGTH} were due`);
  const [status = 0, high = 0, middle = 0, low = 0] = reply;
  const overflowed = checkStatus(status);
  return { pressure: absolutePressure((high << 16) | (middle << 8) | low, functions[letter], top_kPa, overflowed) };
}

async function open(link: Link, { range, transfer }: Options): Promise<Sensor> {
  if (!isFunction(transfer)) throw new TypeError(`mprls opened with transfer ${transfer}`);
  const top_kPa = fullScale_kPa(range);
  const read = async () => {
    const { at_s, reply } = await measure(link, LENGTH);
    return { at_s, outputs: decodeMprls(reply, transfer, top_kPa) };
  };
  await read();
  return { first_in_s: 0, read };
}

export const mprls: DriverEntry = {
  driver: "mprls",
  title: "Honeywell MPR absolute pressure",
  bus: "i2c",
  addresses: [0x18, 0x08, 0x28, 0x38, 0x48, 0x58, 0x68],
  outputs: { pressure: "pressure" },
  options: { range: { choices: RANGES }, transfer: { choices: Object.keys(functions) } },
  fastest_s: 0.05, // of our choosing: a conversion that is slow to come takes less
  open,
};
