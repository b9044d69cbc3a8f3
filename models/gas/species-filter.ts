/**
 * The Kalman filter of one gas in a well-mixed space, seen through a sensor with first-order lag.
 *
 * State x = [S, C, G, B, M]: the lagged C (ppm), what the source has put above the baseline (ppm), the source (ppm/s), the baseline, which is the
 * sensor's zero and the room (ppm), and the amount made since the start (mmol). dC/dt = G - a C, dS/dt = (C - S) / tau, dM/dt = n G; the reading is S + B.
 * Exact over each step, so that no step is too long.
 */
import { at, correct, independent, type Kalman, pin, widen } from "../kalman.ts";
import { inventoryParams as p, type SpeciesParams } from "../params/gas.ts";

const N = 5;
export const [S, C, G, B, M] = [0, 1, 2, 3, 4] as const;

export interface SpeciesFilter extends Kalman {
  at_s: number;
  /** How often in a row readings were far out, with the sign of the side. */
  out: number;
  /** Integral of what was above the baseline in the space, mmol s. */
  held_mmol_s: number;
}

/** What the gas meets over one step. */
export interface Space {
  /** Replaced by fresh gas or taken by walls, 1/s. */
  readonly lost_per_s: number;
  readonly tau_s: number;
  /** All gas in the space, mol. */
  readonly n_mol: number;
  readonly wander_ppm: number;
}

export function startFilter(at_s: number, ppm: number, { noise_ppm2_s, baselineSd_ppm }: SpeciesParams): SpeciesFilter {
  const sd = [0.1, 0.1, Math.sqrt(noise_ppm2_s / p.memory_s ** 3), baselineSd_ppm, 1e-6];
  return { ...independent([0, 0, 0, ppm, 0], sd), at_s, out: 0, held_mmol_s: 0 };
}

/** To a later time. */
export function predict(filter: SpeciesFilter, at_s: number, space: Space, { noise_ppm2_s }: SpeciesParams): void {
  const dt_s = at_s - filter.at_s;
  filter.at_s = at_s;
  const steps = Math.min(p.mostSteps, Math.max(1, Math.ceil(dt_s / Math.max(1, space.tau_s / 2))));
  const h_s = dt_s / steps;
  for (let i = 0; i < steps; i++) predictOnce(filter, h_s, space, noise_ppm2_s);
}

function predictOnce(filter: SpeciesFilter, h_s: number, { lost_per_s: a, tau_s, n_mol, wander_ppm }: Space, noise_ppm2_s: number): void {
  const { x, P } = filter;
  const keeps = Math.exp(-h_s / tau_s);
  const stays = Math.exp(-a * h_s);
  const gains_s = a * h_s < 1e-9 ? h_s : -Math.expm1(-a * h_s) / a;
  const mmol_per_ppm = n_mol * 1e-3;
  const F = [
    [keeps, ((1 - keeps) * (1 + stays)) / 2, ((1 - keeps) * gains_s) / 2, 0, 0],
    [0, stays, gains_s, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 1, 0],
    [0, 0, mmol_per_ppm * h_s, 0, 1],
  ];
  filter.held_mmol_s += mmol_per_ppm * h_s * Math.max(0, at(x, C));
  filter.x = F.map((row) => row.reduce((sum, f, j) => sum + f * at(x, j), 0));
  const FP = F.map((row) => Array.from({ length: N }, (_, j) => row.reduce((sum, f, k) => sum + (f === 0 ? 0 : f * at(P, k * N + j)), 0)));
  for (const [i, row] of FP.entries())
    for (let j = i; j < N; j++) {
      const value = (F[j] ?? []).reduce((sum, f, k) => sum + (f === 0 ? 0 : f * at(row, k)), 0);
      P[i * N + j] = value;
      P[j * N + i] = value;
    }
  widen(filter, G, (noise_ppm2_s / p.memory_s ** 4) * h_s);
  widen(filter, B, (wander_ppm ** 2 * h_s) / 3600);
}

/**
 * Takes in a reading whose noise has this variance, `dt_s` after the last. One that is far out waits for a second: then gas came at once, or left at once
 * by an open door, which takes none back into the cell. `censored`: the truth is at least the reading, and a source that has explained it is taken to be over.
 */
export function update(filter: SpeciesFilter, ppm: number, noise2: number, dt_s: number, { tau_s, n_mol }: Space, censored: boolean): void {
  const nu = ppm - at(filter.x, S) - at(filter.x, B);
  if (censored && nu <= 0) {
    pinSource(filter);
    return;
  }
  const far = Math.abs(nu) > p.outlier_sigma * Math.sqrt(spreadOf(filter, noise2));
  if (far && Math.sign(filter.out) !== Math.sign(nu)) {
    filter.out = Math.sign(nu);
    return;
  }
  filter.out = far ? filter.out + Math.sign(nu) : 0;
  // it came between the last reading but one and the last
  const shown = Math.max(p.leastShown, -Math.expm1((-2 * dt_s) / tau_s));
  if (far) widenAlong(filter, [shown, 1, 0, 0, nu > 0 ? n_mol * 1e-3 : 0], (nu / shown) ** 2);
  const { P } = filter;
  const together = Array.from({ length: N }, (_, i) => at(P, i * N + S) + at(P, i * N + B));
  correct(filter, { nu, variance: at(together, S) + at(together, B) + noise2, with: together }, 1e-18);
}

/** Something of this variance happened along this direction of the state. */
function widenAlong({ P }: SpeciesFilter, along: readonly number[], spread: number): void {
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) P[i * N + j] = at(P, i * N + j) + at(along, i) * at(along, j) * spread;
}

/** + 0, since JSON knows no -0. */
const pinSource = (filter: SpeciesFilter): void => pin(filter, G, Math.min(0, at(filter.x, G)) + 0, at(filter.P, G * N + G));

const spreadOf = ({ P }: SpeciesFilter, noise2: number): number => at(P, S * N + S) + 2 * at(P, S * N + B) + at(P, B * N + B) + noise2;
