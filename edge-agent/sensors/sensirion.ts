/**
 * What Sensirion's chips share: 16-bit commands, and words of two bytes each followed by its checksum.
 * CRC-8, polynomial 0x31, start 0xFF, not reflected, no final xor: SCD4x data sheet, "Checksum Calculation"; 0xBEEF gives 0x92.
 */
import { hex } from "../bus/i2c.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { Link, Measured } from "./driver.ts";

export function crc8(bytes: Uint8Array): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1;
  }
  return crc;
}

/** A command, with the argument words that it takes, each with its checksum. */
export function command(code: number, ...args: readonly number[]): Uint8Array {
  const words = args.flatMap((word) => [word >> 8, word & 0xff, crc8(Uint8Array.of(word >> 8, word & 0xff))]);
  return Uint8Array.of(code >> 8, code & 0xff, ...words);
}

/** `count` words out of a reply. Throws Fault `sensor/malformed` for a wrong length, `sensor/checksum` for a wrong checksum. */
export function words(reply: Uint8Array, count: number): number[] {
  if (reply.length !== 3 * count) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${3 * count} were due`);
  return Array.from({ length: count }, (_, index) => {
    const [high = 0, low = 0, sum = 0] = reply.subarray(3 * index, 3 * index + 3);
    const due = crc8(Uint8Array.of(high, low));
    if (sum !== due) throw new Fault("sensor/checksum", `word ${index + 1} of ${count} came with checksum ${hex(sum)}, due was ${hex(due)}`);
    return (high << 8) | low;
  });
}

/** Reads a result. The chips acknowledge no read while they have none, also when they said otherwise a moment before. */
export async function result({ bus, address }: Link, length: number): Promise<Uint8Array> {
  try {
    return await bus.read(address, length);
  } catch (error) {
    if (isFault(error) && error.code === "bus/no-reply") throw new Fault("sensor/not-ready", "the chip refused to be read: it has no result", { cause: error });
    throw error;
  }
}

/** A word as degC: SHT4x data sheet, "Conversion of Signal Output". */
export const sht4x_degC = (word: number): number => -45 + (175 * word) / 65_535;

/** A word as % by the same section. The formula spans -6 to 119: past either end of the scale the chip tells no more than that end. */
export function sht4xHumidity(word: number, doubt: Measured): Measured {
  const humidity_pct = -6 + (125 * word) / 65_535;
  if (humidity_pct > 100)
    return { raw: 100, bound: 1, reason: "saturated", detail: `${humidity_pct.toFixed(1)} % by the chip's formula: wet, or at the end of its scale` };
  if (humidity_pct < 0) return { raw: 0, bound: -1, reason: "saturated", detail: `${humidity_pct.toFixed(1)} % by the chip's formula: drier than it can tell` };
  return { raw: humidity_pct, ...doubt };
}

/** The doubt that a chip outside its maker's operating range puts on what it gives; empty inside. */
export function operatingDoubt(degC: number, [low, high]: readonly [number, number]): Measured {
  return degC < low || degC > high ? { reason: "operating-range", detail: `the chip is at ${degC.toFixed(1)} degC; its maker allows ${low} to ${high}` } : {};
}
