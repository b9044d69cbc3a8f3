/**
 * Net self-heating of one thermometer: what exchange, current, heater and the learned rest leave unexplained, with its uncertainty.
 * Three things are known of chemistry and used: below some 75 °C it does not heat, it cools only where solvent boils and separators melt, and it does not jump.
 */
import { at, correct, independent, type Kalman, pin, type Taught, variance, widen } from "../kalman.ts";
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { aheadParams, heatParams as p } from "../params/thermal.ts";
import type { Block } from "./block.ts";
import {
  A,
  B,
  C,
  D,
  exchange_per_min,
  explained_K_per_min,
  flows_K_per_min,
  G,
  type HeatDrive,
  innovationOf,
  L,
  leastVariance,
  loss_K_per_min,
  N,
  O,
  offset_K,
  predict,
  Q,
  S,
  shown_K_per_min,
  T,
  W,
} from "./filter.ts";
import { restrain } from "./restraint.ts";
import type { Surroundings } from "./time-to-runaway.ts";

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
  lately: Course;
  longer: Course;
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

export interface Course {
  rate_K_per_min: number;
  gap_K: number;
  air_K_per_min: number;
}

export interface Heating {
  readonly at_s: number;
  readonly degC: number;
  readonly rate_K_per_min: number;
  readonly net_K_per_min: number;
  readonly u_K_per_min: number;
  /** Passed by the true net rate with 99 %. */
  readonly least_K_per_min: number;
  readonly explained_K_per_min: number;
}

export interface CellHeat {
  readonly mass_g: number;
  readonly capacity_Ah: number;
}

export function startHeating({ at_s, degC, noise2, air_degC }: Block, { mass_g, capacity_Ah }: CellHeat): HeatingState {
  const perWatt = 60 / (mass_g * p.heatCapacity_J_per_g_K);
  const ohmic = p.ohmicAt1C_K_per_min / capacity_Ah ** 2;
  return {
    filter: independent(
      [degC, 0, Math.log(p.exchange_per_min), 0, ohmic, perWatt, p.air_share, p.wall_share, 0, 0, p.lag_share],
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
        p.offsetSd_K_per_K,
        p.lagSd_share,
      ],
    ),
    at_s,
    wall_degC: air_degC ?? null,
    pulled_K_per_min: 0,
    slow_K_per_min: 0,
    drive_K_per_min: 0,
    slow_ln: Math.log(p.exchange_per_min),
    lately: { rate_K_per_min: 0, gap_K: air_degC === undefined ? 0 : air_degC - degC, air_K_per_min: 0 },
    longer: { rate_K_per_min: 0, gap_K: air_degC === undefined ? 0 : air_degC - degC, air_K_per_min: 0 },
    before: { air_degC: air_degC ?? null, current_A2: 0, heater_W: 0 },
    strain: 1,
    far: 0,
    recent: [],
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

/** `signed`: heat of the cell's own is possible though it is cold, as its voltage or its surroundings tell. */
export function seeBlock(state: HeatingState, block: Block, cell: CellHeat, signed: boolean): Heating {
  const { filter } = state;
  const dt_min = Math.max(1e-4, (block.at_s - state.at_s) / 60);
  const warm = at(filter.x, T) > p.possibleFrom_degC;
  const possible = signed || warm;
  if (signed && !warm && !state.signed) ownUp(state);
  if (!possible && state.strain < p.calmStrain) state.usual = blend(state.usual, filter.x, 1 - Math.exp(-dt_min / p.usual_min));
  state.signed = signed;
  if (signed) state.signed_s = block.at_s;
  seeJump(state, block, dt_min);
  if (dt_min > p.longest_min) forget(state, block, possible);
  state.plainRate_K_per_min += (1 - Math.exp(-dt_min / p.plainRate_min)) * ((block.degC - state.before_degC) / dt_min - state.plainRate_K_per_min);
  state.before_degC = block.degC;
  see(state.lately, state, block, dt_min / p.lately_min);
  see(state.longer, state, block, dt_min / p.longer_min);
  const drive = driveOf(state, block, Math.min(dt_min, p.longest_min));
  const blind = block.air_degC === undefined;
  const lag = state.drive_K_per_min - state.slow_K_per_min;
  const noise = new Array<number>(N).fill(0);
  noise[T] = p.temperatureNoise_K ** 2 + 0.5 * (p.lagDoubt_share * lag) ** 2;
  noise[Q] = possible ? netNoise2(state, blind) : 0;
  noise[B] = (blind && !possible ? p.blindDrift_K_per_min : p.restDrift_K_per_min) ** 2;
  const before_degC = at(filter.x, T);
  if (possible) grow(filter, drive, dt_min);
  const before = follow(state, drive, dt_min);
  predict(filter, drive, before, Math.min(dt_min, p.longest_min), noise);
  const taught = possible ? taughtBy(state, block.air_degC) : () => true;
  compare(state, block, dt_min, possible, taught);
  widen(filter, L, (p.exchangeDrift_ln_per_K * (at(filter.x, T) - before_degC)) ** 2 + p.exchangeDrift_ln_per_min ** 2 * dt_min);
  state.at_s = block.at_s;
  state.drive_K_per_min = explained_K_per_min(filter, drive);
  state.slow_K_per_min += (1 - Math.exp(-dt_min / p.lag_min)) * (state.drive_K_per_min - state.slow_K_per_min);
  state.slow_ln += (1 - Math.exp(-dt_min / p.exchangeSettles_min)) * (at(filter.x, L) - state.slow_ln);
  const exchangeFlow = explained_K_per_min(filter, { ...drive, current_A2: 0, heater_W: 0 });
  const u = Math.hypot(
    p.least_K_per_min,
    Math.sqrt(variance(filter, Q)),
    p.lagDoubt_share * (state.drive_K_per_min - state.slow_K_per_min),
    p.drive_share * flows_K_per_min(filter, drive),
    p.lossDoubt_per_K * loss_K_per_min(filter, drive) * Math.max(0, at(filter.x, T) - p.possibleFrom_degC),
    Math.abs(at(filter.x, L) - state.slow_ln) * exchangeFlow,
    doubtOfLoad(state, block, cell),
  );
  restrain(state, possible, u, Math.min(dt_min, p.longest_min), taught);
  const net = at(filter.x, Q);
  state.source_K_per_min = Math.max(0, warm ? Math.min(state.source_K_per_min, net) : net);
  state.heater_K_per_min += (1 - Math.exp(-dt_min / p.heater_min)) * (at(filter.x, G) * block.heater_W - state.heater_K_per_min);
  const shown = shown_K_per_min(filter, drive, before);
  // the exchange is known by its logarithm: what a warmer cell loses may be little, and never less than nothing
  const loss = Math.max(0, -state.drive_K_per_min);
  const sd_ln = Math.sqrt(variance(filter, L));
  const byExchange = Math.min(u, loss * sd_ln);
  const lost = sd_ln > 0 ? (byExchange / sd_ln) * -Math.expm1(-p.sigmas * sd_ln) : 0;
  return {
    at_s: block.at_s,
    degC: at(filter.x, T),
    rate_K_per_min: shown + net + at(filter.x, B),
    net_K_per_min: net,
    u_K_per_min: u,
    least_K_per_min: net - Math.hypot(p.sigmas * Math.sqrt(Math.max(0, u * u - byExchange ** 2)), lost),
    explained_K_per_min: shown + at(filter.x, B),
  };
}

function see(course: Course, { plainRate_K_per_min, air_K_per_min }: HeatingState, { degC, air_degC = degC }: Block, share: number): void {
  const by = 1 - Math.exp(-share);
  course.rate_K_per_min += by * (plainRate_K_per_min - course.rate_K_per_min);
  course.air_K_per_min += by * (air_K_per_min - course.air_K_per_min);
  course.gap_K += by * (air_degC - degC - course.gap_K);
}

/** The drive slowly. */
function follow(state: HeatingState, now: HeatDrive, dt_min: number): HeatDrive {
  const share = 1 - Math.exp(-dt_min / p.lag_min);
  const { before } = state;
  before.air_degC = now.air_degC === undefined ? null : (before.air_degC ?? now.air_degC) + share * (now.air_degC - (before.air_degC ?? now.air_degC));
  before.current_A2 += share * (now.current_A2 - before.current_A2);
  before.heater_W += share * (now.heater_W - before.heater_W);
  return { ...before, air_degC: before.air_degC ?? undefined, wall_degC: now.wall_degC };
}

const blend = (usual: readonly number[] | null, now: readonly number[], share: number): number[] =>
  usual === null ? [...now] : usual.map((value, i) => value + share * (at(now, i) - value));

/** What exchange, offset and rest were made to explain lately is the cell's own after all: they are again what they were while it was calm. */
function ownUp(state: HeatingState): void {
  const { filter, usual, drive_K_per_min } = state;
  if (usual === null) return;
  const { x } = filter;
  const before = { gap_K: drive_K_per_min / Math.exp(at(x, L)), rate: drive_K_per_min + at(x, B) + at(x, Q) };
  const moved_K = at(usual, O) - at(x, O);
  pin(filter, L, at(usual, L), p.usualSd_ln ** 2);
  pin(filter, O, at(usual, O), p.usualSd_K ** 2);
  pin(filter, B, at(usual, B), p.usualSd_K_per_min ** 2);
  for (const i of [C, S, A, D]) pin(filter, i, at(usual, i), variance(filter, i));
  const explained = Math.exp(at(x, L)) * (before.gap_K + moved_K) + at(x, B);
  const net = Math.max(0, before.rate - explained);
  pin(filter, Q, net, p.afterGap_K_per_min ** 2 + (p.ownUp_share * net) ** 2);
}

/** Whether the filter still holds, and says, what a cell can have; if not it must begin anew. */
export const isSound = ({ filter: { x, P } }: HeatingState, { degC, rate_K_per_min, net_K_per_min, u_K_per_min, explained_K_per_min }: Heating): boolean =>
  x.every(Number.isFinite) &&
  P.every(Number.isFinite) &&
  Math.abs(degC) < p.absurd_degC &&
  [rate_K_per_min, net_K_per_min, u_K_per_min, explained_K_per_min].every((rate) => Math.abs(rate) < p.absurd_K_per_min);

/** Heat from outside that no channel measures, a pad, a lamp or a charger: what would warm the cell in air of its own temperature, on one that is hotter than its air. */
export const isHeatedUnseen = ({ filter, air_degC, signed }: HeatingState): boolean =>
  !signed && (air_degC === null || at(filter.x, T) - air_degC > p.farGap_K) && unseenHeat_K_per_min(filter, air_degC) > p.unseenHeat_K_per_min;

const unseenHeat_K_per_min = ({ x }: Kalman, air_degC: number | null): number =>
  at(x, B) + Math.exp(at(x, L)) * (air_degC === null ? at(x, O) : offset_K(x, air_degC));

/** A jump is a step between two blocks that stand, or within the one between; what goes on rising is none. */
function seeJump(state: HeatingState, { at_s, degC, air_degC }: Block, dt_min: number): void {
  const times = Math.max(1, dt_min / p.jumpBlock_min);
  const step_K = degC - state.before_degC;
  const ratio = state.step_K === 0 ? 0 : step_K / state.step_K;
  const goesOn = ratio > p.jumpGoesOn_share && ratio < 1 / p.jumpGoesOn_share;
  state.steps = goesOn ? state.steps + 1 : 0;
  if (!goesOn) state.stepsFrom_s = at_s;
  state.step_K = step_K;
  const airJumped = state.air_degC !== null && air_degC !== undefined && Math.abs(air_degC - state.air_degC) > p.airJumped_K * times;
  if (airJumped) state.jumped_s = at_s;
  else if (state.steps === 0 && Math.abs(step_K) > p.jumped_K * times) Object.assign(state, { jumped_s: at_s, formerJump_s: state.jumped_s });
  else if (state.steps === p.jumpSteps && state.jumped_s === state.stepsFrom_s) state.jumped_s = state.formerJump_s;
}

/** A resting cell that is warmer than its steady surroundings and goes on warming. Its thermometers' offset counts. */
export const isWarmAlone = (state: HeatingState, { degC, rate_K_per_min }: Heating, least_K_per_min: number): boolean =>
  state.air_degC !== null &&
  isSighted(state, p.aloneFor_s) &&
  Math.abs(state.air_K_per_min) < p.steadyAir_K_per_min &&
  (state.jumped_s === null || state.at_s - state.jumped_s > p.jumpLasts_s) &&
  degC - state.air_degC - Math.max(0, offset_K(state.filter.x, state.air_degC)) > p.warmer_K &&
  // what the balance thinks of the rate and what the thermometer shows
  Math.min(rate_K_per_min, state.lately.rate_K_per_min) > least_K_per_min;

/** After a gap the temperature is what it is, and what it does is not known. */
function forget(state: HeatingState, { at_s, degC, noise2 }: Block, possible: boolean): void {
  pin(state.filter, T, degC, noise2 + 0.01);
  pin(state.filter, Q, 0, possible ? p.afterGap_K_per_min ** 2 : 0);
  Object.assign(state, { recent: [], far: 0, sighted_s: state.sighted_s === null ? null : at_s, wall_degC: null, air_degC: null, air_K_per_min: 0 });
}

function driveOf(state: HeatingState, { at_s, air_degC, current_A2, heater_W }: Block, dt_min: number): HeatDrive {
  if (air_degC === undefined) {
    if (state.sighted_s !== null) loseSight(state);
    state.sighted_s = null;
  } else {
    if (state.sighted_s === null) widen(state.filter, B, p.sightChange_K_per_min ** 2);
    state.sighted_s ??= at_s;
    const rate = state.air_degC === null ? 0 : (air_degC - state.air_degC) / dt_min;
    state.air_K_per_min += (1 - Math.exp(-dt_min / p.airRate_min)) * (rate - state.air_K_per_min);
    state.wall_degC = (state.wall_degC ?? air_degC) + (1 - Math.exp(-dt_min / p.wall_min)) * (air_degC - (state.wall_degC ?? air_degC));
  }
  state.air_degC = air_degC ?? null;
  return { air_degC, wall_degC: state.wall_degC ?? 0, current_A2, heater_W };
}

/** Without the air's temperature its exchange becomes part of the rest. */
function loseSight({ filter, drive_K_per_min }: HeatingState): void {
  filter.x[B] = at(filter.x, B) + drive_K_per_min;
  widen(filter, B, p.sightChange_K_per_min ** 2);
}

/** A measured block against what was expected. */
function compare(state: HeatingState, { degC, air_degC, noise2 }: Block, dt_min: number, possible: boolean, taught: Taught): void {
  const { filter } = state;
  const innovation = innovationOf(filter, degC, air_degC, noise2 * state.strain);
  const ratio = (innovation.nu * innovation.nu) / innovation.variance;
  state.strain = Math.max(1, Math.min(p.strainMost, state.strain + p.strainLearn_share * (Math.min(ratio, p.far_ratio) - 1) * state.strain));
  state.far = ratio > p.far_ratio ? state.far + 1 : 0;
  if (state.far === 0) correct(filter, innovation, leastVariance, taught);
  if (state.far < 2) return; // one block alone is a spike
  // the world has changed: believe it; what the surroundings may have done is exchange, what they cannot have done is the rest or the cell's own
  const rate = innovation.nu / dt_min;
  const gap_K = air_degC === undefined ? 0 : air_degC - at(filter.x, T);
  const drive = Math.max(Math.abs(state.drive_K_per_min), exchange_per_min(filter, state.wall_degC ?? 0) * Math.abs(gap_K));
  widen(filter, T, innovation.nu ** 2);
  const byAir = Math.abs(state.air_K_per_min) > p.farAir_K_per_min || (rate * gap_K > 0 && Math.abs(gap_K) > p.farGap_K);
  if (possible || !byAir) widen(filter, possible ? Q : B, rate ** 2);
  widen(filter, L, Math.min(possible ? p.farWarm_ln : p.farCold_ln, Math.abs(rate) / (drive + 0.5)) ** 2);
  correct(filter, innovationOf(filter, degC, air_degC, noise2), leastVariance);
}

/** Which states the next block of a warm cell may teach. What is not taught keeps its doubt, and that goes on to count. */
function taughtBy(state: HeatingState, air_degC: number | undefined): Taught {
  // what holds still tells nothing of exchange, walls and contact: learning from its noise would carry them off
  if (isStill(state)) return (i) => i <= Q;
  // a balance with an unknown heater in it tells nothing of what it loses
  if (isHeatedUnseen(state)) return (i) => i === T || i === Q || i === B || i === W || i === G;
  const { x } = state.filter;
  const gap_K = air_degC === undefined ? Number.POSITIVE_INFINITY : air_degC - at(x, T);
  // they multiply a gap that is hardly more than the noise of its own estimate, which would raise them block by block
  const near = Math.min(Math.abs(gap_K), Math.abs(gap_K + (air_degC === undefined ? 0 : offset_K(x, air_degC)))) < p.near_K;
  // beside a sign, the cell's own heat would pass for heat of its current that arrives late
  return (i) => !(state.signed && i === D) && (!near || (i !== L && i !== S && i !== C && i !== A));
}

const isStill = (state: HeatingState): boolean =>
  isSighted(state, p.aloneFor_s) && Math.abs(state.slowRate_K_per_min) < p.still_K_per_min && Math.abs(state.air_K_per_min) < p.steadyAir_K_per_min;

/** A current heats by a resistance that changes with charge, and by its entropy; a fan that fails meanwhile looks like heat of the cell. */
function doubtOfLoad(state: HeatingState, { at_s, air_degC, current_A2 }: Block, { mass_g, capacity_Ah }: CellHeat): number {
  if (Math.sqrt(current_A2) > p.load_per_h * capacity_Ah) state.loaded_s = at_s;
  if (state.loaded_s === null || at_s - state.loaded_s > 60 * p.loadLasts_min) return 0;
  const { x } = state.filter;
  const entropic = (60 * p.reversible_V * Math.sqrt(current_A2)) / (mass_g * p.heatCapacity_J_per_g_K);
  const warmer_K = air_degC === undefined ? 0 : Math.max(0, at(x, T) - air_degC);
  return Math.hypot(p.loadDoubt_share * at(x, W) * current_A2, entropic, p.fanDoubt_share * exchange_per_min(state.filter, state.wall_degC ?? 0) * warmer_K);
}

/** Chemistry grows with temperature by Arrhenius' law, once it is seen; what is used up meanwhile is left to the noise. */
function grow(filter: Kalman, drive: HeatDrive, dt_min: number): void {
  const { x } = filter;
  const net = at(x, Q);
  if (net <= p.growsFrom_sigmas * Math.sqrt(variance(filter, Q))) return;
  const rise_K = dt_min * (explained_K_per_min(filter, drive) + net + at(x, B));
  if (rise_K <= 0) return;
  const scale_K = (gasConstant_J_per_mol_K * (at(x, T) + zero_K) ** 2) / p.growth_J_per_mol;
  x[Q] = net * Math.exp(Math.min(0.5, rise_K / scale_K));
}

/** Variance that net heating gains in a minute: it wanders, and while a cell warms its reactions may begin or end. Without the air's temperature the rate holds what its surroundings do as well. */
function netNoise2({ filter, plainRate_K_per_min }: HeatingState, blind: boolean): number {
  const byWarming2 = blind ? 0 : p.netNoise_K_per_min_per_K ** 2 * Math.max(0, plainRate_K_per_min);
  return (p.netNoise_K_per_min + p.netNoise_share * Math.abs(at(filter.x, Q))) ** 2 + byWarming2;
}

/** Share of its distance to the surroundings that the cell loses in a minute. */
export const exchangeOf = ({ filter, wall_degC }: HeatingState): number => exchange_per_min(filter, wall_degC ?? 0);

/** Whether the air's temperature has been known for that long. */
export const isSighted = ({ sighted_s, at_s }: HeatingState, for_s: number): boolean => sighted_s !== null && at_s - sighted_s >= for_s;

/** What goes on around the cell, for looking ahead. */
export function surroundingsOf(state: HeatingState, { degC, rate_K_per_min, explained_K_per_min }: Heating): Surroundings {
  const { filter, air_K_per_min, wall_degC, heater_K_per_min } = state;
  const heater = Math.max(heater_K_per_min, isHeatedUnseen(state) ? unseenHeat_K_per_min(filter, state.air_degC) : 0);
  return {
    degC,
    drive_K_per_min: explained_K_per_min,
    exchange_per_min: exchange_per_min(filter, wall_degC ?? 0),
    air_K_per_min: Math.max(0, air_K_per_min),
    ...(heater > aheadParams.heater_K_per_min && { heated_K_per_min: aheadParams.heaterGoesOn_share * Math.max(0, Math.min(rate_K_per_min, heater)) }),
  };
}
