/**
 * How far each sink is in each lane that it takes. Cursors live in memory and are written with the next commit: after a crash a few entries
 * are sent again, which every sink bears. The cursor of a sink that the station file no longer names is dropped at opening, so that it
 * cannot hold the spool for ever; a sink named anew starts at the oldest kept entry.
 */
import type { DatabaseSync } from "node:sqlite";
import { type Lane, lanes } from "../core/entry.ts";
import { type Range, Ranges } from "./ranges.ts";

/** A sink by name, with the lanes of which it must get every entry. */
export interface Taker {
  readonly name: string;
  readonly durable: readonly Lane[];
}

export class Cursors {
  readonly #byLane: Readonly<Record<Lane, Map<string, Ranges>>> = { record: new Map(), state: new Map(), sample: new Map() };
  /** Ranges that some sink has taken since the spool last looked what it may forget. */
  readonly #freed: Record<Lane, Range[]> = { record: [], state: [], sample: [] };
  #dirty = false;

  /** `oldest` and `head` bound what the lane keeps. */
  static load(database: DatabaseSync, takers: readonly Taker[], oldest: (lane: Lane) => number, head: (lane: Lane) => number): Cursors {
    const cursors = new Cursors();
    cursors.#dirty = true;
    const rows = database.prepare("SELECT sink, lane, ranges FROM cursor").all();
    for (const { name, durable } of takers) {
      for (const lane of durable) {
        const row = rows.find((row) => row.sink === name && row.lane === lane);
        const ranges = (row === undefined ? undefined : Ranges.fromText(String(row.ranges))) ?? Ranges.from(0);
        ranges.remove(0, oldest(lane));
        ranges.clamp(head(lane));
        cursors.#byLane[lane].set(name, ranges);
      }
    }
    for (const lane of lanes) cursors.#freed[lane] = cursors.#notPending(lane, oldest(lane), head(lane));
    return cursors;
  }

  of(lane: Lane, sink: string): Ranges {
    const ranges = this.#byLane[lane].get(sink);
    if (ranges === undefined) throw new Error(`${sink} does not take the lane ${lane}`);
    return ranges;
  }
  /** Whether any sink takes the lane at all. */
  wanted(lane: Lane): boolean {
    return this.#byLane[lane].size > 0;
  }
  /** Whether any sink still has to take something of [first, end). */
  pending(lane: Lane, first: number, end: number): boolean {
    for (const ranges of this.#byLane[lane].values()) if (ranges.overlaps(first, end)) return true;
    return false;
  }
  /** How many of [first, end) at least one sink had not taken. */
  undelivered(lane: Lane, first: number, end: number): number {
    let most = 0;
    for (const ranges of this.#byLane[lane].values()) most = Math.max(most, ranges.within(first, end));
    return most;
  }

  done(lane: Lane, sink: string, first: number, end: number): void {
    this.of(lane, sink).remove(first, end);
    const freed = this.#freed[lane];
    const last = freed.at(-1);
    if (last !== undefined && last.end === first) freed.splice(-1, 1, { first: last.first, end });
    else freed.push({ first, end });
    this.#dirty = true;
  }
  /** The sink's live part goes on at `at`; what lies before is its backlog. */
  jump(lane: Lane, sink: string, at: number): void {
    this.of(lane, sink).jump(at);
    this.#dirty = true;
  }
  /** The entries no longer exist. */
  gone(lane: Lane, first: number, end: number): void {
    for (const ranges of this.#byLane[lane].values()) ranges.remove(first, end);
    this.#dirty = true;
  }

  freed(lane: Lane): readonly Range[] {
    return this.#freed[lane];
  }
  /** What is left to look at after the spool has forgotten what it could. */
  leaveFreed(lane: Lane, rest: readonly Range[]): void {
    this.#freed[lane] = [...rest];
  }

  /** Writes what changed within the caller's transaction; call `saved` when that has committed. */
  save(database: DatabaseSync): void {
    if (!this.#dirty) return;
    database.exec("DELETE FROM cursor");
    const statement = database.prepare("INSERT INTO cursor (sink, lane, ranges) VALUES (?, ?, ?)");
    for (const lane of lanes) for (const [sink, ranges] of this.#byLane[lane]) statement.run(sink, lane, ranges.toText());
  }
  saved(): void {
    this.#dirty = false;
  }
  /** Everything is to be written again, into a new file. */
  restart(): void {
    this.#dirty = true;
  }

  /** The parts of [oldest, head) that every sink has taken: what an earlier process had no time to forget. */
  #notPending(lane: Lane, oldest: number, head: number): Range[] {
    const open = [...this.#byLane[lane].values()].flatMap((ranges) => ranges.parts).sort((a, b) => a.first - b.first);
    const free: Range[] = [];
    let at = oldest;
    for (const part of open) {
      if (part.first > at) free.push({ first: at, end: Math.min(part.first, head) });
      at = Math.max(at, part.end);
    }
    if (at < head) free.push({ first: at, end: head });
    return free.filter((range) => range.first < range.end);
  }
}
