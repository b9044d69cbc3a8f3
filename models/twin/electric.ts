/** A cell between its terminals: open-circuit voltage, its energy, resistance. `soc` runs past 0 and 1 without a stop. */
import { cellParams as p } from "./params/cell.ts";

const [a0, a1, a2, a3] = p.ocv_V;
const full_V = a0 + a1 + a2 + a3;
const fullSlope_V = a1 + 2 * a2 + 3 * a3;
const most_soc = 1 + (p.ocvMost_V - full_V) / fullSlope_V;
const fullEnergy_V = a0 + a1 / 2 + a2 / 3 + a3 / 4;
/** An empty cell's voltage falls to 0 within 5 % of its capacity. */
const emptySlope_V = a0 / 0.05;

/** Mean of both branches, V. */
export function openCircuit_V(soc: number): number {
  if (soc < 0) return Math.max(0, a0 + emptySlope_V * soc);
  if (soc <= 1) return a0 + soc * (a1 + soc * (a2 + soc * a3));
  return soc < most_soc ? full_V + fullSlope_V * (soc - 1) : p.ocvMost_V;
}

/** Share of the charge that goes into side reactions, as heat, instead of being stored: from none when full to all where the voltage rises no further. */
export const sideShare = (soc: number): number => (soc <= 1 ? 0 : Math.min(1, (soc - 1) / (most_soc - 1)));

/** Energy stored from empty to `soc`, J per coulomb of capacity; 0 below empty. */
export function storedEnergy_V(soc: number): number {
  if (soc <= 0) return 0;
  if (soc <= 1) return soc * (a0 + soc * (a1 / 2 + soc * (a2 / 3 + (soc * a3) / 4)));
  const width = most_soc - 1;
  const over = Math.min(soc - 1, width);
  return fullEnergy_V + over * (full_V + (over / 2) * (fullSlope_V - full_V / width) - (over * over * fullSlope_V) / (3 * width));
}

/** `at25_ohm` at other temperatures and charges; grows when cold, empty and overcharged. */
export function resistance_ohm(at25_ohm: number, soc: number, T_K: number): number {
  const empty = Math.max(0, Math.min(1, 1 - 2 * soc));
  const over = Math.max(0, Math.min(p.overchargeMost, soc - 1));
  const cold = Math.exp(Math.min(5, p.resistanceEa_K * (1 / T_K - 1 / 298.15)));
  return at25_ohm * cold * (1 + p.resistanceEnds * empty * empty + p.resistanceOver * over);
}
