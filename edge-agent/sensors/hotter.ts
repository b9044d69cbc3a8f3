/** What a thermocouple converter gives above the end of its range. */
import { quantityOf } from "../core/quantities.ts";
import type { Measured } from "./driver.ts";

/** A lower bound at `end_degC`, so that limits below it are reached; no higher than what is believed of any temperature, or it would be no reading. */
export function hotterThan(end_degC: number, detail: string): Measured {
  return { raw: Math.min(end_degC, quantityOf("temperature").high), bound: 1, reason: "saturated", detail };
}
