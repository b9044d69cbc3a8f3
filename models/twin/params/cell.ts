/**
 * A usual lithium-rich pouch cell of 5 Ah, to draw cells around. No such cell's data sheet was found: sizes are those of published 5 Ah pouches
 * or assumed. Ranges to draw from stand beside the values.
 */
import type { CellSetup } from "../setup.ts";

export const usualCell: CellSetup = {
  mass_g: 82, // a 5 Ah pouch, 90 J/K with the heat capacity below; assumed
  heatCapacity_J_per_g_K: 1.1, // Feng's 1100 J/(kg K)
  capacity_Ah: 5,
  soc: 1,
  start_degC: 25,
  fractions: { anode: 0.14, cathode: 0.22, electrolyte: 0.15, separator: 0.025 }, // assumed; separator: Feng's 17.6 g of 720 g
  kinetics: {
    set: "lithium-rich",
    peak_degC: 225, // 205 to 265
    cathodeEa_J_per_mol: 150_000, // 130 000 to 220 000
    cathodeHeat_J_per_g: 800, // 400 to 1300
    spread: {},
  },
  electrical: {
    resistance_ohm: 0.03, // engineering choice
    dUdT_V_per_K: -1e-4, // engineering choice; of either sign in layered oxides, a few 0.1 mV/K
    hysteresis_V: 0.1, // engineering choice: charge and discharge of a lithium-rich cathode lie 0.1 to 0.3 V apart
    fade_V_per_cycle: 5e-4, // engineering choice: the voltage fade of lithium-rich cathodes, mV a cycle
    fade_per_cycle: 5e-4, // engineering choice
    fade_per_1000h: 0.05, // engineering choice
    collapse_degC: 170, // 150 to 200: PE and PP melt at 130 and 165 °C (from memory), ceramic holds on; engineering choice
    released: 0.6, // about 60 % fits T3 of 870 °C where all of it gives 1033 °C
    released_s: 10, // Feng's code
  },
  gas: {
    runaway_L_per_Ah: 1.8, // 1.66 (Howard 2025) to 1.96 (Koch 2018, from memory), to be drawn ± 50 %: no yield of a lithium-rich cell was found
    weight: {},
    hf_mg_per_Wh: 60, // 20 to 200 in fires (Larsson 2017)
    water_ppm: 30, // 10 to 300: with 300 ppm the salt gives HF far below 107 °C (Yang, Zhuang, Ross); assumed
    oxygen_mmol_per_g: 1.5, // assumed, of 2.29 to spinel and 4.79 to rock salt
    oxygenToAnode: 0.35, // assumed
    oxygenToSolvent: 0.6, // assumed
    co2ToAnode: 0.05, // assumed
    h2ToCathode: 0.05, // assumed
    storage_mol_per_Ah_s: 2e-11, // assumed: 2 mL/Ah in 1000 h; no value of a lithium-rich cell was found. 5e-12 to 2e-10
    storageEa_J_per_mol: 70_000, // 50 000 to 90 000; assumed
    storage_per_V: 4, // assumed
    settles_h: 50, // assumed
    knee_h: 800, // 100 to 3000; assumed
    escalates_h: 100, // assumed
    formationSei_mol_per_Ah: 0, // about 1e-4, 2.5 mL/Ah, on a first charge; assumed
    formationLattice_mol_per_Ah: 0, // about 1e-4 on a first charge; assumed
    overcharge_mol_per_mol: 0.02, // assumed
  },
  pouch: {
    thickness_mm: 6, // assumed
    area_cm2: 65, // assumed
    slack_mL: 15, // assumed; 5 to 30
    stiffness_kPa: 100, // assumed; 50 to 300
    burst_kPa: 90, // 20 to 150: 40 N over 15 mm on 40 to 100 mm of width; assumed
    orifice_mm2: 20, // assumed
    breathing_mm: 0.15, // assumed: 2.5 %
    growth_mm_per_1000h: 0.1, // assumed
    jig: undefined,
  },
  exchange_W_per_K: 0.12, // 5 Ah pouch, 1.33e-3 1/s
  conductance_W_per_K: 3, // engineering choice: 65 cm² on both faces, 3 mm at 1 W/(m K)
};

/** What the world takes for every cell. */
export const cellParams = {
  /** Open circuit, V over soc up to 100 %: a0 + a1 s + a2 s² + a3 s³. Engineering choice: sloped, as lithium-rich cathodes on graphite are, 2.9 to 4.4 V. */
  ocv_V: [2.9, 2.0, -0.9, 0.4],
  ocvMost_V: 5.2, // electrolytes decompose; engineering choice
  hysteresisWidth_soc: 0.05, // engineering choice: charge after which the voltage has changed branch
  resistanceEa_K: 2500, // 21 kJ/mol, engineering choice: doubles from 25 to 0 °C
  resistanceEnds: 0.8, // engineering choice: share more when empty
  resistanceOver: 10, // engineering choice: per 100 % of overcharge
  overchargeReactivity: 12, // engineering choice: e-folds of anode's and cathode's rates per 100 % of overcharge
  overchargeMost: 1, // engineering choice: no further
  activated_V: 4.35, // 4.5 V against lithium, on graphite with its 0.1 V and a margin for the polarised charge: engineering choice
  seiFormedBy_soc: 0.1, // engineering choice: e-fold of the SEI's first gas
  activatedBy_soc: 0.1, // engineering choice: e-fold of the lattice's first gas above 4.5 V
  surfaceShare: 0.3, // engineering choice: of the heat capacity, in the face
  tabShare: 0.02, // engineering choice
  tabConductance_W_per_K: 0.15, // engineering choice
  tabExchange_W_per_K: 0.01, // engineering choice
  tabResistance: 0.03, // engineering choice: of the cell's resistance, in the tab
  storageFirst: 2, // engineering choice: extra rate at the very start
  storageMost: 50, // engineering choice: the escalation ends here
  storage_K: 333.15, // reference of the storage law
  storage_V: 4.3, // same
  expansion_mm_per_K: 2e-4, // engineering choice: 30 ppm/K over 6 mm
  cellStiffness_N_per_mm: 20_000, // engineering choice: 65 cm², 20 MPa over 6 mm
} as const;

export const pouchParams = {
  /** Share of the seal's strength that is left, at temperature in °C. Polypropylene: 0.1 to 0.3 near 130 to 150 °C, assumed; between, a straight line. */
  softening: [
    [60, 1],
    [130, 0.3],
    [150, 0.1],
  ],
  discharge: 0.6, // Cd of a sharp edge, from memory
  openShare: 0.3, // engineering choice: of the slack volume, what an opened pouch keeps
  tears_Pa: 20_000, // engineering choice: the opening is twice as wide at this pressure, five times at twice that
  exchange_s: 300, // engineering choice: diffusion out of an opened pouch
  jigSlack: 0.4, // engineering choice: of the slack volume, what the plates of a jig leave at the edges
  evaporates_s: 1, // engineering choice: vapour follows its pressure
  boilingStep_s: 0.5, // inner step while an opened pouch boils
} as const;
