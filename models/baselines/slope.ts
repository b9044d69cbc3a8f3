/** Least squares through one block of a thermometer, by running sums: rate, its standard error, and the means of what drives it. */
import { selfHeatingParams as p } from "../params/detectors.ts";

export interface BlockState {
  from_s: number;
  first_degC: number;
  last_s: number;
  last_degC: number;
  n: number;
  /** Sums of t, T, t², tT, T², both counted from the first reading. */
  sums: [number, number, number, number, number];
  /** How often the reading changed, and its smallest change: tells a coarse converter. */
  changes: number;
  least_K: number | null;
  /** Sum of (chamber - cell) and of current², with the readings that had one. */
  gap_K: number;
  gapN: number;
  current_A2: number;
  currentN: number;
}

export interface Block {
  readonly from_s: number;
  readonly to_s: number;
  readonly rate_K_per_min: number;
  readonly u_K_per_min: number;
  /** Means over the block; undefined unless nearly every reading had one. */
  readonly gap_K: number | undefined;
  readonly current_A2: number | undefined;
}

export const startBlock = (at_s: number, value_degC: number): BlockState => ({
  from_s: at_s,
  first_degC: value_degC,
  last_s: at_s,
  last_degC: value_degC,
  n: 0,
  sums: [0, 0, 0, 0, 0],
  changes: 0,
  least_K: null,
  gap_K: 0,
  gapN: 0,
  current_A2: 0,
  currentN: 0,
});

export function addReading(block: BlockState, at_s: number, value_degC: number, chamber_degC: number | undefined, current_A: number | undefined): void {
  const t = at_s - block.from_s;
  const T = value_degC - block.first_degC;
  const { sums } = block;
  sums[0] += t;
  sums[1] += T;
  sums[2] += t * t;
  sums[3] += t * T;
  sums[4] += T * T;
  const change = Math.abs(value_degC - block.last_degC);
  if (change > 0) {
    block.changes += 1;
    block.least_K = block.least_K === null ? change : Math.min(block.least_K, change);
  }
  block.n += 1;
  block.last_s = at_s;
  block.last_degC = value_degC;
  if (chamber_degC !== undefined) {
    block.gap_K += chamber_degC - value_degC;
    block.gapN += 1;
  }
  if (current_A !== undefined) {
    block.current_A2 += current_A * current_A;
    block.currentN += 1;
  }
}

export const isFull = ({ n, from_s, last_s }: BlockState): boolean => n >= p.blockSamplesMin && last_s - from_s >= p.block_s;

/** Fewer than this many changes in a block: the converter's step, not noise, limits what the slope can tell. */
const COARSE_CHANGES = 3;

/** Undefined when all readings have one time. */
export function closeBlock(block: BlockState): Block | undefined {
  const { n, sums, from_s, last_s, changes, least_K, gap_K, gapN, current_A2, currentN } = block;
  const [t, T, tt, tT, TT] = sums;
  const sxx = tt - (t * t) / n;
  if (n < 3 || !(sxx > 0)) return undefined;
  const sxy = tT - (t * T) / n;
  const slope = sxy / sxx;
  const left = Math.max(0, TT - (T * T) / n - slope * sxy) / (n - 2);
  const coarse = changes < COARSE_CHANGES && least_K !== null ? least_K / (last_s - from_s) : 0;
  const u = Math.hypot(Math.sqrt(Math.max(left, p.noiseFloor_K ** 2) / sxx), coarse);
  const nearlyAll = 0.9 * n;
  return {
    from_s,
    to_s: last_s,
    rate_K_per_min: 60 * slope,
    u_K_per_min: 60 * u,
    gap_K: gapN >= nearlyAll ? gap_K / gapN : undefined,
    current_A2: currentN >= nearlyAll ? current_A2 / currentN : undefined,
  };
}
