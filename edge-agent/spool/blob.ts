/**
 * What one row of the spool holds: a frame (format version, kind, compression, checksum) around samples by column or other entries as JSON.
 * A blob decodes to exactly what was put in, or throws: a wrong bit never becomes a wrong value.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Entry } from "../core/entry.ts";
import { emptyBlock, hasRaw, hasValue, type SampleBlock } from "./block.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { readNumbers, writeNumbers } from "./column.ts";
import { readStamps, writeStamps } from "./stamps.ts";

const format = 1;
const headerBytes = 7; // format, kind, compression, crc32
const kinds = { samples: 1, entries: 2 } as const;
const stored = 0;
const zstd = 1;
/** Level 3 is the library's own default; 9 gained under 1 % on sensor columns for four times the time. */
const level = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
/** Set in the stored flags where the raw reading is bit for bit the value. */
const rawIsValue = 0b1000_0000;
/** No honest blob is larger: guards memory against a length that rotted together with its checksum. */
const maxPlain_Bytes = 64 * 1024 * 1024;

function framed(kind: number, plain: Uint8Array): Buffer {
  const packed = zstdCompressSync(plain, level);
  const [compression, body] = packed.length < plain.length ? [zstd, packed] : [stored, plain];
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame[0] = format;
  frame[1] = kind;
  frame[2] = compression;
  frame.set(body, headerBytes);
  frame.writeUInt32LE(checksum(frame), 3);
  return frame;
}

const checksum = (frame: Uint8Array): number => crc32(frame.subarray(headerBytes), crc32(frame.subarray(0, 3)));

function unframed(kind: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (frame.length < headerBytes) throw new RangeError("the blob is shorter than its header");
  if (frame.readUInt32LE(3) !== checksum(frame)) throw new RangeError("the blob's checksum does not match");
  if (frame[0] !== format || frame[1] !== kind) throw new RangeError(`unknown blob format ${frame[0]}.${frame[1]}`);
  const body = frame.subarray(headerBytes);
  return frame[2] === zstd ? zstdDecompressSync(body, { maxOutputLength: maxPlain_Bytes }) : body;
}

/** Row numbers by channel, in order within each: neighbours of one channel differ little. */
function rowsByChannel(block: SampleBlock): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < block.count; row++) {
    const channel = block.channel[row] ?? 0;
    const rows = groups.get(channel);
    if (rows === undefined) groups.set(channel, [row]);
    else rows.push(row);
  }
  return groups;
}

export function encodeSamples(block: SampleBlock): Buffer {
  const groups = rowsByChannel(block);
  const out = new ByteWriter();
  out.unsigned(block.count);
  out.unsigned(groups.size);
  const place = new Map([...groups.keys()].map((channel, index) => [channel, index]));
  for (const channel of groups.keys()) out.unsigned(channel);
  for (let row = 0; row < block.count; row++) out.unsigned(place.get(block.channel[row] ?? 0) ?? 0);
  const order = [...groups.values()];
  const flags = block.flags.slice(0, block.count);
  for (let row = 0; row < block.count; row++) {
    const both = hasValue | hasRaw;
    if (((flags[row] ?? 0) & both) === both && Object.is(block.value[row], block.raw[row])) flags[row] = (flags[row] ?? 0) | rawIsValue;
  }
  for (const rows of order) for (const row of rows) out.byte(flags[row] ?? 0);
  for (const rows of order) for (const row of rows) out.byte(block.reason[row] ?? 0);
  const ats = order.map((rows) => Float64Array.from(rows, (row) => block.at_s[row] ?? 0));
  for (const at_s of ats) writeNumbers(out, at_s);
  order.forEach((rows, index) => {
    writeStamps(
      out,
      BigInt64Array.from(rows, (row) => block.stamp_ns[row] ?? 0n),
      ats[index] ?? new Float64Array(),
    );
  });
  const kept = (rows: number[], mask: number, is: number, from: Float64Array) => {
    const chosen = rows.filter((row) => ((flags[row] ?? 0) & mask) === is);
    return Float64Array.from(chosen, (row) => from[row] ?? 0);
  };
  for (const rows of order) writeNumbers(out, kept(rows, hasValue, hasValue, block.value));
  for (const rows of order) writeNumbers(out, kept(rows, hasRaw | rawIsValue, hasRaw, block.raw));
  return framed(kinds.samples, out.finish());
}

/** Throws where the bytes are not what `encodeSamples` wrote. */
export function decodeSamples(bytes: Uint8Array): SampleBlock {
  const source = new ByteReader(unframed(kinds.samples, bytes));
  const count = source.unsigned();
  const block = emptyBlock(count);
  block.count = count;
  const channels = Array.from({ length: source.unsigned() }, () => source.unsigned());
  const order: number[][] = channels.map(() => []);
  for (let row = 0; row < count; row++) {
    const place = source.unsigned();
    block.channel[row] = channels[place] ?? 0;
    order[place]?.push(row);
  }
  for (const rows of order) for (const row of rows) block.flags[row] = source.byte();
  for (const rows of order) for (const row of rows) block.reason[row] = source.byte();
  const scatter = (rows: number[], mask: number, is: number, into: Float64Array): Float64Array => {
    const chosen = rows.filter((row) => ((block.flags[row] ?? 0) & mask) === is);
    const numbers = new Float64Array(chosen.length);
    readNumbers(source, numbers);
    chosen.forEach((row, index) => {
      into[row] = numbers[index] ?? 0;
    });
    return numbers;
  };
  const ats = order.map((rows) => scatter(rows, 0, 0, block.at_s));
  order.forEach((rows, index) => {
    const stamps = new BigInt64Array(rows.length);
    readStamps(source, stamps, ats[index] ?? new Float64Array());
    rows.forEach((row, at) => {
      block.stamp_ns[row] = stamps[at] ?? 0n;
    });
  });
  for (const rows of order) scatter(rows, hasValue, hasValue, block.value);
  for (const rows of order) scatter(rows, hasRaw | rawIsValue, hasRaw, block.raw);
  for (let row = 0; row < count; row++) {
    const flags = block.flags[row] ?? 0;
    if ((flags & rawIsValue) === 0) continue;
    block.raw[row] = block.value[row] ?? 0;
    block.flags[row] = flags & ~rawIsValue;
  }
  return block;
}

/** JSON cannot carry a 64-bit stamp, so it travels as a decimal string. */
export function encodeEntries(entries: readonly Entry[]): Buffer {
  return framed(kinds.entries, Buffer.from(JSON.stringify(entries, (_, value) => (typeof value === "bigint" ? String(value) : value))));
}

export function decodeEntries(bytes: Uint8Array): Entry[] {
  const parsed = JSON.parse(unframed(kinds.entries, bytes).toString("utf8")) as { stamp_ns: string }[];
  return parsed.map((entry) => ({ ...entry, stamp_ns: BigInt(entry.stamp_ns) }) as unknown as Entry);
}
