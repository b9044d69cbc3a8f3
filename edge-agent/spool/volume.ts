/**
 * The open file with what is kept beside it in memory. A transaction changes both or neither. Corruption met on the way moves the file aside,
 * brings over what can be read, and goes on in a new one: numbering, cursors and counters survive in memory.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Lane } from "../core/entry.ts";
import { Channels } from "./channels.ts";
import { Cursors, type Taker } from "./cursors.ts";
import { moveAside, openSpoolFile } from "./database.ts";
import { Ledger } from "./ledger.ts";
import { salvage } from "./salvage.ts";
import { Shelf } from "./shelf.ts";
import { isCorruption } from "./trouble.ts";

export interface SpoolOptions {
  readonly directory: string;
  readonly budget_Bytes: number;
  readonly station: Pick<Station, "channels" | "cells">;
  readonly clock: Clock;
  /** Given where the worker was started again within one run of the agent. */
  readonly boot?: number | undefined;
  /** Told when a file could not be read and was moved. */
  readonly onMovedAside: (path: string) => void;
}

export class Volume {
  readonly options: SpoolOptions;
  readonly channels: Channels;
  #cursors = new Cursors();
  #database: DatabaseSync;
  #ledger: Ledger;
  #shelves: Readonly<Record<Lane, Shelf>>;

  /** Throws a Fault where the folder cannot be used at all. */
  constructor(options: SpoolOptions) {
    this.options = options;
    const { directory, budget_Bytes, clock, station } = options;
    const { database, movedAside } = openSpoolFile(directory, budget_Bytes);
    this.#database = database;
    const salvaged = movedAside === undefined ? undefined : salvage(movedAside, database, clock);
    this.#ledger = salvaged ?? Ledger.load(database);
    // Consumers drop what carries an old boot number: without the old count, seconds since 1970 are above every count.
    if (movedAside !== undefined && salvaged === undefined) this.#ledger.set("boot", clock.wall_ns() / 1_000_000_000n);
    this.#shelves = shelvesOf(database);
    this.channels = new Channels(station);
    database.exec("BEGIN IMMEDIATE");
    this.channels.load(database);
    database.exec("COMMIT");
    if (movedAside !== undefined) options.onMovedAside(movedAside);
  }

  attach(takers: readonly Taker[]): void {
    const oldest = (lane: Lane) => this.#shelves[lane].oldest ?? this.head(lane);
    this.#cursors = Cursors.load(this.#database, takers, oldest, (lane) => this.head(lane));
  }
  get cursors(): Cursors {
    return this.#cursors;
  }
  get database(): DatabaseSync {
    return this.#database;
  }
  get ledger(): Ledger {
    return this.#ledger;
  }
  shelf(lane: Lane): Shelf {
    return this.#shelves[lane];
  }
  /** The sequence number that the lane's next entry gets. */
  head(lane: Lane): number {
    return this.#ledger.count(`next_${lane}`);
  }

  /** Counters and changed cursors are written with whatever `work` writes. */
  transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.cursors.save(this.#database);
      this.#ledger.save(this.#database);
      this.#database.exec("COMMIT");
      this.#ledger.committed();
      this.channels.committed();
      this.cursors.saved();
      return result;
    } catch (error) {
      this.#ledger.rolledBack();
      this.channels.rolledBack();
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Runs `work`, and once more on a new file when the old one turns out to be corrupt. */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isCorruption(error)) throw error;
    }
    this.#beginAnew();
    return work();
  }

  close(): void {
    this.#database.close();
  }

  #beginAnew(): void {
    const { directory, budget_Bytes, clock, onMovedAside } = this.options;
    try {
      this.#database.close();
    } catch {
      // a corrupt file may not even close; its handle ends with the process
    }
    const aside = moveAside(directory);
    const { database } = openSpoolFile(directory, budget_Bytes);
    salvage(aside, database, clock);
    this.#database = database;
    this.#ledger = this.#ledger.restart();
    this.#shelves = shelvesOf(database);
    this.cursors.restart();
    this.transaction(() => this.channels.load(database));
    onMovedAside(aside);
  }
}

const shelvesOf = (database: DatabaseSync): Record<Lane, Shelf> => ({
  record: new Shelf(database, "record"),
  state: new Shelf(database, "state"),
  sample: new Shelf(database, "sample"),
});
