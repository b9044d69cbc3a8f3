/**
 * Time to runaway: the cell's balance, carried forward until it heats by 1 K/s, over what is not known of its net heating and of its growth.
 *
 * Not the formula R T²/(Ea q), which knows neither loss nor an oven that goes on heating; it is what this gives for a cell without exchange.
 * The separator may collapse first and release electrical energy at once: a share of the courses ends with each kelvin.
 */
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { aheadParams as p } from "../params/thermal.ts";
import type { Growth } from "./growth.ts";

const R_kJ = gasConstant_J_per_mol_K / 1000;

export interface Surroundings {
  readonly degC: number;
  /** What the cell gains beside its own heating, now: exchange, heater, current and rest. */
  readonly drive_K_per_min: number;
  /** How fast that falls as the cell warms: its exchange. */
  readonly exchange_per_min: number;
  /** How fast the air warms. */
  readonly air_K_per_min: number;
  /** Somebody heats the cell, measured or not, and holds it at this rate at least; undefined where nobody does. */
  readonly heated_K_per_min?: number;
}

/** What is known of the cell's own heating: its rate with the spread of the logarithm, and how it grows. */
export interface OwnHeat extends Growth {
  readonly net_K_per_min: number;
  readonly spread_ln: number;
  /** Of it, what warmed the cell before chemistry could: a short, or a charge that goes on. It grows, but not as a reaction does. */
  readonly source_K_per_min: number;
}

export interface TimeToRunaway {
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
}

/** Five points of a normal distribution and their weights: midpoints of slices of equal probability would miss the tails. */
const points = [
  [-1.8, 0.09],
  [-0.9, 0.24],
  [0, 0.34],
  [0.9, 0.24],
  [1.8, 0.09],
] as const;
const netPoints = [
  [-1.2, 0.3],
  [0, 0.4],
  [1.2, 0.3],
] as const;

/**
 * Seconds to runaway, given that the cell runs away. Three futures are mixed, since nobody tells the cell what comes: its surroundings
 * go on as now; or they stop cooling it (a fan fails, the oven is raised, the neighbour goes), which bounds the time from below; or what reacts now is
 * used up, as the first layer on the anode is, and the next reaction has to be reached first, which bounds it from above. Under a heater
 * no course stands still: whoever heats a cell to its end goes on.
 */
export function timeToRunaway(own: OwnHeat, around: Surroundings): TimeToRunaway {
  const ends: [number, number][] = [];
  const source_share = Math.min(1, own.source_K_per_min / own.net_K_per_min);
  const usedUp_share = p.usedUp_share * Math.max(0, Math.min(1, (p.usedUpTo_degC - around.degC) / p.usedUpOver_K));
  const uncooled: Surroundings = { ...around, drive_K_per_min: Math.max(0, around.drive_K_per_min), exchange_per_min: 0, air_K_per_min: 0 };
  for (const [zE, weightE] of points) {
    const sourceE = p.sourceE_kJ_per_mol + zE * p.sourceEsd_kJ_per_mol;
    const E = Math.max(p.leastE_kJ_per_mol, Math.min(p.mostE_kJ_per_mol, own.E_kJ_per_mol + zE * own.spreadE_kJ_per_mol));
    for (const [zq, weightQ] of netPoints) {
      const all = own.net_K_per_min * Math.exp(zq * own.spread_ln);
      const weight = weightE * weightQ;
      const [source, net] = [all * source_share, all * (1 - source_share)];
      const lasts: Course = { source, sourceE, net, E, usedUp_K: Number.POSITIVE_INFINITY };
      ahead(lasts, around, weight * (1 - p.uncooled_share - usedUp_share), ends);
      ahead(lasts, uncooled, weight * p.uncooled_share, ends);
      ahead({ ...lasts, usedUp_K: p.usedUp_K }, around, weight * usedUp_share, ends);
    }
  }
  ends.sort((a, b) => a[0] - b[0]);
  return { p05: quantile(ends, 0.05), p50: quantile(ends, 0.5), p95: quantile(ends, 0.95) };
}

/** A course that needs more stands still between great heat and great loss. */
const MOST_STEPS = 500;

interface Course {
  /** What is no reaction, K/min now, and how it grows, kJ/mol … */
  readonly source: number;
  readonly sourceE: number;
  /** … and what is one. */
  readonly net: number;
  readonly E: number;
  /** The rise of temperature over which what reacts now falls to 1 / e; Infinity: it lasts. */
  readonly usedUp_K: number;
}

/** Adds the ends of one course with their weights; a course that stands still is ended by those who heat it, later. */
function ahead({ source, sourceE, net: net_K_per_min, E, usedUp_K }: Course, around: Surroundings, weight: number, ends: [number, number][]): void {
  if (weight <= 0) return;
  const { degC: from_degC, drive_K_per_min, exchange_per_min, air_K_per_min, heated_K_per_min = Number.NEGATIVE_INFINITY } = around;
  const from = 1 / (from_degC + zero_K);
  let T = from_degC;
  let t_min = 0;
  let left = 1;
  // chemistry that is not there yet: all of it where what reacts now is used up, and as much as a source hides
  const comes_share = usedUp_K < Number.POSITIVE_INFINITY ? 1 : source / (source + net_K_per_min);
  let collapse_degC = Math.max(from_degC, p.collapseFrom_degC) + p.collapseEvery_K;
  for (let steps = 0; t_min < p.horizon_min && steps < MOST_STEPS; steps++) {
    const inverse = 1 / (T + zero_K);
    const grown_per_kJ = (from - inverse) / R_kJ;
    const now = net_K_per_min === 0 ? 0 : net_K_per_min * Math.exp(E * grown_per_kJ - Math.max(0, T - from_degC) / usedUp_K);
    const next = comes_share > 0 ? comes_share * p.next_K_per_min * Math.exp((p.nextE_kJ_per_mol / R_kJ) * (1 / (p.next_degC + zero_K) - inverse)) : 0;
    const net = source * Math.exp(sourceE * grown_per_kJ) + now + next;
    const drive = drive_K_per_min + exchange_per_min * (from_degC - T + air_K_per_min * Math.min(t_min, p.rampGoesOn_min));
    const rate = Math.max(heated_K_per_min, net + drive);
    if (Math.max(rate, net) >= p.runaway_K_per_min) {
      ends.push([60 * t_min, weight * left]);
      return;
    }
    if (rate < p.still_K_per_min && t_min > p.rampGoesOn_min) break;
    const dt_min = Math.min(2, p.step_K / Math.max(Math.abs(rate), net));
    T = Math.max(p.coldest_degC, T + rate * dt_min);
    t_min += dt_min;
    if (T >= collapse_degC && collapse_degC <= p.collapseTo_degC) {
      collapse_degC += p.collapseEvery_K;
      const share = left * p.collapse_share_per_K * p.collapseEvery_K;
      ends.push([60 * t_min, weight * share]);
      left -= share;
    }
  }
  // it stands still until somebody heats on
  for (const wait_min of p.waits_min) ends.push([60 * (Math.min(t_min, p.rampGoesOn_min) + wait_min), (weight * left) / p.waits_min.length]);
}

/** By the middle of each end's weight, and the model's own spread about it. */
function quantile(ends: readonly (readonly [number, number])[], share: number): number {
  const total = ends.reduce((sum, [, weight]) => sum + weight, 0);
  const middle = (z: number): number => {
    let below = 0;
    for (const [end_s, weight] of ends) {
      below += weight / total;
      if (below >= z - 1e-9) return end_s;
    }
    return ends.at(-1)?.[0] ?? 0;
  };
  return share < 0.5 ? middle(share) / p.sooner_factor : middle(share);
}
