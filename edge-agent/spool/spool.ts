/**
 * The spool: entries committed in groups, read back by sequence number, forgotten when every sink that must have them has them.
 * All calls are synchronous and belong to the store worker. What SQLite throws passes through, except corruption (see volume.ts).
 */
import type { Clock } from "../core/clock.ts";
import { type Entry, type Lane, laneOf, lanes, stampOf } from "../core/entry.ts";
import type { EventKind } from "../core/judgement.ts";
import { decodeEntries, decodeSamples, encodeEntries, encodeSamples } from "./blob.ts";
import { joinBlocks, sampleAt } from "./block.ts";
import type { Cursors, Taker } from "./cursors.ts";
import { spoolBytes } from "./database.ts";
import { limitPages, makeRoom, shrink } from "./eviction.ts";
import { forgetTaken } from "./forgetting.ts";
import { deadLettersOf, keepDeadLetter, keepUnreadable } from "./kept-apart.ts";
import { mergeSmall } from "./merging.ts";
import type { Parcel } from "./parcel.ts";
import type { Blob } from "./shelf.ts";
import { type SpoolOptions, Volume } from "./volume.ts";

/** Entries of one lane in order. What is missing between two sequence numbers no longer exists. */
export interface Portion {
  readonly first: number;
  /** Where to go on. */
  readonly end: number;
  readonly entries: readonly Entry[];
  /** Sequence number of each entry. */
  readonly seqs: readonly number[];
}

interface Decoded {
  readonly first: number;
  readonly count: number;
  readonly entries: readonly Entry[];
}

/** Evictions are told as one event per interval: a full budget evicts all the time, and events are never evicted. */
const evictionNotice_s = 600;

export class Spool {
  readonly #clock: Clock;
  readonly #volume: Volume;
  /** The last decoded blob of each lane: halving and small portions read it again and again. */
  readonly #decoded = new Map<Lane, Decoded>();
  #notices: Entry[] = [];
  #unannounced = 0;
  #lastEvictionNotice_s = Number.NEGATIVE_INFINITY;
  #mergeFrom = 0;

  /** Throws a Fault where the spool cannot be used at all. */
  constructor(options: Omit<SpoolOptions, "onMovedAside">) {
    const onMovedAside = (path: string) => {
      this.#decoded.clear();
      this.note("spool-set-aside", `the spool could not be read and was moved to ${path}; what could be read was brought over`);
    };
    this.#clock = options.clock;
    this.#volume = new Volume({ ...options, onMovedAside });
    const { ledger } = this.#volume;
    ledger.set("boot", options.boot ?? ledger.get("boot") + 1n);
    limitPages(this.#volume);
  }

  /** Names the sinks; nothing is kept for a sink before. */
  attach(takers: readonly Taker[]): void {
    this.#volume.attach(takers);
    this.commit([]);
  }

  get boot(): number {
    return this.#volume.ledger.count("boot");
  }
  get lastStamp_ns(): bigint {
    return this.#volume.ledger.get("last_stamp_ns");
  }
  get cursors(): Cursors {
    return this.#volume.cursors;
  }
  get evicted(): number {
    return this.#volume.ledger.count("evicted_samples");
  }
  get setAside(): number {
    return this.#volume.ledger.count("set_aside_entries");
  }
  get bytes(): number {
    return spoolBytes(this.#volume.options.directory);
  }
  get hasNotices(): boolean {
    return this.#notices.length > 0;
  }
  head(lane: Lane): number {
    return this.#volume.head(lane);
  }

  /** Durable when it returns; where it throws, nothing of it was kept. So room is made first: a retry must not write anything twice. */
  commit(parcels: readonly Parcel[]): void {
    this.makeRoom();
    this.#volume.guarded(() => {
      const notices = this.#notices;
      this.#volume.transaction(() => {
        this.#keepSamples(parcels);
        const entries = [...parcels.flatMap((parcel) => parcel.entries), ...notices];
        for (const lane of ["record", "state"] as const) this.#keepEntries(lane, entries);
      });
      this.#notices = this.#notices.slice(notices.length);
    });
  }

  /** Up to `limit` entries of the lane from `seq` on, below `end`; there may be none. */
  read(lane: Lane, seq: number, end: number, limit: number): Portion {
    return this.#volume.guarded(() => {
      const entries: Entry[] = [];
      const seqs: number[] = [];
      const stop = Math.min(end, this.head(lane));
      let at = seq;
      while (at < stop && entries.length < limit) {
        const blob = this.#decode(lane, at);
        at = Math.max(at, blob?.first ?? stop);
        const upTo = Math.min(stop, (blob?.first ?? 0) + (blob?.count ?? 0), at + limit - entries.length);
        for (; at < upTo; at++) {
          const entry = blob?.entries[at - blob.first];
          if (entry === undefined) continue;
          entries.push(entry);
          seqs.push(at);
        }
      }
      return { first: seq, end: Math.max(seq, Math.min(at, stop)), entries, seqs };
    });
  }

  /** Writes the cursors and forgets what every sink has taken; true while there is more to forget. */
  settle(): boolean {
    const { cursors } = this.#volume;
    const rest = this.#volume.guarded(() => this.#volume.transaction(() => forgetTaken(this.#volume)));
    for (const lane of lanes) cursors.leaveFreed(lane, rest[lane]);
    return lanes.some((lane) => rest[lane].length > 0);
  }

  /** A step of housekeeping for idle time: joins small blobs, gives free pages back. False when there is nothing to do now. */
  tidy(): boolean {
    return this.#volume.guarded(() => {
      const step = this.#volume.transaction(() => {
        const step = mergeSmall(this.#volume, this.#mergeFrom);
        if (step.unreadable !== undefined) this.#unreadable("sample", step.unreadable.blob, step.unreadable.why);
        return step;
      });
      this.#mergeFrom = step.from;
      if (step.merged) this.#decoded.delete("sample");
      return step.merged || shrink(this.#volume);
    });
  }

  /** Lets samples go, oldest first, where the budget asks for it, or to make `wanted_Bytes` free. */
  makeRoom(wanted_Bytes = 0): void {
    this.#unannounced += this.#volume.guarded(() => makeRoom(this.#volume, wanted_Bytes));
    const now_s = this.#clock.monotonic_s();
    if (this.#unannounced === 0 || now_s - this.#lastEvictionNotice_s < evictionNotice_s) return;
    this.note("spool-evicted", `the spool's budget is full: ${this.#unannounced} of the oldest entries went before every sink had them`);
    this.#unannounced = 0;
    this.#lastEvictionNotice_s = now_s;
  }

  deadLetter(lane: Lane, sink: string, seq: number, entry: Entry, why: string): void {
    this.#volume.guarded(() => this.#volume.transaction(() => keepDeadLetter(this.#volume, { sink, lane, seq, why, entry })));
  }
  deadLetters(): ReadonlyMap<string, number> {
    return this.#volume.guarded(() => deadLettersOf(this.#volume));
  }

  /** An event of the spool's own, written with the next commit. */
  note(event: EventKind, text: string): void {
    this.#notices.push({ type: "event", stamp_ns: this.#clock.wall_ns(), event: { at_s: this.#clock.monotonic_s(), event, text } });
  }

  close(): void {
    this.#volume.close();
  }

  #keepSamples(parcels: readonly Parcel[]): void {
    const { channels, ledger, database } = this.#volume;
    for (const { extraChannels } of parcels) channels.extend(database, extraChannels);
    const blocks = parcels.flatMap((parcel) => parcel.blocks).filter((block) => block.count > 0);
    if (blocks.length === 0) return;
    const block = joinBlocks(blocks, (channel) => channels.stored(channel));
    let newest = this.lastStamp_ns;
    for (let row = 0; row < block.count; row++) {
      const stamp = block.stamp_ns[row] ?? 0n;
      if (stamp > newest) newest = stamp;
    }
    ledger.set("last_stamp_ns", newest);
    if (!this.cursors.wanted("sample")) return;
    const first = this.head("sample");
    this.#volume.shelf("sample").put(first, block.count, encodeSamples(block));
    ledger.set("next_sample", first + block.count);
  }

  #keepEntries(lane: "record" | "state", all: readonly Entry[]): void {
    const { ledger } = this.#volume;
    const entries = all.filter((entry) => laneOf[entry.type] === lane).map((entry) => (lane === "record" ? this.#distinct(entry) : entry));
    for (const entry of entries) if (stampOf(entry) > this.lastStamp_ns) ledger.set("last_stamp_ns", stampOf(entry));
    if (entries.length === 0 || !this.cursors.wanted(lane)) return;
    const first = this.head(lane);
    this.#volume.shelf(lane).put(first, entries.length, encodeEntries(entries));
    ledger.set(`next_${lane}`, first + entries.length);
  }

  /** Two alarms or events of one moment would be one point in a time series database: stamps of the record lane strictly rise. */
  #distinct(entry: Entry): Entry {
    if (entry.type === "sample") return entry;
    const { ledger } = this.#volume;
    const last = ledger.get("last_record_stamp_ns");
    const stamp_ns = entry.stamp_ns > last ? entry.stamp_ns : last + 1n;
    ledger.set("last_record_stamp_ns", stamp_ns);
    return { ...entry, stamp_ns };
  }

  /** The blob that holds `seq` or the next one; what cannot be read on the way is set aside. */
  #decode(lane: Lane, seq: number): Decoded | undefined {
    for (;;) {
      const kept = this.#decoded.get(lane);
      if (kept !== undefined && kept.first <= seq && seq < kept.first + kept.count) return kept;
      const blob = this.#volume.shelf(lane).from(seq);
      if (blob === undefined) return undefined;
      try {
        const entries = lane === "sample" ? this.#samplesOf(blob) : decodeEntries(blob.content);
        if (entries.length !== blob.count) throw new RangeError(`it holds ${entries.length} entries, its row says ${blob.count}`);
        const decoded = { first: blob.first, count: blob.count, entries };
        this.#decoded.set(lane, decoded);
        return decoded;
      } catch (error) {
        this.#volume.transaction(() => this.#unreadable(lane, blob, (error as Error).message));
      }
    }
  }

  #samplesOf(blob: Blob): Entry[] {
    const block = decodeSamples(blob.content);
    const { channels } = this.#volume;
    const nameOf = (channel: number) => channels.factsAt(channel).id;
    return Array.from({ length: block.count }, (_, row) => ({
      type: "sample",
      sample: sampleAt(block, row, nameOf),
      facts: channels.factsAt(block.channel[row] ?? 0),
    }));
  }

  #unreadable(lane: Lane, blob: Blob, why: string): void {
    keepUnreadable(this.#volume, lane, blob, why);
    this.cursors.gone(lane, blob.first, blob.first + blob.count);
    this.note("spool-set-aside", `${blob.count} entries of the ${lane} lane could not be read (${why}) and were set aside`);
  }
}
