/**
 * One channel's run of numbers, stored exactly. Most sensors speak in decimals (23.45): then n = value × 10^k is whole and n / 10^k gives
 * the same double back (division is correctly rounded), so the differences of n are stored. What is no short decimal is stored as its 64 bits.
 */
import type { ByteReader, ByteWriter } from "./bytes.ts";

const powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const rawBits = 255;
/** First differences of numbers within this distance of the first stay below 2^52, second differences below 2^53: exact as doubles. */
const reach = 2 ** 49;

function wholeAt(value: number, power: number): number | undefined {
  const whole = Math.round(value * power);
  // -0 has no whole number of its own, so it goes the way of the 64 bits.
  return whole / power === value && !Object.is(value, -0) && Math.abs(whole) <= 2 ** 55 ? whole : undefined;
}

/** The smallest k in 0 … 9 at which every number is n / 10^k; undefined where there is none. */
function decimals(values: Float64Array): number | undefined {
  let k = 0;
  for (let row = 0; row < values.length; ) {
    if (wholeAt(values[row] ?? 0, powers[k] ?? 1) !== undefined) row++;
    else if (++k >= powers.length) return undefined;
  }
  const power = powers[k] ?? 1;
  const first = wholeAt(values[0] ?? 0, power);
  if (first === undefined) return undefined;
  for (const value of values) {
    const whole = wholeAt(value, power);
    if (whole === undefined || Math.abs(whole - first) > reach || first + (whole - first) !== whole) return undefined;
  }
  return k;
}

export function writeNumbers(out: ByteWriter, values: Float64Array): void {
  if (values.length === 0) return;
  const k = decimals(values);
  if (k === undefined) {
    out.byte(rawBits);
    out.raw(shuffled(values));
    return;
  }
  const power = powers[k] ?? 1;
  out.byte(k);
  const first = Math.round((values[0] ?? 0) * power);
  out.float64(first);
  let previous = first;
  let step = 0;
  for (let row = 1; row < values.length; row++) {
    const whole = Math.round((values[row] ?? 0) * power);
    const difference = whole - previous;
    // Times step evenly, values do not: nine decimals are what times have.
    out.signed(k === 9 ? difference - step : difference);
    step = difference;
    previous = whole;
  }
}

export function readNumbers(source: ByteReader, into: Float64Array): void {
  if (into.length === 0) return;
  const k = source.byte();
  if (k === rawBits) {
    unshuffle(source.raw(into.length * 8), into);
    return;
  }
  const power = powers[k];
  if (power === undefined) throw new RangeError(`unknown column kind ${k}`);
  let whole = source.float64();
  into[0] = whole / power;
  let step = 0;
  for (let row = 1; row < into.length; row++) {
    const difference = source.signed();
    step = k === 9 ? step + difference : difference;
    whole += step;
    into[row] = whole / power;
  }
}

/** All first bytes, then all second bytes …: signs and exponents stand together and compress. */
function shuffled(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.slice().buffer);
  const out = new Uint8Array(bytes.length);
  const rows = values.length;
  for (let row = 0; row < rows; row++) for (let place = 0; place < 8; place++) out[place * rows + row] = bytes[row * 8 + place] ?? 0;
  return out;
}

function unshuffle(bytes: Uint8Array, into: Float64Array): void {
  const rows = into.length;
  const out = new Uint8Array(rows * 8);
  for (let row = 0; row < rows; row++) for (let place = 0; place < 8; place++) out[row * 8 + place] = bytes[place * rows + row] ?? 0;
  into.set(new Float64Array(out.buffer));
}
