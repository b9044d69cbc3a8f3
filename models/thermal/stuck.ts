/** A thermometer that repeats one reading longer than its noise ever did: it measures nothing, and contradicts nobody. */
import { heatingAlarmParams as p } from "../params/thermal.ts";

export interface RepeatState {
  degC: number | null;
  since_s: number;
  count: number;
  longest: number;
  /** How often the reading has changed. */
  changes: number;
}

export const startRepeats = (): RepeatState => ({ degC: null, since_s: 0, count: 0, longest: 0, changes: 0 });

export function seeReading(state: RepeatState, at_s: number, degC: number): void {
  if (degC === state.degC) {
    state.count += 1;
    return;
  }
  if (!isStuck(state, at_s)) state.longest = Math.min(p.stuckLongest_readings, Math.max(state.longest, state.count));
  state.degC = degC;
  state.changes += 1;
  state.since_s = at_s;
  state.count = 1;
}

export const isStuck = ({ since_s, count, longest }: RepeatState, at_s: number): boolean =>
  at_s - since_s >= p.stuck_s && count >= p.stuck_readings && count > p.stuck_times * longest;

/** Stuck, of a thermometer that used to move: in a steady chamber a coarse one may read one value from the start. */
export const hasFrozen = (state: RepeatState, at_s: number): boolean => state.changes >= p.moved_changes && isStuck(state, at_s);

/** It has given a reading within the patience with it, and has not stopped moving; `last_s`: when it last gave one, null for never. */
export const speaks = (last_s: number | null, repeats: RepeatState, at_s: number, patience_s: number): boolean =>
  last_s !== null && at_s - last_s <= patience_s && !hasFrozen(repeats, at_s);

/** The same reading again and again, where what surrounds it should have moved it. */
export const isHeld = ({ since_s, count }: RepeatState, at_s: number, explained_K_per_min: number): boolean =>
  at_s - since_s >= p.held_s && count >= p.stuck_readings && (Math.abs(explained_K_per_min) * (at_s - since_s)) / 60 > p.held_K;
