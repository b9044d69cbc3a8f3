/** What a scene draws before anything happens: the cells, the chamber, the room. */
import { usualCell } from "../params/cell.ts";
import { usualChamber } from "../params/chamber.ts";
import { kim } from "../params/kinetics.ts";
import { agedRate, cellDraws as c, chamberDraws, collapseDraws_degC, gasDraws as g, lithiumRichPrior, pouchDraws as p } from "../params/scenes.ts";
import type { Random } from "../random.ts";
import type { CellSetup, Contact, GasSetup, PouchSetup, WorldSetup } from "../setup.ts";
import type { CellDrive, Drive } from "../world.ts";

export type ReactionSet = CellSetup["kinetics"]["set"];

export interface Bench {
  /** In the station file, in the order of the setup. */
  readonly ids: readonly string[];
  readonly setup: WorldSetup;
  readonly room_degC: number;
}

export interface BenchWishes {
  readonly cells?: number;
  readonly contacts?: readonly Contact[];
  readonly soc?: number;
  readonly sets?: readonly ReactionSet[];
  readonly sealed?: boolean;
  readonly atmosphere?: WorldSetup["chamber"]["atmosphere"];
  readonly volume_L?: readonly [number, number];
  readonly ventilation_per_h?: readonly [number, number];
  readonly capacity_Ah?: readonly [number, number];
  readonly jig?: boolean;
  /** A dry cell whose reactions rest below 85 °C, as those that are used and stored are. */
  readonly aged?: boolean;
  readonly gas?: Partial<GasSetup>;
  readonly pouch?: Partial<PouchSetup>;
}

/** Lithium-rich cells are what this is for. */
const sets: readonly ReactionSet[] = ["kim", "feng", "lithium-rich", "lithium-rich"];

export function drawBench(random: Random, wishes: BenchWishes = {}): Bench {
  const start_degC = random.branch("room").uniform(...chamberDraws.room_degC);
  const count = wishes.cells ?? 1;
  // cells of a pack are of one batch
  const cell = { ...drawCell(random.branch("cell"), wishes), start_degC };
  return {
    ids: Array.from({ length: count }, (_, index) => `C${index + 1}`),
    setup: {
      cells: Array.from({ length: count }, () => cell),
      chamber: { ...drawChamber(random.branch("chamber"), wishes), start_degC },
      contacts: wishes.contacts ?? [],
    },
    room_degC: start_degC,
  };
}

function drawChamber(random: Random, wishes: BenchWishes): WorldSetup["chamber"] {
  const d = chamberDraws;
  const volume_L = random.logUniform(...(wishes.volume_L ?? d.log_volume_L));
  const larger = (volume_L / usualChamber.volume_L) ** (2 / 3);
  return {
    ...usualChamber,
    volume_L,
    atmosphere: wishes.atmosphere ?? (random.chance(d.argonShare) ? "argon" : "air"),
    sealed: wishes.sealed ?? random.chance(d.sealedShare),
    ventilation_per_h: random.logUniform(...(wishes.ventilation_per_h ?? d.log_ventilation_per_h)),
    leak_per_h: random.uniform(...d.leak_per_h),
    wall_J_per_K: usualChamber.wall_J_per_K * larger,
    airToWall_W_per_K: usualChamber.airToWall_W_per_K * larger,
    wallToRoom_W_per_K: usualChamber.wallToRoom_W_per_K * larger,
    heater_W: usualChamber.heater_W * larger,
    cooler_W: usualChamber.cooler_W * larger,
    roomHumidity_pct: random.uniform(...d.roomHumidity_pct),
  };
}

function drawCell(random: Random, wishes: BenchWishes): CellSetup {
  const capacity_Ah = random.logUniform(...(wishes.capacity_Ah ?? c.log_capacity_Ah));
  const mass_g = capacity_Ah * random.uniform(...c.mass_g_per_Ah);
  const heatCapacity_J_per_g_K = random.uniform(...c.heatCapacity_J_per_g_K);
  const pouch = drawPouch(random.branch("pouch"), capacity_Ah, wishes);
  const usual = usualCell.pouch;
  const set = random.choice(wishes.sets ?? sets);
  return {
    ...usualCell,
    mass_g,
    heatCapacity_J_per_g_K,
    capacity_Ah,
    soc: wishes.soc ?? 1,
    kinetics: drawKinetics(random.branch("kinetics"), set, wishes.aged === true ? agedRate : 1),
    electrical: {
      ...usualCell.electrical,
      resistance_ohm: random.uniform(...c.resistance_ohm_Ah) / capacity_Ah,
      dUdT_V_per_K: random.uniform(...c.dUdT_V_per_K),
      collapse_degC: random.uniform(...collapseDraws_degC[set]),
      released: random.uniform(...c.released),
    },
    gas: drawGas(random.branch("gas"), wishes),
    pouch,
    exchange_W_per_K: random.logUniform(...c.log_exchange_per_s) * mass_g * heatCapacity_J_per_g_K,
    conductance_W_per_K: usualCell.conductance_W_per_K * (pouch.area_cm2 / usual.area_cm2) * (usual.thickness_mm / pouch.thickness_mm),
  };
}

function drawKinetics(random: Random, set: ReactionSet, early: number): CellSetup["kinetics"] {
  const { peak_degC, activation_J_per_mol, heat_J_per_g } = lithiumRichPrior;
  const spread = (rate = 1) => ({ rate: rate * random.logNormal(1, c.rateSd), heat: random.normal(1, c.heatSd) });
  const activated = ({ Ea }: { readonly Ea: number }) => ({ ...spread(early), Ea_J_per_mol: Ea * random.normal(1, c.activationSd) });
  return {
    set,
    peak_degC: random.uniform(...peak_degC),
    cathodeEa_J_per_mol: random.uniform(...activation_J_per_mol),
    cathodeHeat_J_per_g: random.uniform(...heat_J_per_g),
    // Feng's anode has a rate that is limited otherwise than by its activation energy
    spread:
      set === "feng"
        ? { sei: spread(early), anode: spread(early), electrolyte: spread(), cathode1: spread(early), cathode2: spread(early) }
        : { sei: activated(kim.sei), anode: activated(kim.anode), electrolyte: spread(), cathode1: spread(early) },
  };
}

function drawGas(random: Random, wishes: BenchWishes): GasSetup {
  return {
    ...usualCell.gas,
    runaway_L_per_Ah: random.logNormal(usualCell.gas.runaway_L_per_Ah, g.runawaySd),
    hf_mg_per_Wh: random.logUniform(...g.log_hf_mg_per_Wh),
    oxygen_mmol_per_g: random.uniform(...g.oxygen_mmol_per_g),
    storage_mol_per_Ah_s: random.logUniform(...g.log_storage_mol_per_Ah_s),
    storageEa_J_per_mol: random.uniform(...g.storageEa_J_per_mol),
    settles_h: random.uniform(...g.settles_h),
    water_ppm: wishes.aged === true ? random.uniform(...g.dry_ppm) : random.logUniform(...g.log_water_ppm),
    ...wishes.gas,
  };
}

function drawPouch(random: Random, capacity_Ah: number, wishes: BenchWishes): PouchSetup {
  const usual = usualCell.pouch;
  const thickness_mm = random.uniform(...c.thickness_mm);
  const volume_cm3 = ((usual.area_cm2 * usual.thickness_mm) / 10) * (capacity_Ah / usualCell.capacity_Ah);
  const jig = { stiffness_N_per_mm: random.uniform(...p.jig_N_per_mm), preload_N: random.uniform(...p.preload_N) };
  return {
    ...usual,
    thickness_mm,
    area_cm2: (10 * volume_cm3) / thickness_mm,
    slack_mL: capacity_Ah * random.uniform(...p.slack_mL_per_Ah),
    stiffness_kPa: random.uniform(...p.stiffness_kPa),
    burst_kPa: random.logUniform(...p.log_burst_kPa),
    breathing_mm: thickness_mm * random.uniform(...p.breathing_share),
    growth_mm_per_1000h: (usual.growth_mm_per_1000h * thickness_mm) / usual.thickness_mm,
    jig: wishes.jig === true ? jig : undefined,
    ...wishes.pouch,
  };
}

/** Every cell of a bench is alike: the first stands for all. */
export function cellOf({ setup }: Bench): CellSetup {
  const [cell] = setup.cells;
  if (cell === undefined) throw new RangeError("a bench has a cell");
  return cell;
}

/** The same bench with other cells. */
export const withCells = (bench: Bench, change: Partial<CellSetup>): Bench => ({
  ...bench,
  setup: { ...bench.setup, cells: bench.setup.cells.map((cell) => ({ ...cell, ...change })) },
});

/** Cells and chamber have come to this temperature before the run begins. */
export function settledAt(bench: Bench, start_degC: number): Bench {
  const { cells, chamber, contacts } = bench.setup;
  return { ...bench, setup: { cells: cells.map((cell) => ({ ...cell, start_degC })), chamber: { ...chamber, start_degC }, contacts } };
}

/** Of the room, and of the world's chamber at the start. */
export const startedAt = { room_kPa: 101.325, roomCo2_ppm: 420 } as const;

/** Nothing is done to the cells; the chamber is kept at `setPoint_degC`. */
export const atRest = (bench: Bench, setPoint_degC: number): Drive => ({
  cells: bench.ids.map(() => ({ current_A: 0, heater_W: 0, short_ohm: Number.POSITIVE_INFINITY })),
  setPoint_degC,
  fan: 1,
  door_per_h: 0,
  room_degC: bench.room_degC,
  ...startedAt,
  inflow_mol_per_s: {},
});

/** The same done to one cell, or to every cell where none is named. */
export function toCells(drive: Drive, change: Partial<CellDrive>, only?: number): Drive {
  return { ...drive, cells: drive.cells.map((cell, index) => (only === undefined || only === index ? { ...cell, ...change } : cell)) };
}
