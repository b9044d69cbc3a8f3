/** One gauge, block by block: what lasts of its reading, the plateau that it grows on, and whether that has come to a knee. */
import { cusumStep, thresholdFor } from "../cusum.ts";
import { pin } from "../kalman.ts";
import { blockParams, type GaugeParams, kneeParams, filterParams as p, plateauParams } from "../params/swelling.ts";
import type { Around, Block } from "./block.ts";
import { addLevel, type CourseState, shiftCourse, startCourse } from "./course.ts";
import { type Drive, innovationOf, LEVEL, predict, RATE, reversible, type SwellingFilter, startFilter, update } from "./filter.ts";

export interface Plateau {
  from_s: number;
  /** Its temperature; null where none is measured. */
  degC: number | null;
  /** Since when the temperature has been another; null while it is not. */
  away_s: number | null;
  course: CourseState;
  sum: number;
  /** Since when it has bent; null while it does not. */
  bends_s: number | null;
}

export interface GaugeState {
  filter: SwellingFilter;
  /** Temperature, charge and pressure at which what lasts is told: those of the first block. */
  zero_degC: number | null;
  zeroCharge: number;
  zero_kPa: number | null;
  /** Reading of the first block, after steps of the gauge. */
  start: number;
  /** Of the last block. */
  drive: Drive;
  plateau: Plateau;
  /** Learned variance of the standardised innovations, their lag-1 moment, and the last of them. */
  strain: number;
  lag1: number;
  z: number;
  /** A resolution that noise does not blur: the level climbs in such stairs. 0: none. */
  coarse: number;
  /** Variance of a block's value, as learned. */
  noise2: number;
  /** What lasts of the last block, and its rate over some blocks, per hour. */
  lasting: number;
  quick_per_h: number;
  /** A block far from the last: its time and what lasts of it, until the next one tells whether the gauge has stepped. */
  odd: { at_s: number; lasting: number; count: number } | null;
}

export function startGauge(block: Block, gauge: GaugeParams): GaugeState {
  return {
    filter: startFilter(block.at_s, block.value, block.noise2 + gauge.noiseLeast ** 2, gauge),
    zero_degC: block.degC ?? null,
    zeroCharge: block.charge,
    zero_kPa: block.kPa ?? null,
    start: block.value,
    drive: { warmer_K: 0, charged: 0, squeezed: 0 },
    plateau: startPlateau(block.at_s, block.degC),
    strain: 1,
    lag1: 0,
    z: 0,
    coarse: block.coarse,
    noise2: block.noise2 + gauge.noiseLeast ** 2,
    lasting: block.value,
    quick_per_h: 0,
    odd: null,
  };
}

const startPlateau = (at_s: number, degC: number | undefined): Plateau => ({
  from_s: at_s,
  degC: degC ?? null,
  away_s: null,
  course: startCourse(),
  sum: 0,
  bends_s: null,
});

/** Against what the first block stood at. Beyond the hottest a gauge is not compensated any further: what expands there is gas. */
export function driveOf(state: GaugeState, { degC, charge, kPa }: Around, gauge: GaugeParams): Drive {
  const { zero_degC, zeroCharge, drive } = state;
  return {
    warmer_K: zero_degC === null ? 0 : degC === undefined ? drive.warmer_K : Math.min(degC, p.hottest_degC) - zero_degC,
    charged: charge - zeroCharge,
    squeezed: kPa === undefined ? drive.squeezed : squeezedBy(state, kPa, gauge),
  };
}

function squeezedBy({ zero_kPa, lasting, start }: GaugeState, kPa: number, { pressed_per_kPa }: GaugeParams): number {
  if (zero_kPa === null || kPa <= 0) return 0;
  if (pressed_per_kPa !== undefined) return pressed_per_kPa * (kPa - zero_kPa);
  return Math.max(0, lasting - start) * (zero_kPa / kPa - 1);
}

export const isSettled = ({ plateau, filter }: GaugeState): boolean => filter.at_s - plateau.from_s >= plateauParams.settling_s;

/** The threshold of the CUSUM. */
export const h = thresholdFor(kneeParams.falseAlarmEvery_s / blockParams.block_s, kneeParams.k_sigma);

/** A block, later than the last. `bent`: a knee has been told. */
export function seeBlock(state: GaugeState, block: Block, gauge: GaugeParams, bent: boolean): void {
  const { filter, plateau } = state;
  if (block.at_s <= filter.at_s) return;
  if (block.at_s - filter.at_s > plateauParams.gap_s) {
    Object.assign(state, startGauge(block, gauge), { zero_degC: state.zero_degC, zeroCharge: state.zeroCharge, zero_kPa: state.zero_kPa, start: state.start });
    return;
  }
  const moves = isMoving(plateau, block);
  const drive = driveOf(state, block, gauge);
  if (isHot(block)) return;
  const lasting = block.value - reversible(filter, drive);
  const dt_h = (block.at_s - filter.at_s) / 3600;
  const calm = !moves && block.span_K + Math.abs(drive.warmer_K - state.drive.warmer_K) < p.calm_K;
  const known = block.at_s - plateau.from_s > plateauParams.movedFor_s; // what a cell does while it warms is no rate
  if (calm && known && isOdd(state, block.at_s, lasting, gauge)) return;
  state.quick_per_h = calm ? state.quick_per_h + ((lasting - state.lasting) / dt_h - state.quick_per_h) / p.quick_blocks : 0;
  state.lasting = lasting;
  state.drive = drive;
  state.coarse = block.coarse;
  const noise2 = (block.noise2 + gauge.noiseLeast ** 2 + block.coarse ** 2 / 12) * state.strain;
  state.noise2 = noise2;
  predict(filter, dt_h, noise2, memoryOf(state, bent));
  filter.at_s = block.at_s;
  const innovation = innovationOf(filter, block.value, drive, noise2 + (p.lag_K * block.span_K * gauge.perKelvinSd) ** 2);
  const z = clip(innovation.nu / Math.sqrt(innovation.variance), p.clip_sigma);
  watch(state, z, moves);
  update(filter, { ...innovation, nu: z * Math.sqrt(innovation.variance) }, gauge, taughtBy(block, plateau, bent || plateau.sum > h / 2));
  if (!moves) addLevel(plateau.course, block.at_s, block.value - reversible(filter, drive));
  if (plateau.away_s === null || block.at_s - plateau.away_s < plateauParams.movedFor_s) return;
  state.plateau = startPlateau(block.at_s, block.degC);
  pin(filter, RATE, state.quick_per_h, gauge.rateSd_per_h ** 2);
  pin(filter, LEVEL, lasting, noise2);
  Object.assign(state, { strain: 1, lag1: 0, z: 0 });
}

/** Short while the plateau settles and behind a knee, where the rate changes. */
function memoryOf(state: GaugeState, bent: boolean): number {
  if (bent) return p.bent_h;
  const past_h = (state.filter.at_s - state.plateau.from_s) / 3600;
  return isSettled(state) ? Math.max(p.memory_h, p.memory_share * past_h) : Math.max(p.bent_h, p.settling_share * past_h);
}

/** Temperature teaches where it is another than the plateau's; behind a knee all that is new is growth. */
function taughtBy({ degC, span_K }: Block, plateau: Plateau, bent: boolean): readonly boolean[] {
  const warm = degC !== undefined && plateau.degC !== null && (span_K > p.teaches_K || Math.abs(degC - plateau.degC) > p.teaches_K);
  return [true, true, warm && !bent, !bent, !bent];
}

const isHot = ({ degC }: Block): boolean => degC !== undefined && degC > p.hottest_degC;

/** Whether the temperature is not that of the plateau. The plateau follows slow drifts. */
function isMoving(plateau: Plateau, { at_s, degC }: Block): boolean {
  if (degC === undefined) return false;
  plateau.degC ??= degC;
  if (Math.abs(degC - plateau.degC) <= plateauParams.moved_K) {
    plateau.away_s = null;
    plateau.degC += (degC - plateau.degC) / plateauParams.memory_blocks;
    return false;
  }
  plateau.away_s ??= at_s;
  return true;
}

/** A block far from the last is set aside. Where the next one stands beside it the gauge has stepped; where it stands with the former, that was a spike. */
function isOdd(state: GaugeState, at_s: number, lasting: number, gauge: GaugeParams): boolean {
  const { filter, odd, quick_per_h } = state;
  const far = Math.max(gauge.step, p.odd_sigma * Math.sqrt(2 * state.noise2));
  const beyond = lasting - state.lasting - (quick_per_h * (at_s - filter.at_s)) / 3600;
  if (Math.abs(beyond) <= far) {
    state.odd = null;
    return false;
  }
  if (odd !== null && Math.abs(lasting - odd.lasting - (quick_per_h * (at_s - odd.at_s)) / 3600) <= far) {
    step(state, beyond);
    return false;
  }
  const count = (odd?.count ?? 0) + 1;
  state.odd = count > p.odd_blocks ? null : { at_s, lasting, count };
  return state.odd !== null;
}

/** The gauge has stepped, or was moved: no gas does that and then goes on as before. */
function step(state: GaugeState, by: number): void {
  const { filter, plateau } = state;
  filter.x[LEVEL] = (filter.x[LEVEL] ?? 0) + by;
  state.start += by;
  state.lasting += by;
  shiftCourse(plateau.course, by);
  state.odd = null;
}

/** One-sided CUSUM of whitened innovations; their spread and correlation are learned while it is calm, and on the first day. */
function watch(state: GaugeState, z: number, moves: boolean): void {
  const { plateau, lag1 } = state;
  const settled = isSettled(state);
  const phi = Math.max(0, Math.min(p.correlationMost, lag1));
  const e = (z - phi * state.z) / Math.sqrt(1 - phi * phi);
  if (settled && !moves) plateau.sum = Math.min(kneeParams.cap_h * h, cusumStep(plateau.sum, clip(e, p.clip_sigma), kneeParams.k_sigma));
  const steady = settled ? plateau.sum < h / 2 : state.filter.at_s - plateau.from_s > plateauParams.settling_s / 2;
  if (!moves && steady) {
    const share = 1 / p.strainMemory_blocks;
    state.strain = Math.max(p.strainLeast, Math.min(p.strainMost, state.strain * (1 + share * (Math.min(z * z, 9) - 1))));
    state.lag1 += share * (clip(z, 3) * clip(state.z, 3) - lag1);
  }
  state.z = z;
}

const clip = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
