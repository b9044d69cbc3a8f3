/** A toy cell in a chamber, to test the detector's arithmetic: one temperature, linear exchange, heat of current, Arrhenius self-heating. */
import type { Evidence } from "../../models/opinion.ts";
import { dice, sample } from "./evidence.ts";

export interface Toy {
  readonly hours: number;
  readonly exchange_per_s: number;
  readonly noise_K: number;
  readonly chamber_degC: (at_s: number) => number;
  readonly current_A?: (at_s: number) => number;
  readonly ohmic_K_per_s_A2?: number;
  /** Self-heating at 130 degC, with 135 kJ/mol; 0 for none. */
  readonly self_K_per_min?: number;
  readonly seed?: number;
}

/** Channels T, chamber (0.5 K too high) and I at 1 Hz; and when its own heating first passed 0.2 K/min. */
export function toyRun({ hours, exchange_per_s, noise_K, chamber_degC, current_A, ohmic_K_per_s_A2 = 0, self_K_per_min = 0, seed = 1 }: Toy): {
  readonly evidence: readonly Evidence[];
  readonly crossed_s: number | undefined;
} {
  const { normal } = dice(seed);
  const evidence: Evidence[] = [];
  let T = chamber_degC(0);
  let crossed_s: number | undefined;
  for (let at_s = 0; at_s < hours * 3600 && T < 800; at_s++) {
    const own = Math.min(20, (self_K_per_min / 60) * Math.exp((135e3 / 8.314) * (1 / 403.15 - 1 / (T + 273.15))));
    if (own >= 0.2 / 60) crossed_s ??= at_s;
    const current = current_A?.(at_s);
    T += exchange_per_s * (chamber_degC(at_s) - T) + ohmic_K_per_s_A2 * (current ?? 0) ** 2 + own;
    const samples = [sample("chamber", at_s, chamber_degC(at_s) + 0.5 + noise_K * normal()), sample("T", at_s, T + noise_K * normal())];
    evidence.push({ at_s, samples: current === undefined ? samples : [sample("I", at_s, current), ...samples] });
  }
  return { evidence, crossed_s };
}

/** An hour at 25 °C, then 2 K/min up to the top. */
export const oven = (top_degC: number) => (at_s: number) => Math.min(top_degC, 25 + (2 * Math.max(0, at_s - 3600)) / 60);
