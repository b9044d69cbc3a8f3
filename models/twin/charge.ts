/** Charge of one cell: the cycler's current, shorts, hysteresis, fade. */
import { openCircuit_V, resistance_ohm, sideShare } from "./electric.ts";
import { cellParams as p } from "./params/cell.ts";
import { zero_K } from "./params/constants.ts";
import type { CellSetup } from "./setup.ts";
import type { CellDrive } from "./world.ts";

export interface Electric {
  soc: number;
  capacity_Ah: number;
  /** Fade ends here. */
  readonly least_Ah: number;
  /** -1 on the branch of discharge, 1 on that of charge. */
  branch: number;
  /** Open-circuit voltage that is lost for good. */
  faded_V: number;
  collapsed: boolean;
  /** Charge that the collapse has yet to release, and its current. */
  drain_C: number;
  drain_A: number;
  /** Of the last inner step: through the terminals, and inside. */
  current_A: number;
  short_A: number;
  resistance_ohm: number;
  open_V: number;
  voltage_V: number;
}

/** Above it a current is this one: far beyond any cell, and numbers stay finite. */
const most_A = 1e6;
/** Share of the capacity that no fade takes. Engineering choice: a cell is long out of use. */
const leastCapacity = 0.2;

export function startElectric({ soc, capacity_Ah, electrical, start_degC }: CellSetup): Electric {
  const open_V = openCircuit_V(soc);
  return {
    soc,
    capacity_Ah,
    least_Ah: leastCapacity * capacity_Ah,
    branch: 0,
    faded_V: 0,
    collapsed: false,
    drain_C: 0,
    drain_A: 0,
    current_A: 0,
    short_A: 0,
    resistance_ohm: resistance_ohm(electrical.resistance_ohm, soc, start_degC + zero_K),
    open_V,
    voltage_V: open_V,
  };
}

/** Sets currents and voltages at the present state; returns the heat that they make, W. */
export function currentsOf(electric: Electric, { electrical }: CellSetup, drive: CellDrive, core_K: number): number {
  const current_A = Math.max(-most_A, Math.min(most_A, drive.current_A));
  const open_V = Math.max(0, openCircuit_V(electric.soc) - electric.faded_V);
  const ohm = resistance_ohm(electrical.resistance_ohm, electric.soc, core_K);
  electric.current_A = current_A;
  electric.open_V = open_V;
  electric.resistance_ohm = ohm;
  if (electric.collapsed) {
    electric.short_A = electric.drain_C > 0 ? electric.drain_A : 0;
    electric.voltage_V = 0;
  } else {
    electric.short_A = open_V / (ohm + drive.short_ohm);
    electric.voltage_V = open_V + electric.branch * electrical.hysteresis_V + (current_A - electric.short_A) * ohm;
  }
  const side = sideShare(electric.soc);
  const side_W = current_A > 0 ? side * current_A * open_V : 0;
  return electric.short_A * open_V * (1 - side) + side_W + current_A * (current_A * ohm + core_K * electrical.dUdT_V_per_K);
}

/** Heats over `h_s`, J. The object is one and the same for all calls: read it at once. */
const heats = { short_J: 0, side_J: 0, ohmic_J: 0, reversible_J: 0 };

export function applyCharge(electric: Electric, { electrical }: CellSetup, drive: CellDrive, h_s: number, core_K: number): Readonly<typeof heats> {
  const { current_A } = electric;
  const coulombs = electric.capacity_Ah * 3600;
  let shorted_C = 0;
  if (electric.collapsed) {
    shorted_C = Math.min(electric.drain_C, electric.short_A * h_s);
    electric.drain_C -= shorted_C;
  } else if (drive.short_ohm < Number.POSITIVE_INFINITY) {
    shorted_C = Math.min(electric.short_A * h_s, Math.max(0, electric.soc + 0.05) * coulombs);
  }
  const moved_C = electric.collapsed ? 0 : current_A * h_s;
  const side = sideShare(electric.soc);
  heats.short_J = shorted_C * electric.open_V * (1 - side);
  heats.side_J = Math.max(0, moved_C) * electric.open_V * side;
  heats.ohmic_J = (current_A * current_A * electric.resistance_ohm + (electric.collapsed ? 0 : current_A * electric.branch * electrical.hysteresis_V)) * h_s;
  heats.reversible_J = electric.collapsed ? 0 : current_A * core_K * electrical.dUdT_V_per_K * h_s;
  electric.soc += (moved_C - shorted_C) / coulombs;
  if (moved_C !== 0) {
    const share = Math.abs(moved_C) / coulombs;
    const to = Math.sign(moved_C);
    electric.branch = to + (electric.branch - to) * Math.exp(-share / p.hysteresisWidth_soc);
    const cycles = Math.min(1, share / 2);
    electric.faded_V = Math.min(1, electric.faded_V + electrical.fade_V_per_cycle * cycles);
    fade(electric, electrical.fade_per_cycle * cycles);
  }
  return heats;
}

/** Loses a share of the capacity at the same soc: lithium is lost with the sites for it. */
export function fade(electric: Electric, share: number): void {
  if (electric.capacity_Ah > electric.least_Ah) electric.capacity_Ah *= Math.exp(-share);
}
