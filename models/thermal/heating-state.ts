/** What is kept of the net heating of one thermometer, how it begins, and what is said of each block. */
import { independent, type Kalman } from "../kalman.ts";
import { heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import { startTrend, type Trend } from "./trend.ts";
import { startUpturns, type UpturnState } from "./upturn.ts";

export interface HeatingState {
  filter: Kalman;
  at_s: number;
  wall_degC: number | null;
  /** Put down to the rest because chemistry cannot cool, lately: it may come back. */
  pulled_K_per_min: number;
  /** The drive, slowly. */
  slow_K_per_min: number;
  drive_K_per_min: number;
  /** The exchange's logarithm, slowly. */
  slow_ln: number;
  /** How fast it warms, and by how much the air is hotter, over some minutes and over more. */
  lately: Trend;
  longer: Trend;
  upturns: UpturnState[];
  /** Of air, current squared and heater, slowly. */
  before: { air_degC: number | null; current_A2: number; heater_W: number };
  /** Ratio of squared innovations to what the filter expects, slowly; 1 in a world that is as modelled. */
  strain: number;
  /** Innovations in a row that are far outside. */
  far: number;
  /** Recent net heating: time, K/min, degC. */
  recent: [number, number, number][];
  /** Since when the air around has been measured without a break; null while it is not. */
  sighted_s: number | null;
  began_s: number;
  /** The rest has come to hold what the air does, which was not measured. */
  restHoldsAir: boolean;
  air_degC: number | null;
  /** How fast the air warms, slowly. */
  air_K_per_min: number;
  /** When the thermometer or the air last jumped as nothing does that has a mass; null: never. */
  jumped_s: number | null;
  /** The one before, while the last may still turn out to be the beginning of a rise. */
  formerJump_s: number | null;
  /** Between the last two blocks, K, how many before it went the same way, and when the first of them ended. */
  step_K: number;
  steps: number;
  stepsFrom_s: number;
  /** When a current last flowed that heats. */
  loaded_s: number | null;
  /** The filter's state over the last calm hour; null before. */
  usual: number[] | null;
  /** Of the temperature, slowly. */
  slowRate_K_per_min: number;
  /** Of the block before, and the rate from block to block, smoothed: what no model has touched. */
  before_degC: number;
  plainRate_K_per_min: number;
  /** Whether a sign has said of the last block that a cold cell heats itself. */
  signed: boolean;
  /** When one last did; null: never. */
  signed_s: number | null;
  /** Its own heating while it was too cold for chemistry, K/min: a short or a charge, which goes on when it is warm. */
  source_K_per_min: number;
  /** What a measured heater gives, K/min, over some minutes: controllers switch. */
  heater_K_per_min: number;
}

export interface Heating {
  readonly at_s: number;
  readonly degC: number;
  readonly rate_K_per_min: number;
  readonly net_K_per_min: number;
  readonly u_K_per_min: number;
  /** Passed by the true net rate with 99 %, from 110 °C on with 95 %. */
  readonly least_K_per_min: number;
  readonly explained_K_per_min: number;
}

export interface CellHeat {
  readonly mass_g: number;
  readonly capacity_Ah: number;
}

/** The balance as it was at first, for a cell that has come into other surroundings. How fast it warms, and when a thermometer jumped, are kept. */
export const beginAnew = (state: HeatingState, block: Block, cell: CellHeat): HeatingState => ({
  ...startHeating(block, cell),
  plainRate_K_per_min: state.plainRate_K_per_min,
  lately: state.lately,
  longer: state.longer,
  jumped_s: state.jumped_s,
  formerJump_s: state.formerJump_s,
});

export function startHeating({ at_s, degC, noise2, air_degC }: Block, { mass_g, capacity_Ah }: CellHeat): HeatingState {
  const perWatt = 60 / (mass_g * p.heatCapacity_J_per_g_K);
  const ohmic = p.ohmicAt1C_K_per_min / capacity_Ah ** 2;
  return {
    filter: independent(
      [degC, 0, Math.log(p.exchange_per_min), 0, ohmic, perWatt, p.air_share, p.wall_share, 0, p.colder_share, p.lag_share],
      [
        Math.sqrt(noise2) + 0.05,
        0,
        p.exchangeSd_ln,
        p.restSd_K_per_min,
        ohmic * 2,
        perWatt * p.heatCapacitySd_ln,
        p.airSd_share,
        p.wallSd_share,
        p.offsetSd_K,
        p.colderSd_share,
        p.lagSd_share,
      ],
    ),
    at_s,
    wall_degC: air_degC ?? null,
    pulled_K_per_min: 0,
    slow_K_per_min: 0,
    drive_K_per_min: 0,
    slow_ln: Math.log(p.exchange_per_min),
    lately: startTrend(degC, air_degC),
    longer: startTrend(degC, air_degC),
    upturns: startUpturns(at_s),
    before: { air_degC: air_degC ?? null, current_A2: 0, heater_W: 0 },
    strain: 1,
    far: 0,
    recent: [],
    began_s: at_s,
    restHoldsAir: false,
    sighted_s: air_degC === undefined ? null : at_s,
    air_degC: air_degC ?? null,
    air_K_per_min: 0,
    jumped_s: null,
    formerJump_s: null,
    step_K: 0,
    steps: 0,
    stepsFrom_s: at_s,
    loaded_s: null,
    usual: null,
    slowRate_K_per_min: 0,
    before_degC: degC,
    plainRate_K_per_min: 0,
    signed: false,
    signed_s: null,
    source_K_per_min: 0,
    heater_K_per_min: 0,
  };
}
