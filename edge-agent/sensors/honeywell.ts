/**
 * What Honeywell's digital pressure parts share: the range in the letters of the part number, a straight transfer function, and, for MPR and
 * ABP2, how a reading is asked for and the status byte before it.
 * Absolute parts only: a gauge or differential reading goes below 0, where the quantity `pressure` ends.
 */
import { Fault } from "../core/faults.ts";
import type { Link, Measured } from "./driver.ts";

const kPa_per_unit: Readonly<Record<string, number>> = { P: 6.894757, B: 100, K: 1, G: 1000 }; // psi, bar, kPa, MPa

/** The end of an absolute range, such as 206.84 for `030PA`. It begins at 0. */
export function fullScale_kPa(range: unknown): number {
  const [, number = "", unit = ""] = /^([0-9.]+)([PBKG])A$/.exec(String(range)) ?? [];
  const top_kPa = Number(number) * (kPa_per_unit[unit] ?? Number.NaN);
  if (!(top_kPa > 0)) throw new TypeError(`opened with range ${range}`);
  return top_kPa;
}

/** Counts at 0 and at full scale. */
export type Counts = readonly [low: number, high: number];

/**
 * Beyond full scale the end of the range is a lower bound. Less than a vacuum is no reading. An overflow in the part's arithmetic does not say at
 * which end: only counts at the low one make it no reading; with any other a vent is taken for what it may be.
 */
export function absolutePressure(counts: number, [low, high]: Counts, top_kPa: number, overflowed = false): Measured {
  if (counts < low)
    return { reason: "out-of-range", detail: `${counts} counts are less than a vacuum (${low}); is the range or the transfer function another?` };
  if (overflowed)
    return { raw: top_kPa, bound: 1, reason: "saturated", detail: `the part's arithmetic overflowed (${counts} counts): taken for pressure beyond its range` };
  if (counts > high) return { raw: top_kPa, bound: 1, reason: "saturated", detail: `pressure beyond the part's range (${top_kPa.toFixed(1)} kPa)` };
  return { raw: ((counts - low) * top_kPa) / (high - low) };
}

const MEASURE = [0xaa, 0x00, 0x00] as const;
const CONVERSION_s = 0.005; // the makers' minimum; they name no maximum
const PATIENCE_s = 0.1; // as Linux waits
const POWERED = 0x40;
const BUSY = 0x20;
const MEMORY = 0x04;
const SATURATED = 0x01;

/**
 * The status byte of MPR and ABP2: whether the part's arithmetic overflowed, as far outside its range. Anything but 0x40 and that bit throws a Fault,
 * bits that are always 0 among it.
 */
export function checkStatus(status: number): boolean {
  if ((status & ~(BUSY | MEMORY | SATURATED)) !== POWERED)
    throw new Fault("sensor/wrong-device", `found status 0x${status.toString(16).padStart(2, "0")}, which this part never gives`);
  if (status & MEMORY) throw new Fault("sensor/checksum", "the part's memory fails its own integrity test");
  if (status & BUSY) throw new Fault("sensor/not-ready", "the part is busy: no conversion came of being asked for one");
  return (status & SATURATED) !== 0;
}

/** Asks for one conversion and waits while the part is busy. The reply is not judged yet. */
export async function measure({ bus, address, clock }: Link, length: number): Promise<{ readonly at_s: number; readonly reply: Uint8Array }> {
  await bus.write(address, Uint8Array.from(MEASURE));
  const until_s = clock.monotonic_s() + PATIENCE_s;
  for (;;) {
    await clock.sleep(CONVERSION_s);
    const reply = await bus.read(address, length);
    const busy = ((reply[0] ?? 0) & ~(MEMORY | SATURATED)) === (POWERED | BUSY);
    if (!busy || clock.monotonic_s() >= until_s) return { at_s: clock.monotonic_s(), reply };
  }
}
