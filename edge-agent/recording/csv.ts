/** Rows → the text of a recording. */
import type { Field } from "../contracts/recording.ts";

export interface CsvRow {
  readonly time_s: number;
  readonly values: readonly (Field | undefined)[];
}

/** Digits that a value is written with: more than any sensor has, few enough to hide the noise of binary fractions. */
const digits = 10;

/** Columns are names that a station file may have, quoted where they need it. */
export function* csvText(columns: readonly string[], rows: Iterable<CsvRow>): Generator<string> {
  yield `${["time_s", ...columns.map(quoted)].join(",")}\n`;
  for (const { time_s, values } of rows) yield `${time_s},${values.map(fieldText).join(",")}\n`;
}

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

const marks = { 0: "", 1: ">=", "-1": "<=" } as const;

function fieldText(field: Field | undefined): string {
  return field === undefined ? "" : `${marks[field.bound]}${Number(field.value.toPrecision(digits))}`;
}
