/** Wall stamps of one channel: what differs from its run time, which is nearly always a constant. Exact for every 64-bit stamp. */
import type { ByteReader, ByteWriter } from "./bytes.ts";

const relative = 0;
const rawBits = 1;
/** As in column.ts: differences stay exact. */
const reach = 2 ** 49;

/** The same whole number from the same `at_s` on both sides; 0 where it is too far to help. */
function at_ns(at_s: number, first_s: number): number {
  const ns = Math.round((at_s - first_s) * 1e9);
  return Math.abs(ns) <= reach ? ns : 0;
}

export function writeStamps(out: ByteWriter, stamps: BigInt64Array, ats: Float64Array): void {
  const first = stamps[0];
  if (first === undefined) return;
  const first_s = ats[0] ?? 0;
  const lags: number[] = [];
  for (let row = 0; row < stamps.length; row++) {
    const since_ns = Number((stamps[row] ?? 0n) - first);
    if (Math.abs(since_ns) > reach) break;
    lags.push(since_ns - at_ns(ats[row] ?? 0, first_s));
  }
  if (lags.length < stamps.length) {
    out.byte(rawBits);
    for (const stamp of stamps) out.int64(stamp);
    return;
  }
  out.byte(relative);
  out.int64(first);
  let previous = 0;
  for (const lag of lags) {
    out.signed(lag - previous);
    previous = lag;
  }
}

export function readStamps(source: ByteReader, into: BigInt64Array, ats: Float64Array): void {
  if (into.length === 0) return;
  const mode = source.byte();
  if (mode === rawBits) {
    for (let row = 0; row < into.length; row++) into[row] = source.int64();
    return;
  }
  if (mode !== relative) throw new RangeError(`unknown stamp column kind ${mode}`);
  const first = source.int64();
  const first_s = ats[0] ?? 0;
  let lag = 0;
  for (let row = 0; row < into.length; row++) {
    lag += source.signed();
    into[row] = first + BigInt(lag + at_ns(ats[row] ?? 0, first_s));
  }
}
