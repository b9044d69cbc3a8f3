/**
 * The true world that the twin computes, before any sensor: what a scene may do to it, and what there is to measure.
 * Shapes only. Amounts are in mol, times in s from the start of the run.
 */

/** Gas species that are followed one by one. `vapour` is the electrolyte's solvent. */
export const species = ["co2", "co", "h2", "c2h4", "ch4", "o2", "hf", "vapour"] as const;
export type Species = (typeof species)[number];
export type Amounts = Readonly<Record<Species, number>>;

/** What a scene does to one cell, held over a step. */
export interface CellDrive {
  /** Positive on charge; the world clips nothing. */
  readonly current_A: number;
  /** Electric heater on the cell's face. */
  readonly heater_W: number;
  /** Internal short, ohm; Infinity for none. */
  readonly short_ohm: number;
}

/** What a scene does to the station, held over a step. */
export interface Drive {
  readonly cells: readonly CellDrive[];
  readonly setPoint_degC: number;
  /** Share of the usual exchange between air and cells: 1, less when a fan fails. */
  readonly fan: number;
  /** Air changes by the laboratory's air per hour, on top of the chamber's own ventilation: an open door. */
  readonly door_per_h: number;
  readonly room_degC: number;
  readonly room_kPa: number;
  /** Gas let into the chamber, mol/s: calibration gas, a cleaning solvent. */
  readonly inflow_mol_per_s: Partial<Amounts>;
  /** CO2 in the laboratory's air, ppm. */
  readonly roomCo2_ppm: number;
}

export interface CellWorld {
  readonly core_degC: number;
  readonly surface_degC: number;
  readonly tab_degC: number;
  /** Heating of the cell by its own reactions, short and released electrical energy, less what its evaporating solvent takes; without ohmic heat, heater and exchange: W / (m cp). */
  readonly net_K_per_min: number;
  readonly voltage_V: number;
  readonly current_A: number;
  /** Of the electric heater on its face. */
  readonly heater_W: number;
  /** 0 to 1 of what the cell can still hold; above 1 overcharged. */
  readonly soc: number;
  readonly capacity_Ah: number;
  /** Growth of the thickness over the fresh cell at 50 % SOC and 25 °C, by gas and by breathing. */
  readonly thickness_mm: number;
  /** Of a jig of constant gap; undefined without one. */
  readonly force_N: number | undefined;
  /** Of `thickness_mm`, by gas and irreversible growth alone, in percent of the fresh thickness. */
  readonly swelling_pct: number;
  /** Ever made by the cell's reactions and set free, whatever became of it; of the solvent, what has evaporated and not condensed again. */
  readonly made_mol: Amounts;
  /** Free inside the pouch now. */
  readonly inside_mol: Amounts;
  readonly vented: boolean;
  /** Electrochemical and chemical energy that is still to be released, J, without what gases that cross the separator would add. */
  readonly enthalpyLeft_J: number;
}

export interface World {
  readonly at_s: number;
  readonly chamber_degC: number;
  readonly pressure_kPa: number;
  /** In the chamber's free gas. */
  readonly gas_ppm: Amounts;
  readonly humidity_pct: number;
  readonly cells: readonly CellWorld[];
}
