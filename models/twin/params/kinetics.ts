/**
 * Published kinetics, as printed. Heat and mass enter a temperature only as the product H × W × c: it is what counts, and no fit can part them.
 * A in 1/s, Ea in J/mol, H in J/g of the reactant's phase.
 */

/** Kim, Pesaran, Spotnitz 2007, table 1 (LCO on graphite), read in three public codes. W in kg per m³ of jelly roll. */
export const kim = {
  heatCapacity_J_per_m3_K: 2.14e6, // one published use for an 18650
  sei: { A: 1.667e15, Ea: 135_080, H: 257, W: 610.4, c0: 0.15 },
  anode: { A: 2.5e13, Ea: 135_080, H: 1714, W: 610.4, c0: 0.75 },
  cathode: { A: 6.667e13, Ea: 139_600, H: 314, W: 1221, c0: 0.96 }, // conversion 0.04 at the start, rate A α (1 - α)
  electrolyte: { A: 5.14e25, Ea: 274_000, H: 155, W: 406.9, c0: 1 },
  z0: 0.033, // thickness of the SEI, relative to the particle
  zRef: 0.033,
} as const;

/**
 * Feng, Ren et al. 2015 to 2018 (NMC111 class, 25 Ah, 720 g, 1.1 J/(g K)), as two public codes have it ("Bilyaz 2020"). `g`: mass in that cell.
 * A public copy has A 1.75e12 and Ea 149 500 for cathode 1, which is a misprint. The heat of the SEI is that of all SEI that decomposes, regenerated included.
 */
export const feng = {
  cell_g: 720,
  sei: { A: 1.667e15, Ea: 135_080, H: 257, g: 100.58, c0: 0.15, from_degC: 50 },
  anode: { A: 0.035, Ea: 33_000, H: 1714, g: 100.58, c0: 1, from_degC: 50 },
  separator: { A: 1.5e50, Ea: 420_000, H: -233.2, g: 17.6, c0: 1, from_degC: 120 },
  electrolyte: { A: 3e15, Ea: 170_000, H: 800, g: 108, c0: 1, from_degC: 140 },
  cathode1: { A: 1.75e9, Ea: 114_950, H: 77, g: 179.12, c0: 0.999, from_degC: 180 },
  cathode2: { A: 1.077e12, Ea: 158_880, H: 84, g: 179.12, c0: 0.999, from_degC: 220 },
  anodeHot: { A: 5, from_degC: 260 },
  cRef: 1,
  seiPerAnode: 5,
} as const;

/**
 * Lithium-rich layered oxide: no published set for a full cell was found, so these are ranges to draw from, not constants (assumed):
 * peak of a DSC at 5 K/min, activation energy and heat per gram of cathode. SEI, anode and electrolyte are Kim's.
 */
export const lithiumRich = {
  heating_K_per_min: 5,
  peak_degC: [205, 265],
  Ea_J_per_mol: [130_000, 220_000],
  heat_J_per_g: [400, 1300],
} as const;

/** Where a drawn activation energy keeps the rate of the printed one: engineering choice, the middle of 80 to 180 °C. */
export const pivot_K = 400;
