/** Gas that one cell makes: reactions with what crosses the separator, storage, formation, overcharge. */
import type { Cell } from "./cell.ts";
import { fade } from "./charge.ts";
import { storedEnergy_V } from "./electric.ts";
import { gasAt, nGases, type Yields, yieldsOf } from "./gas-yields.ts";
import { at, type Kinetics } from "./kinetics.ts";
import { cellParams as p, pouchParams } from "./params/cell.ts";
import { crosstalkParams as cross, gasConstant, molarMass_g, oxidation } from "./params/constants.ts";
import { hydrolysis } from "./params/gas.ts";
import type { CellSetup } from "./setup.ts";

export interface GasState {
  readonly yields: Yields;
  /** Made so far by reactions, and solvent that evaporated; inside now; let out so far. */
  readonly made: Float64Array;
  readonly inside: Float64Array;
  readonly released: Float64Array;
  /** Of one inner step. */
  readonly fresh: Float64Array;
  /** O2 that the lattice has given, whatever became of it. */
  latticeGave_mol: number;
  organic_g: number;
  /** Of the anode's reactant, what gases from the cathode consumed. */
  crossedAnode: number;
  /** Heat that crosstalk adds per unit of cathode 1 and 2: to judge how fast the cell heats. */
  readonly crosstalk1_J: number;
  readonly crosstalk2_J: number;
  readonly lithium_mol: number;
  /** Equivalent hours at 60 °C and 4.3 V. */
  stored_h: number;
  /** HF that water in the electrolyte has yet to make. */
  hydrolysis_mol: number;
  formationSei_mol: number;
  formationLattice_mol: number;
  growth_mm: number;
  vented: boolean;
  boiling: boolean;
  volume_m3: number;
  /** Pressure of the pouch over the chamber. */
  over_Pa: number;
  readonly slack_m3: number;
  readonly burst_Pa: number;
}

export function startGas(setup: CellSetup, kinetics: Kinetics): GasState {
  const { gas, capacity_Ah, fractions, mass_g } = setup;
  const yields = yieldsOf(setup, kinetics, capacity_Ah * storedEnergy_V(1));
  return {
    yields,
    made: new Float64Array(nGases),
    inside: new Float64Array(nGases),
    released: new Float64Array(nGases),
    fresh: new Float64Array(nGases),
    latticeGave_mol: 0,
    organic_g: yields.organic_g,
    crossedAnode: 0,
    crosstalk1_J: yields.oxygen1_mol * gas.oxygenToAnode * cross.oxygen_J_per_mol,
    crosstalk2_J: yields.oxygen2_mol * gas.oxygenToAnode * cross.oxygen_J_per_mol,
    lithium_mol: cross.lithium_mol_per_g * fractions.anode * mass_g,
    stored_h: 0,
    hydrolysis_mol: (hydrolysis.hfPerWater * gas.water_ppm * 1e-6 * fractions.electrolyte * mass_g) / hydrolysis.water_g_per_mol,
    formationSei_mol: gas.formationSei_mol_per_Ah * capacity_Ah,
    formationLattice_mol: gas.formationLattice_mol_per_Ah * capacity_Ah,
    growth_mm: 0,
    vented: false,
    boiling: false,
    volume_m3: 0,
    over_Pa: 0,
    slack_m3: setup.pouch.slack_mL * 1e-6 * (setup.pouch.jig === undefined ? 1 : pouchParams.jigSlack),
    burst_Pa: setup.pouch.burst_kPa * 1000,
  };
}

/** Adds the gas of one inner step to what is inside; returns the heat of gases that crossed the separator, J. */
export function addGas(cell: Cell, h_s: number): number {
  const { gas } = cell;
  const { fresh, made, inside } = gas;
  fresh.fill(0);
  const crosstalk_J = reactionGas(cell);
  storageGas(cell, h_s);
  if (gas.hydrolysis_mol > 0) hydrolyse(gas, cell.nodes.core_K, h_s);
  const { current_A, collapsed } = cell.electric;
  if (current_A > 0 && !collapsed) chargeGas(cell, current_A * h_s);
  let mass_g = 0;
  for (let i = 0; i < gasAt.vapour; i++) if (i !== gasAt.o2) mass_g += (fresh[i] as number) * (molarMass_g[i] as number);
  const scale = mass_g > gas.organic_g ? gas.organic_g / mass_g : 1;
  gas.organic_g -= scale * mass_g;
  for (let i = 0; i < gasAt.vapour; i++) {
    const mol = (fresh[i] as number) * (i === gasAt.o2 ? 1 : scale);
    made[i] = (made[i] as number) + mol;
    inside[i] = (inside[i] as number) + mol;
  }
  return crosstalk_J;
}

function add(fresh: Float64Array, composition: Float64Array, mol: number): void {
  for (let i = 0; i < gasAt.vapour; i++) fresh[i] = (fresh[i] as number) + (composition[i] as number) * mol;
}

/** Dry gas of `gone` of one reaction's reactant. */
function addReaction({ fresh, yields }: GasState, reaction: number, gone: number): void {
  if (gone < 1e-14) return;
  for (let j = 0; j < gasAt.vapour; j++) fresh[j] = (fresh[j] as number) + gone * (yields.perReaction[reaction * nGases + j] as number);
}

/** At most what the lattice has left. */
function fromLattice(gas: GasState, wanted_mol: number): number {
  const mol = Math.min(wanted_mol, gas.yields.lattice_mol - gas.latticeGave_mol);
  gas.latticeGave_mol += mol;
  return mol;
}

/**
 * Kinetics fitted above 80 °C would empty the SEI in a warm month: below, the law of storage speaks for gas, and in between the reactions fade in.
 * Engineering choice.
 */
const quiet_K = 343.15;
const gassing_K = 358.15;

/** Gas of the reactions less what crosses the separator; returns that crossing's heat, J. */
function reactionGas(cell: Cell): number {
  const { gas, used, setup, kinetics, c } = cell;
  const { fresh, yields } = gas;
  const shown = Math.min(1, (cell.nodes.core_K - quiet_K) / (gassing_K - quiet_K));
  if (shown <= 0) return 0;
  for (let i = 0; i < at.z; i++) addReaction(gas, i, shown * (used[i] as number));
  const oxygen_mol = fromLattice(gas, (used[at.cathode1] as number) * yields.oxygen1_mol + (used[at.cathode2] as number) * yields.oxygen2_mol);
  const co2 = fresh[gasAt.co2] as number;
  const h2 = fresh[gasAt.h2] as number;
  if (oxygen_mol + co2 + h2 <= 0) return 0;
  const perLithium = (kinetics.c0[at.anode] as number) / gas.lithium_mol;
  let lithium_mol = (c[at.anode] as number) / perLithium;
  const anodeOxygen_mol = Math.min(setup.gas.oxygenToAnode * oxygen_mol, lithium_mol / cross.lithiumPerOxygen);
  lithium_mol -= anodeOxygen_mol * cross.lithiumPerOxygen;
  const anodeCo2_mol = Math.min(setup.gas.co2ToAnode * co2, lithium_mol / cross.lithiumPerCo2);
  const crossed = (anodeOxygen_mol * cross.lithiumPerOxygen + anodeCo2_mol * cross.lithiumPerCo2) * perLithium;
  c[at.anode] = Math.max(0, (c[at.anode] as number) - crossed);
  gas.crossedAnode += crossed;
  const cathodeH2_mol = setup.gas.h2ToCathode * h2;
  const oxidising_mol = setup.gas.oxygenToSolvent * oxygen_mol;
  gas.organic_g += oxidising_mol * (molarMass_g[gasAt.o2] as number);
  fresh[gasAt.h2] = h2 - cathodeH2_mol;
  fresh[gasAt.co2] = co2 - anodeCo2_mol + oxidation.co2 * oxidising_mol;
  fresh[gasAt.co] = (fresh[gasAt.co] as number) + cross.coPerCo2 * anodeCo2_mol + oxidation.co * oxidising_mol;
  addReaction(gas, at.anode, crossed);
  fresh[gasAt.o2] = oxygen_mol - anodeOxygen_mol - oxidising_mol;
  return anodeOxygen_mol * cross.oxygen_J_per_mol + anodeCo2_mol * cross.co2_J_per_mol + cathodeH2_mol * cross.h2_J_per_mol;
}

/** Beyond 100 °C the decomposition reactions speak, not the law of storage. */
const storageHottest_K = 373.15;
/** And beyond this voltage, overcharge does. */
const storageMost_V = 4.6;
/** Exponents stay finite. */
const mostExponent = 20;

/** Rise, plateau, escalation: the law of storage, with the growth and the loss of capacity that go with it. */
function storageGas(cell: Cell, h_s: number): void {
  const { gas, setup, electric } = cell;
  const { storageEa_J_per_mol, storage_per_V, settles_h, knee_h, escalates_h } = setup.gas;
  const T_K = Math.min(storageHottest_K, cell.nodes.core_K);
  const exponent =
    (storageEa_J_per_mol / gasConstant) * (1 / p.storage_K - 1 / T_K) + storage_per_V * (Math.min(storageMost_V, electric.voltage_V) - p.storage_V);
  const pace = Math.exp(Math.min(mostExponent, exponent)) * (cell.c[at.electrolyte] as number);
  const hours = (pace * h_s) / 3600;
  gas.stored_h += hours;
  const first = p.storageFirst * Math.exp(-gas.stored_h / settles_h);
  const late = gas.stored_h > knee_h ? Math.min(p.storageMost, Math.expm1((gas.stored_h - knee_h) / escalates_h)) : 0;
  add(gas.fresh, gas.yields.storage, setup.gas.storage_mol_per_Ah_s * setup.capacity_Ah * pace * h_s * (1 + first + late));
  gas.growth_mm += (setup.pouch.growth_mm_per_1000h / 1000) * hours;
  fade(electric, (setup.electrical.fade_per_1000h / 1000) * hours);
}

function hydrolyse(gas: GasState, core_K: number, h_s: number): void {
  const exponent = (hydrolysis.Ea_J_per_mol / gasConstant) * (1 / p.storage_K - 1 / core_K);
  const mol = -gas.hydrolysis_mol * Math.expm1(-hydrolysis.perSecondAt60 * Math.exp(Math.min(mostExponent, exponent)) * h_s);
  gas.hydrolysis_mol = gas.hydrolysis_mol - mol > leastPool_mol ? gas.hydrolysis_mol - mol : 0;
  gas.fresh[gasAt.hf] = (gas.fresh[gasAt.hf] as number) + mol;
}

/** A pool with less is empty. */
const leastPool_mol = 1e-15;

/** First charge and overcharge; `charge_C` is positive. */
function chargeGas({ gas, setup, electric }: Cell, charge_C: number): void {
  const share = charge_C / (electric.capacity_Ah * 3600);
  if (gas.formationSei_mol > 0) {
    const mol = -gas.formationSei_mol * Math.expm1(-share / p.seiFormedBy_soc);
    gas.formationSei_mol -= mol;
    add(gas.fresh, gas.yields.formationSei, mol);
  }
  if (gas.formationLattice_mol > 0 && electric.voltage_V > p.activated_V) {
    const mol = -gas.formationLattice_mol * Math.expm1(-share / p.activatedBy_soc);
    gas.formationLattice_mol -= mol;
    const { formationLattice } = gas.yields;
    add(gas.fresh, formationLattice, fromLattice(gas, mol));
  }
  if (electric.soc > 1)
    add(gas.fresh, gas.yields.overcharge, (charge_C / faraday_C_per_mol) * setup.gas.overcharge_mol_per_mol * Math.min(1, (electric.soc - 1) / overchargeRamp));
}

const faraday_C_per_mol = 96_485;
/** Overcharge over which its gas sets in. Engineering choice. */
const overchargeRamp = 0.1;
