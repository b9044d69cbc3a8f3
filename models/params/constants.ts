/** Physical constants that the model and its score share; the twin keeps those of the published kinetics sets. */

export const gasConstant_J_per_mol_K = 8.314_462_618; // CODATA 2018, exact
export const zero_K = 273.15; // 0 °C
