/**
 * The extended Kalman filter of one thermometer: a lump in its chamber, with net self-heating as part of the state.
 *
 * dT/dt = exp(L) ((1 - r) (o + Tair - T) + r f (o + Twall - T)) + w I² + g P + b + q, in K/min, Twall being the slow air less a (slow air - 25 °C); the
 * thermometer shows y = T + c (Tair + o - T). Of Tair, I² and P a share d is taken as it was a minute before.
 *
 * State x = [T, q, L, b, w, g, c, r, o, a, d]: temperature (degC); net self-heating (K/min); ln of the exchange (1/min); what the lump leaves out (K/min);
 * heat of a current (K/min/A²) and of an electric heater (K/min/W); the share of the air in what the thermometer shows, for its contact and for the skin
 * that leads the lump; the share of the exchange that is radiation at 300 K, with walls that follow the air slowly, growing as f, some cube of the
 * temperature; the offset between the two thermometers (K); by what share of its air's heat above the room a chamber's walls, or what else a cell loses to,
 * are colder than it; how much skin and thermometer follow late.
 */
import { at, type Innovation, type Kalman } from "../kalman.ts";
import { zero_K } from "../params/constants.ts";

export const N = 11;
export const [T, Q, L, B, W, G, C, S, O, A, D] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Of any state, in its unit squared. */
export const leastVariance = 1e-12;

/** Over one step; undefined: not measured. */
export interface HeatDrive {
  readonly air_degC: number | undefined;
  /** Of the air, slowly; 0 without it. */
  readonly wall_degC: number;
  readonly current_A2: number;
  readonly heater_W: number;
}

/** Share of its distance to the surroundings that a cell loses in a minute, at its temperature. */
export function exchange_per_min({ x }: Kalman, wall_degC: number): number {
  const r = at(x, S);
  return Math.exp(at(x, L)) * (1 - r + r * radiation(at(x, T), wall_degC));
}

/** Exchange, current and heater: what explains the rate, in K/min. */
export function explained_K_per_min({ x }: Kalman, drive: HeatDrive): number {
  const { current_A2, heater_W } = drive;
  const exchange = Math.exp(at(x, L)) * gapOf(x, drive);
  return exchange + at(x, W) * current_A2 + at(x, G) * heater_W;
}

/** What it loses to colder surroundings; 0 where they are hotter. */
export const loss_K_per_min = ({ x }: Kalman, drive: HeatDrive): number => Math.max(0, -Math.exp(at(x, L)) * gapOf(x, drive));

/** The same flows without their signs: a cell that loses what a heater gives is known no better than either. */
export function flows_K_per_min({ x }: Kalman, drive: HeatDrive): number {
  const { current_A2, heater_W } = drive;
  return Math.hypot(Math.exp(at(x, L)) * gapOf(x, drive), at(x, W) * current_A2, at(x, G) * heater_W);
}

const ROOM_K = 300;
const ROOM_degC = 25;
/** How much stronger radiation between two temperatures is, for each kelvin between them, than at room temperature. */
function radiation(degC: number, wall_degC: number): number {
  const T_K = Math.max(zero_K / 2, degC + zero_K);
  const wall_K = Math.max(zero_K / 2, wall_degC + zero_K);
  return ((T_K * T_K + wall_K * wall_K) * (T_K + wall_K)) / (4 * ROOM_K ** 3);
}

/** What a cell without heat of its own would read above its air, at that temperature of the air. */
export function offset_K(x: readonly number[], air_degC: number): number {
  const r = at(x, S);
  const radiated = r * radiation(at(x, T), air_degC);
  return at(x, O) - (radiated / (1 - r + radiated)) * at(x, A) * (air_degC - ROOM_degC);
}

/** Of the walls, where the air has been so hot for long. */
const colder_degC = (x: readonly number[], wall_degC: number): number => wall_degC - at(x, A) * (wall_degC - ROOM_degC);

/** Surroundings minus cell, radiation's share with its strength. */
function gapOf(x: readonly number[], { air_degC, wall_degC }: HeatDrive): number {
  if (air_degC === undefined) return 0;
  const own = at(x, T) - at(x, O);
  const r = at(x, S);
  return (1 - r) * (air_degC - own) + r * radiation(at(x, T), wall_degC) * (colder_degC(x, wall_degC) - own);
}

const LONGEST_min = 0.25;
const MOST_STEPS = 200;

/** What arrives at a skin and its thermometer: the drive, by the share D as it was a minute before. */
function arriving({ x }: Kalman, now: HeatDrive, before: HeatDrive): HeatDrive {
  const d = at(x, D);
  const { air_degC, wall_degC, current_A2, heater_W } = now;
  return {
    air_degC: air_degC === undefined ? undefined : air_degC + d * ((before.air_degC ?? air_degC) - air_degC),
    wall_degC,
    current_A2: current_A2 + d * (before.current_A2 - current_A2),
    heater_W: heater_W + d * (before.heater_W - heater_W),
  };
}

/** What explains the rate that is shown, in K/min. */
export const shown_K_per_min = (filter: Kalman, now: HeatDrive, before: HeatDrive): number => explained_K_per_min(filter, arriving(filter, now, before));

/** `before`: the drive slowly; `noise_per_min`: variance that each state gains a minute. */
export function predict(filter: Kalman, drive: HeatDrive, before: HeatDrive, dt_min: number, noise_per_min: readonly number[]): void {
  // a glowing cell radiates so much that a longer step would overshoot
  const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(dt_min / LONGEST_min), Math.ceil(dt_min * 2 * exchange_per_min(filter, drive.wall_degC))));
  for (let i = 0; i < steps; i++) predictOnce(filter, drive, before, dt_min / steps, noise_per_min);
}

function predictOnce(filter: Kalman, now: HeatDrive, before: HeatDrive, dt_min: number, noise_per_min: readonly number[]): void {
  const { x, P } = filter;
  const drive = arriving(filter, now, before);
  const late = explained_K_per_min(filter, before) - explained_K_per_min(filter, now);
  const { air_degC, wall_degC, current_A2, heater_W } = drive;
  const k = air_degC === undefined ? 0 : Math.exp(at(x, L));
  const gap = gapOf(x, drive);
  const f = radiation(at(x, T), wall_degC);
  const r = at(x, S);
  const strength = 1 - r + r * f;
  const own = at(x, T) - (air_degC === undefined ? 0 : at(x, O));
  const wall = air_degC === undefined ? 0 : f * (colder_degC(x, wall_degC) - own) - (air_degC - own);
  // the row of the transition that is not the identity: dT'/dx
  const a = [
    1 - k * strength * dt_min,
    dt_min,
    k * gap * dt_min,
    dt_min,
    current_A2 * dt_min,
    heater_W * dt_min,
    0,
    k * wall * dt_min,
    k * strength * dt_min,
    -k * r * f * dt_min * (wall_degC - ROOM_degC),
    late * dt_min,
  ];
  x[T] = at(x, T) + dt_min * (explained_K_per_min(filter, drive) + at(x, Q) + at(x, B));
  const row = new Array<number>(N).fill(0);
  for (let j = 0; j < N; j++) for (let i = 0; i < N; i++) row[j] = at(row, j) + at(a, i) * at(P, i * N + j);
  let tt = 0;
  for (let i = 0; i < N; i++) tt += at(row, i) * at(a, i);
  for (let j = 1; j < N; j++) {
    P[j] = at(row, j);
    P[j * N] = at(row, j);
  }
  P[0] = tt;
  for (let i = 0; i < N; i++) P[i * N + i] = at(P, i * N + i) + at(noise_per_min, i) * dt_min;
}

/** What a measured temperature says beyond what was expected; `noise2`: its variance. */
export function innovationOf({ x, P }: Kalman, value: number, air_degC: number | undefined, noise2: number): Innovation {
  const gap = air_degC === undefined ? 0 : air_degC + at(x, O) - at(x, T);
  const c = air_degC === undefined ? 0 : at(x, C);
  const together = new Array<number>(N);
  for (let i = 0; i < N; i++) together[i] = (1 - c) * at(P, i * N + T) + gap * at(P, i * N + C) + c * at(P, i * N + O);
  return {
    nu: value - at(x, T) - c * gap,
    variance: (1 - c) * at(together, T) + gap * at(together, C) + c * at(together, O) + noise2,
    with: together,
  };
}
