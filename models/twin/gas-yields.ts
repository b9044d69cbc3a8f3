/** What one cell's reactions give, made ready from its setup: mol per unit of each reactant, lattice oxygen, and the matter that gas can come from. */
import { type Kinetics, reactionNames } from "./kinetics.ts";
import { molarMass_g, molarVolume_L, oxidation, oxygenCap_mmol_per_g, solventParams } from "./params/constants.ts";
import { otherGas, otherOrganic, reactionGas } from "./params/gas.ts";
import type { CellSetup } from "./setup.ts";
import { type Species, species } from "./world.ts";

/** Index of each species in an array of amounts. */
export const gasAt = { co2: 0, co: 1, h2: 2, c2h4: 3, ch4: 4, o2: 5, hf: 6, vapour: 7 } as const satisfies Record<Species, number>;
export const nGases = species.length;

export interface Yields {
  /** `reaction × nGases + gas`: mol of dry gas per unit of the reactant, O2 and its products left out. */
  readonly perReaction: Float64Array;
  /** O2 from the lattice per unit of cathode 1, and of cathode 2. */
  readonly oxygen1_mol: number;
  readonly oxygen2_mol: number;
  /** All that the lattice can give. */
  readonly lattice_mol: number;
  /** Electrolyte, binder, SEI, separator, carbon: all dry gas but O2, and all vapour, comes out of it. */
  readonly organic_g: number;
  readonly solvent_mol: number;
  /** Compositions of what storage, formation and overcharge give; each sums to 1. */
  readonly storage: Float64Array;
  readonly formationSei: Float64Array;
  readonly formationLattice: Float64Array;
  readonly overcharge: Float64Array;
}

const amounts = (of: Partial<Record<Species, number>>): Float64Array => Float64Array.from(species, (name) => of[name] ?? 0);

/** @throws RangeError for more oxygen than the lattice has, and for shares that exceed 1. */
export function yieldsOf(setup: CellSetup, kinetics: Kinetics, nominal_Wh: number): Yields {
  const { gas, mass_g, fractions, capacity_Ah } = setup;
  if (!(gas.oxygen_mmol_per_g <= oxygenCap_mmol_per_g.rockSalt)) {
    throw new RangeError(`oxygen_mmol_per_g is at most ${oxygenCap_mmol_per_g.rockSalt}, all that leaves rock salt; it is ${gas.oxygen_mmol_per_g}`);
  }
  if (gas.oxygenToAnode + gas.oxygenToSolvent > 1) throw new RangeError("oxygenToAnode and oxygenToSolvent together are at most 1");
  const cathode_g = fractions.cathode * mass_g;
  const twoSteps = (kinetics.c0[5] as number) > 0;
  const spinel = Math.min(gas.oxygen_mmol_per_g, oxygenCap_mmol_per_g.spinel);
  const oxygen_mol = [
    (twoSteps ? spinel : gas.oxygen_mmol_per_g) * cathode_g * 1e-3,
    (twoSteps ? gas.oxygen_mmol_per_g - spinel : 0) * cathode_g * 1e-3,
  ] as const;
  const target_mol = (gas.runaway_L_per_Ah * capacity_Ah) / molarVolume_L;
  const hf_mol = (gas.hf_mg_per_Wh * nominal_Wh * 1e-3) / (molarMass_g[gasAt.hf] as number);
  return {
    perReaction: perReactionOf(setup, kinetics, target_mol, (oxygen_mol[0] + oxygen_mol[1]) * gas.oxygenToSolvent, hf_mol),
    oxygen1_mol: oxygen_mol[0] / (kinetics.c0[4] as number),
    oxygen2_mol: twoSteps ? oxygen_mol[1] / (kinetics.c0[5] as number) : 0,
    lattice_mol: oxygenCap_mmol_per_g.rockSalt * cathode_g * 1e-3,
    organic_g: (fractions.electrolyte + otherOrganic) * mass_g,
    solvent_mol: (solventParams.share * fractions.electrolyte * mass_g) / (molarMass_g[gasAt.vapour] as number),
    storage: amounts(otherGas.storage),
    formationSei: amounts(otherGas.formationSei),
    formationLattice: amounts(otherGas.formationLattice),
    overcharge: amounts(otherGas.overcharge),
  };
}

/** Weighs the species, then scales the table so that all reactions, with the products of oxidised solvent, sum to `target_mol`. */
function perReactionOf({ gas }: CellSetup, kinetics: Kinetics, target_mol: number, oxidising_mol: number, hf_mol: number): Float64Array {
  const table = new Float64Array(reactionNames.length * nGases);
  let sum = 0;
  const present = reactionNames.filter((_, i) => (kinetics.c0[i] as number) > 0);
  for (const name of present) {
    for (const kind of ["co2", "co", "h2", "c2h4", "ch4"] as const) {
      const mol = reactionGas[name].share * reactionGas[name][kind] * (gas.weight[kind] ?? 1);
      table[reactionNames.indexOf(name) * nGases + gasAt[kind]] = mol;
      sum += mol;
    }
  }
  const dry_mol = Math.max(0, target_mol - oxidising_mol * (oxidation.co2 + oxidation.co));
  reactionNames.forEach((name, i) => {
    const turnover = turnoverOf(kinetics, i);
    for (let j = 0; j < nGases; j++) {
      const k = i * nGases + j;
      table[k] = turnover > 0 && sum > 0 ? ((table[k] as number) * dry_mol) / sum / turnover : 0;
    }
    table[i * nGases + gasAt.hf] = turnover > 0 ? (reactionGas[name].hf * hf_mol) / turnover : 0;
  });
  return table;
}

/** All of a reactant that can ever react: SEI that the anode makes anew counts again. */
const turnoverOf = ({ c0, seiPerAnode }: Kinetics, i: number): number => (c0[i] as number) + (i === 0 ? seiPerAnode * (c0[1] as number) : 0);
