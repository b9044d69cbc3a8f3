/**
 * Follows one file, for ever. The newest row of a look is the reading, at the moment of the look: a row's own time says nothing of this machine's
 * clock. Rows that came with it, in one burst, are skipped and counted, since nobody knows when within the burst they were measured.
 */
import type { Clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";
import { problemOf, readHeader, readRow, type Table } from "./csv-table.ts";
import { CsvTail, type Look } from "./csv-tail.ts";
import type { FilePlan } from "./plan.ts";
import { malformed } from "./value.ts";

/** Between two looks: half a period, and no more often or seldom than this. */
const wait_s = { least: 0.1, most: 1 };

export interface FollowContext {
  readonly clock: Clock;
  /** Every look at the disk goes through it. */
  guard<T>(what: string, transfer: () => Promise<T>): Promise<T>;
  emit(readings: readonly Reading[], skipped: number): void;
}

/** Rejects for the signal. */
export async function followFile(plan: FilePlan, { clock, guard, emit }: FollowContext, signal: AbortSignal): Promise<never> {
  const tail = new CsvTail(plan.file, plan.period_s, clock);
  const follower = new Follower(plan);
  const every_s = Math.min(wait_s.most, Math.max(wait_s.least, plan.period_s / 2));
  for (;;) {
    const look = await guard(`a look at ${plan.file}`, () => tail.look());
    const { readings, skipped } = follower.read(look, clock.monotonic_s());
    if (readings.length > 0) emit(readings, skipped);
    await clock.sleep(every_s, signal);
  }
}

/** What was seen of one file → readings. */
export class Follower {
  readonly #plan: FilePlan;
  readonly #wanted: readonly string[];
  /** Undefined before the first line was complete, and where nothing can be made of it. */
  #table: Table | undefined;
  #unfit: Look["trouble"];
  #newest = "";
  #told = { detail: "", at_s: Number.NEGATIVE_INFINITY };
  #skipped = 0;

  constructor(plan: FilePlan) {
    this.#plan = plan;
    this.#wanted = [...new Set(plan.channels.map(({ column }) => column))];
  }

  /** `skipped`: rows since readings were last given. */
  read({ header, lines, old, trouble }: Look, at_s: number): { readonly readings: readonly Reading[]; readonly skipped: number } {
    if (header !== undefined) this.#begin(header);
    let rows = 0;
    let newest: string | undefined;
    for (const line of lines) {
      if (this.#becomesHeader(line)) newest = undefined;
      else {
        newest = line;
        rows++;
      }
    }
    const isNew = newest !== undefined && newest !== (header === undefined ? undefined : this.#newest); // a file that is written anew ends as it did
    if (newest !== undefined) this.#newest = newest;
    if (old || newest === undefined || !isNew) return this.#given(this.#trouble(at_s, trouble ?? (header === undefined ? undefined : this.#unfit)));
    this.#skipped += rows - 1;
    if (this.#table === undefined) return this.#given(this.#trouble(at_s, this.#unfit));
    return this.#given(readRow(this.#table, newest, this.#plan.channels, at_s).map((reading) => this.#named(reading)));
  }

  #begin(header: string): void {
    const table = readHeader(header);
    const detail = table === undefined ? "a quote in its first line is broken" : problemOf(table, this.#wanted);
    this.#unfit = detail === undefined ? undefined : { reason: "malformed", detail };
    this.#table = detail === undefined ? table : undefined;
  }

  /** A program that starts another step may name its columns again, and others. */
  #becomesHeader(line: string): boolean {
    if (!this.#wanted.every((column) => line.includes(column))) return false;
    const table = readHeader(line);
    if (table === undefined || problemOf(table, this.#wanted) !== undefined) return false;
    this.#table = table;
    return true;
  }

  /** The same trouble once a period, as a chip that does not answer. */
  #trouble(at_s: number, trouble: Look["trouble"]): readonly Reading[] {
    const { channels, period_s } = this.#plan;
    if (trouble === undefined || (trouble.detail === this.#told.detail && at_s - this.#told.at_s < period_s)) return [];
    this.#told = { detail: trouble.detail, at_s };
    return channels.map(({ channel }) => this.#named({ ...malformed(channel, at_s, trouble.detail), reason: trouble.reason }));
  }

  #named(reading: Reading): Reading {
    return reading.detail === undefined ? reading : { ...reading, detail: `${this.#plan.file}: ${reading.detail}` };
  }

  #given(readings: readonly Reading[]) {
    const skipped = readings.length === 0 ? 0 : this.#skipped;
    this.#skipped -= skipped;
    return { readings, skipped };
  }
}
