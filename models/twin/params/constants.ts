/** Physical constants and properties of substances, with unit and source. "From memory": a handbook value that was not looked up again for this file. */

export const gasConstant = 8.314; // J/(mol K), as in the published kinetics sets
export const zero_K = 273.15; // 0 °C
export const molarVolume_L = 24.47; // L/mol of ideal gas at 25 °C and 101.325 kPa, the state of published gas yields

/** In the order of `species` of world.ts: CO2, CO, H2, C2H4, CH4, O2, HF, solvent vapour (a mean of dimethyl and ethyl methyl carbonate). g/mol, from memory. */
export const molarMass_g = [44.01, 28.01, 2.016, 28.05, 16.04, 32.0, 20.01, 97] as const;

/** Vapour over the electrolyte: Clausius-Clapeyron through the boiling point of the mean solvent. */
export const solventParams = {
  boiling_K: 371, // between dimethyl carbonate, 90 °C, and ethyl methyl carbonate, 107 °C; from memory
  latent_J_per_mol: 37_000, // both carbonates 36 to 38 kJ/mol near 60 °C; from memory
  activity: 0.6, // mole fraction of the linear carbonates beside ethylene carbonate and salt: engineering choice
  share: 0.5, // of the electrolyte's mass that can evaporate: engineering choice
} as const;

/** Gas that leaves a cell carries heat. J/(mol K): between diatomic gas, 30, and solvent vapour, 100; engineering choice. */
export const gasHeat_J_per_mol_K = 40;
/** Air's, at constant pressure; from memory. */
export const airHeat_J_per_mol_K = 29.1;

/** Lithiated anode and charged cathode as partners of gases that cross the separator (science: Liu 2018, Huang 2021 for that it happens). Standard enthalpies of formation from memory. */
export const crosstalkParams = {
  lithium_mol_per_g: 0.01265, // LiC6, 339 mAh/g
  oxygen_J_per_mol: 1_196_000, // 4 Li + O2 -> 2 Li2O, 2 × 598 kJ/mol
  lithiumPerOxygen: 4,
  co2_J_per_mol: 270_000, // 2 Li + 2 CO2 -> Li2CO3 + CO: (1216 + 110.5 - 2 × 393.5) kJ over 2 CO2
  lithiumPerCo2: 1,
  coPerCo2: 0.5,
  h2_J_per_mol: 200_000, // H2 + lattice oxygen -> H2O(g): 242 kJ/mol less what the lattice holds its oxygen with; engineering choice
} as const;

/** 1 mol of O2 that meets ethylene carbonate: EC + 2 O2 -> 2 CO2 + CO + 2 H2O (RSC 2026, equation 1). Its heat is in the cathode's, which is measured with electrolyte. */
export const oxidation = { co2: 1, co: 0.5 } as const;

/** O2 that Li-rich oxide can give, mmol per g of charged cathode, by stoichiometry for Li0.390Ni0.133Co0.133Mn0.564O2. */
export const oxygenCap_mmol_per_g = { spinel: 2.29, rockSalt: 4.79 } as const;

/** Water's saturation pressure, Magnus: Pa at t in °C. From memory. */
export const magnus = { p_Pa: 611.2, a: 17.62, b_degC: 243.12 } as const;
