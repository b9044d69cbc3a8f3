/**
 * How steeply net self-heating grows with temperature: its logarithm q and its apparent activation energy E, followed together by a Kalman filter.
 * ln q rises by E / R (1/T0 - 1/T1); what is used up and what begins meanwhile is noise. E begins at a prior as wide as the published cathodes.
 */
import { gasConstant_J_per_mol_K, zero_K } from "../params/constants.ts";
import { growthParams as p } from "../params/thermal.ts";

const R_kJ = gasConstant_J_per_mol_K / 1000;

export interface GrowthState {
  /** ln (K/min), kJ/mol. */
  lnq: number;
  E: number;
  /** Variances and covariance. */
  qq: number;
  qE: number;
  EE: number;
  at_s: number;
  degC: number;
}

export interface Growth {
  readonly E_kJ_per_mol: number;
  readonly spreadE_kJ_per_mol: number;
}

const inverse = (degC: number): number => 1 / (degC + zero_K);

/** What a net rate with its uncertainty says; undefined starts anew where there is no self-heating to follow. */
export function follow(state: GrowthState | null, at_s: number, degC: number, net: number, u: number): GrowthState | null {
  if (!(net > p.from_K_per_min && net > p.from_sigma * u)) return state !== null && at_s - state.at_s > p.forget_s ? null : state;
  const noise = Math.max(p.leastNoise_ln, u / net) ** 2;
  if (state === null) return { lnq: Math.log(net), E: p.E_kJ_per_mol, qq: noise, qE: 0, EE: p.Esd_kJ_per_mol ** 2, at_s, degC };
  const dt_min = (at_s - state.at_s) / 60;
  const rise_K = degC - state.degC;
  // neighbouring estimates of the filter repeat each other
  if (dt_min < p.apart_min && rise_K < p.apart_K) return state;
  const a = (inverse(state.degC) - inverse(degC)) / R_kJ;
  const lnq = state.lnq + a * state.E;
  const qE = state.qE + a * state.EE;
  const qq = state.qq + 2 * a * state.qE + a * a * state.EE + p.wander_ln ** 2 * dt_min + (p.wander_ln_per_K * rise_K) ** 2;
  const EE = state.EE + (p.wanderE_kJ_per_K * rise_K) ** 2;
  const nu = Math.max(-1, Math.min(1, Math.log(net) - lnq));
  const S = qq + noise;
  const E = Math.max(p.leastE_kJ_per_mol, Math.min(p.mostE_kJ_per_mol, state.E + (qE / S) * nu));
  return {
    lnq: lnq + (qq / S) * nu,
    E,
    qq: qq - (qq * qq) / S,
    qE: qE - (qq * qE) / S,
    EE: Math.max(p.leastEsd_kJ_per_mol ** 2, EE - (qE * qE) / S),
    at_s,
    degC,
  };
}

export const growthOf = ({ E, EE }: GrowthState): Growth => ({ E_kJ_per_mol: E, spreadE_kJ_per_mol: Math.sqrt(EE) });
