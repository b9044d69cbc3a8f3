/** The noise of a thermometer's readings, from second differences: a course that is straight for three readings has none. */

export interface NoiseState {
  /** The last two readings; null before. */
  back1: number | null;
  back2: number | null;
  /** Variance of one reading about a straight course, K². */
  noise2: number;
}

/** `from_K2`: what is thought of it before the first readings. */
export const startNoise = (from_K2: number): NoiseState => ({ back1: null, back2: null, noise2: from_K2 });

const SECOND_DIFFERENCE = 6; // variance of x1 - 2 x2 + x3 over that of one of three independent numbers
const JUMP = 9; // a second difference beyond three standard deviations is a jump, and counts as three

/** `memory`: in readings. `floor_K`: no thermometer resolves less. */
export function seeNoise(state: NoiseState, value_degC: number, memory: number, floor_K: number): void {
  if (state.back1 !== null && state.back2 !== null) {
    const second = value_degC - 2 * state.back1 + state.back2;
    const most = JUMP * SECOND_DIFFERENCE * state.noise2;
    state.noise2 += (Math.min(second * second, most) / SECOND_DIFFERENCE - state.noise2) / memory;
    state.noise2 = Math.max(floor_K ** 2, state.noise2);
  }
  state.back2 = state.back1;
  state.back1 = value_degC;
}
