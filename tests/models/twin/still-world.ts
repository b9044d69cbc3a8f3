/** A true world in which nothing happens but what a test sets. */
import type { CellWorld, Species, World } from "../../../models/twin/world.ts";
import { species } from "../../../models/twin/world.ts";

export const noGas = Object.fromEntries(species.map((name) => [name, 0])) as Record<Species, number>;

export const stillCell = (change: Partial<CellWorld> = {}): CellWorld => ({
  core_degC: 25,
  surface_degC: 25,
  tab_degC: 25,
  net_K_per_min: 0,
  voltage_V: 3.8,
  current_A: 0,
  heater_W: 0,
  soc: 0.5,
  capacity_Ah: 5,
  thickness_mm: 0,
  force_N: undefined,
  swelling_pct: 0,
  made_mol: noGas,
  inside_mol: noGas,
  vented: false,
  enthalpyLeft_J: 1e5,
  ...change,
});

export const stillWorld = (at_s: number, change: Partial<Omit<World, "cells" | "at_s">> & { readonly cell?: Partial<CellWorld> } = {}): World => {
  const { cell, ...rest } = change;
  return { at_s, chamber_degC: 25, pressure_kPa: 101.3, gas_ppm: noGas, humidity_pct: 40, ...rest, cells: [stillCell(cell)] };
};
