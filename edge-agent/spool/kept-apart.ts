/** What no sink will get: lines that a sink refuses for good, and bytes that cannot be read. Kept, bounded, for a person to look at. */
import type { Entry, Lane } from "../core/entry.ts";
import type { Blob } from "./shelf.ts";
import type { Volume } from "./volume.ts";

const maxDeadLetters = 10_000;
const maxText = 4096;
/** Unreadable bytes may take this share of the budget; the oldest go first. */
const unreadableShare = 0.02;

export interface DeadLetter {
  readonly sink: string;
  readonly lane: Lane;
  readonly seq: number;
  readonly why: string;
  readonly entry: Entry;
}

/** Within the caller's transaction. */
export function keepDeadLetter({ database, ledger }: Volume, { sink, lane, seq, why, entry }: DeadLetter): void {
  const text = JSON.stringify(entry, (_, value) => (typeof value === "bigint" ? String(value) : value));
  database
    .prepare("INSERT INTO dead_letter (sink, lane, seq, why, entry) VALUES (?, ?, ?, ?, ?)")
    .run(sink, lane, seq, why.slice(0, maxText), text.slice(0, maxText));
  database.prepare("DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?").run(maxDeadLetters);
  ledger.add("dead_letters", 1);
}

/** Moves an unreadable blob to its own table, within the caller's transaction. */
export function keepUnreadable(volume: Volume, lane: Lane, { first, count, content }: Blob, why: string): void {
  const { database, ledger, options } = volume;
  database.prepare("INSERT INTO set_aside (lane, first, count, why, content) VALUES (?, ?, ?, ?, ?)").run(lane, first, count, why, content);
  database
    .prepare(
      "DELETE FROM set_aside WHERE id <= (SELECT max(id) FROM (SELECT id, sum(length(content)) OVER (ORDER BY id DESC) AS bytes FROM set_aside) WHERE bytes > ?)",
    )
    .run(Math.floor(options.budget_Bytes * unreadableShare));
  volume.shelf(lane).drop(first);
  ledger.add("set_aside_entries", count);
}

/** Dead letters of each sink that are kept; the total since the spool began is in the ledger. */
export function deadLettersOf({ database }: Volume): ReadonlyMap<string, number> {
  const rows = database.prepare("SELECT sink, count(*) AS letters FROM dead_letter GROUP BY sink").all();
  return new Map(rows.map((row) => [String(row.sink), Number(row.letters)]));
}
