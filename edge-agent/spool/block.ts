/**
 * Samples as columns. A block crosses from the deciding thread to the store worker without a copy, and a stored blob decodes to one.
 * All columns are views on one ArrayBuffer, so that one transfer moves them all.
 */
import { type Reason, reasonCode, reasonOfCode } from "../core/reasons.ts";
import { type Bound, type Quality, qualities, qualityCode, type Sample } from "../core/sample.ts";

export interface SampleBlock {
  count: number;
  /** Index into the list of channel names that both sides keep. */
  readonly channel: Uint16Array;
  readonly at_s: Float64Array;
  readonly stamp_ns: BigInt64Array;
  /** 0 where `flags` says that there is none. */
  readonly value: Float64Array;
  readonly raw: Float64Array;
  /** Bit 0 has a value, bit 1 has a raw reading, bits 2-3 bound + 1, bits 4-5 quality code. */
  readonly flags: Uint8Array;
  readonly reason: Uint8Array;
}

export const hasValue = 0b01;
export const hasRaw = 0b10;
const boundShift = 2;
const qualityShift = 4;
const bytesPerSample = 8 * 4 + 2 + 1 + 1;

export function emptyBlock(capacity: number): SampleBlock {
  return blockOver(new ArrayBuffer(capacity * bytesPerSample), capacity, 0);
}

/** The columns of a block that arrived as its buffer. */
export function blockOver(buffer: ArrayBuffer, capacity: number, count: number): SampleBlock {
  return {
    count,
    at_s: new Float64Array(buffer, 0, capacity),
    stamp_ns: new BigInt64Array(buffer, capacity * 8, capacity),
    value: new Float64Array(buffer, capacity * 16, capacity),
    raw: new Float64Array(buffer, capacity * 24, capacity),
    channel: new Uint16Array(buffer, capacity * 32, capacity),
    flags: new Uint8Array(buffer, capacity * 34, capacity),
    reason: new Uint8Array(buffer, capacity * 35, capacity),
  };
}

export const capacityOf = (block: SampleBlock): number => block.channel.length;
export const bufferOf = (block: SampleBlock): ArrayBuffer => block.at_s.buffer as ArrayBuffer;

/** Puts a sample behind the last one; the caller sees to the capacity. */
export function putSample(block: SampleBlock, channel: number, sample: Sample): void {
  const row = block.count++;
  block.channel[row] = channel;
  block.at_s[row] = sample.at_s;
  block.stamp_ns[row] = sample.stamp_ns;
  let flags = ((sample.bound + 1) << boundShift) | (qualityCode[sample.quality] << qualityShift);
  if (sample.value !== undefined) {
    flags |= hasValue;
    block.value[row] = sample.value;
  }
  if (sample.raw !== undefined) {
    flags |= hasRaw;
    block.raw[row] = sample.raw;
  }
  block.flags[row] = flags;
  block.reason[row] = reasonCode(sample.reason);
}

const qualityOf = (flags: number): Quality => qualities[(flags >> qualityShift) & 0b11] ?? "bad";
/** A code that this version does not know came from a newer one within the same format: the sample keeps its quality. */
const reasonAt = (code: number): Reason => reasonOfCode(code) ?? "malformed";
const reasonTable: Reason[] = Array.from({ length: 256 }, (_, code) => reasonAt(code));

export function sampleAt(block: SampleBlock, row: number, nameOf: (channel: number) => string): Sample {
  const flags = block.flags[row] ?? 0;
  return {
    channel: nameOf(block.channel[row] ?? 0),
    at_s: block.at_s[row] ?? 0,
    stamp_ns: block.stamp_ns[row] ?? 0n,
    ...(flags & hasValue ? { value: block.value[row] ?? 0 } : undefined),
    ...(flags & hasRaw ? { raw: block.raw[row] ?? 0 } : undefined),
    bound: (((flags >> boundShift) & 0b11) - 1) as Bound,
    quality: qualityOf(flags),
    reason: reasonTable[block.reason[row] ?? 0] ?? "malformed",
  };
}

/** One block out of several, in order. `channelOf` renumbers the channels. */
export function joinBlocks(blocks: readonly SampleBlock[], channelOf: (channel: number) => number = (channel) => channel): SampleBlock {
  const joined = emptyBlock(blocks.reduce((sum, block) => sum + block.count, 0));
  for (const block of blocks) {
    const { count } = block;
    const start = joined.count;
    joined.at_s.set(block.at_s.subarray(0, count), start);
    joined.stamp_ns.set(block.stamp_ns.subarray(0, count), start);
    joined.value.set(block.value.subarray(0, count), start);
    joined.raw.set(block.raw.subarray(0, count), start);
    joined.flags.set(block.flags.subarray(0, count), start);
    joined.reason.set(block.reason.subarray(0, count), start);
    for (let row = 0; row < count; row++) joined.channel[start + row] = channelOf(block.channel[row] ?? 0);
    joined.count += count;
  }
  return joined;
}
