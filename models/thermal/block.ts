/** Means of a thermometer and of what drives it over some ten seconds, and the noise of one reading. */
import { blockParams as p } from "../params/thermal.ts";
import { type NoiseState, seeNoise, startNoise } from "../reading-noise.ts";

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
  noise: NoiseState;
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
  noise: startNoise(0.01),
});

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
  seeNoise(state.noise, degC, p.noiseMemory_samples, p.noiseFloor_K);
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

/** Whether the next reading, at this time, belongs to another block. */
export const isOver = ({ n, from_s }: BlockState, at_s: number): boolean => n > 0 && at_s - from_s >= p.block_s - 1e-6;

/** Forgets the block that has begun; what was learned of the noise stays. */
export function dropBlock(state: BlockState): void {
  Object.assign(state, { n: 0, t: 0, T: 0, air: 0, airN: 0, current2: 0, heater: 0 });
}

/** The block so far, of at least one reading; the next one begins empty. */
export function closeBlock(state: BlockState): Block {
  const { n, from_s, t, T, air, airN, current2, heater, noise } = state;
  dropBlock(state);
  return {
    at_s: from_s + t / n,
    degC: T / n,
    noise2: noise.noise2 / n + p.noiseFloor_K ** 2,
    air_degC: airN >= 0.9 * n ? air / airN : undefined,
    current_A2: current2 / n,
    heater_W: heater / n,
  };
}
