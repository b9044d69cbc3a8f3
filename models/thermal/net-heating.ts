/**
 * Net self-heating of one thermometer: what exchange, current, heater and the learned rest leave unexplained, with its uncertainty.
 * Three things are known of chemistry and used: below some 75 °C it does not heat, it cools only where solvent boils and separators melt, and it does not jump.
 */
import { at, type Kalman, variance, widen } from "../kalman.ts";
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import { doubt_K_per_min, leastNet_K_per_min } from "./doubt.ts";
import { B, explained_K_per_min, G, type HeatDrive, L, N, predict, Q, shown_K_per_min, T } from "./filter.ts";
import type { CellHeat, Heating, HeatingState } from "./heating-state.ts";
import { seeJump } from "./jumps.ts";
import { compare, forget, keepUsual, ownUp, taughtBy } from "./learning.ts";
import { restrain } from "./restraint.ts";
import { driveBefore, driveOf } from "./surroundings.ts";
import { seeTrend } from "./trend.ts";
import { seeUpturn } from "./upturn.ts";

/** `signed`: heat of the cell's own is possible though it is cold, as its voltage or its surroundings tell. */
export function seeBlock(state: HeatingState, block: Block, cell: CellHeat, signed: boolean): Heating {
  const { filter } = state;
  const dt_min = Math.max(1e-4, (block.at_s - state.at_s) / 60);
  const step_min = Math.min(dt_min, p.longest_min);
  const warm = at(filter.x, T) > p.possibleFrom_degC;
  const possible = signed || warm;
  if (signed && !warm && !state.signed) ownUp(state);
  if (!possible && state.strain < p.calmStrain) keepUsual(state, dt_min);
  state.signed = signed;
  if (signed) state.signed_s = block.at_s;
  seeJump(state, block, dt_min);
  if (dt_min > p.longest_min) forget(state, block, possible);
  seeTrends(state, block, dt_min);

  const drive = driveOf(state, block, step_min);
  const noise = noiseOf(state, possible, block.air_degC === undefined);
  const before_degC = at(filter.x, T);
  if (possible) grow(filter, drive, dt_min);
  const before = driveBefore(state, drive, dt_min);
  predict(filter, drive, before, step_min, noise);
  const taught = possible ? taughtBy(state, block.air_degC) : () => true;
  compare(state, block, dt_min, possible, taught);
  widen(filter, L, (p.exchangeDrift_ln_per_K * (at(filter.x, T) - before_degC)) ** 2 + p.exchangeDrift_ln_per_min ** 2 * dt_min);
  state.at_s = block.at_s;
  seeDrive(state, drive, dt_min);

  const u = doubt_K_per_min(state, drive, block, cell);
  restrain(state, possible, u, step_min, taught);
  const net = at(filter.x, Q);
  state.source_K_per_min = Math.max(0, warm ? Math.min(state.source_K_per_min, net) : net);
  state.heater_K_per_min += share(dt_min, p.heater_min) * (at(filter.x, G) * block.heater_W - state.heater_K_per_min);
  const explained = shown_K_per_min(filter, drive, before);
  return {
    at_s: block.at_s,
    degC: at(filter.x, T),
    rate_K_per_min: explained + net + at(filter.x, B),
    net_K_per_min: net,
    u_K_per_min: u,
    least_K_per_min: leastNet_K_per_min(state, net, u),
    explained_K_per_min: explained + at(filter.x, B),
  };
}

/** How much of a mean over so many minutes is new after `dt_min`. */
const share = (dt_min: number, over_min: number): number => 1 - Math.exp(-dt_min / over_min);

/** What thermometer and air do, before any balance. */
function seeTrends(state: HeatingState, block: Block, dt_min: number): void {
  state.plainRate_K_per_min += share(dt_min, p.plainRate_min) * ((block.degC - state.before_degC) / dt_min - state.plainRate_K_per_min);
  state.before_degC = block.degC;
  const steady = Math.abs(state.longer.air_K_per_min) < p.steadyAir_K_per_min;
  for (const upturn of state.upturns) seeUpturn(upturn, block, dt_min, steady);
  seeTrend(state.lately, block, state.plainRate_K_per_min, state.air_K_per_min, dt_min / p.lately_min);
  seeTrend(state.longer, block, state.plainRate_K_per_min, state.air_K_per_min, dt_min / p.longer_min);
}

/** What the learned balance explains now, and how that and the exchange move. */
function seeDrive(state: HeatingState, drive: HeatDrive, dt_min: number): void {
  const { filter } = state;
  state.drive_K_per_min = explained_K_per_min(filter, drive);
  state.slow_K_per_min += share(dt_min, p.lag_min) * (state.drive_K_per_min - state.slow_K_per_min);
  state.slow_ln += share(dt_min, p.exchangeSettles_min) * (at(filter.x, L) - state.slow_ln);
}

/** Variance that each state gains in a minute. */
function noiseOf(state: HeatingState, possible: boolean, blind: boolean): number[] {
  const lag = state.drive_K_per_min - state.slow_K_per_min;
  const noise = new Array<number>(N).fill(0);
  noise[T] = p.temperatureNoise_K ** 2 + 0.5 * (p.lagDoubt_share * lag) ** 2;
  noise[Q] = possible ? netNoise2(state, blind) : 0;
  noise[B] = (blind && !possible ? p.blindDrift_K_per_min : p.restDrift_K_per_min) ** 2;
  return noise;
}

/** Chemistry grows with temperature by Arrhenius' law, once it is seen; what is used up meanwhile is left to the noise. */
function grow(filter: Kalman, drive: HeatDrive, dt_min: number): void {
  const { x } = filter;
  const net = at(x, Q);
  if (net <= p.growsFrom_sigmas * Math.sqrt(variance(filter, Q))) return;
  const rise_K = dt_min * (explained_K_per_min(filter, drive) + net + at(x, B));
  if (rise_K <= 0) return;
  const scale_K = (gasConstant_J_per_mol_K * (at(x, T) + zero_K) ** 2) / p.growth_J_per_mol;
  x[Q] = net * Math.exp(Math.min(0.5, rise_K / scale_K));
}

/** Variance that net heating gains in a minute: it wanders, the less the colder a cell is that no sign speaks for, and while it warms its reactions may begin or end. Without the air's temperature the rate holds what its surroundings do as well. */
function netNoise2({ filter, plainRate_K_per_min, signed }: HeatingState, blind: boolean): number {
  const lively = signed ? 1 : Math.min(1, Math.exp((at(filter.x, T) - p.lively_degC) / p.lively_K));
  const byWarming2 = blind ? 0 : (lively * p.netNoise_K_per_min_per_K) ** 2 * Math.max(0, plainRate_K_per_min);
  return (lively * p.netNoise_K_per_min + p.netNoise_share * Math.abs(at(filter.x, Q))) ** 2 + byWarming2;
}

/** Whether the filter still holds, and says, what a cell can have; if not it must begin anew. */
export const isSound = ({ filter: { x, P } }: HeatingState, { degC, rate_K_per_min, net_K_per_min, u_K_per_min, explained_K_per_min }: Heating): boolean =>
  x.every(Number.isFinite) &&
  P.every(Number.isFinite) &&
  Math.abs(degC) < p.absurd_degC &&
  [rate_K_per_min, net_K_per_min, u_K_per_min, explained_K_per_min].every((rate) => Math.abs(rate) < p.absurd_K_per_min);
