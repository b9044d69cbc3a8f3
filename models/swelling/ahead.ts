/** Time until what lasts reaches its limit: a mixture of futures, told by its quantiles. */
import { futures, type GaugeParams, kneeParams, aheadParams as p } from "../params/swelling.ts";
import { type GaugeState, h, isSettled } from "./gauge.ts";
import type { Growth } from "./growth.ts";
import { growths, type Knee, type Pace } from "./knee.ts";

/** Seconds. */
export interface TimeToLimit {
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
}

interface End {
  readonly left_h: number;
  readonly weight: number;
}

/** Undefined before the plateau has settled, behind the limit, and where the growth is not significant. */
export function aheadOf(
  limit: number,
  gauge: GaugeState,
  params: GaugeParams,
  { now, steady, scatter_per_h }: Pace,
  knee: Knee | null,
): TimeToLimit | undefined {
  if (!isSettled(gauge) || gauge.lasting >= limit || !isSignificant(now, params)) return undefined;
  const lefts = leftsOf(limit, gauge);
  const behind = knee === null ? [] : growths(gauge, knee.plateau_per_h);
  if (knee !== null && behind.length > 0) return aheadBehindKnee(lefts, behind, knee.plateau_per_h);
  const u_per_h = Math.hypot(steady.u_per_h, params.drift_per_day / 24, scatter_per_h / 2, (now.per_h - steady.per_h) / 2);
  return aheadOnPlateau(lefts, { per_h: steady.per_h, u_per_h }, (gauge.filter.at_s - gauge.plateau.from_s) / 3600, gauge.plateau.sum > h);
}

/** More than the gauge's own drift. */
export const isSignificant = ({ per_h, u_per_h }: SteadyRate, { drift_per_day }: GaugeParams): boolean =>
  per_h > p.significant_sigma * Math.hypot(u_per_h, drift_per_day / 24);

/** A gauge is zeroed on the fresh cell: what it read at the start may have been breathing, or growth from before. */
function leftsOf(limit: number, { lasting, start }: GaugeState): Left[] {
  const doubtful = Math.abs(start) < futures.startMost_share * limit;
  return doubtful
    ? futures.startShares.map(([share, weight]) => ({ amount: Math.max(0, limit - lasting + share * start), weight }))
    : [{ amount: limit - lasting, weight: 1 }];
}

/** Levels that may be left until the limit, and what each is worth: how much of a reading at the start lasts is not known. */
export interface Left {
  readonly amount: number;
  readonly weight: number;
}

export interface SteadyRate {
  readonly per_h: number;
  readonly u_per_h: number;
}

/**
 * On the plateau: the rate goes on or falls, or a knee comes; without more knowledge it is as likely in each equal factor of the time watched.
 * A rate that falls does so with the root of time, as growth through a layer does.
 * `suspected`: the knee may be here already.
 */
export function aheadOnPlateau(lefts: readonly Left[], rate: SteadyRate, watched_h: number, suspected: boolean): TimeToLimit | undefined {
  const ends: End[] = [];
  const most_h = p.horizon_factor * watched_h;
  for (const { amount, weight } of lefts)
    for (const [z, share] of futures.rates) {
      const per_h = Math.max(0.2 * rate.per_h, rate.per_h + z * rate.u_per_h);
      const steady_h = amount / per_h;
      // what was measured over the last part was faster than now, if it slows
      const slowed_h = steady_h / Math.sqrt(1 - kneeParams.steadyOver_share / 2);
      const slows_h = watched_h * ((1 + slowed_h / (2 * watched_h)) ** 2 - 1);
      ends.push({ left_h: Math.min(most_h, slows_h), weight: weight * share * futures.slows_share });
      for (const [escalates, part] of futures.escalates) {
        const left_h = escalates * watched_h * Math.log1p(steady_h / (escalates * watched_h));
        if (suspected) ends.push({ left_h, weight: weight * share * part * futures.suspected_odds });
      }
      // P(no knee within s) = watched / (watched + s), at the middles of equal slices
      for (let k = 0; k < futures.kneeSlices; k++) {
        const survives = 1 - (k + 0.5) / futures.kneeSlices;
        const knee_h = watched_h * (1 / survives - 1);
        for (const [escalates, part] of futures.escalates) {
          const slice = (weight * share * part * (1 - futures.slows_share)) / futures.kneeSlices;
          if (knee_h >= steady_h) ends.push({ left_h: Math.min(most_h, steady_h), weight: slice });
          else {
            // the rate grows e-fold in tau: amount = rate (knee + tau (exp(t / tau) - 1))
            const tau_h = escalates * (watched_h + knee_h);
            ends.push({ left_h: Math.min(most_h, knee_h + tau_h * Math.log1p((steady_h - knee_h) / tau_h)), weight: slice });
          }
        }
      }
    }
  return quantiles(ends);
}

/** Behind a knee: the rate grows on as it does, until it has grown so many times more. */
export function aheadBehindKnee(lefts: readonly Left[], growths: readonly Growth[], plateau_per_h: number): TimeToLimit | undefined {
  const ends: End[] = [];
  for (const { amount, weight } of lefts)
    for (const growth of growths)
      for (const [times, share] of futures.growsOn)
        ends.push({ left_h: untilLimit(amount, growth, plateau_per_h, times), weight: weight * growth.weight * share });
  return quantiles(ends);
}

/** Hours until the level has grown by `amount`. */
function untilLimit(amount: number, { extra_per_h, per_h: g }: Growth, plateau_per_h: number, times: number): number {
  const A = extra_per_h / g;
  const grown = (t_h: number): number => plateau_per_h * t_h + A * Math.expm1(g * t_h);
  const ends_h = Math.max(0, Math.log(times) / g);
  const then = grown(ends_h);
  if (then < amount) return ends_h + (amount - then) / (plateau_per_h + extra_per_h * times);
  let [low, high] = [0, ends_h];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (grown(middle) < amount) low = middle;
    else high = middle;
  }
  return high;
}

function quantiles(ends: End[]): TimeToLimit | undefined {
  const total = ends.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) return undefined;
  ends.sort((a, b) => a.left_h - b.left_h);
  const at = (share: number): number => {
    let below = 0;
    for (const { left_h, weight } of ends) {
      below += weight / total;
      if (below >= share - 1e-9) return 3600 * left_h;
    }
    return 3600 * (ends.at(-1)?.left_h ?? 0);
  };
  return { p05: at(0.05), p50: at(0.5), p95: at(0.95) };
}
