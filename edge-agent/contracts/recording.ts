/**
 * A recording: a table with a header, `.csv` or `.csv.gz`. One time column; every other column is named by the station file.
 * Blank = not measured; ">=1000" or "<=5" = censored. Rows may be uneven, repeated or out of order: nothing crashes, what was dropped is counted.
 */
import type { Bound } from "../core/sample.ts";

/** In order of preference. `time` is ISO 8601. */
export const timeColumns = ["time_s", "unix_time_s", "time"] as const;
export type TimeColumn = (typeof timeColumns)[number];

export interface Field {
  readonly value: number;
  readonly bound: Bound;
}

/** One cell of the table: undefined when blank, "malformed" when it is not a finite number. */
export function parseField(text: string): Field | undefined | "malformed" {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const bound: Bound = trimmed.startsWith(">=") ? 1 : trimmed.startsWith("<=") ? -1 : 0;
  const digits = bound === 0 ? trimmed : trimmed.slice(2).trim();
  const value = digits === "" ? Number.NaN : Number(digits);
  return Number.isFinite(value) && !/^[+-]?0[xob]/i.test(digits) ? { value, bound } : "malformed";
}

/** Seconds from the recording's own zero; undefined when blank or unreadable. */
export function parseTime(column: TimeColumn, text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const seconds = column === "time" ? Date.parse(trimmed) / 1000 : Number(trimmed);
  return Number.isFinite(seconds) ? seconds : undefined;
}
