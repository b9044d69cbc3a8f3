/**
 * What the air of a hot chamber explains of a fast rise: the edge of a thin cell that was put into an oven warms by 1 K/s, and so does a thermometer that
 * has come off. What has just become hot is a vent's flame and no oven, so the lower counts of what the air reads and what it has read over the last minutes.
 */
import type { Channel } from "../edge-agent/contracts/station.ts";
import type { Sample } from "../edge-agent/core/sample.ts";
import { own } from "./keyed.ts";
import { runawayParams as p } from "./params/detectors.ts";
import { patience_s } from "./patience.ts";

/** By channel. */
export type OvenAir = Record<string, { at_s: number; slow_degC: number; degC: number }>;

export function seeAir(air: OvenAir, { channel, at_s }: Sample, value_degC: number): void {
  const last = own(air, channel, () => ({ at_s, slow_degC: value_degC, degC: value_degC }));
  const share = 1 - Math.exp(-Math.max(0, at_s - last.at_s) / p.airSlow_s);
  last.slow_degC += share * (value_degC - last.slow_degC);
  last.degC = Math.min(value_degC, last.slow_degC);
  last.at_s = at_s;
}

/** Undefined: not measured, or too long ago. */
export function airAround(air: OvenAir, channel: Channel | undefined, at_s: number): number | undefined {
  const last = channel !== undefined && Object.hasOwn(air, channel.id) ? air[channel.id] : undefined;
  return last !== undefined && channel !== undefined && at_s - last.at_s <= Math.max(p.airStale_s, patience_s(channel.every_s)) ? last.degC : undefined;
}

/** `degC`: what the thermometer on the cell reads now. */
export function isWarmedByAir(air_degC: number | undefined, degC: number, rate_K_per_s: number): boolean {
  if (air_degC === undefined || degC >= air_degC + p.airOffset_K) return false;
  const most = degC < p.aloneFrom_degC ? p.airMostCold_K_per_s : p.airMost_K_per_s;
  return rate_K_per_s < Math.min(most, Math.max(p.airRate_K_per_s, (air_degC - degC) / p.airWarms_s));
}
