/** A spool over a folder, without a worker: what tests of the spool itself turn. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import { type Clock, systemClock } from "../../edge-agent/core/clock.ts";
import type { ChannelFacts, Entry, Lane } from "../../edge-agent/core/entry.ts";
import type { Taker } from "../../edge-agent/spool/cursors.ts";
import { Sorting } from "../../edge-agent/spool/sorting.ts";
import { Spool } from "../../edge-agent/spool/spool.ts";
import { station } from "./station.ts";

export const taker: Taker = { name: "sink", durable: ["record", "state", "sample"] };

export interface SpoolSettings {
  readonly budget_Bytes?: number;
  readonly takers?: readonly Taker[];
  readonly clock?: Clock;
  /** Its first channel is `C1.t`, which is what `commit` and `numbered` speak of. */
  readonly station?: Station;
}

export function openSpool(directory: string, more: SpoolSettings = {}): Spool {
  const { budget_Bytes = 64e6, clock = systemClock } = more;
  const spool = new Spool({ directory, budget_Bytes, station: more.station ?? station(), clock });
  spool.attach(more.takers ?? [taker]);
  return spool;
}

/** Commits the entries as one parcel. */
export function commit(spool: Spool, entries: readonly Entry[]): void {
  const sorting = new Sorting(station().channels.map((channel) => channel.id));
  for (const entry of entries) sorting.add(entry);
  const parcel = sorting.parcel();
  if (parcel !== undefined) spool.commit([parcel]);
}

/** Number n is value n: tells samples apart. */
export const numbered = (first: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => {
    const n = first + index;
    return { type: "sample", sample: { channel: "C1.t", at_s: n, stamp_ns: BigInt(n + 1), value: n, bound: 0, quality: "good", reason: "none" } };
  });

/** What a sink would still get of a lane, in order. */
export function pending(spool: Spool, lane: Lane, sink = taker.name): Entry[] {
  return spool.cursors.of(lane, sink).parts.flatMap((part) => {
    const found: Entry[] = [];
    for (let at = part.first; at < Math.min(part.end, spool.head(lane)); ) {
      const portion = spool.read(lane, at, part.end, 1000);
      found.push(...portion.entries);
      at = portion.end;
    }
    return found;
  });
}

export const numbersOf = (entries: readonly Entry[]): number[] => entries.map((entry) => (entry.type === "sample" ? (entry.sample.value ?? -1) : -1));

/** What the channel of each sample was when it was measured. */
export const factsOfAll = (entries: readonly Entry[]): (ChannelFacts | undefined)[] =>
  entries.map((entry) => (entry.type === "sample" ? entry.facts : undefined));
