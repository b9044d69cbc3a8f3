/** A thermometer that leaps: several kelvins in a few seconds, reading after reading. Nothing around a cell warms it like that; a thermometer that comes loose may. */
import { leapParams as p } from "../params/thermal.ts";

export interface LeapState {
  /** Recent readings as time and temperature in turn, oldest first. */
  recent: number[];
}

export const startLeap = (): LeapState => ({ recent: [] });

/** Keeps the readings of the last seconds. At least two are kept of a slow sensor. */
export function seeLeap({ recent }: LeapState, at_s: number, degC: number): void {
  const last_s = recent.at(-2);
  if (last_s !== undefined && at_s - last_s < p.apart_s) return;
  recent.push(at_s, degC);
  while (recent.length > 4 && at_s - (recent[2] ?? at_s) >= p.over_s) recent.splice(0, 2);
}

/** The rise over the last seconds where it still rises from reading to reading; 0 otherwise. K and s. */
export function leapOf({ recent }: LeapState): { readonly rise_K: number; readonly over_s: number } {
  const none = { rise_K: 0, over_s: 0 };
  if (recent.length < 4) return none;
  for (let i = 3; i < recent.length; i += 2) if ((recent[i] ?? 0) <= (recent[i - 2] ?? 0) && i >= recent.length - 3) return none;
  return { rise_K: (recent.at(-1) ?? 0) - (recent[1] ?? 0), over_s: (recent.at(-2) ?? 0) - (recent[0] ?? 0) };
}

/** Fast enough to be the heat of a short or of runaway. */
export const isLeap = (state: LeapState): boolean => {
  const { rise_K, over_s } = leapOf(state);
  return rise_K >= p.rise_K && rise_K / over_s >= p.rate_K_per_s;
};
