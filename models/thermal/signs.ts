/**
 * Electric signs that a cold cell may heat itself all the same: it loses voltage though no current flows (an internal short), or it is charged beyond
 * what any cell here is made for. They open a gate; only the temperature raises an alarm.
 */
import { signParams as p } from "../params/thermal.ts";

export interface SignState {
  /** Time and voltage at rest, in turn, oldest first. */
  rest: number[];
  voltage_V: number | null;
  voltage_s: number | null;
  /** Highest voltage of the last minute before the newest drop began. */
  before_V: number | null;
  before_s: number | null;
  current_A: number | null;
  loaded_s: number | null;
  /** Its highest, and when it was last charged beyond what is usual: by a current, or by a new highest. */
  high_V: number | null;
  overcharged_s: number | null;
}

export const startSigns = (): SignState => ({
  rest: [],
  voltage_V: null,
  voltage_s: null,
  before_V: null,
  before_s: null,
  current_A: null,
  loaded_s: null,
  high_V: null,
  overcharged_s: null,
});

export function seeCurrent(state: SignState, at_s: number, current_A: number, capacity_Ah: number): void {
  state.current_A = current_A;
  if (Math.abs(current_A) <= p.rest_per_h * capacity_Ah) return;
  state.loaded_s = at_s;
  state.rest = [];
}

export function seeVoltage(state: SignState, at_s: number, voltage_V: number): void {
  if (state.before_V === null || state.before_s === null || voltage_V >= state.before_V || at_s - state.before_s > p.drop_s) {
    state.before_V = voltage_V;
    state.before_s = at_s;
  }
  state.voltage_V = voltage_V;
  state.voltage_s = at_s;
  const rose = state.high_V !== null && voltage_V > state.high_V + p.highest_V;
  if (voltage_V > p.overcharge_V && (rose || isCharging(state, at_s))) state.overcharged_s = at_s;
  if (state.high_V === null || rose) state.high_V = voltage_V;
  if (state.loaded_s !== null && at_s - state.loaded_s < p.settled_s) return;
  const { rest } = state;
  const last_s = rest.at(-2);
  if (last_s !== undefined && at_s - last_s < p.restEvery_s) return;
  rest.push(at_s, voltage_V);
  while (rest.length > 2 && at_s - (rest[0] ?? at_s) > p.restOver_s) rest.splice(0, 2);
}

/** V/min over the last quarter of an hour without a load; undefined while there is too little of it. */
function slope_V_per_min({ rest }: SignState): number | undefined {
  const n = rest.length / 2;
  if (n < p.restLeast || (rest.at(-2) ?? 0) - (rest[0] ?? 0) < p.restOver_s / 2) return undefined;
  let [t, v, tt, tv] = [0, 0, 0, 0];
  for (let i = 0; i < rest.length; i += 2) {
    const dt = ((rest[i] ?? 0) - (rest[0] ?? 0)) / 60;
    const dv = (rest[i + 1] ?? 0) - (rest[1] ?? 0);
    t += dt;
    v += dv;
    tt += dt * dt;
    tv += dt * dv;
  }
  return (n * tv - t * v) / (n * tt - t * t);
}

/** The voltage falls faster at rest than self-discharge and a temperature that changes so fast (either way: entropy has both signs) let it. */
export const isShorted = (state: SignState, change_K_per_min: number): boolean =>
  (slope_V_per_min(state) ?? 0) < -p.restFall_V_per_min - p.restFall_V_per_K * change_K_per_min;

/** Its voltage at rest falls by what may be a short, or may not. */
export const isFalling = (state: SignState, change_K_per_min: number): boolean =>
  (slope_V_per_min(state) ?? 0) < -p.restFalls_V_per_min - p.restFall_V_per_K * change_K_per_min;

/** It changes as it does under a load: a current flows, whether or not one is measured. */
export const isCarrying = (state: SignState): boolean => Math.abs(slope_V_per_min(state) ?? 0) > p.loadSlope_V_per_min;

const isCharging = ({ current_A, loaded_s }: SignState, at_s: number): boolean =>
  current_A !== null && current_A > 0 && loaded_s !== null && at_s - loaded_s <= p.overchargeFresh_s;

export const isVoltageFresh = ({ voltage_s }: SignState, at_s: number): boolean => voltage_s !== null && at_s - voltage_s <= p.overchargeFresh_s;

/** It was charged, within the hour, beyond what any cell here is made for, and stands there: a full lithium-rich one at rest may stand as high, and is none. */
export const isOvercharged = (state: SignState, at_s: number): boolean =>
  isVoltageFresh(state, at_s) && (state.voltage_V ?? 0) > p.overcharge_V && state.overcharged_s !== null && at_s - state.overcharged_s <= p.overchargeLasts_s;

/** It lost a good part of its voltage just now, and no measured current took it. */
export function isCollapsed({ voltage_V, voltage_s, before_V, current_A, loaded_s }: SignState, at_s: number): boolean {
  if (voltage_V === null || voltage_s === null || before_V === null || at_s - voltage_s > p.fresh_s) return false;
  const loaded = current_A !== null && current_A < 0 && loaded_s !== null && at_s - loaded_s <= p.fresh_s;
  return !loaded && before_V >= p.aliveLeast_V && voltage_V < (1 - p.drop_share) * before_V;
}
