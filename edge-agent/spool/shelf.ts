/** One lane's blobs: rows of (first sequence number, count, content). */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Lane } from "../core/entry.ts";

export interface Blob {
  readonly first: number;
  readonly count: number;
  readonly content: Uint8Array;
}
export type BlobSize = Omit<Blob, "content"> & { readonly content_Bytes: number };

export class Shelf {
  readonly lane: Lane;
  readonly #put: StatementSync;
  readonly #at: StatementSync;
  readonly #after: StatementSync;
  readonly #start: StatementSync;
  readonly #oldest: StatementSync;
  readonly #sizes: StatementSync;
  readonly #small: StatementSync;
  readonly #drop: StatementSync;

  constructor(database: DatabaseSync, lane: Lane) {
    const table = `${lane}_blob`;
    this.lane = lane;
    this.#put = database.prepare(`INSERT INTO ${table} (first, count, content) VALUES (?, ?, ?)`);
    this.#at = database.prepare(`SELECT first, count, content FROM ${table} WHERE first <= ? ORDER BY first DESC LIMIT 1`);
    this.#after = database.prepare(`SELECT first, count, content FROM ${table} WHERE first > ? ORDER BY first LIMIT 1`);
    this.#start = database.prepare(`SELECT first FROM ${table} WHERE first <= ? ORDER BY first DESC LIMIT 1`);
    this.#oldest = database.prepare(`SELECT first FROM ${table} ORDER BY first LIMIT 1`);
    this.#sizes = database.prepare(`SELECT first, count, length(content) AS content_Bytes FROM ${table} WHERE first >= ? AND first < ? ORDER BY first LIMIT ?`);
    this.#small = database.prepare(`SELECT first, count FROM ${table} WHERE first >= ? AND count < ? ORDER BY first LIMIT 1`);
    this.#drop = database.prepare(`DELETE FROM ${table} WHERE first = ?`);
  }

  put(first: number, count: number, content: Uint8Array): void {
    this.#put.run(first, count, content);
  }
  drop(first: number): void {
    this.#drop.run(first);
  }
  /** The blob that holds `seq`, or else the next one after it. */
  from(seq: number): Blob | undefined {
    const at = this.#at.get(seq) as Blob | undefined;
    if (at !== undefined && at.first + at.count > seq) return at;
    return this.#after.get(seq) as Blob | undefined;
  }
  get oldest(): number | undefined {
    return this.#oldest.get()?.first as number | undefined;
  }
  /** Sizes of up to `limit` blobs that begin in [first, end). */
  sizes(first: number, end: number, limit: number): BlobSize[] {
    return this.#sizes.all(first, Math.min(end, Number.MAX_SAFE_INTEGER), limit) as unknown as BlobSize[];
  }
  /** Where the first blob at or after `seq` with fewer than `count` entries begins. */
  smallFrom(seq: number, count: number): number | undefined {
    return this.#small.get(seq, count)?.first as number | undefined;
  }
  /** Where the blob that holds or precedes `seq` begins. */
  startOf(seq: number): number {
    return (this.#start.get(seq)?.first as number | undefined) ?? seq;
  }
}
