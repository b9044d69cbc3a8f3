/**
 * Whether a thermometer's readings jump and come back, as interference and loose contacts make them: then its next rise counts once it has outlasted a
 * spike. It never counts less than that, since a missed runaway is worse than a false one, and a hot cell's flames flicker.
 */
import { spikeParams as p } from "./params/detectors.ts";

export interface SpikeState {
  /** The last readings as time and temperature in turn, oldest first. */
  recent: number[];
  /** When the last spike was over; null before the first. */
  spiked_s: number | null;
  /** A rise that may be another spike, for how many readings it has stood since, and whether the last reading was low, or none. */
  rise: { from_degC: number; most_degC: number; readings: number; fell: boolean; lost: boolean } | null;
}

export const startSpikes = (): SpikeState => ({ recent: [], spiked_s: null, rise: null });

/**
 * Takes a reading, and where the rise began that criterion (c) finds with it; undefined where it finds none. True where a rise counts: at once, or, on a
 * thermometer that spiked of late, when it has stood for as many readings as a spike may.
 */
export function countsRise(state: SpikeState, at_s: number, value_degC: number, from_degC: number | undefined): boolean {
  seeSpike(state, at_s, value_degC);
  const { rise } = state;
  if (rise !== null) {
    rise.most_degC = Math.max(rise.most_degC, value_degC);
    const falls = value_degC < (rise.from_degC + rise.most_degC) / 2;
    // one low reading may be the drop-out of a thermometer that burns
    if (falls && rise.fell) state.rise = null;
    if (!falls) rise.readings += 1;
    Object.assign(rise, { fell: falls, lost: false });
  }
  if (from_degC !== undefined && state.rise === null) {
    if (!hasSpiked(state, at_s)) return true;
    state.rise = { from_degC, most_degC: value_degC, readings: 0, fell: false, lost: false };
  }
  return state.rise?.fell === false && (state.rise.readings === p.most_readings || (from_degC !== undefined && state.rise.readings > p.most_readings));
}

/** A reading that is none; true where a rise that is still in doubt ends with two of them: burnt, as likely as not, while spikes beyond what a thermometer can read are single. */
export function endsLost(state: SpikeState): boolean {
  const { rise } = state;
  if (rise === null || rise.readings >= p.most_readings) return false;
  if (rise.lost) state.rise = null;
  else rise.lost = true;
  return state.rise === null;
}

function seeSpike(state: SpikeState, at_s: number, value_degC: number): void {
  const { recent } = state;
  const last_s = recent.at(-2);
  if (last_s !== undefined && at_s <= last_s) return;
  if (value_degC < p.cold_degC && comesBack(recent, at_s, value_degC)) state.spiked_s = at_s;
  recent.push(at_s, value_degC);
  if (recent.length > 2 * (p.most_readings + 1)) recent.splice(0, 2);
}

/** Within the last readings it was much hotter than now, and before that no hotter: a fall that is made good is no rise to criterion (c) anyway. */
function comesBack(recent: readonly number[], at_s: number, value_degC: number): boolean {
  let away_K = 0;
  for (let i = recent.length - 2; i >= 0; i -= 2) {
    if (at_s - (recent[i] ?? at_s) > p.most_s) return false;
    const hotter_K = (recent[i + 1] ?? value_degC) - value_degC;
    if (away_K >= p.least_K && Math.abs(hotter_K) < p.back_share * away_K) return true;
    away_K = Math.max(away_K, hotter_K);
  }
  return false;
}

const hasSpiked = ({ spiked_s }: SpikeState, at_s: number): boolean => spiked_s !== null && at_s - spiked_s <= p.memory_s;
