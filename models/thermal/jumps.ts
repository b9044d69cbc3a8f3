/** Whether a thermometer or its air jumped, as nothing does that has a mass: then it is no witness that a cell warms by itself. */
import { heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import type { HeatingState } from "./heating-state.ts";

/** A jump is a step between two blocks that stand, or within the one between; what goes on rising is none. */
export function seeJump(state: HeatingState, { at_s, degC, air_degC }: Block, dt_min: number): void {
  const times = Math.max(1, dt_min / p.jumpBlock_min);
  const step_K = degC - state.before_degC;
  const ratio = state.step_K === 0 ? 0 : step_K / state.step_K;
  const goesOn = ratio > p.jumpGoesOn_share && ratio < 1 / p.jumpGoesOn_share;
  state.steps = goesOn ? state.steps + 1 : 0;
  if (!goesOn) state.stepsFrom_s = at_s;
  state.step_K = step_K;
  const airJumped = state.air_degC !== null && air_degC !== undefined && Math.abs(air_degC - state.air_degC) > p.airJumped_K * times;
  if (airJumped) state.jumped_s = at_s;
  else if (state.steps === 0 && Math.abs(step_K) > p.jumped_K * times) Object.assign(state, { jumped_s: at_s, formerJump_s: state.jumped_s });
  else if (state.steps === p.jumpSteps && state.jumped_s === state.stepsFrom_s) state.jumped_s = state.formerJump_s;
}
