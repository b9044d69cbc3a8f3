/** The station's limit on swelling, against what lasts of each reading: what temperature and charge add is taken off, as far as it is known. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Severity } from "../../edge-agent/core/alarms.ts";
import { type Level, limitRules } from "../limit-rules.ts";
import { limitParams as p } from "../params/swelling.ts";

export interface LimitState {
  /** What lasts of the last readings: one spike passes no limit. */
  recent: number[];
  reached: boolean[];
}

export const startLimit = (): LimitState => ({ recent: [], reached: [] });

/** Of one channel, gravest first; empty without a limit. */
export const swellingLevels = (station: Station, channel: string): readonly Level[] =>
  limitRules(station).find((rule) => rule.alarm === "swelling" && rule.channel.id === channel)?.levels ?? [];

/** The least of the limits: the one that is reached first. */
export const firstLimit = (levels: readonly Level[]): number | undefined => (levels.length === 0 ? undefined : Math.min(...levels.map(({ limit }) => limit)));

export interface Passed {
  readonly severity: Severity;
  readonly level: Level;
  /** What lasts, and how much of it is taken for breathing at the start. */
  readonly lasting: number;
  readonly breathed: number;
}

/** A reading of which so much lasts; `start`: what lasted of it at the start, which is breathing up to the share of a limit. */
export function seeLimit(state: LimitState, levels: readonly Level[], lasting: number, start: number, share: number): void {
  state.recent.push(lasting);
  if (state.recent.length > p.readings) state.recent.shift();
  if (state.recent.length < p.readings) return;
  const value = median(state.recent);
  for (const [index, { limit, release }] of levels.entries()) {
    const grown = value - breathed(start, limit, share);
    state.reached[index] = grown >= limit || (state.reached[index] === true && grown > release);
  }
}

const breathed = (start: number, limit: number, share: number): number => Math.max(-share * limit, Math.min(share * limit, start));

export function passedOf({ recent, reached }: LimitState, levels: readonly Level[], start: number, share: number): Passed | undefined {
  const level = levels.find((_, index) => reached[index] === true);
  return level && { severity: level.severity, level, lasting: median(recent), breathed: breathed(start, level.limit, share) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}
