/**
 * Joins the small blobs of a backlog into large ones in idle time: one commit's samples compress far worse than a minute's.
 * Numbering stays, so cursors do not notice.
 */
import { decodeSamples, encodeSamples } from "./blob.ts";
import { joinBlocks, type SampleBlock } from "./block.ts";
import type { Blob } from "./shelf.ts";
import type { Volume } from "./volume.ts";

/** A blob of this many samples is left alone; joined ones hold up to twice as many. */
export const largeBlob_samples = 4096;
/** The newest samples are left as they are: in quiet times sinks take them before joining would pay. */
const leave_samples = 2 * largeBlob_samples;
const maxBlobs = 256;

export interface MergeStep {
  /** Where to look next time. */
  readonly from: number;
  readonly merged: boolean;
  readonly unreadable?: { readonly blob: Blob; readonly why: string };
}

/** One step, within the caller's transaction. */
export function mergeSmall(volume: Volume, from: number): MergeStep {
  const shelf = volume.shelf("sample");
  const start = shelf.smallFrom(from, largeBlob_samples);
  if (start === undefined) return { from, merged: false };
  const end = volume.head("sample") - leave_samples;
  const run: { first: number; count: number }[] = [];
  let count = 0;
  let closed = false;
  for (const size of shelf.sizes(start, end, maxBlobs)) {
    const previous = run.at(-1);
    if (size.count >= largeBlob_samples || (previous !== undefined && previous.first + previous.count !== size.first)) {
      closed = true;
      break;
    }
    run.push(size);
    count += size.count;
    if (count >= largeBlob_samples) closed = true;
    if (closed) break;
  }
  // A run that may still grow is left for later.
  if (!closed && run.length < maxBlobs) return { from, merged: false };
  const next = start + count;
  if (run.length < 2) return { from: next, merged: run.length === 1 };
  const blocks: SampleBlock[] = [];
  for (const { first } of run) {
    const blob = shelf.from(first);
    if (blob === undefined) return { from: next, merged: true };
    try {
      blocks.push(decodeSamples(blob.content));
    } catch (error) {
      return { from, merged: true, unreadable: { blob, why: (error as Error).message } };
    }
  }
  for (const { first } of run) shelf.drop(first);
  shelf.put(start, count, encodeSamples(joinBlocks(blocks)));
  return { from: next, merged: true };
}
