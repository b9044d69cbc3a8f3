/**
 * Criterion (a) of GB 38031-2025 C.5.3.7: the voltage is more than 25 % below its initial value.
 * Initial is the median of the last five minutes in which the cell was calm (slower than 1 K/min, no drop), one voltage every 10 s:
 * it follows a charge or discharge and holds still while the cell warms. An implausible voltage (an open or reversed input) is never initial.
 */
import { runawayParams as p } from "./params/detectors.ts";

export interface DropState {
  calm_V: number[];
  /** Their median, once there are enough. */
  initial_V: number | null;
  calmAt_s: number | null;
  seenAt_s: number | null;
  value_V: number | null;
}

export const startDrop = (): DropState => ({ calm_V: [], initial_V: null, calmAt_s: null, seenAt_s: null, value_V: null });

export const isDropped = (value_V: number, initial: number | null): boolean => initial !== null && value_V < (1 - p.drop_ratio) * initial;

/** Takes a voltage; learns it only from a good sample of a calm cell. Returns whether criterion (a) holds. */
export function seeVoltage(state: DropState, at_s: number, value_V: number, learn: boolean): boolean {
  state.seenAt_s = at_s;
  state.value_V = value_V;
  const dropped = isDropped(value_V, state.initial_V);
  if (learn && !dropped && value_V >= p.initialLeast_V && (state.calmAt_s === null || at_s - state.calmAt_s >= p.calmEvery_s)) {
    state.calmAt_s = at_s;
    state.calm_V.push(value_V);
    if (state.calm_V.length > p.calmCount) state.calm_V.shift();
    if (state.calm_V.length >= p.calmCountMin) state.initial_V = [...state.calm_V].sort((a, b) => a - b)[state.calm_V.length >> 1] ?? null;
  }
  return dropped;
}

/** Whether (a) can be judged now: a voltage that is not older than `stale_s`, and a plausible initial one to compare it with. */
export const canJudgeDrop = (state: DropState, at_s: number, stale_s: number): boolean =>
  state.seenAt_s !== null && at_s - state.seenAt_s <= stale_s && state.initial_V !== null;
