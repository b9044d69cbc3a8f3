/**
 * Brings over what can still be read of a spool file that was moved aside: alarms and events first. Blobs carry checksums, so a wrong one is
 * found when it is decoded. Reads from both ends, since damage is mostly in one place; what lies behind it stays in the file aside.
 */
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../core/clock.ts";
import { lanes } from "../core/entry.ts";
import { Ledger } from "./ledger.ts";

/** Acquisition does not wait for this, but commits do: what was not copied by then stays aside. */
const within_s = 1.5;
const rowsPerCommit = 64;

/** The old file's counters, where they could be read. */
export function salvage(aside: string, into: DatabaseSync, clock: Clock): Ledger | undefined {
  const deadline_s = clock.monotonic_s() + within_s;
  let from: DatabaseSync | undefined;
  try {
    from = new DatabaseSync(aside, { readOnly: true });
    const ledger = Ledger.load(from);
    copyRows(from, into, "channel", "id, name, quantity, cell, pack", "", deadline_s, clock);
    copyRows(from, into, "cursor", "sink, lane, ranges", "", deadline_s, clock);
    for (const lane of lanes) {
      for (const order of ["ASC", "DESC"]) copyRows(from, into, `${lane}_blob`, "first, count, content", `ORDER BY first ${order}`, deadline_s, clock);
    }
    return ledger.restart();
  } catch {
    return undefined;
  } finally {
    from?.close();
  }
}

/** Copies until the damage, the end or the deadline. */
function copyRows(from: DatabaseSync, into: DatabaseSync, table: string, columns: string, order: string, deadline_s: number, clock: Clock): void {
  const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, "?")})`);
  const keys = columns.split(", ");
  let open = false;
  try {
    let rows = 0;
    for (const row of from.prepare(`SELECT ${columns} FROM ${table} ${order}`).iterate()) {
      if (clock.monotonic_s() > deadline_s) break;
      if (!open) into.exec("BEGIN IMMEDIATE");
      open = true;
      insert.run(...keys.map((key) => row[key] ?? null));
      if (++rows % rowsPerCommit !== 0) continue;
      into.exec("COMMIT");
      open = false;
    }
  } catch {
    // the damage: what was copied so far is kept
  }
  if (open) into.exec("COMMIT");
}
