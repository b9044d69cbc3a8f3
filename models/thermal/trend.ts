/** What a thermometer and its air did over some minutes, in plain means: no balance has touched them. */
import type { Block } from "./block.ts";

export interface Trend {
  /** How fast the thermometer warms. */
  rate_K_per_min: number;
  /** By how much its air is hotter; 0 while nobody knows. */
  gap_K: number;
  /** How fast the air warms. */
  air_K_per_min: number;
}

export const startTrend = (degC: number, air_degC = degC): Trend => ({ rate_K_per_min: 0, gap_K: air_degC - degC, air_K_per_min: 0 });

/** `times`: of the minutes that it looks back over, how many have passed. */
export function seeTrend(trend: Trend, { degC, air_degC = degC }: Block, rate_K_per_min: number, air_K_per_min: number, times: number): void {
  const by = 1 - Math.exp(-times);
  trend.rate_K_per_min += by * (rate_K_per_min - trend.rate_K_per_min);
  trend.air_K_per_min += by * (air_K_per_min - trend.air_K_per_min);
  trend.gap_K += by * (air_degC - degC - trend.gap_K);
}
