/** Whether a thermometer's readings jump and come back, as nothing does that has a mass: its next jumps prove little. */
import { spikeParams as p } from "./params/detectors.ts";

export interface SpikeState {
  /** The last readings as time and temperature in turn, oldest first. */
  recent: number[];
  /** When the last spike was over; null before the first. */
  spiked_s: number | null;
}

export const startSpikes = (): SpikeState => ({ recent: [], spiked_s: null });

/** A spike is an excursion that is made good within a few readings, or a reading that no chamber reaches. */
export function seeSpike(state: SpikeState, at_s: number, value_degC: number): void {
  const { recent } = state;
  const last_s = recent.at(-2);
  if (last_s !== undefined && at_s <= last_s) return;
  if (value_degC < p.coldest_degC || comesBack(recent, at_s, value_degC)) state.spiked_s = at_s;
  recent.push(at_s, value_degC);
  if (recent.length > 2 * (p.most_readings + 1)) recent.splice(0, 2);
}

/** Within the last readings it was much further from here than the reading before that is. */
function comesBack(recent: readonly number[], at_s: number, value_degC: number): boolean {
  let away_K = 0;
  for (let i = recent.length - 2; i >= 0; i -= 2) {
    if (at_s - (recent[i] ?? at_s) > p.most_s) return false;
    const off_K = Math.abs((recent[i + 1] ?? value_degC) - value_degC);
    if (away_K >= p.least_K && off_K < p.back_share * away_K) return true;
    away_K = Math.max(away_K, off_K);
  }
  return false;
}

export const hasSpiked = ({ spiked_s }: SpikeState, at_s: number): boolean => spiked_s !== null && at_s - spiked_s <= p.memory_s;
