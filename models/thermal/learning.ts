/** What a measured block teaches the balance, what it must not teach, and when the world has changed. */
import { at, correct, pin, type Taught, variance, widen } from "../kalman.ts";
import { heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import { A, B, C, D, exchange_per_min, G, innovationOf, L, leastVariance, O, offset_K, Q, S, T, W } from "./filter.ts";
import type { HeatingState } from "./heating-state.ts";
import { isHeatedUnseen, isSighted } from "./surroundings.ts";

/** A measured block against what was expected. */
export function compare(state: HeatingState, { degC, air_degC, noise2 }: Block, dt_min: number, possible: boolean, taught: Taught): void {
  const { filter } = state;
  const innovation = innovationOf(filter, degC, air_degC, noise2 * state.strain);
  const ratio = (innovation.nu * innovation.nu) / innovation.variance;
  state.strain = Math.max(1, Math.min(p.strainMost, state.strain + p.strainLearn_share * (Math.min(ratio, p.far_ratio) - 1) * state.strain));
  state.far = ratio > p.far_ratio ? state.far + 1 : 0;
  if (state.far === 0) correct(filter, innovation, leastVariance, taught);
  if (state.far < 2) return; // one block alone is a spike
  // the world has changed: believe it; what the surroundings may have done is exchange, what they cannot have done is the rest or the cell's own
  const rate = innovation.nu / dt_min;
  const gap_K = air_degC === undefined ? 0 : air_degC - at(filter.x, T);
  const drive = Math.max(Math.abs(state.drive_K_per_min), exchange_per_min(filter, state.wall_degC ?? 0) * Math.abs(gap_K));
  widen(filter, T, innovation.nu ** 2);
  const byAir = Math.abs(state.air_K_per_min) > p.farAir_K_per_min || (rate * gap_K > 0 && Math.abs(gap_K) > p.farGap_K);
  if (possible || !byAir) widen(filter, possible ? Q : B, rate ** 2);
  widen(filter, L, Math.min(possible ? p.farWarm_ln : p.farCold_ln, Math.abs(rate) / (drive + 0.5)) ** 2);
  correct(filter, innovationOf(filter, degC, air_degC, noise2), leastVariance);
}

/** Which states the next block of a warm cell may teach. What is not taught keeps its doubt, and that goes on to count. */
export function taughtBy(state: HeatingState, air_degC: number | undefined): Taught {
  // what holds still tells nothing of exchange, walls and contact: learning from its noise would carry them off
  if (isStill(state)) return (i) => i <= Q;
  // a balance with an unknown heater in it tells nothing of what it loses
  if (isHeatedUnseen(state)) return (i) => i === T || i === Q || i === B || i === W || i === G;
  const { x } = state.filter;
  const gap_K = air_degC === undefined ? Number.POSITIVE_INFINITY : air_degC - at(x, T);
  // they multiply a gap that is hardly more than the noise of its own estimate, which would raise them block by block; A is no other than the offset there
  const near = Math.min(Math.abs(gap_K), Math.abs(gap_K + (air_degC === undefined ? 0 : offset_K(x, air_degC)))) < p.near_K;
  // beside a sign, the cell's own heat would pass for heat of its current that arrives late
  return (i) => !(state.signed && i === D) && (!near || (i !== L && i !== S && i !== C && i !== A));
}

const isStill = (state: HeatingState): boolean =>
  isSighted(state, p.aloneFor_s) && Math.abs(state.slowRate_K_per_min) < p.still_K_per_min && Math.abs(state.air_K_per_min) < p.steadyAir_K_per_min;

/** What the balance is while nothing happens. */
export function keepUsual(state: HeatingState, dt_min: number): void {
  state.usual = blend(state.usual, state.filter.x, 1 - Math.exp(-dt_min / p.usual_min));
}

const blend = (usual: readonly number[] | null, now: readonly number[], share: number): number[] =>
  usual === null ? [...now] : usual.map((value, i) => value + share * (at(now, i) - value));

/** What exchange, offset and rest were made to explain lately is the cell's own after all: they are again what they were while it was calm. */
export function ownUp(state: HeatingState): void {
  const { filter, usual, drive_K_per_min } = state;
  if (usual === null) return;
  const { x } = filter;
  const before = { gap_K: drive_K_per_min / Math.exp(at(x, L)), rate: drive_K_per_min + at(x, B) + at(x, Q) };
  const air_degC = state.air_degC ?? at(x, T);
  const moved_K = offset_K(usual, air_degC) - offset_K(x, air_degC);
  pin(filter, L, at(usual, L), p.usualSd_ln ** 2);
  pin(filter, O, at(usual, O), p.usualSd_K ** 2);
  pin(filter, B, at(usual, B), p.usualSd_K_per_min ** 2);
  for (const i of [C, S, A, D]) pin(filter, i, at(usual, i), variance(filter, i));
  const explained = Math.exp(at(x, L)) * (before.gap_K + moved_K) + at(x, B);
  const net = Math.max(0, before.rate - explained);
  pin(filter, Q, net, p.afterGap_K_per_min ** 2 + (p.ownUp_share * net) ** 2);
}

/** After a gap the temperature is what it is, and what it does is not known. */
export function forget(state: HeatingState, { at_s, degC, noise2 }: Block, possible: boolean): void {
  pin(state.filter, T, degC, noise2 + 0.01);
  pin(state.filter, Q, 0, possible ? p.afterGap_K_per_min ** 2 : 0);
  Object.assign(state, { recent: [], far: 0, sighted_s: state.sighted_s === null ? null : at_s, wall_degC: null, air_degC: null, air_K_per_min: 0 });
}
