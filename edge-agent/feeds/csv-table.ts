/** Lines of a table that another program writes → its columns, and the readings of a row. A line is a row: no cell holds a line break. */
import { parse } from "csv-parse/sync";
import type { Reading } from "../core/sample.ts";
import type { FilePlan } from "./plan.ts";
import { malformed, readingOf } from "./value.ts";

const separators = [",", ";", "\t"] as const;

export interface Table {
  readonly separator: (typeof separators)[number];
  readonly columns: readonly string[];
}

/** The line that names the columns. Its separator is the one that divides it into most cells. Undefined for a line with a broken quote. */
export function readHeader(line: string): Table | undefined {
  const [most] = separators
    .map((separator) => ({ separator, columns: cellsOf(line, separator)?.map((name) => name.trim()) ?? [] }))
    .sort((one, other) => other.columns.length - one.columns.length);
  return most === undefined || most.columns.length === 0 ? undefined : most;
}

/** What is wrong with a table for these channels; undefined when nothing is. */
export function problemOf({ columns }: Table, wanted: readonly string[]): string | undefined {
  const missing = wanted.find((column) => !columns.includes(column));
  if (missing !== undefined) return `no column ${JSON.stringify(missing)}; the first line names ${listed(columns)}`;
  const twice = wanted.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  return twice === undefined ? undefined : `column ${JSON.stringify(twice)} stands twice`;
}

/**
 * A reading for each channel whose cell is not blank. A row with more or fewer cells than there are columns is malformed, since nobody knows
 * which is which; blank cells behind the last column, as of a separator that ends each row, do not count.
 */
export function readRow({ separator, columns }: Table, line: string, channels: FilePlan["channels"], at_s: number): Reading[] {
  const cells = cellsOf(line, separator);
  const all = (what: string) => channels.map(({ channel }) => malformed(channel, at_s, what));
  if (cells === undefined) return all("a quote in the row is broken");
  if (cells.slice(columns.length).some((cell) => cell.trim() !== "") || cells.length < columns.length)
    return all(`a row of ${cells.length} cells under ${columns.length} columns`);
  return channels.flatMap((each) => {
    const cell = (cells[columns.indexOf(each.column)] ?? "").trim();
    // where columns are parted by ";" a comma can only be the decimal one
    const reading = readingOf(each, separator === ";" ? cell.replace(/^([<>]=)?([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)$/, "$1$2.$3") : cell, at_s);
    if (reading === undefined) return [];
    return reading.detail === undefined ? [reading] : [{ ...reading, detail: `${each.column}: ${reading.detail}` }];
  });
}

function cellsOf(line: string, delimiter: string): string[] | undefined {
  try {
    const [cells] = parse(line, { delimiter, bom: true, relax_column_count: true }) as string[][];
    return cells;
  } catch {
    return undefined;
  }
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 8).map((name) => JSON.stringify(name.slice(0, 30)));
  return columns.length > shown.length ? `${shown.join(", ")} and ${columns.length - shown.length} more` : shown.join(", ");
}
