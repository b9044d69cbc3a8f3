/** Three nodes of one cell: core, face, tab. One implicit step, so that no conductance limits its length and no joule gets lost. */
import { cellParams as p } from "./params/cell.ts";
import { zero_K } from "./params/constants.ts";
import type { CellSetup } from "./setup.ts";

export interface Nodes {
  core_K: number;
  face_K: number;
  tab_K: number;
  readonly core_J_per_K: number;
  readonly face_J_per_K: number;
  readonly tab_J_per_K: number;
  readonly coreToFace_W_per_K: number;
  readonly coreToTab_W_per_K: number;
  readonly faceToAir_W_per_K: number;
  readonly tabToAir_W_per_K: number;
}

/** Matter is not followed beyond these: reactions are over, and numbers stay finite whatever is done to a cell. */
const coldest_K = 50;
const hottest_K = 5000;

export function nodesOf(setup: CellSetup): Nodes {
  const all_J_per_K = setup.mass_g * setup.heatCapacity_J_per_g_K;
  const start_K = setup.start_degC + zero_K;
  return {
    core_K: start_K,
    face_K: start_K,
    tab_K: start_K,
    core_J_per_K: all_J_per_K * (1 - p.surfaceShare - p.tabShare),
    face_J_per_K: all_J_per_K * p.surfaceShare,
    tab_J_per_K: all_J_per_K * p.tabShare,
    coreToFace_W_per_K: setup.conductance_W_per_K,
    coreToTab_W_per_K: p.tabConductance_W_per_K,
    faceToAir_W_per_K: setup.exchange_W_per_K,
    tabToAir_W_per_K: p.tabExchange_W_per_K,
  };
}

/** Heats of the nodes themselves over `h_s`; `face_W` from outside. Returns what went into the air, J. */
export function advanceNodes(nodes: Nodes, h_s: number, core_J: number, face_W: number, tab_J: number, air_K: number, fan: number): number {
  const { coreToFace_W_per_K: toFace, coreToTab_W_per_K: toTab } = nodes;
  const faceToAir = nodes.faceToAir_W_per_K * fan;
  const tabToAir = nodes.tabToAir_W_per_K * fan;
  const face = nodes.face_J_per_K / h_s;
  const tab = nodes.tab_J_per_K / h_s;
  const core = nodes.core_J_per_K / h_s;
  const faceIn = face * nodes.face_K + face_W + faceToAir * air_K;
  const faceSum = face + toFace + faceToAir;
  const tabIn = tab * nodes.tab_K + tab_J / h_s + tabToAir * air_K;
  const tabSum = tab + toTab + tabToAir;
  const core_K =
    (core * nodes.core_K + core_J / h_s + (toFace * faceIn) / faceSum + (toTab * tabIn) / tabSum) /
    (core + toFace + toTab - (toFace * toFace) / faceSum - (toTab * toTab) / tabSum);
  nodes.core_K = within(core_K);
  nodes.face_K = within((faceIn + toFace * core_K) / faceSum);
  nodes.tab_K = within((tabIn + toTab * core_K) / tabSum);
  return h_s * (faceToAir * (nodes.face_K - air_K) + tabToAir * (nodes.tab_K - air_K));
}

const within = (T_K: number): number => Math.min(hottest_K, Math.max(coldest_K, T_K));

/** Sensible heat above 0 K, J. */
export const sensible_J = (nodes: Nodes): number => nodes.core_J_per_K * nodes.core_K + nodes.face_J_per_K * nodes.face_K + nodes.tab_J_per_K * nodes.tab_K;
