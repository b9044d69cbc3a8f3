/** Robust means of a gauge over a quarter of an hour, with the temperature and the charge that went with it, and the noise of one reading. */
import { blockParams as p } from "../params/swelling.ts";

export interface BlockState {
  from_s: number;
  last_s: number;
  /** Readings, every `each`-th since the block began; thinned when there are too many. */
  values: number[];
  each: number;
  n: number;
  t: number;
  T: number;
  Tn: number;
  Tlow: number;
  Thigh: number;
  charge: number;
  kPa: number;
  kPan: number;
  /** The last two readings, for the second difference; null before. */
  back1: number | null;
  back2: number | null;
  /** Variance of one reading about a straight course. */
  noise2: number;
  /** The least difference between two readings in turn; null while there is none. */
  stair: number | null;
}

export interface Block {
  /** Mean time of the readings. */
  readonly at_s: number;
  readonly value: number;
  /** Variance of the value by the noise of the readings. */
  readonly noise2: number;
  /** The gauge's resolution where its noise is too small to blur it; 0 where it is not. */
  readonly coarse: number;
  /** Undefined unless nearly every reading had one. */
  readonly degC: number | undefined;
  /** By how much the temperature moved. */
  readonly span_K: number;
  /** Charge since the start, as a share of the capacity; 0 where no current is measured. */
  readonly charge: number;
  /** Undefined unless nearly every reading had one. */
  readonly kPa: number | undefined;
}

/** What goes with a reading; undefined: not measured. */
export interface Around {
  readonly degC: number | undefined;
  readonly charge: number;
  readonly kPa: number | undefined;
}

export const startBlocks = (noise: number): BlockState => ({
  from_s: 0,
  last_s: 0,
  values: [],
  each: 1,
  n: 0,
  t: 0,
  T: 0,
  Tn: 0,
  Tlow: 0,
  Thigh: 0,
  charge: 0,
  kPa: 0,
  kPan: 0,
  back1: null,
  back2: null,
  noise2: noise * noise,
  stair: null,
});

const SECOND_DIFFERENCE = 6; // variance of x1 - 2 x2 + x3 over that of one of three independent numbers

/** A reading, later than the last. */
export function addReading(state: BlockState, at_s: number, value: number, { degC, charge, kPa }: Around, noiseLeast: number): void {
  if (state.n === 0) state.from_s = at_s;
  learnNoise(state, value, noiseLeast);
  if (state.n % state.each === 0) state.values.push(value);
  if (state.values.length > p.most_readings) {
    state.values = state.values.filter((_, index) => index % 2 === 0);
    state.each *= 2;
  }
  state.n += 1;
  state.last_s = at_s;
  state.t += at_s - state.from_s;
  state.charge += charge;
  if (kPa !== undefined) {
    state.kPa += kPa;
    state.kPan += 1;
  }
  if (degC === undefined) return;
  state.Tlow = state.Tn === 0 ? degC : Math.min(state.Tlow, degC);
  state.Thigh = state.Tn === 0 ? degC : Math.max(state.Thigh, degC);
  state.T += degC;
  state.Tn += 1;
}

function learnNoise(state: BlockState, value: number, least: number): void {
  if (state.back1 !== null && state.back2 !== null) {
    const second = value - 2 * state.back1 + state.back2;
    const most = 9 * SECOND_DIFFERENCE * state.noise2; // a jump is no noise
    state.noise2 += (Math.min(second * second, most) / SECOND_DIFFERENCE - state.noise2) / p.noiseMemory_samples;
    state.noise2 = Math.max(least * least, state.noise2);
  }
  const apart = state.back1 === null ? 0 : Math.abs(value - state.back1);
  if (apart > p.same && (state.stair === null || apart < state.stair)) state.stair = apart;
  state.back2 = state.back1;
  state.back1 = value;
}

/** Whether the next reading, at this time, belongs to another block. */
export const isOver = ({ n, from_s }: BlockState, at_s: number): boolean => n >= p.least_readings && at_s - from_s >= p.block_s - 1e-6;

/** Forgets the block that has begun; what was learned of the noise stays. */
export function dropBlock(state: BlockState): void {
  Object.assign(state, { values: [], each: 1, n: 0, t: 0, T: 0, Tn: 0, Tlow: 0, Thigh: 0, charge: 0, kPa: 0, kPan: 0 });
}

/** The block so far, of at least one reading; the next one begins empty. */
export function closeBlock(state: BlockState): Block {
  const { from_s, values, n, t, T, Tn, Tlow, Thigh, charge, kPa, kPan, noise2, stair } = state;
  dropBlock(state);
  const sorted = [...values].sort((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return {
    at_s: from_s + t / n,
    value: middle.reduce((sum, value) => sum + value, 0) / middle.length,
    noise2: (MIDDLE_HALF * noise2) / values.length,
    coarse: stair !== null && noise2 < (stair / 2) ** 2 ? stair : 0,
    degC: Tn >= 0.9 * n ? T / Tn : undefined,
    span_K: Thigh - Tlow,
    charge: charge / n,
    kPa: kPan >= 0.9 * n ? kPa / kPan : undefined,
  };
}

/** Variance of the mean of the middle half of Gaussian numbers over that of the mean of all. */
const MIDDLE_HALF = 1.2;
