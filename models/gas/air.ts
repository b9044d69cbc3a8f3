/**
 * The air of a gas space: how many moles it holds by n = PV / (RT), and, where the space is sealed, how many more than at the start.
 * A swelling pouch compresses the air around it as much as the same gas would that has left it: pressure sees gas before any vent, sensors only after.
 */
import type { Uncertain } from "../../edge-agent/core/judgement.ts";
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { inventoryParams as p, pressureParams as pp } from "../params/gas.ts";
import { patience_s } from "../patience.ts";
import type { GasSpace } from "./gas-space.ts";

interface Last {
  at_s: number;
  value: number;
}

export interface AirState {
  degC: Last | null;
  /** The highest temperature of the last minutes, forgotten slowly. */
  peak_degC: number | null;
  kPa: Last | null;
  /** Pressure over temperature, kPa/K: of the start, as a mean over `n` pairs since `from_s`, and smoothed now. */
  start: { from_s: number; n: number; kPa_per_K: number; degC: number };
  now_kPa_per_K: number;
  now_s: number | null;
  /** Integral of the excess over the start, kPa/K s: what a leak takes its share of. */
  excess_s: number;
}

export const startAir = (): AirState => ({
  degC: null,
  peak_degC: null,
  kPa: null,
  start: { from_s: 0, n: 0, kPa_per_K: 0, degC: 0 },
  now_kPa_per_K: 0,
  now_s: null,
  excess_s: 0,
});

/** A reading of the space's chamber thermometer or pressure. */
export function seeAir(air: AirState, space: GasSpace, channel: string, at_s: number, value: number): void {
  if (channel === space.chamber?.id && value > -zero_K && (air.degC === null || at_s > air.degC.at_s)) {
    const peak_degC = air.peak_degC ?? value;
    const forgets = -Math.expm1(-(at_s - (air.degC?.at_s ?? at_s)) / p.peak_s);
    air.peak_degC = Math.max(value, peak_degC + forgets * (value - peak_degC));
    air.degC = { at_s, value };
  }
  if (channel !== space.pressure?.id || (air.kPa !== null && at_s <= air.kPa.at_s) || !(value > 0)) return;
  air.kPa = { at_s, value };
  const degC = degCOf(air, space, at_s);
  if (degC !== undefined && space.sealed) follow(air, at_s, value / (degC + zero_K), degC);
}

function follow(air: AirState, at_s: number, kPa_per_K: number, degC: number): void {
  const { start } = air;
  if (start.n === 0) start.from_s = at_s;
  if (at_s - start.from_s <= pp.learn_s) {
    start.n += 1;
    start.kPa_per_K += (kPa_per_K - start.kPa_per_K) / start.n;
    start.degC += (degC - start.degC) / start.n;
  }
  const past_s = air.now_s === null ? Number.POSITIVE_INFINITY : at_s - air.now_s;
  air.now_kPa_per_K += -Math.expm1(-past_s / pp.smooth_s) * (kPa_per_K - air.now_kPa_per_K);
  if (air.now_s !== null) air.excess_s += past_s * Math.max(0, air.now_kPa_per_K - start.kPa_per_K);
  air.now_s = at_s;
}

const fresh = (last: Last | null, every_s: number | undefined, at_s: number): number | undefined =>
  last !== null && at_s - last.at_s <= Math.max(p.airStale_s, patience_s(every_s ?? 0)) ? last.value : undefined;

export const degCOf = ({ degC }: AirState, { chamber }: GasSpace, at_s: number): number | undefined => fresh(degC, chamber?.every_s, at_s);
export const kPaOf = ({ kPa }: AirState, { pressure }: GasSpace, at_s: number): number | undefined => fresh(kPa, pressure?.every_s, at_s);

/** Warm air has gone out and the room's has come in: what came with it is no cell's. */
export const isOpened = (air: AirState, space: GasSpace, at_s: number): boolean => {
  const degC = degCOf(air, space, at_s);
  return degC !== undefined && air.peak_degC !== null && air.peak_degC - degC >= p.opened_K;
};

/** All gas in the space, mol. */
export function molesOf(air: AirState, space: GasSpace, volume_L: number, at_s: number): number {
  const degC = degCOf(air, space, at_s) ?? p.air_degC;
  return ((kPaOf(air, space, at_s) ?? p.pressure_kPa) * volume_L) / (gasConstant_J_per_mol_K * (degC + zero_K));
}

/** Gas that pressure shows above that of the start, mmol; undefined where the space is not sealed, its air's temperature unknown, or the start not yet learned. */
export function grownByPressure(air: AirState, space: GasSpace, at_s: number): Uncertain | undefined {
  const degC = degCOf(air, space, at_s);
  const { start, now_s, now_kPa_per_K } = air;
  if (!space.sealed || space.known === undefined || degC === undefined || now_s === null || at_s - start.from_s <= pp.learn_s) return undefined;
  const mmol_per = (1000 * space.known.volume_L) / gasConstant_J_per_mol_K;
  const value = mmol_per * (now_kPa_per_K - start.kPa_per_K);
  const air_K = pp.airSd_K + pp.airSd_share * Math.abs(degC - start.degC);
  const byAir = (mmol_per * now_kPa_per_K * air_K) / (degC + zero_K);
  const byLeak = (mmol_per * air.excess_s * pp.leak_per_h) / 3600;
  return { value, u: Math.hypot(byAir, byLeak, p.volume_share * value) };
}
