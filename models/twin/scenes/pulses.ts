/** Gas that somebody lets into the chamber. */
import { molarVolume_L } from "../params/constants.ts";
import type { Amounts, World } from "../world.ts";

export interface Pulse {
  readonly from_s: number;
  readonly lasts_s: number;
  /** What each species would come to in the chamber if none were lost. */
  readonly ppm: Partial<Amounts>;
}

/** Inflow, mol/s, into a chamber of `volume_L`. */
export function inflow(pulses: readonly Pulse[], volume_L: number): (world: World) => Partial<Amounts> {
  return ({ at_s }) => {
    const flow: Partial<Record<keyof Amounts, number>> = {};
    for (const { from_s, lasts_s, ppm } of pulses) {
      if (at_s < from_s || at_s >= from_s + lasts_s) continue;
      for (const [name, amount] of Object.entries(ppm) as [keyof Amounts, number][])
        flow[name] = (flow[name] ?? 0) + (amount * 1e-6 * volume_L) / molarVolume_L / lasts_s;
    }
    return flow;
  };
}
