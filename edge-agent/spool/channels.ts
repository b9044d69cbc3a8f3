/**
 * Channel numbers as they are stored, so that blobs outlive a change of the station file. A number stands for a channel as it was described:
 * one that becomes another quantity or moves to another place gets a new number, and what waits under the old one stays what it was.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Cell, Channel, Station } from "../contracts/station.ts";
import type { ChannelFacts } from "../core/entry.ts";
import { quantityNames } from "../core/quantities.ts";

/** Facts of a channel by the station file; a cell brings its pack along. */
export function factsOf(channel: Pick<Channel, "id" | "quantity" | "at">, cells: readonly Pick<Cell, "id" | "pack">[]): ChannelFacts {
  const { id, quantity, at } = channel;
  if ("cell" in at) {
    const pack = cells.find((cell) => cell.id === at.cell)?.pack;
    return { id, quantity, cell: at.cell, ...(pack === undefined ? undefined : { pack }) };
  }
  return "pack" in at ? { id, quantity, pack: at.pack } : { id, quantity };
}

/** Equal where all facts are. */
const descriptionOf = ({ id, quantity, cell, pack }: ChannelFacts): string => JSON.stringify([id, quantity ?? null, cell ?? null, pack ?? null]);

export class Channels {
  /** In the deciding thread's order: the station's channels, then those that it met besides. */
  readonly #handed: ChannelFacts[];
  readonly #stationChannels: number;
  /** Stored number of each in the same order. */
  readonly #stored: number[] = [];
  readonly #unsaved: string[] = [];
  readonly #storedByDescription = new Map<string, number>();
  readonly #factsByStored = new Map<number, ChannelFacts>();

  constructor(station: Pick<Station, "channels" | "cells">) {
    this.#handed = station.channels.map((channel) => factsOf(channel, station.cells));
    this.#stationChannels = this.#handed.length;
  }

  /** Reads the stored numbers and adds this station's channels, within the caller's transaction. */
  load(database: DatabaseSync): void {
    this.#storedByDescription.clear();
    this.#factsByStored.clear();
    for (const row of database.prepare("SELECT id, name, quantity, cell, pack FROM channel").all()) {
      const quantity = quantityNames.find((name) => name === row.quantity);
      this.#know(Number(row.id), {
        id: String(row.name),
        ...(quantity === undefined ? undefined : { quantity }),
        ...(row.cell === null ? undefined : { cell: String(row.cell) }),
        ...(row.pack === null ? undefined : { pack: String(row.pack) }),
      });
    }
    this.#handed.forEach((facts, index) => {
      this.#stored[index] = this.#keep(database, facts);
    });
  }

  /** The deciding thread met channels that the station file does not name. */
  extend(database: DatabaseSync, extra: readonly string[]): void {
    extra.forEach((id, index) => {
      const facts = { id };
      this.#handed[this.#stationChannels + index] = facts;
      this.#stored[this.#stationChannels + index] = this.#keep(database, facts);
    });
  }
  committed(): void {
    this.#unsaved.length = 0;
  }
  rolledBack(): void {
    for (const description of this.#unsaved.splice(0)) this.#storedByDescription.delete(description);
  }

  /** Stored number of the deciding thread's channel index. */
  stored(channel: number): number {
    return this.#stored[channel] ?? 0;
  }
  factsAt(stored: number): ChannelFacts {
    return this.#factsByStored.get(stored) ?? { id: `channel-${stored}` };
  }

  #keep(database: DatabaseSync, facts: ChannelFacts): number {
    const description = descriptionOf(facts);
    const known = this.#storedByDescription.get(description);
    if (known !== undefined) return known;
    const { id, quantity = null, cell = null, pack = null } = facts;
    const row = database.prepare("INSERT INTO channel (name, quantity, cell, pack) VALUES (?, ?, ?, ?) RETURNING id").get(id, quantity, cell, pack);
    this.#unsaved.push(description);
    this.#know(Number(row?.id), facts);
    return Number(row?.id);
  }
  #know(stored: number, facts: ChannelFacts): void {
    this.#storedByDescription.set(descriptionOf(facts), stored);
    this.#factsByStored.set(stored, facts);
  }
}
