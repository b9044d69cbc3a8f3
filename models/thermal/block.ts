/** Means of a thermometer and of what drives it over some ten seconds, and the noise of one reading. */
import { blockParams as p } from "../params/thermal.ts";

export interface BlockState {
  from_s: number;
  last_s: number;
  n: number;
  t: number;
  T: number;
  air: number;
  airN: number;
  current2: number;
  heater: number;
  /** The last two readings, for the second difference; null before. */
  back1: number | null;
  back2: number | null;
  /** Variance of one reading about a straight course, K². */
  noise2: number;
}

export interface Block {
  /** Mean time of the readings. */
  readonly at_s: number;
  readonly degC: number;
  /** Variance of the mean, K². */
  readonly noise2: number;
  /** Undefined unless nearly every reading had one. */
  readonly air_degC: number | undefined;
  readonly current_A2: number;
  readonly heater_W: number;
}

export const startBlocks = (): BlockState => ({
  from_s: 0,
  last_s: 0,
  n: 0,
  t: 0,
  T: 0,
  air: 0,
  airN: 0,
  current2: 0,
  heater: 0,
  back1: null,
  back2: null,
  noise2: 0.01,
});

const SECOND_DIFFERENCE = 6; // variance of x1 - 2 x2 + x3 over that of one of three independent numbers

/** A reading, later than the last. */
export function addReading(
  state: BlockState,
  at_s: number,
  degC: number,
  air_degC: number | undefined,
  current_A: number | undefined,
  heater_W: number | undefined,
): void {
  if (state.n === 0) state.from_s = at_s;
  learnNoise(state, degC);
  state.n += 1;
  state.last_s = at_s;
  state.t += at_s - state.from_s;
  state.T += degC;
  if (air_degC !== undefined) {
    state.air += air_degC;
    state.airN += 1;
  }
  state.current2 += (current_A ?? 0) ** 2;
  state.heater += heater_W ?? 0;
}

function learnNoise(state: BlockState, degC: number): void {
  if (state.back1 !== null && state.back2 !== null) {
    const second = degC - 2 * state.back1 + state.back2;
    const most = 9 * SECOND_DIFFERENCE * state.noise2; // a jump is no noise
    state.noise2 += (Math.min(second * second, most) / SECOND_DIFFERENCE - state.noise2) / p.noiseMemory_samples;
    state.noise2 = Math.max(p.noiseFloor_K ** 2, state.noise2);
  }
  state.back2 = state.back1;
  state.back1 = degC;
}

/** Whether the next reading, at this time, belongs to another block. */
export const isOver = ({ n, from_s }: BlockState, at_s: number): boolean => n > 0 && at_s - from_s >= p.block_s - 1e-6;

/** Forgets the block that has begun; what was learned of the noise stays. */
export function dropBlock(state: BlockState): void {
  Object.assign(state, { n: 0, t: 0, T: 0, air: 0, airN: 0, current2: 0, heater: 0 });
}

/** The block so far, of at least one reading; the next one begins empty. */
export function closeBlock(state: BlockState): Block {
  const { n, from_s, t, T, air, airN, current2, heater, noise2 } = state;
  dropBlock(state);
  return {
    at_s: from_s + t / n,
    degC: T / n,
    noise2: noise2 / n + p.noiseFloor_K ** 2,
    air_degC: airN >= 0.9 * n ? air / airN : undefined,
    current_A2: current2 / n,
    heater_W: heater / n,
  };
}
