/**
 * The twin's physics: cells, chamber and what passes between them. Deterministic; every draw is in the setup. Inside, `step` cuts its time into
 * inner steps over which no core moves by more than a fraction of a kelvin, all cells and the chamber together.
 */
import { advance, type Cell, type Heats, prepare, startCell } from "./cell.ts";
import { advanceAir, advanceGas, setSupplies, startChamber } from "./chamber.ts";
import { sensible_J } from "./heat-nodes.ts";
import type { WorldSetup } from "./setup.ts";
import { snapshot } from "./snapshot.ts";
import type { Drive, World } from "./world.ts";

/** What a cell's bookkeeping says since the start: for checks and for the truth of a run. Arrays are in the order of `species` and `reactionNames`. */
export interface CellLedger extends Heats {
  readonly sensible_J: number;
  readonly left: readonly number[];
  /** Of the anode's reactant, what gases from the cathode consumed. */
  readonly crossedAnode: number;
  readonly latticeGave_mol: number;
  readonly organic_g: number;
  readonly released_mol: readonly number[];
  readonly pouchOver_kPa: number;
  readonly pouch_mL: number;
}

/** In the order of `species`, then nitrogen or argon, then water, mol. */
export interface ChamberLedger {
  readonly now: readonly number[];
  readonly inflow: readonly number[];
  readonly came: readonly number[];
  readonly went: readonly number[];
}

export interface OpenWorld {
  world(): World;
  /** @throws TypeError for a time that is not positive and for a drive that does not fit the world or is not finite. */
  step(drive: Drive, dt_s: number): World;
  ledger(): { readonly cells: readonly CellLedger[]; readonly chamber: ChamberLedger };
}

/** Longest inner step: chamber and cells take turns. Engineering choice. */
const longest_s = 30;
/** Share of the heat carried by vented gas that strikes cells in contact; the rest goes into the air. Engineering choice. */
const strikesNeighbours = 0.2;

/** @throws RangeError for a setup that no cell, chamber or pack can have. */
export function openWorld(setup: WorldSetup): OpenWorld {
  checkSetup(setup);
  const cells = setup.cells.map(startCell);
  const chamber = startChamber(setup.chamber);
  const contactsOf = Int32Array.from(cells, (_, i) => setup.contacts.filter(({ a, b }) => a === i || b === i).length);
  const neighbours_W = new Float64Array(cells.length);
  const inner_s = innerStep(setup, cells);
  let at_s = 0;
  let last: World | undefined;

  function conduct(h_s: number): void {
    neighbours_W.fill(0);
    for (const { a, b, conductance_W_per_K } of setup.contacts) {
      const [from, to] = [cells[a] as Cell, cells[b] as Cell];
      const toB_W = conductance_W_per_K * (from.nodes.face_K - to.nodes.face_K);
      neighbours_W[a] = (neighbours_W[a] as number) - toB_W + struck_W(to, b, h_s);
      neighbours_W[b] = (neighbours_W[b] as number) + toB_W + struck_W(from, a, h_s);
    }
  }
  /** Of the last inner step's vented heat, what one neighbour gets. */
  const struck_W = ({ vent_J }: Cell, i: number, h_s: number): number => (strikesNeighbours * vent_J) / h_s / (contactsOf[i] as number);

  function innerStepOf(drive: Drive, most_s: number): number {
    let h_s = Math.min(most_s, inner_s);
    for (let i = 0; i < cells.length; i++) h_s = Math.min(h_s, prepare(cells[i] as Cell, drive.cells[i] as Drive["cells"][number], h_s));
    conduct(h_s);
    let cells_W_per_K = 0;
    let cells_W = 0;
    let vent_W = 0;
    for (let i = 0; i < cells.length; i++) {
      const { nodes, vent_J } = cells[i] as Cell;
      cells_W_per_K += drive.fan * (nodes.faceToAir_W_per_K + nodes.tabToAir_W_per_K);
      cells_W += drive.fan * (nodes.faceToAir_W_per_K * nodes.face_K + nodes.tabToAir_W_per_K * nodes.tab_K);
      vent_W += (vent_J / h_s) * ((contactsOf[i] as number) > 0 ? 1 - strikesNeighbours : 1);
    }
    advanceAir(chamber, drive, h_s, cells_W_per_K, cells_W, vent_W);
    let swollen_m3 = 0;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as Cell;
      advance(cell, drive.cells[i] as Drive["cells"][number], h_s, chamber.air_K, chamber.pressure_Pa, drive.fan, neighbours_W[i] as number, chamber.mol);
      swollen_m3 += cell.gas.volume_m3;
    }
    advanceGas(chamber, drive, h_s, swollen_m3);
    return h_s;
  }

  return {
    world: () => (last ??= snapshot(at_s, chamber, cells, 0)),
    step(drive, dt_s) {
      checkDrive(drive, dt_s, cells.length);
      setSupplies(chamber, drive.room_kPa * 1000, drive.room_degC, drive.roomCo2_ppm);
      for (const cell of cells) cell.own_J = 0;
      for (let left_s = dt_s; left_s > 1e-9 * dt_s; ) left_s -= innerStepOf(drive, left_s);
      at_s += dt_s;
      last = snapshot(at_s, chamber, cells, dt_s);
      return last;
    },
    ledger: () => ({
      cells: cells.map(({ heats, nodes, c, gas }) => ({
        ...heats,
        sensible_J: sensible_J(nodes),
        left: [...c],
        crossedAnode: gas.crossedAnode,
        latticeGave_mol: gas.latticeGave_mol,
        organic_g: gas.organic_g,
        released_mol: [...gas.released],
        pouchOver_kPa: gas.over_Pa / 1000,
        pouch_mL: gas.volume_m3 * 1e6,
      })),
      chamber: { now: [...chamber.mol], inflow: [...chamber.inflow], came: [...chamber.came], went: [...chamber.went] },
    }),
  };
}

/** Contacts are explicit: no inner step may move a face by more than 40 % of the difference to its neighbours. */
function innerStep({ contacts }: WorldSetup, cells: readonly Cell[]): number {
  let h_s = longest_s;
  cells.forEach(({ nodes }, i) => {
    const sum = contacts.reduce((all, { a, b, conductance_W_per_K }) => all + (a === i || b === i ? conductance_W_per_K : 0), 0);
    if (sum > 0) h_s = Math.min(h_s, (0.4 * nodes.face_J_per_K) / sum);
  });
  return h_s;
}

function checkSetup({ cells, chamber, contacts }: WorldSetup): void {
  for (const { mass_g, heatCapacity_J_per_g_K, capacity_Ah, pouch } of cells) {
    if (!(mass_g > 0 && heatCapacity_J_per_g_K > 0 && capacity_Ah > 0)) throw new RangeError("mass, heat capacity and capacity of a cell are positive");
    if (!(pouch.slack_mL > 0 && pouch.stiffness_kPa > 0 && pouch.area_cm2 > 0)) throw new RangeError("slack, stiffness and area of a pouch are positive");
  }
  if (!(chamber.volume_L > 0 && chamber.control_s > 0)) throw new RangeError("volume and control time of a chamber are positive");
  for (const { a, b } of contacts) {
    if (a === b || cells[a] === undefined || cells[b] === undefined) throw new RangeError(`no cells ${a} and ${b} to be in contact; there are ${cells.length}`);
  }
}

/** 24 m³ a second: no chamber is fed more. */
const mostInflow_mol_per_s = 1000;

function checkDrive(drive: Drive, dt_s: number, nCells: number): void {
  if (!(dt_s > 0 && dt_s < Number.POSITIVE_INFINITY)) throw new TypeError(`a step takes a positive time; it was ${dt_s} s`);
  if (drive.cells.length !== nCells) throw new TypeError(`the drive is for ${drive.cells.length} cells; the world has ${nCells}`);
  for (const { current_A, heater_W, short_ohm } of drive.cells) {
    if (!Number.isFinite(current_A) || !Number.isFinite(heater_W)) throw new TypeError("current_A and heater_W are finite");
    if (!(short_ohm >= 0)) throw new TypeError(`short_ohm is 0 or more, Infinity for none; it was ${short_ohm}`);
  }
  for (const [name, mol_per_s] of Object.entries(drive.inflow_mol_per_s)) {
    if (!(mol_per_s >= 0 && mol_per_s <= mostInflow_mol_per_s))
      throw new TypeError(`inflow_mol_per_s.${name} is 0 to ${mostInflow_mol_per_s}; it was ${mol_per_s}`);
  }
  const { setPoint_degC, fan, door_per_h, room_degC, room_kPa, roomCo2_ppm } = drive;
  if (!Number.isFinite(setPoint_degC + room_degC + roomCo2_ppm)) throw new TypeError("setPoint_degC, room_degC and roomCo2_ppm are finite");
  if (!(fan >= 0 && door_per_h >= 0 && room_kPa > 0) || !Number.isFinite(fan + door_per_h + room_kPa)) {
    throw new TypeError("fan and door_per_h are 0 or more, room_kPa is positive, all finite");
  }
}
