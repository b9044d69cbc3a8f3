/** What can go wrong with the clock that stamps the rows of a recording. */
import type { Random } from "./random.ts";

/** `from_s` inclusive, `until_s` exclusive, by the true time. */
export type ClockFault = { readonly from_s: number; readonly until_s: number } & (
  | /** Stamps are off by `by_s`: a clock that was set, and set back. */ { readonly kind: "jump"; readonly by_s: number }
  /** `share` of the rows come after the row that followed them. */
  | { readonly kind: "out-of-order"; readonly share: number }
  /** `share` of the rows come twice. */
  | { readonly kind: "repeated"; readonly share: number }
);

interface Timed {
  readonly time_s: number;
}

/** Rows as the faulty clock stamps and orders them. */
export function* stamped<T extends Timed>(rows: Iterable<T>, faults: readonly ClockFault[], random: Random): Generator<T> {
  let late: T | undefined;
  for (const row of rows) {
    const now = faults.filter(({ from_s, until_s }) => row.time_s >= from_s && row.time_s < until_s);
    const off_s = now.reduce((sum, fault) => (fault.kind === "jump" ? sum + fault.by_s : sum), 0);
    const told = off_s === 0 ? row : { ...row, time_s: row.time_s + off_s };
    if (late === undefined && now.some((fault) => fault.kind === "out-of-order" && random.chance(fault.share))) {
      late = told;
      continue;
    }
    yield told;
    if (late !== undefined) yield late;
    late = undefined;
    if (now.some((fault) => fault.kind === "repeated" && random.chance(fault.share))) yield told;
  }
  if (late !== undefined) yield late;
}
