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
import { isCorruption, spoolFault } from "./trouble.ts";

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
    const { directory, budget_Bytes, station, onMovedAside } = options;
    this.channels = new Channels(station);
    let { database, movedAside } = openSpoolFile(directory, budget_Bytes);
    try {
      this.#ledger = this.#load(database, movedAside);
    } catch (error) {
      if (!isCorruption(error)) throw spoolFault(error, directory) ?? error;
      closeQuietly(database);
      movedAside = moveAside(directory);
      database = openSpoolFile(directory, budget_Bytes).database;
      this.#ledger = this.#load(database, movedAside);
    }
    this.#database = database;
    this.#shelves = shelvesOf(database);
    if (movedAside !== undefined) onMovedAside(movedAside);
  }

  /** Counters and channels of the file, or what can be brought over from the one that was moved aside. */
  #load(database: DatabaseSync, movedAside: string | undefined): Ledger {
    const { clock } = this.options;
    const ledger = movedAside === undefined ? Ledger.load(database) : salvage(movedAside, database, clock);
    database.exec("BEGIN IMMEDIATE");
    this.channels.load(database);
    database.exec("COMMIT");
    this.channels.committed();
    return ledger;
  }

  attach(takers: readonly Taker[]): void {
    const oldest = (lane: Lane) => this.#shelves[lane].oldest ?? this.head(lane);
    this.guarded(() => {
      this.#cursors = Cursors.load(this.#database, takers, oldest, (lane) => this.head(lane));
    });
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
    closeQuietly(this.#database);
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

/** A corrupt file may not even close; its handle then ends with the process. */
function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // as said
  }
}
