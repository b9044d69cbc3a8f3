/** Quantities with units as a station file writes them: "5 Ah", "250 ms", "0.5 /h". A bare number says which unit to write. */
import { z } from "zod";
import { splitMeasure } from "../core/measured.ts";
import { quote } from "./explain.ts";
import { didYouMean } from "./nearest.ts";

const dimensions = {
  duration_s: { s: 1, ms: 1e-3, min: 60, h: 3600, d: 86_400 },
  capacity_Ah: { Ah: 1, mAh: 1e-3 },
  mass_g: { g: 1, kg: 1e3, mg: 1e-3 },
  volume_L: { L: 1, mL: 1e-3, m3: 1e3 },
  rate_per_h: { "/h": 1, "/min": 60, "/d": 1 / 24 },
  bytes: { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  temperature_degC: { degC: 1 },
  flow_L_per_min: { "L/min": 1, "mL/min": 1e-3, "L/s": 60 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

export type Dimension = keyof typeof dimensions;

/** A string with a unit of the dimension → a number in the dimension's first unit. `min` and `max` are in that unit, inclusive. */
export function measure(dimension: Dimension, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY) {
  const units: Readonly<Record<string, number>> = dimensions[dimension];
  const names = Object.keys(units);
  const choices = ` (unit${names.length === 1 ? "" : "s"}: ${names.join(", ")})`;
  const error = (issue: { readonly input?: unknown }) => `found ${quote(issue.input)}; write a number with its unit, such as "1 ${names[0]}"${choices}`;
  return z.union([z.string(), z.number()], { error }).transform((input, context) => {
    const fail = (message: string) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    if (input !== "" && Number.isFinite(Number(input))) return fail(`found ${quote(input)}, which has no unit; write "${Number(input)} ${names[0]}"${choices}`);
    const measured = typeof input === "string" ? splitMeasure(input) : undefined;
    if (measured === undefined) return fail(error({ input }));
    const factor = Object.hasOwn(units, measured.unit) ? units[measured.unit] : undefined;
    if (factor === undefined) return fail(`found the unit ${quote(measured.unit)}${didYouMean(measured.unit, names)}${choices}`);
    const value = measured.value * factor;
    if (!Number.isFinite(value)) return fail(`found ${quote(input)}, which is too large`);
    if (value < min) return fail(`found ${quote(input)}; write at least "${min} ${names[0]}"`);
    if (value > max) return fail(`found ${quote(input)}; write at most "${whole(units, max)}"`);
    return value;
  });
}

/** In the largest unit that writes it without a fraction. */
function whole(units: Readonly<Record<string, number>>, value: number): string {
  const [unit, factor] = Object.entries(units).reduce((best, each) => (each[1] > best[1] && Number.isInteger(value / each[1]) ? each : best));
  return `${value / factor} ${unit}`;
}
