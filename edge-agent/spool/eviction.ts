/**
 * Keeps the spool inside its budget: samples give way first, oldest first, then states; alarms and events never. What gives way before every
 * sink had it is counted in the file.
 */
import { type Lane, lanes } from "../core/entry.ts";
import { logPages, pageBytes, setAsideBytes } from "./database.ts";
import type { Volume } from "./volume.ts";

/** Blobs that one transaction lets go: bounds the log. */
const blobsPerCommit = 256;
/** Free pages beyond this share of the file are given back to the disk. */
const idleShare = 0.1;
const pagesPerStep = 512;

const pragma = (volume: Volume, name: "page_count" | "freelist_count"): number => Number(volume.database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);

/** What the database file may take: the budget without its log and without a file that was set aside. */
function ceilingBytes(volume: Volume): number {
  const { budget_Bytes, directory } = volume.options;
  const rest = budget_Bytes - setAsideBytes(directory) - 2 * logPages(budget_Bytes) * pageBytes;
  return Math.max(rest, budget_Bytes / 2);
}

/** The hard limit: SQLite itself refuses to grow beyond it. Must be set on every connection. */
export function limitPages(volume: Volume): void {
  volume.database.exec(`PRAGMA max_page_count = ${Math.floor(ceilingBytes(volume) / pageBytes)}`);
}

/**
 * Lets entries go until the spool, with `wanted_Bytes` more, stays below its budget. Above nine tenths it goes back to seven eighths, so that
 * it does not evict on every commit. Returns how many entries went before every sink had them.
 */
export function makeRoom(volume: Volume, wanted_Bytes: number): number {
  const ceiling = ceilingBytes(volume);
  const used = () => (pragma(volume, "page_count") - pragma(volume, "freelist_count")) * pageBytes;
  const before = used();
  const excess = before + wanted_Bytes - ceiling * 0.9;
  if (excess <= 0) return 0;
  const target = before - Math.max(excess, ceiling * 0.025, wanted_Bytes);
  let undelivered = 0;
  for (const lane of [...lanes].reverse()) {
    if (lane === "record") break;
    while (used() > target) {
      const step = volume.transaction(() => letGo(volume, lane, used() - target));
      for (const { first, end } of step.gone) volume.cursors.gone(lane, first, end);
      undelivered += step.undelivered;
      if (step.gone.length === 0) break;
    }
  }
  return undelivered;
}

function letGo(volume: Volume, lane: Lane, excess_Bytes: number): { readonly gone: { first: number; end: number }[]; readonly undelivered: number } {
  const shelf = volume.shelf(lane);
  const gone: { first: number; end: number }[] = [];
  let freed = 0;
  let undelivered = 0;
  for (const blob of shelf.sizes(0, Number.MAX_SAFE_INTEGER, blobsPerCommit)) {
    if (freed >= excess_Bytes) break;
    const end = blob.first + blob.count;
    undelivered += volume.cursors.undelivered(lane, blob.first, end);
    shelf.drop(blob.first);
    freed += blob.content_Bytes;
    gone.push({ first: blob.first, end });
  }
  volume.ledger.add(lane === "sample" ? "evicted_samples" : "evicted_states", undelivered);
  return { gone, undelivered };
}

/** Gives free pages back to the disk, a step at a time; true while there is more to do. */
export function shrink(volume: Volume): boolean {
  const free = pragma(volume, "freelist_count");
  if (free < pagesPerStep || free < pragma(volume, "page_count") * idleShare) return false;
  volume.database.exec(`PRAGMA incremental_vacuum(${pagesPerStep})`);
  return true;
}
