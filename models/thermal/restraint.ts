/** What chemistry cannot do is put down to the rest: it does not heat a cold cell, seldom cools, does not hold still and does not jump. */
import { at, correct, pin, type Taught, variance, widen, within } from "../kalman.ts";
import { heatParams as p } from "../params/thermal.ts";
import { A, B, C, D, G, L, leastVariance, N, O, Q, S, T, W } from "./filter.ts";
import type { HeatingState } from "./heating-state.ts";

/** After a block: keeps the state within what a cell can be, and takes from net self-heating what is none. `u`: its uncertainty, K/min; `taught`: which states may learn. */
export function restrain(state: HeatingState, possible: boolean, u: number, dt_min: number, taught: Taught): void {
  const { filter } = state;
  const { x } = filter;
  within(filter, W, 0, Number.POSITIVE_INFINITY);
  within(filter, G, 0, Number.POSITIVE_INFINITY);
  within(filter, O, -p.offsetMost_K, p.offsetMost_K);
  within(filter, A, p.colderLeast_share, p.colderMost_share);
  within(filter, B, -p.restMost_K_per_min - p.restMost_share * Math.abs(state.drive_K_per_min), Number.POSITIVE_INFINITY);
  within(filter, D, 0, p.lagMost_share);
  within(filter, S, 0, p.wallMost_share);
  within(filter, C, 0, p.airMost_share);
  within(filter, L, Math.log(p.exchangeLeast_per_min), Math.log(p.exchangeMost_per_min));
  if (!possible) {
    if (at(x, Q) !== 0) {
      x[B] = at(x, B) + at(x, Q);
      pin(filter, Q, 0, 0);
    }
    state.recent = [];
    return;
  }
  const net = at(x, Q);
  // below the seal's opening nothing cools; above, solvent boils off and the separator melts
  if (net < -2 * u - 0.05 && at(x, T) < p.coolingFrom_degC) {
    state.pulled_K_per_min = state.pulled_K_per_min * p.pulledKeep_share - net;
    x[B] = at(x, B) + net;
    x[Q] = 0;
    pin(filter, B, at(x, B), Math.max(variance(filter, B), state.pulled_K_per_min ** 2));
    return;
  }
  if (state.air_degC !== null && net < 0 && net > -p.lean_sigmas * u) lean(state, dt_min, taught);
  settle(state, dt_min);
  if (!state.signed) jump(state, u);
}

/** Less than nothing, and within what is not known of it, is the rest's rather than chemistry's: as if zero had been measured, poorly and seldom. */
function lean({ filter }: HeatingState, dt_min: number, taught: Taught): void {
  const doubt2 = (p.lean_K_per_min ** 2 * p.lean_min) / dt_min;
  const together = Array.from({ length: N }, (_, i) => at(filter.P, i * N + Q));
  correct(filter, { nu: -at(filter.x, Q), variance: variance(filter, Q) + doubt2, with: together }, leastVariance, taught);
}

/** What holds still for long is no self-heating that leads anywhere, nor boils: it goes to the rest, as far as thermometers may differ. */
function settle(state: HeatingState, dt_min: number): void {
  const { x } = state.filter;
  const net = at(x, Q);
  state.slowRate_K_per_min += (1 - Math.exp(-dt_min / p.slowRate_min)) * (state.drive_K_per_min + at(x, B) + net - state.slowRate_K_per_min);
  if (state.signed || Math.abs(state.slowRate_K_per_min) > p.still_K_per_min) return;
  const room = p.settleMost_K_per_min + Math.exp(at(x, L)) * p.settleMost_K - at(x, B);
  const moved = Math.min(Math.max(0, room), net * (1 - Math.exp(-dt_min / p.settle_min)));
  x[Q] = net - moved;
  x[B] = at(x, B) + moved;
}

/** A step is a heater, or a thermometer that came loose, and no chemistry. */
function jump(state: HeatingState, u: number): void {
  const { filter, recent } = state;
  const { x } = filter;
  const net = at(x, Q);
  recent.push([state.at_s, net, at(x, T)]);
  while (recent.length > 1 && state.at_s - (recent[1]?.[0] ?? 0) >= p.jumpOver_s) recent.shift();
  const [then] = recent;
  if (then === undefined || state.at_s - then[0] < 0.5 * p.jumpOver_s) return;
  const allowed = (Math.max(0, then[1]) + p.quiet_K_per_min) * Math.exp(Math.max(0, at(x, T) - then[2]) / p.fastest_K);
  const beyond = net - allowed;
  if (beyond > Math.max(p.jump_K_per_min, 3 * u)) {
    x[B] = at(x, B) + beyond;
    x[Q] = allowed;
    widen(filter, B, (0.2 * beyond) ** 2);
    for (const entry of recent) entry[1] = Math.min(entry[1], allowed);
  }
}
