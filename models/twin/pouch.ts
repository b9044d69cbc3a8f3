/** The pouch as a bag of gas: slack, taut, or open. Pressures absolute in Pa, volumes in m³. */

import { pouchParams } from "./params/cell.ts";
import { gasConstant, solventParams } from "./params/constants.ts";

/** Volume of `nRT_J` in a pouch that gives way freely up to `slack_m3`, then by p - p_outside = K (V - slack) / slack. */
export function volumeOf(nRT_J: number, outside_Pa: number, slack_m3: number, stiffness_Pa: number): number {
  const free_m3 = nRT_J / outside_Pa;
  if (free_m3 <= slack_m3) return free_m3;
  const b = outside_Pa - stiffness_Pa;
  return (slack_m3 * (Math.sqrt(b * b + (4 * stiffness_Pa * nRT_J) / slack_m3) - b)) / (2 * stiffness_Pa);
}

/** Pressure inside above that outside. */
export const overPressure_Pa = (volume_m3: number, slack_m3: number, stiffness_Pa: number): number => stiffness_Pa * Math.max(0, volume_m3 / slack_m3 - 1);

/** Share of the seal's strength that heat has left. */
export function softening(t_degC: number): number {
  const points = pouchParams.softening;
  let [fromT, from] = points[0] as readonly [number, number];
  for (const [toT, to] of points) {
    if (t_degC <= toT) return t_degC <= fromT ? from : from + ((to - from) * (t_degC - fromT)) / (toT - fromT);
    [fromT, from] = [toT, to];
  }
  return from;
}

/** Pressure of the solvent over the electrolyte, Pa, when `left` (0 to 1) of what can evaporate is still liquid (Raoult). */
export function vapourPressure_Pa(T_K: number, left: number): number {
  const { activity, latent_J_per_mol, boiling_K } = solventParams;
  const volatile = activity * left;
  return ((101_325 * volatile) / (volatile + 1 - activity)) * Math.exp((latent_J_per_mol / gasConstant) * (1 / boiling_K - 1 / T_K));
}

/** Engineering choice: between gas of a runaway, 26 g/mol, and solvent vapour. */
const meanMolarMass_kg = 0.04;

/** What flows out of the opened pouch, mol/s. The seal tears on under pressure. */
export function ventFlow_mol_per_s(orifice_m2: number, over_Pa: number, inside_mol: number, volume_m3: number): number {
  const density_kg_per_m3 = (inside_mol * meanMolarMass_kg) / volume_m3;
  const torn_m2 = orifice_m2 * (1 + (over_Pa / pouchParams.tears_Pa) ** 2);
  return (pouchParams.discharge * torn_m2 * Math.sqrt(2 * over_Pa * density_kg_per_m3)) / meanMolarMass_kg;
}
