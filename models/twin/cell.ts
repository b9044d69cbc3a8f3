/** One cell's state, and one inner step of it: reactions, charge, gas, pouch, heat. All amounts change in place. */

import { breathe } from "./breathe.ts";
import { applyCharge, currentsOf, type Electric, startElectric } from "./charge.ts";
import { addGas, type GasState, startGas } from "./gas.ts";
import { advanceNodes, type Nodes, nodesOf } from "./heat-nodes.ts";
import { at, consume, freshReactants, type Kinetics, kineticsOf, ratesAt, reactionNames } from "./kinetics.ts";
import { cellParams as p, pouchParams } from "./params/cell.ts";
import { gasHeat_J_per_mol_K, solventParams, zero_K } from "./params/constants.ts";
import type { CellSetup } from "./setup.ts";
import type { CellDrive } from "./world.ts";

/** Energies since the start, J; what the cell took is positive. */
export interface Heats {
  reactions_J: number;
  crosstalk_J: number;
  short_J: number;
  /** Side reactions of overcharge. */
  side_J: number;
  ohmic_J: number;
  reversible_J: number;
  heater_J: number;
  latent_J: number;
  gas_J: number;
  air_J: number;
  neighbours_J: number;
}

export interface Cell {
  readonly setup: CellSetup;
  readonly kinetics: Kinetics;
  /** What is left of each reactant, and z. */
  readonly c: Float64Array;
  readonly rates: Float64Array;
  readonly used: Float64Array;
  readonly nodes: Nodes;
  readonly electric: Electric;
  readonly gas: GasState;
  readonly heats: Heats;
  /** Own heat since the last snapshot, J. */
  own_J: number;
  /** Heat carried out by gas in the last inner step, J. */
  vent_J: number;
  /** Of the electric heater in the last inner step. */
  heater_W: number;
}

/** @throws RangeError for a setup that no cell can have. */
export function startCell(setup: CellSetup): Cell {
  const kinetics = kineticsOf(setup.kinetics, setup.fractions, setup.mass_g, setup.heatCapacity_J_per_g_K);
  const electric = startElectric(setup);
  return {
    setup,
    kinetics,
    c: freshReactants(kinetics),
    rates: new Float64Array(reactionNames.length),
    used: new Float64Array(reactionNames.length),
    nodes: nodesOf(setup),
    electric,
    gas: startGas(setup, kinetics),
    heats: {
      reactions_J: 0,
      crosstalk_J: 0,
      short_J: 0,
      side_J: 0,
      ohmic_J: 0,
      reversible_J: 0,
      heater_J: 0,
      latent_J: 0,
      gas_J: 0,
      air_J: 0,
      neighbours_J: 0,
    },
    own_J: 0,
    vent_J: 0,
    heater_W: 0,
  };
}

/** No more than this in one inner step, so that rates, which double in about 8 K, are near constant in it. Engineering choice. */
const stride_K = 0.2;
/** Shortest inner step: a runaway of 200 K/s at `stride_K`. */
const least_s = 1e-3;

/** Evaluates rates and currents, and returns how long they hold, s. */
export function prepare(cell: Cell, drive: CellDrive, longest_s: number): number {
  const { nodes, electric, gas, c } = cell;
  const boost = electric.soc > 1 ? Math.exp(p.overchargeReactivity * Math.min(p.overchargeMost, electric.soc - 1)) : 1;
  const reactions_W = ratesAt(cell.kinetics, c, nodes.core_K, boost, cell.rates);
  const crosstalk_W = (cell.rates[at.cathode1] as number) * gas.crosstalk1_J + (cell.rates[at.cathode2] as number) * gas.crosstalk2_J;
  const electric_W = currentsOf(electric, cell.setup, drive, nodes.core_K);
  const slope = (reactions_W + crosstalk_W + electric_W + nodes.coreToFace_W_per_K * (nodes.face_K - nodes.core_K)) / nodes.core_J_per_K;
  const most_s = gas.boiling ? Math.min(longest_s, pouchParams.boilingStep_s) : longest_s;
  return Math.min(most_s, Math.max(least_s, stride_K / (Math.abs(slope) + 1e-12)));
}

/** One inner step of `h_s` after `prepare`. Gas that leaves the pouch is added to `chamber_mol`; `neighbours_W` comes from cells in contact. */
export function advance(
  cell: Cell,
  drive: CellDrive,
  h_s: number,
  air_K: number,
  outside_Pa: number,
  fan: number,
  neighbours_W: number,
  chamber_mol: Float64Array,
): void {
  const { nodes, heats, gas } = cell;
  const reactions_J = consume(cell.kinetics, cell.c, cell.rates, h_s, cell.used);
  const { short_J, side_J, ohmic_J, reversible_J } = applyCharge(cell.electric, cell.setup, drive, h_s, nodes.core_K);
  const crosstalk_J = addGas(cell, h_s);
  const own_J = reactions_J + crosstalk_J + short_J + side_J;
  const evaporated_mol = gas.made[7] as number;
  const out_mol = breathe(cell, h_s, outside_Pa, chamber_mol);
  const latent_J = -solventParams.latent_J_per_mol * ((gas.made[7] as number) - evaporated_mol);
  cell.vent_J = out_mol * gasHeat_J_per_mol_K * (nodes.core_K - air_K);
  heats.reactions_J += reactions_J;
  heats.crosstalk_J += crosstalk_J;
  heats.short_J += short_J;
  heats.side_J += side_J;
  heats.ohmic_J += ohmic_J;
  heats.reversible_J += reversible_J;
  heats.latent_J += latent_J;
  heats.gas_J -= cell.vent_J;
  heats.heater_J += drive.heater_W * h_s;
  cell.heater_W = drive.heater_W;
  heats.neighbours_J += neighbours_W * h_s;
  const tab_J = p.tabResistance * ohmic_J;
  const core_J = own_J + ohmic_J - tab_J + reversible_J + latent_J - cell.vent_J;
  heats.air_J -= advanceNodes(nodes, h_s, core_J, drive.heater_W + neighbours_W, tab_J, air_K, fan);
  cell.own_J += own_J + latent_J;
  if (nodes.core_K >= cell.setup.electrical.collapse_degC + zero_K) collapse(cell);
}

/** The separator gives way: the released share of the charge flows inside the cell, at a constant current. */
function collapse({ electric, setup }: Cell): void {
  if (electric.collapsed) return;
  electric.collapsed = true;
  electric.drain_C = Math.max(0, setup.electrical.released * electric.soc * electric.capacity_Ah * 3600);
  electric.drain_A = electric.drain_C / setup.electrical.released_s;
}
