/**
 * What each reaction gives. The sum is the gas of a runaway by Howard 2025 (NMC811, 5 Ah, inert: CO 37.8, CO2 27.8, H2 22.0, CH4 4.9, C2H4 3.9 vol%, the other
 * hydrocarbons left out); how it is shared among reactions is assumed, by the order in which gases appear: SEI 80 to 120 °C CO2 and C2H4,
 * cathode CO2 and CO, anode H2 and hydrocarbons. Each row of shares sums to 1.
 */
export const reactionGas = {
  sei: { share: 0.03, co2: 0.55, co: 0.05, h2: 0.05, c2h4: 0.35, ch4: 0, hf: 0.05 },
  anode: { share: 0.3, co2: 0.03, co: 0.38, h2: 0.42, c2h4: 0.09, ch4: 0.08, hf: 0.15 },
  separator: { share: 0, co2: 0, co: 0, h2: 0, c2h4: 0, ch4: 0, hf: 0 },
  electrolyte: { share: 0.37, co2: 0.3, co: 0.4, h2: 0.23, c2h4: 0.005, ch4: 0.065, hf: 0.5 },
  cathode1: { share: 0.3, co2: 0.505, co: 0.43, h2: 0.055, c2h4: 0, ch4: 0.01, hf: 0.3 },
  cathode2: { share: 0, co2: 0.505, co: 0.43, h2: 0.055, c2h4: 0, ch4: 0.01, hf: 0 },
} as const;

/** Storage: CO2 dominant, then CO; formation by SEI and by lattice; overcharge. Assumed, by the sources' order. */
export const otherGas = {
  storage: { co2: 0.8, co: 0.15, h2: 0.03, c2h4: 0.01, ch4: 0.01 },
  formationSei: { c2h4: 0.55, h2: 0.25, co: 0.12, co2: 0.08 },
  formationLattice: { co2: 0.8, o2: 0.2 },
  overcharge: { co2: 0.5, co: 0.2, h2: 0.2, ch4: 0.05, c2h4: 0.05 },
} as const;

/** LiPF6 + H2O -> 2 HF + ...: first order in what water is left. Assumed: a week at 60 °C, an hour at 100 °C. */
export const hydrolysis = { perSecondAt60: 1.6e-6, Ea_J_per_mol: 140_000, hfPerWater: 2, water_g_per_mol: 18.02 } as const;

/** HF reacts with walls and moisture: e-fold in a chamber, s. Engineering choice; that it does is from memory. */
export const hfSticks_s = 1800;
/** Organic matter beside the electrolyte that can turn to gas: share of the cell's mass in binder, SEI, separator and carbon that burns. Engineering choice. */
export const otherOrganic = 0.12;
