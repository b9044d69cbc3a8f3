/**
 * Brings over what can still be read of a spool file that was moved aside: alarms and events first. Blobs carry checksums, so a wrong one is
 * found when it is decoded. Reads from both ends, since damage is mostly in one place; what lies behind it stays in the file aside.
 */
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../core/clock.ts";
import { lanes } from "../core/entry.ts";
import { Ledger } from "./ledger.ts";
import { Ranges } from "./ranges.ts";

/** Acquisition does not wait for this, but commits do: what was not copied by then stays aside. */
const within_s = 1.5;
const rowsPerCommit = 64;

/** The counters to go on with. Numbering goes on above everything brought over or taken, and `boot` above every boot there was. */
export function salvage(aside: string, into: DatabaseSync, clock: Clock): Ledger {
  const deadline_s = clock.monotonic_s() + within_s;
  let ledger = new Ledger();
  let from: DatabaseSync | undefined;
  try {
    from = new DatabaseSync(aside, { readOnly: true });
    const copy = (table: string, columns: string, order = "") => copyRows(from, into, table, columns, order, () => clock.monotonic_s() > deadline_s);
    ledger = loadLedger(from);
    copy("cursor", "sink, lane, ranges");
    const named = copy("channel", "id, name, quantity, cell, pack") > 0;
    for (const lane of lanes) {
      if (lane === "sample" && !named) continue; // samples of nobody knows which channel
      for (const order of ["ASC", "DESC"]) copy(`${lane}_blob`, "first, count, content", `ORDER BY first ${order}`);
    }
  } catch {
    // not a database at all
  } finally {
    from?.close();
  }
  for (const lane of lanes) {
    const kept = Number(into.prepare(`SELECT max(first + count) AS next FROM ${lane}_blob`).get()?.next ?? 0);
    // What a sink has taken leaves no blob: without this its number would be given again, and the new entry pass for taken.
    const cursors = into.prepare("SELECT ranges FROM cursor WHERE lane = ?").all(lane);
    const next = Math.max(kept, ...cursors.map((row) => Ranges.fromText(String(row.ranges))?.frontier ?? 0));
    if (next > ledger.count(`next_${lane}`)) ledger.set(`next_${lane}`, next);
  }
  // Consumers drop what carries an old boot number: without the old count, seconds since 1970 are above every count.
  if (ledger.count("boot") === 0) ledger.set("boot", clock.wall_ns() / 1_000_000_000n);
  return ledger;
}

function loadLedger(from: DatabaseSync): Ledger {
  try {
    return Ledger.load(from).restart();
  } catch {
    return new Ledger();
  }
}

/** Copies until the damage, the end or the deadline; returns how many rows. */
function copyRows(from: DatabaseSync | undefined, into: DatabaseSync, table: string, columns: string, order: string, late: () => boolean): number {
  const insert = into.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, "?")})`);
  const keys = columns.split(", ");
  let rows = 0;
  let open = false;
  try {
    for (const row of from?.prepare(`SELECT ${columns} FROM ${table} ${order}`).iterate() ?? []) {
      if (late()) break;
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
  return rows;
}
