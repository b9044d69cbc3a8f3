/** A calibration polynomial, held to the range that its certificate covers: a cubic that is let go beyond its points may fall where the truth rises. */

export interface Curve {
  readonly polynomial: readonly number[];
  /** The readings at the two ends of the certificate. */
  readonly from: number;
  readonly to: number;
}

/** Inside, at so many places, the curve must rise. */
const LOOKS = 64;

/** The curve, where it rises from one end of the range to the other; undefined where it does not: a reading would then stand for two values. */
export function curveOver(polynomial: readonly number[], [low, high]: readonly [number, number]): Curve | undefined {
  const width = high - low;
  if (!(width > 0)) return undefined;
  const from = readingOf(polynomial, low, low - width, high + width);
  const to = readingOf(polynomial, high, low - width, high + width);
  if (from === undefined || to === undefined || !(to > from)) return undefined;
  for (let look = 0; look <= LOOKS; look++) if (!(slope(polynomial, from + ((to - from) * look) / LOOKS) > 0)) return undefined;
  return { polynomial, from, to };
}

/** The curve inside its certificate; outside it goes straight on as it ended, so that what rises beyond is still seen to rise. */
export function onCurve({ polynomial, from, to }: Curve, reading: number): number {
  const nearest = Math.min(Math.max(reading, from), to);
  return at(polynomial, nearest) + (reading === nearest ? 0 : slope(polynomial, nearest) * (reading - nearest));
}

const at = (polynomial: readonly number[], x: number): number => polynomial.reduceRight((sum, factor) => sum * x + factor, 0);
const slope = (polynomial: readonly number[], x: number): number =>
  at(
    polynomial.slice(1).map((factor, index) => factor * (index + 1)),
    x,
  );

/** By halving; undefined when the value is not passed between the two readings. */
function readingOf(polynomial: readonly number[], value: number, below: number, above: number): number | undefined {
  if (!(at(polynomial, below) <= value && at(polynomial, above) >= value)) return undefined;
  let [low, high] = [below, above];
  for (let halved = 0; halved < 80; halved++) {
    const middle = (low + high) / 2;
    if (at(polynomial, middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
