/** The knee of a storage test: from when on a cell makes gas much faster than it did on its plateau. */
import { kneeParams as p } from "./params/truth.ts";
import { type CellWorld, species } from "./world.ts";

/** All gas that a cell ever made, mol; its solvent's vapour is no gas. */
const gasMade_mol = ({ made_mol }: CellWorld): number => species.reduce((sum, name) => (name === "vapour" ? sum : sum + made_mol[name]), 0);

export function startKnee() {
  /** Gas made at the end of each span. */
  let last: { readonly at_s: number; readonly mol: number } | undefined;
  let slowest = Number.POSITIVE_INFINITY;
  return {
    /** True from the span on in which the rate is `rise` times the slowest so far, once the plateau was seen. */
    see(at_s: number, cell: CellWorld): boolean {
      if (last !== undefined && at_s - last.at_s < p.span_s) return false;
      const mol = gasMade_mol(cell);
      const rate = last === undefined ? undefined : (mol - last.mol) / (at_s - last.at_s);
      last = { at_s, mol };
      if (rate === undefined || at_s < p.settling_s) return false;
      slowest = Math.min(slowest, rate);
      return slowest > 0 && rate >= p.rise * slowest;
    },
  };
}
