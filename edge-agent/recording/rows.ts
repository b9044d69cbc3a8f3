/** A recording on disk → its rows, one at a time, in constant memory. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";
import { type Field, parseField, parseTime, type TimeColumn, timeColumns } from "../contracts/recording.ts";
import { Fault } from "../core/faults.ts";

export interface Row {
  /** Seconds on the recording's clock; undefined when the row has no readable time. */
  readonly at_s: number | undefined;
  /** In the order of the columns that were asked for; undefined where the table is blank. */
  readonly fields: readonly (Field | undefined | "malformed")[];
}

/**
 * Rows of `path` (.csv or .csv.gz) with the named columns.
 * Faults: recording/unreadable (no such file, not gzip), recording/malformed (no or two time columns, a column that is missing or twice, a broken quote).
 */
export async function* readRows(path: string, columns: readonly string[]): AsyncGenerator<Row> {
  if (!(await isFile(path))) throw new Fault("recording/unreadable", `${path}: no such file; name a .csv or .csv.gz recording with --input`);
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 1_000_000 });
  const bytes = createReadStream(path);
  // errors of every part surface where the rows are read
  const fail = (error: Error | null | undefined) => error && parser.destroy(error);
  if (path.endsWith(".gz")) pipeline(bytes, createGunzip(), parser, fail);
  else pipeline(bytes, parser, fail);

  let header: Header | undefined;
  let zero_s: number | undefined;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (header === undefined) {
        header = readHeader(path, record, columns);
        continue;
      }
      const time_s = parseTime(header.timeColumn, record[header.time] ?? "");
      // absolute times count from the first row; `time_s` is the recording's own
      if (header.timeColumn !== "time_s") zero_s ??= time_s;
      yield {
        at_s: time_s === undefined ? undefined : time_s - (zero_s ?? 0),
        fields: header.wanted.map((index) => parseField(record[index] ?? "")),
      };
    }
  } catch (error) {
    throw asFault(path, error);
  } finally {
    bytes.destroy();
  }
  if (header === undefined) throw new Fault("recording/malformed", `${path}: empty; the first line must name the columns`);
}

interface Header {
  readonly timeColumn: TimeColumn;
  readonly time: number;
  readonly wanted: readonly number[];
}

function readHeader(path: string, record: readonly string[], columns: readonly string[]): Header {
  const names = record.map((name) => name.trim());
  const found = timeColumns.filter((name) => names.includes(name));
  const [timeColumn] = found;
  if (timeColumn === undefined) throw new Fault("recording/malformed", `${path}: no time column; name one of ${timeColumns.join(", ")} (found ${list(names)})`);
  if (found.length > 1) throw new Fault("recording/malformed", `${path}: ${found.length} time columns (${found.join(", ")}); keep one`);
  const twice = [timeColumn, ...columns].find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw new Fault("recording/malformed", `${path}: column "${twice}" stands twice`);
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Fault("recording/malformed", `${path}: no column ${list(missing)}, which the station file names; the recording has ${list(names)}`);
  return { timeColumn, time: names.indexOf(timeColumn), wanted: columns.map((name) => names.indexOf(name)) };
}

const list = (names: readonly string[]): string => {
  const shown = names.slice(0, 12).map((name) => `"${name.slice(0, 60)}"`);
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
};

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function asFault(path: string, error: unknown): unknown {
  if (error instanceof Fault) return error;
  if (error instanceof CsvError) return new Fault("recording/malformed", `${path}: ${error.message}`, { cause: error });
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith("Z_")) return new Fault("recording/unreadable", `${path}: damaged or not gzip (${message})`, { cause: error });
  return code === undefined ? error : new Fault("recording/unreadable", `${path}: ${message}`, { cause: error });
}
