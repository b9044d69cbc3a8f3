/** What every sink has taken leaves the spool, a bounded number of blobs at a time. */
import { type Lane, lanes } from "../core/entry.ts";
import type { Range } from "./ranges.ts";
import type { Volume } from "./volume.ts";

/** Blobs looked at in one transaction: bounds the log and the time away from commits. */
const blobsPerStep = 256;

/** Within the caller's transaction. Returns what is left to look at, for `Cursors.leaveFreed` once that has committed. */
export function forgetTaken(volume: Volume): Readonly<Record<Lane, readonly Range[]>> {
  const rest: Record<Lane, Range[]> = { record: [], state: [], sample: [] };
  for (const lane of lanes) {
    let looks = blobsPerStep;
    for (const range of volume.cursors.freed(lane)) {
      if (looks <= 0) {
        rest[lane].push(range);
        continue;
      }
      const shelf = volume.shelf(lane);
      const blobs = shelf.sizes(shelf.startOf(range.first), range.end, looks);
      for (const { first, count } of blobs) if (!volume.cursors.pending(lane, first, first + count)) shelf.drop(first);
      const last = blobs.at(-1);
      if (blobs.length === looks && last !== undefined && last.first + last.count < range.end)
        rest[lane].push({ first: last.first + last.count, end: range.end });
      looks -= blobs.length;
    }
  }
  return rest;
}
