/**
 * Channel numbers as they are stored: given once per name and kept for as long as the spool, so that blobs outlive a change of the station
 * file. Beside them what a sink must know to write a sample of a channel that the station file has dropped since.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Cell, Channel, Station } from "../contracts/station.ts";
import { type QuantityName, quantityNames } from "../core/quantities.ts";

export interface ChannelFacts {
  readonly id: string;
  readonly quantity?: QuantityName;
  readonly cell?: string;
  readonly pack?: string;
}

/** Facts of a channel by the station file; a cell brings its pack along. */
export function factsOf(channel: Pick<Channel, "id" | "quantity" | "at">, cells: readonly Pick<Cell, "id" | "pack">[]): ChannelFacts {
  const { id, quantity, at } = channel;
  if ("cell" in at) {
    const pack = cells.find((cell) => cell.id === at.cell)?.pack;
    return { id, quantity, cell: at.cell, ...(pack === undefined ? undefined : { pack }) };
  }
  return "pack" in at ? { id, quantity, pack: at.pack } : { id, quantity };
}

export class Channels {
  /** In the deciding thread's order: the station's channels, then those that it met besides. */
  readonly #handed: ChannelFacts[];
  readonly #stationChannels: number;
  readonly #unsaved: string[] = [];
  readonly #storedByName = new Map<string, number>();
  readonly #factsByStored = new Map<number, ChannelFacts>();

  constructor(station: Pick<Station, "channels" | "cells">) {
    this.#handed = station.channels.map((channel) => factsOf(channel, station.cells));
    this.#stationChannels = this.#handed.length;
  }

  /** Reads the stored numbers and adds this station's channels, within the caller's transaction. */
  load(database: DatabaseSync): void {
    this.#storedByName.clear();
    this.#factsByStored.clear();
    for (const row of database.prepare("SELECT id, name, quantity, cell, pack FROM channel").all()) {
      const quantity = quantityNames.find((name) => name === row.quantity);
      const facts: ChannelFacts = {
        id: String(row.name),
        ...(quantity === undefined ? undefined : { quantity }),
        ...(row.cell === null ? undefined : { cell: String(row.cell) }),
        ...(row.pack === null ? undefined : { pack: String(row.pack) }),
      };
      this.#storedByName.set(facts.id, Number(row.id));
      this.#factsByStored.set(Number(row.id), facts);
    }
    for (const facts of this.#handed) this.#keep(database, facts);
  }

  /** The deciding thread met channels that the station file does not name. */
  extend(database: DatabaseSync, extra: readonly string[]): void {
    extra.forEach((id, index) => {
      this.#handed[this.#stationChannels + index] = { id };
      if (this.#storedByName.has(id)) return;
      this.#keep(database, { id });
      this.#unsaved.push(id);
    });
  }
  committed(): void {
    this.#unsaved.length = 0;
  }
  rolledBack(): void {
    for (const id of this.#unsaved.splice(0)) this.#storedByName.delete(id);
  }

  /** Stored number of the deciding thread's channel index. */
  stored(channel: number): number {
    return this.#storedByName.get(this.#handed[channel]?.id ?? "") ?? 0;
  }
  nameOf(stored: number): string {
    return this.#factsByStored.get(stored)?.id ?? `channel-${stored}`;
  }
  get facts(): readonly ChannelFacts[] {
    return [...this.#factsByStored.values()];
  }

  #keep(database: DatabaseSync, facts: ChannelFacts): void {
    const { id, quantity = null, cell = null, pack = null } = facts;
    const row = database
      .prepare(
        `INSERT INTO channel (name, quantity, cell, pack) VALUES (?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET quantity = coalesce(excluded.quantity, quantity), cell = coalesce(excluded.cell, cell), pack = coalesce(excluded.pack, pack)
         RETURNING id`,
      )
      .get(id, quantity, cell, pack);
    this.#storedByName.set(id, Number(row?.id));
    this.#factsByStored.set(Number(row?.id), { ...this.#factsByStored.get(Number(row?.id)), ...facts });
  }
}
