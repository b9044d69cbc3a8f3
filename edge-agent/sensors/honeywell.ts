/**
 * What Honeywell's digital pressure parts share: the range in the letters of the part number, and a straight transfer function.
 * Absolute parts only: a gauge or differential reading goes below 0, where the quantity `pressure` ends.
 */
import type { Measured } from "./driver.ts";

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

/** Beyond full scale the end of the range is a lower bound. Less than a vacuum is no reading. */
export function absolutePressure(counts: number, [low, high]: Counts, top_kPa: number): Measured {
  if (counts < low)
    return { reason: "out-of-range", detail: `${counts} counts are less than a vacuum (${low}); is the range or the transfer function another?` };
  if (counts > high) return { raw: top_kPa, bound: 1, reason: "saturated", detail: `pressure beyond the part's range (${top_kPa.toFixed(1)} kPa)` };
  return { raw: ((counts - low) * top_kPa) / (high - low) };
}
