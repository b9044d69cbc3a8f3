/**
 * One portion of a lane to one sink: halves what is refused until the offending entries stand alone. An entry is set aside only when the sink
 * takes one that it has taken before, and right after refuses this one a second time; a sink that takes nothing, for now or for good, loses nothing.
 */
import type { Entry, Lane } from "../core/entry.ts";
import type { FaultCode } from "../core/faults.ts";
import type { Portion } from "../spool/spool.ts";
import type { Allowance } from "./allowance.ts";
import type { Verdict } from "./sink.ts";

/** As many refused in a row, with nothing taken, are enough to see that the fault is not one line's. */
const maxSuspects = 16;

export type Outcome =
  | { readonly kind: "taken" }
  /** Part of the portion, or all of it, is refused and stays in the spool. */
  | { readonly kind: "held"; readonly code: FaultCode; readonly why: string }
  | (Verdict & { readonly kind: "later" });

export interface DeliveryPort {
  write(entries: readonly Entry[]): Promise<Verdict>;
  /** [first, end) need not be sent again. */
  done(first: number, end: number): void;
  setAside(seq: number, entry: Entry, why: string): void;
}

interface Suspect {
  readonly index: number;
  readonly code: FaultCode;
  readonly why: string;
}

/** `takenBefore`: the allowance's `taken` when entries of this portion were first refused, where they were. */
export async function deliver(lane: Lane, portion: Portion, port: DeliveryPort, allowance: Allowance, takenBefore = allowance.taken): Promise<Outcome> {
  const { entries, seqs } = portion;
  const startOf = (index: number) => (index === 0 ? portion.first : (seqs[index] ?? portion.end));
  const suspects: Suspect[] = [];
  const proven = () => allowance.taken > takenBefore;
  let held: Outcome | undefined;
  const waiting: { readonly from: number; readonly to: number }[] = [{ from: 0, to: entries.length }];
  for (let part = waiting.pop(); part !== undefined && held === undefined; part = waiting.pop()) {
    const { from, to } = part;
    const verdict = from === to ? ({ kind: "taken" } as const) : await port.write(entries.slice(from, to));
    if (verdict.kind === "later") return verdict;
    if (verdict.kind === "taken") {
      allowance.take(entries.slice(from, to));
      port.done(startOf(from), startOf(to));
      continue;
    }
    if (to - from === 1) suspects.push({ index: from, code: verdict.code, why: verdict.why });
    if (suspects.length > maxSuspects && !proven()) return { ...verdict, kind: "held" };
    if (suspects.length > allowance.letters || (to - from > 1 && suspects.length === allowance.letters)) held = { ...verdict, kind: "held" };
    else if (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      waiting.push({ from: middle, to }, { from, to: middle });
    }
  }
  for (const { index, code, why } of suspects) {
    const [seq, entry] = [seqs[index], entries[index]];
    if (seq === undefined || entry === undefined) continue;
    if (!proven() || allowance.letters === 0) return { kind: "held", code, why };
    const witness = allowance.witness && (await port.write([allowance.witness]));
    if (witness?.kind === "later") return witness;
    if (witness?.kind !== "taken") return { kind: "held", code, why };
    const second = await port.write([entry]);
    if (second.kind === "later") return second;
    if (second.kind === "taken") {
      allowance.take([entry]);
      port.done(startOf(index), startOf(index + 1));
      continue;
    }
    allowance.setAside();
    port.setAside(seq, entry, `${lane}: ${why}`);
    port.done(startOf(index), startOf(index + 1));
  }
  return held ?? { kind: "taken" };
}
