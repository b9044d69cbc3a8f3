/** The knee of a plateau: the CUSUM says that the rate grows, and the rate itself that it has grown by enough. */
import { type GaugeParams, kneeParams as p, plateauParams } from "../params/swelling.ts";
import { type Rate, rateOver, scatterOf, slowestRate } from "./course.ts";
import { type GaugeState, h, isSettled } from "./gauge.ts";
import { type Growth, growthsOf } from "./growth.ts";

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
  /** Over a quarter of the plateau. */
  readonly steady: Rate;
  /** How much the rate scatters from one span to the next, per hour. */
  readonly scatter_per_h: number;
}

/** Over how long the rate of a plateau is taken. */
const overOf = (watched_s: number): number => Math.max(p.over_s, p.over_share * watched_s);

export function paceOf({ plateau, filter }: GaugeState): Pace | undefined {
  const { from_s, course } = plateau;
  const over_s = overOf(filter.at_s - from_s);
  const now = rateOver(course, filter.at_s - over_s - 1, filter.at_s);
  if (now === undefined) return undefined;
  const settled_s = from_s + plateauParams.settling_s;
  const slowestOver_s = p.slowestOver_factor * over_s;
  return {
    now,
    slowest: slowestRate(course, settled_s - slowestOver_s, filter.at_s, slowestOver_s),
    steady: rateOver(course, filter.at_s - Math.max(over_s, p.steadyOver_share * (filter.at_s - from_s)), filter.at_s) ?? now,
    scatter_per_h: scatterOf(course, settled_s - over_s, filter.at_s, over_s),
  };
}

/** Whether the plateau bends: its rate is well above the slowest, and the CUSUM says that this is no noise. */
function bends(state: GaugeState, { now, slowest, scatter_per_h }: Pace, gauge: GaugeParams): boolean {
  if (!isSettled(state) || state.plateau.sum <= h || slowest === undefined) return false;
  const drift_per_h = gauge.drift_per_day / 24;
  const plateau_per_h = Math.max(0, slowest.per_h);
  const stair_per_h = (3600 * state.coarse) / overOf(state.filter.at_s - state.plateau.from_s);
  const surely_per_h = now.per_h - p.u_sigma * Math.hypot(now.u_per_h, slowest.u_per_h, stair_per_h);
  if (now.per_h < slowest.per_h + p.scatter_sigma * scatter_per_h) return false;
  return now.per_h >= p.rise * Math.max(plateau_per_h, drift_per_h) && surely_per_h >= plateau_per_h + drift_per_h;
}

/** The knee, if the plateau has come to one by now. */
export function kneeOf(state: GaugeState, pace: Pace, gauge: GaugeParams): Knee | undefined {
  const { plateau, filter } = state;
  if (!bends(state, pace, gauge)) {
    plateau.bends_s = null;
    return undefined;
  }
  plateau.bends_s ??= filter.at_s;
  if (filter.at_s - plateau.bends_s < overOf(filter.at_s - plateau.from_s)) return undefined;
  return { at_s: plateau.bends_s, plateau_per_h: Math.max(0, pace.slowest?.per_h ?? 0) };
}

export const growths = ({ plateau, noise2 }: GaugeState, plateau_per_h: number): Growth[] =>
  growthsOf(plateau.course, plateau.from_s + plateauParams.settling_s, plateau_per_h, noise2);

/** A knee is over where the rate of a whole day is the plateau's again. */
export function isOver({ plateau, filter }: GaugeState, { plateau_per_h }: Knee, gauge: GaugeParams): boolean {
  const day = rateOver(plateau.course, filter.at_s - p.endsOver_s, filter.at_s);
  if (day === undefined || filter.at_s - plateau.from_s < p.endsOver_s) return false;
  return day.per_h + day.u_per_h < Math.max(p.endsBelow * plateau_per_h, gauge.drift_per_day / 24);
}
