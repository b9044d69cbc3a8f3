/**
 * Everything that one run draws before it starts: the world itself holds no chance. Numbers that hold for every run stand in `params/`; what is
 * usual, and how far runs may stray from it, in `params/cell.ts` and `params/chamber.ts`.
 */
import type { Fractions, KineticsSetup } from "./kinetics.ts";
import type { Amounts } from "./world.ts";

export interface ElectricalSetup {
  /** At 25 °C and half charge. */
  readonly resistance_ohm: number;
  readonly dUdT_V_per_K: number;
  /** Half the distance between the branches of charge and discharge. */
  readonly hysteresis_V: number;
  /** Lost open-circuit voltage and share of capacity per full cycle, and share of capacity per 1000 h at 60 °C and 4.3 V. */
  readonly fade_V_per_cycle: number;
  readonly fade_per_cycle: number;
  readonly fade_per_1000h: number;
  /** The core's temperature at which the separator's ceramic gives way: an internal short for all of the cell. Infinity for never. */
  readonly collapse_degC: number;
  /** Share of what is left that the collapse releases as heat, and over how long. */
  readonly released: number;
  readonly released_s: number;
}

export interface GasSetup {
  /** Dry gas of a complete runaway, at 25 °C. */
  readonly runaway_L_per_Ah: number;
  /** Weight of each species against the usual composition; the sum stays `runaway_L_per_Ah`. */
  readonly weight: Partial<Amounts>;
  /** HF of a complete runaway. */
  readonly hf_mg_per_Wh: number;
  /** Water in the fresh electrolyte: it makes HF out of the salt long before. */
  readonly water_ppm: number;
  /** O2 from the lattice in the cathode's reaction, mmol per g of cathode: at most what rock salt leaves. */
  readonly oxygen_mmol_per_g: number;
  /** Shares of O2 that the anode takes and that oxidise the solvent; the rest stays O2. Shares of CO2 that the anode takes, of H2 that the cathode does. */
  readonly oxygenToAnode: number;
  readonly oxygenToSolvent: number;
  readonly co2ToAnode: number;
  readonly h2ToCathode: number;
  /** Storage at 60 °C and 4.3 V on the plateau, and how it grows with temperature and voltage. */
  readonly storage_mol_per_Ah_s: number;
  readonly storageEa_J_per_mol: number;
  readonly storage_per_V: number;
  /** Equivalent hours at 60 °C and 4.3 V: after which the first rise has gone, at which the escalation starts, and in which it grows e-fold. */
  readonly settles_h: number;
  readonly knee_h: number;
  readonly escalates_h: number;
  /** First charge: gas of the SEI's making, and from the lattice above 4.5 V against lithium; 0 for a cell that was formed. */
  readonly formationSei_mol_per_Ah: number;
  readonly formationLattice_mol_per_Ah: number;
  /** Per mole of electrons above 100 %. */
  readonly overcharge_mol_per_mol: number;
}

export interface PouchSetup {
  readonly thickness_mm: number;
  readonly area_cm2: number;
  /** Gas that the pouch takes up before it is taut, and the rise of pressure when that volume doubles. */
  readonly slack_mL: number;
  readonly stiffness_kPa: number;
  /** Gauge pressure that opens the seal at room temperature. */
  readonly burst_kPa: number;
  readonly orifice_mm2: number;
  /** Reversible growth from empty to full, and for good per 1000 h at 60 °C and 4.3 V. */
  readonly breathing_mm: number;
  readonly growth_mm_per_1000h: number;
  /** A jig of constant gap: its stiffness, and the force on it at 50 % SOC and 25 °C. */
  readonly jig: { readonly stiffness_N_per_mm: number; readonly preload_N: number } | undefined;
}

export interface CellSetup {
  readonly mass_g: number;
  readonly heatCapacity_J_per_g_K: number;
  readonly capacity_Ah: number;
  readonly soc: number;
  readonly start_degC: number;
  readonly fractions: Fractions;
  readonly kinetics: KineticsSetup;
  readonly electrical: ElectricalSetup;
  readonly gas: GasSetup;
  readonly pouch: PouchSetup;
  /** Face to air with the usual fan, and core to face. */
  readonly exchange_W_per_K: number;
  readonly conductance_W_per_K: number;
}

export interface ChamberSetup {
  readonly volume_L: number;
  readonly atmosphere: "air" | "argon";
  /** No exchange but the leak, so that pressure builds up. */
  readonly sealed: boolean;
  /** Air changes by fresh gas: laboratory air, or argon in an argon chamber. */
  readonly ventilation_per_h: number;
  /** Air changes by laboratory air, unwanted; in a sealed chamber 1/h of excess pressure that gets away. */
  readonly leak_per_h: number;
  readonly wall_J_per_K: number;
  readonly airToWall_W_per_K: number;
  readonly wallToRoom_W_per_K: number;
  readonly heater_W: number;
  readonly cooler_W: number;
  /** Time in which the air follows its set point. */
  readonly control_s: number;
  readonly start_degC: number;
  readonly roomHumidity_pct: number;
}

/** Heat conduction between the faces of two cells, by index. */
export interface Contact {
  readonly a: number;
  readonly b: number;
  readonly conductance_W_per_K: number;
}

export interface WorldSetup {
  readonly cells: readonly CellSetup[];
  readonly chamber: ChamberSetup;
  readonly contacts: readonly Contact[];
}
