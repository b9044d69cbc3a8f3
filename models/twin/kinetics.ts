/**
 * Decomposition reactions of one cell: SEI, anode with electrolyte, separator (melts, endothermic), electrolyte, cathode in one or two steps.
 * `c` holds what is left of each (dimensionless, in the order of `reactionNames`) and, last, the SEI's thickness z of Kim's set.
 */
import { gasConstant, zero_K } from "./params/constants.ts";
import { feng, kim, lithiumRich, pivot_K } from "./params/kinetics.ts";

export const reactionNames = ["sei", "anode", "separator", "electrolyte", "cathode1", "cathode2"] as const;
export type ReactionName = (typeof reactionNames)[number];
/** Index of each reaction, and of the thickness z behind them. */
export const at = { sei: 0, anode: 1, separator: 2, electrolyte: 3, cathode1: 4, cathode2: 5, z: 6 } as const;

/** What a run draws of one reaction. The rate at 400 K stays when only the activation energy is drawn. */
export interface Spread {
  readonly Ea_J_per_mol?: number;
  readonly rate?: number;
  readonly heat?: number;
}

/** Shares of the cell's mass. */
export interface Fractions {
  readonly anode: number;
  readonly cathode: number;
  readonly electrolyte: number;
  readonly separator: number;
}

export interface KineticsSetup {
  readonly set: "kim" | "feng" | "lithium-rich";
  /** Lithium-rich only: the cathode's first-order reaction by its DSC peak at 5 K/min. */
  readonly peak_degC: number;
  readonly cathodeEa_J_per_mol: number;
  readonly cathodeHeat_J_per_g: number;
  readonly spread: Partial<Record<ReactionName, Spread>>;
}

/** One set made ready for one cell: rate constants, and heats in J per unit of `c`. */
export interface Kinetics {
  readonly A: Float64Array;
  /** Ea/R, K. */
  readonly E_K: Float64Array;
  readonly heat_J: Float64Array;
  readonly from_K: Float64Array;
  readonly c0: Float64Array;
  readonly anodeHotFactor: number;
  readonly anodeHot_K: number;
  /** Kim: the SEI's thickness, grown by the anode's reaction, slows it. Feng: what is left of the SEI does, and the reaction makes it anew. */
  readonly thickening: boolean;
  readonly barrierRef: number;
  readonly seiPerAnode: number;
  /** Cathode by c (1 - c), else first order. */
  readonly autocatalytic: boolean;
}

/** Kissinger, first order: the frequency factor, 1/s, of a reaction that peaks at `peak_K` when heated by `heating_K_per_s`. */
export const kissinger = (peak_K: number, Ea_J_per_mol: number, heating_K_per_s: number): number =>
  ((heating_K_per_s * Ea_J_per_mol) / (gasConstant * peak_K * peak_K)) * Math.exp(Ea_J_per_mol / (gasConstant * peak_K));

interface Row {
  readonly A: number;
  readonly Ea: number;
  readonly heat_J: number;
  readonly c0: number;
  readonly from_degC?: number;
}

/** `mass_g` and `heatCapacity_J_per_g_K` of the whole cell; Kim's set is given by volume and follows its heat capacity. */
export function kineticsOf(setup: KineticsSetup, fractions: Fractions, mass_g: number, heatCapacity_J_per_g_K: number): Kinetics {
  const rows = rowsOf(setup, fractions, mass_g, heatCapacity_J_per_g_K);
  const thickening = setup.set !== "feng";
  const column = (of: (row: Row, spread: Spread) => number): Float64Array =>
    Float64Array.from(reactionNames, (name) => {
      const row = rows[name];
      return row === undefined ? 0 : of(row, setup.spread[name] ?? {});
    });
  return {
    A: column(({ A, Ea }, { Ea_J_per_mol: drawn = Ea, rate = 1 }) => A * rate * Math.exp((drawn - Ea) / (gasConstant * pivot_K))),
    E_K: column(({ Ea }, { Ea_J_per_mol: drawn = Ea }) => drawn / gasConstant),
    heat_J: column(({ heat_J }, { heat = 1 }) => heat_J * heat),
    from_K: column(({ from_degC = -zero_K }) => from_degC + zero_K),
    c0: column(({ c0 }) => c0),
    anodeHotFactor: thickening ? 1 : feng.anodeHot.A / feng.anode.A,
    anodeHot_K: feng.anodeHot.from_degC + zero_K,
    thickening,
    barrierRef: thickening ? kim.zRef : feng.cRef,
    seiPerAnode: thickening ? 0 : feng.seiPerAnode,
    autocatalytic: setup.set !== "lithium-rich",
  };
}

function rowsOf(setup: KineticsSetup, fractions: Fractions, mass_g: number, cp: number): Partial<Record<ReactionName, Row>> {
  if (setup.set === "feng") {
    const row = ({ A, Ea, H, g, c0, from_degC }: (typeof feng)[ReactionName]): Row => ({ A, Ea, heat_J: (H * g * mass_g) / feng.cell_g, c0, from_degC });
    return Object.fromEntries(reactionNames.map((name) => [name, row(feng[name])]));
  }
  const row = ({ A, Ea, H, c0 }: { A: number; Ea: number; H: number; c0: number }, g: number): Row => ({ A, Ea, heat_J: H * g, c0 });
  if (setup.set === "kim") {
    const volume_m3 = (mass_g * cp) / kim.heatCapacity_J_per_m3_K;
    const grams = ({ W }: { W: number }): number => 1000 * W * volume_m3;
    return {
      sei: row(kim.sei, grams(kim.sei)),
      anode: row(kim.anode, grams(kim.anode)),
      electrolyte: row(kim.electrolyte, grams(kim.electrolyte)),
      cathode1: row(kim.cathode, grams(kim.cathode)),
    };
  }
  const { peak_degC, cathodeEa_J_per_mol: Ea, cathodeHeat_J_per_g: H } = setup;
  const { A: meltA, Ea: meltEa, H: meltH, c0: meltC0, from_degC } = feng.separator;
  return {
    sei: row(kim.sei, fractions.anode * mass_g),
    anode: row(kim.anode, fractions.anode * mass_g),
    electrolyte: row(kim.electrolyte, fractions.electrolyte * mass_g),
    cathode1: row({ A: kissinger(peak_degC + zero_K, Ea, lithiumRich.heating_K_per_min / 60), Ea, H, c0: 1 }, fractions.cathode * mass_g),
    separator: { A: meltA, Ea: meltEa, heat_J: meltH * fractions.separator * mass_g, c0: meltC0, from_degC },
  };
}

/** What is left at the start: each reaction's c0, then z. */
export const freshReactants = ({ c0, thickening }: Kinetics): Float64Array => Float64Array.from([...c0, thickening ? kim.z0 : 0]);

const get = (values: Float64Array, index: number): number => values[index] as number;

/** What is below it is gone: slow arithmetic of denormal numbers would come next. */
const nothing = 1e-30;

/**
 * Rates of all reactions, 1/s, at `T_K` into `rates`; the return value is their heat, W. `boost` multiplies what overcharge makes more reactive: anode and cathode.
 */
export function ratesAt(kinetics: Kinetics, c: Float64Array, T_K: number, boost: number, rates: Float64Array): number {
  const { A, E_K, from_K, heat_J } = kinetics;
  let power_W = 0;
  for (let i = 0; i < at.z; i++) {
    const left = get(c, i);
    if (left <= nothing || T_K <= get(from_K, i)) {
      rates[i] = 0;
      continue;
    }
    let rate = get(A, i) * Math.exp(-get(E_K, i) / T_K) * left;
    if (i === at.anode) {
      rate *= boost * Math.exp(-get(c, kinetics.thickening ? at.z : at.sei) / kinetics.barrierRef);
      if (T_K > kinetics.anodeHot_K) rate *= kinetics.anodeHotFactor;
    } else if (i >= at.cathode1) {
      rate *= kinetics.autocatalytic ? boost * (1 - left) : boost;
    }
    rates[i] = rate;
    power_W += rate * get(heat_J, i);
  }
  return power_W;
}

/**
 * Takes `h_s` seconds of `rates` from `c` by decay that never overshoots (exact where a rate constant is all there is), and writes into `used` what
 * each reaction consumed. Returns its heat, J.
 */
export function consume(kinetics: Kinetics, c: Float64Array, rates: Float64Array, h_s: number, used: Float64Array): number {
  let heat_J = 0;
  for (let i = 0; i < at.z; i++) {
    const left = get(c, i);
    const rate = get(rates, i);
    let gone = 0;
    if (rate > 0) {
      if (i === at.anode && kinetics.thickening) {
        const grown = kinetics.barrierRef * Math.log1p((rate * h_s) / kinetics.barrierRef);
        gone = -left * Math.expm1(-grown / left);
      } else if (i >= at.cathode1 && kinetics.autocatalytic) {
        const decay = Math.exp((-rate / (left * (1 - left))) * h_s);
        gone = left - (left * decay) / (1 - left + left * decay);
      } else gone = -left * Math.expm1((-rate / left) * h_s);
    }
    used[i] = gone;
    c[i] = left - gone;
    heat_J += gone * get(kinetics.heat_J, i);
  }
  c[at.z] = get(c, at.z) + get(used, at.anode);
  if (kinetics.seiPerAnode > 0) heat_J += regenerate(kinetics, c, rates, h_s, used);
  return heat_J;
}

/** SEI that the anode's reaction makes anew, and that of it which decomposes within the same seconds: dc/dt = 5 R_anode - k c. */
function regenerate(kinetics: Kinetics, c: Float64Array, rates: Float64Array, h_s: number, used: Float64Array): number {
  const made = kinetics.seiPerAnode * get(used, at.anode);
  const left = get(c, at.sei) + get(used, at.sei);
  const decay = left > 0 ? (get(rates, at.sei) / left) * h_s : 0;
  const stays = decay > 1e-9 ? (made * -Math.expm1(-decay)) / decay : made;
  c[at.sei] = get(c, at.sei) + stays;
  used[at.sei] = get(used, at.sei) + made - stays;
  return (made - stays) * get(kinetics.heat_J, at.sei);
}
