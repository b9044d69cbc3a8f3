/** The chamber's air: its temperature under control, its gas by species, its pressure. */
import { gasAt, nGases } from "./gas-yields.ts";
import { chamberParams as p } from "./params/chamber.ts";
import { airHeat_J_per_mol_K, gasConstant, magnus, zero_K } from "./params/constants.ts";
import { hfSticks_s } from "./params/gas.ts";
import type { ChamberSetup } from "./setup.ts";
import { type Drive, species } from "./world.ts";

/** Behind the species: nitrogen or argon, and water. */
const rest = nGases;
const water = nGases + 1;
const n = nGases + 2;
/** No room or chamber has more; numbers stay finite whatever a drive says. */
const most_Pa = 1e9;

export interface Chamber {
  readonly setup: ChamberSetup;
  /** Species, then the rest, then water. */
  readonly mol: Float64Array;
  air_K: number;
  wall_K: number;
  /** Of the controller, W. */
  integral_W: number;
  pressure_Pa: number;
  free_m3: number;
  /** Since the start: let in by the drive, come in as fresh gas, gone out or stuck to walls. */
  readonly inflow: Float64Array;
  readonly came: Float64Array;
  readonly went: Float64Array;
  readonly laboratory: Float64Array;
  readonly supply: Float64Array;
}

const saturation_Pa = (t_degC: number): number => magnus.p_Pa * Math.exp((magnus.a * t_degC) / (magnus.b_degC + t_degC));

export function startChamber(setup: ChamberSetup): Chamber {
  const T_K = setup.start_degC + zero_K;
  const free_m3 = setup.volume_L * 1e-3;
  const pressure_Pa = 101_325;
  const chamber: Chamber = {
    setup,
    mol: new Float64Array(n),
    air_K: T_K,
    wall_K: T_K,
    integral_W: 0,
    pressure_Pa,
    free_m3,
    inflow: new Float64Array(n),
    came: new Float64Array(n),
    went: new Float64Array(n),
    laboratory: new Float64Array(n),
    supply: new Float64Array(n),
  };
  setSupplies(chamber, pressure_Pa, setup.start_degC, 420);
  const all_mol = (pressure_Pa * free_m3) / (gasConstant * T_K);
  for (let i = 0; i < n; i++) chamber.mol[i] = all_mol * (chamber.supply[i] as number);
  return chamber;
}

/** Mole fractions of the laboratory's air, and of what ventilation brings. */
export function setSupplies({ laboratory, supply, setup }: Chamber, room_Pa: number, room_degC: number, co2_ppm: number): void {
  const wet = Math.min(0.2, Math.max(0, ((setup.roomHumidity_pct / 100) * saturation_Pa(room_degC)) / room_Pa));
  const co2 = Math.min(1, Math.max(0, co2_ppm * 1e-6));
  laboratory[gasAt.co2] = co2 * (1 - wet);
  laboratory[gasAt.o2] = p.oxygen * (1 - co2) * (1 - wet);
  laboratory[rest] = (1 - p.oxygen) * (1 - co2) * (1 - wet);
  laboratory[water] = wet;
  if (setup.atmosphere === "argon") supply[rest] = 1;
  else supply.set(laboratory);
}

/** 1/s of the chamber's gas that is replaced by its supply, and by laboratory air. */
const replaced = ({ setup }: Chamber): number => (setup.sealed ? 0 : setup.ventilation_per_h / 3600);
const leaked = ({ setup }: Chamber, door_per_h: number): number => ((setup.sealed ? 0 : setup.leak_per_h) + door_per_h) / 3600;

/** One inner step of temperature, implicit. Cells give `cells_W_per_K` × (their faces - air), with the sum of conductance times face in `cells_W`; vents `vent_W`. */
export function advanceAir(chamber: Chamber, drive: Drive, h_s: number, cells_W_per_K: number, cells_W: number, vent_W: number): void {
  const { setup } = chamber;
  const room_K = drive.room_degC + zero_K;
  let all_mol = 0;
  for (let i = 0; i < n; i++) all_mol += chamber.mol[i] as number;
  const air = ((airHeat_J_per_mol_K - gasConstant) * all_mol + p.metal_J_per_K) / h_s;
  const fresh = airHeat_J_per_mol_K * all_mol * (replaced(chamber) + leaked(chamber, drive.door_per_h));
  const gain = (setup.wall_J_per_K + p.metal_J_per_K) / setup.control_s;
  const set_K = drive.setPoint_degC + zero_K;
  const wall = setup.wall_J_per_K / h_s;
  const toWall = setup.airToWall_W_per_K;
  const wallSum = wall + toWall + setup.wallToRoom_W_per_K;
  const wallIn = wall * chamber.wall_K + setup.wallToRoom_W_per_K * room_K;
  const sum = air + fresh + cells_W_per_K + toWall - (toWall * toWall) / wallSum;
  const into = air * chamber.air_K + fresh * room_K + cells_W + vent_W + (toWall * wallIn) / wallSum;
  let air_K = (into + gain * set_K + chamber.integral_W) / (sum + gain);
  const wanted_W = gain * (set_K - air_K) + chamber.integral_W;
  const power_W = Math.min(setup.heater_W, Math.max(-setup.cooler_W, wanted_W));
  if (power_W !== wanted_W) air_K = (into + power_W) / sum;
  else chamber.integral_W += (gain * (set_K - air_K) * h_s) / p.integral_s;
  chamber.integral_W = Math.min(setup.heater_W, Math.max(-setup.cooler_W, chamber.integral_W));
  chamber.air_K = Math.min(5000, Math.max(50, air_K));
  chamber.wall_K = (wallIn + toWall * chamber.air_K) / wallSum;
}

/** Share that is gone after an implicit step of `x` time constants: like the exponential, never more than all. */
const implicit = (x: number): number => x / (1 + x);

/** One inner step of gas, after the cells have added theirs; `swollen_m3` is what they take of the volume. */
export function advanceGas(chamber: Chamber, drive: Drive, h_s: number, swollen_m3: number): void {
  const { mol, setup, inflow, supply, laboratory } = chamber;
  for (let i = 0; i < nGases; i++) {
    const into_mol = (drive.inflow_mol_per_s[species[i] as (typeof species)[number]] ?? 0) * h_s;
    if (into_mol === 0) continue;
    mol[i] = (mol[i] as number) + into_mol;
    inflow[i] = (inflow[i] as number) + into_mol;
  }
  const whole_m3 = setup.volume_L * 1e-3;
  chamber.free_m3 = Math.max(p.freeLeast * whole_m3, whole_m3 - swollen_m3);
  const RT = gasConstant * chamber.air_K;
  const argon = setup.atmosphere === "argon";
  const all_mol = exchange(chamber, laboratory, implicit(h_s * (leaked(chamber, drive.door_per_h) + (argon ? 0 : replaced(chamber)))));
  if (argon) exchange(chamber, supply, implicit(h_s * replaced(chamber)));
  const room_mol = (Math.min(most_Pa, drive.room_kPa * 1000) * chamber.free_m3) / RT;
  const equalises = setup.sealed && drive.door_per_h === 0 ? implicit((h_s * setup.leak_per_h) / 3600) : implicit(h_s / p.equalises_s);
  const over_mol = (all_mol - room_mol) * equalises;
  if (over_mol > 0) take(chamber, over_mol / all_mol);
  else if (over_mol < 0) give(chamber, setup.sealed || drive.door_per_h > 0 ? laboratory : supply, -over_mol);
  const stuck_mol = (mol[gasAt.hf] as number) * implicit(h_s / hfSticks_s);
  mol[gasAt.hf] = (mol[gasAt.hf] as number) - stuck_mol;
  chamber.went[gasAt.hf] = (chamber.went[gasAt.hf] as number) + stuck_mol;
  chamber.pressure_Pa = Math.min(most_Pa, ((all_mol - over_mol - stuck_mol) * RT) / chamber.free_m3);
}

/** Less than this leaves at once, or denormal numbers would slow everything down. */
const nothing_mol = 1e-18;

/** Replaces a share of the gas, mole for mole; returns the sum of all. */
function exchange(chamber: Chamber, by: Float64Array, share: number): number {
  const { mol, went, came } = chamber;
  let all_mol = 0;
  for (let i = 0; i < n; i++) all_mol += mol[i] as number;
  if (share === 0) return all_mol;
  for (let i = 0; i < n; i++) {
    const now_mol = mol[i] as number;
    const leaves_mol = now_mol < nothing_mol ? now_mol : share * now_mol;
    const comes_mol = share * all_mol * (by[i] as number);
    mol[i] = now_mol - leaves_mol + comes_mol;
    went[i] = (went[i] as number) + leaves_mol;
    came[i] = (came[i] as number) + comes_mol;
  }
  return all_mol;
}

function take({ mol, went }: Chamber, share: number): void {
  for (let i = 0; i < n; i++) {
    const leaves_mol = (mol[i] as number) * ((mol[i] as number) < nothing_mol ? 1 : share);
    mol[i] = (mol[i] as number) - leaves_mol;
    went[i] = (went[i] as number) + leaves_mol;
  }
}

function give({ mol, came }: Chamber, from: Float64Array, all_mol: number): void {
  for (let i = 0; i < n; i++) {
    const comes_mol = (from[i] as number) * all_mol;
    mol[i] = (mol[i] as number) + comes_mol;
    came[i] = (came[i] as number) + comes_mol;
  }
}

export function humidity_pct({ mol, pressure_Pa, air_K }: Chamber): number {
  let all_mol = 0;
  for (let i = 0; i < n; i++) all_mol += mol[i] as number;
  const partial_Pa = (pressure_Pa * (mol[water] as number)) / all_mol;
  return Math.min(p.humidityMost_pct, (100 * partial_Pa) / saturation_Pa(air_K - zero_K));
}
