/** The truth of a case, by cell, and what group of cases it belongs to. */
import type { Truth } from "../../edge-agent/contracts/truth.ts";

export type TruthEvent = Truth["events"][number]["event"];

/** Each group has its own question: how early, how many for nothing, and how calm where it was close or where gas alone was real. */
export const groups = ["abuse", "gassing", "near-miss", "healthy"] as const;
export type Group = (typeof groups)[number];

/** By what happened, not by the name of the kind: a storage test in which a cell runs away is an abuse from then on. */
export function groupOf({ healthy, events }: Truth): Group {
  if (events.some(({ event }) => event === "runaway")) return "abuse";
  if (events.some(({ event }) => event === "vent" || event === "swelling-limit" || event === "knee")) return "gassing";
  return healthy ? "healthy" : "near-miss";
}

/** The first time of each event of one cell; without a cell, of what the truth does not place. */
export interface CellTruth {
  readonly cell: string | undefined;
  readonly at_s: Readonly<Partial<Record<TruthEvent, number>>>;
}

export function cellsOf({ events }: Truth): CellTruth[] {
  const cells = new Map<string | undefined, Partial<Record<TruthEvent, number>>>();
  for (const { cell, event, time_s } of events) {
    const at_s = cells.get(cell) ?? {};
    at_s[event] = Math.min(at_s[event] ?? Number.POSITIVE_INFINITY, time_s);
    cells.set(cell, at_s);
  }
  return [...cells].map(([cell, at_s]) => ({ cell, at_s }));
}
