/**
 * Another simulator than the twin, on purpose: a slab of layers instead of a lump, other reactions, radiation beside convection, an oven that hunts.
 * The model is tried on both, so that it fits neither. It shares no code and no parameter file with the twin.
 */

/** What one layer's reactions are: rate A exp(-E / RT) × f(conversion), heat as the adiabatic rise that the whole reaction gives. */
export interface Reaction {
  readonly A_per_s: number;
  readonly E_J_per_mol: number;
  readonly rise_K: number;
  /** Order of reaction; "auto" for x (1 - x) with a seed of 0.02. */
  readonly order: number | "auto";
  readonly from_degC: number;
}

export interface SlabCell {
  readonly thickness_m: number;
  readonly conductivity_W_per_mK: number;
  readonly volumetric_J_per_m3K: number;
  /** Per face, moving air. */
  readonly convection_W_per_m2K: number;
  readonly emissivity: number;
  readonly reactions: readonly Reaction[];
  /** Layer temperature at which the electrical energy begins to be released, its rise and time; undefined for a cell whose separator holds. */
  readonly collapse?: { readonly at_degC: number; readonly rise_K: number; readonly over_s: number };
}

export interface SlabDrive {
  /** Air at the cell and the walls that it sees. */
  readonly air_degC: number;
  readonly wall_degC: number;
  readonly fan: number;
  readonly heater_W_per_m2: number;
  /** Heat of current and shorts, as a rate of the whole cell. */
  readonly joule_K_per_s: number;
}

const LAYERS = 5;
const STEFAN_W_per_m2K4 = 5.670374e-8; // CODATA
const R = 8.314462618; // CODATA

export class Slab {
  readonly layers_degC: number[];
  readonly #cell: SlabCell;
  readonly #left: number[][];
  #electric = 1;
  #collapsed = false;
  /** Rate of the cell by its own reactions and released electrical energy, mean over the layers. */
  net_K_per_s = 0;

  constructor(cell: SlabCell, start_degC: number) {
    this.#cell = cell;
    this.layers_degC = Array.from({ length: LAYERS }, () => start_degC);
    this.#left = cell.reactions.map(() => Array.from({ length: LAYERS }, () => 1));
  }

  get front_degC(): number {
    return this.layers_degC[0] ?? Number.NaN;
  }
  get back_degC(): number {
    return this.layers_degC[LAYERS - 1] ?? Number.NaN;
  }

  /** Explicit steps, short enough for conduction and for a fast reaction. */
  step(drive: SlabDrive, dt_s: number): void {
    const layer_m = this.#cell.thickness_m / LAYERS;
    const most_s = (0.4 * layer_m ** 2 * this.#cell.volumetric_J_per_m3K) / this.#cell.conductivity_W_per_mK;
    for (let left_s = dt_s; left_s > 1e-9; ) {
      const h_s = Math.min(left_s, most_s, 0.5 / Math.max(1e-9, Math.abs(this.net_K_per_s)));
      this.#advance(drive, Math.max(h_s, 1e-3));
      left_s -= Math.max(h_s, 1e-3);
    }
  }

  #advance({ air_degC, wall_degC, fan, heater_W_per_m2, joule_K_per_s }: SlabDrive, h_s: number): void {
    const { thickness_m, conductivity_W_per_mK, volumetric_J_per_m3K, convection_W_per_m2K, emissivity, reactions, collapse } = this.#cell;
    const layer_m = thickness_m / LAYERS;
    const T = this.layers_degC;
    const before = [...T];
    const exchange = (t: number): number =>
      fan * convection_W_per_m2K * (air_degC - t) + emissivity * STEFAN_W_per_m2K4 * ((wall_degC + 273.15) ** 4 - (t + 273.15) ** 4);
    let own = 0;
    if (collapse !== undefined && before.some((t) => t > collapse.at_degC)) this.#collapsed = true;
    let electric = 0;
    if (this.#collapsed && collapse !== undefined && this.#electric > 0) {
      const share = Math.min(this.#electric, h_s / collapse.over_s);
      this.#electric -= share;
      electric = (share * collapse.rise_K) / h_s;
    }
    for (let i = 0; i < LAYERS; i++) {
      const t = before[i] ?? 0;
      let flux = i === 0 ? exchange(t) + heater_W_per_m2 : (conductivity_W_per_mK * ((before[i - 1] ?? t) - t)) / layer_m;
      flux += i === LAYERS - 1 ? exchange(t) : (conductivity_W_per_mK * ((before[i + 1] ?? t) - t)) / layer_m;
      let heat = electric;
      for (const [r, { A_per_s, E_J_per_mol, rise_K, order, from_degC }] of reactions.entries()) {
        const x = this.#left[r]?.[i] ?? 0;
        if (x <= 0 || t < from_degC) continue;
        const shape = order === "auto" ? x * (1.02 - x) : x ** order;
        const used = Math.min(x, A_per_s * Math.exp(-E_J_per_mol / (R * (t + 273.15))) * shape * h_s);
        const row = this.#left[r];
        if (row !== undefined) row[i] = x - used;
        heat += (used * rise_K) / h_s;
      }
      own += heat / LAYERS;
      T[i] = t + h_s * (flux / (layer_m * volumetric_J_per_m3K) + heat + joule_K_per_s);
    }
    this.net_K_per_s = own;
  }
}

/** Prefactor of a first-order reaction whose peak lies at `peak_degC` when heated at 5 K/min (Kissinger). */
export function prefactor_per_s(peak_degC: number, E_J_per_mol: number): number {
  const T = peak_degC + 273.15;
  return ((5 / 60) * E_J_per_mol * Math.exp(E_J_per_mol / (R * T))) / (R * T * T);
}
