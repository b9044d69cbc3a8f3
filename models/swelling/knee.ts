/** The knee of a plateau: the CUSUM says that the rate grows, and the rate itself that it has grown by enough. */
import { type GaugeParams, kneeParams as p, plateauParams } from "../params/swelling.ts";
import { type Rate, rateOver, slowestRate } from "./course.ts";
import { type GaugeState, h, isSettled } from "./gauge.ts";
import { type Growth, growthsOf, medianGrowth } from "./growth.ts";

export interface Knee {
  /** When it was. */
  readonly at_s: number;
  /** The slowest rate before it, per hour. */
  readonly plateau_per_h: number;
}

/** What the course of a plateau says now. */
export interface Pace {
  readonly now: Rate;
  readonly slowest: Rate | undefined;
}

export function paceOf({ plateau, filter }: GaugeState): Pace | undefined {
  const { from_s, course } = plateau;
  const over_s = Math.max(p.over_s, p.over_share * (filter.at_s - from_s));
  const now = rateOver(course, filter.at_s - over_s - 1, filter.at_s);
  if (now === undefined) return undefined;
  return { now, slowest: slowestRate(course, from_s + plateauParams.settling_s - over_s, filter.at_s, p.slowestOver_factor * over_s) };
}

/** The knee, if the plateau has come to one by now. */
export function kneeOf(state: GaugeState, { now, slowest }: Pace, gauge: GaugeParams): Knee | undefined {
  if (!isSettled(state) || state.plateau.sum <= h || slowest === undefined) return undefined;
  const drift_per_h = gauge.drift_per_day / 24;
  const plateau_per_h = Math.max(0, slowest.per_h);
  const surely_per_h = now.per_h - p.u_sigma * Math.hypot(now.u_per_h, slowest.u_per_h);
  if (now.per_h < p.rise * Math.max(plateau_per_h, drift_per_h) || surely_per_h < plateau_per_h + drift_per_h) return undefined;
  return { at_s: dated(state, now, plateau_per_h), plateau_per_h };
}

/** When the rate was `rise` times the plateau's, by how it grows now. */
function dated(state: GaugeState, now: Rate, plateau_per_h: number): number {
  const { from_s } = state.plateau;
  const growth = medianGrowth(growths(state, plateau_per_h));
  const middle_s = (now.from_s + now.to_s) / 2;
  const extra = now.per_h - plateau_per_h;
  const since_h = growth === undefined ? 0 : Math.log(Math.max(1, extra / ((p.rise - 1) * plateau_per_h))) / growth;
  return Math.max(from_s + plateauParams.settling_s, Math.min(state.filter.at_s, middle_s - 3600 * Math.min(since_h, (middle_s - from_s) / 3600)));
}

export const growths = ({ plateau, noise2 }: GaugeState, plateau_per_h: number): Growth[] =>
  growthsOf(plateau.course, plateau.from_s + plateauParams.settling_s, plateau_per_h, noise2);

/** A knee is over where the rate of a whole day is the plateau's again. */
export function isOver({ plateau, filter }: GaugeState, { plateau_per_h }: Knee, gauge: GaugeParams): boolean {
  const day = rateOver(plateau.course, filter.at_s - p.endsOver_s, filter.at_s);
  if (day === undefined || filter.at_s - plateau.from_s < p.endsOver_s) return false;
  return day.per_h + day.u_per_h < Math.max(p.endsBelow * plateau_per_h, gauge.drift_per_day / 24);
}
