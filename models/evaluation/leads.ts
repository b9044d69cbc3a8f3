/** How long before each event of a cell its first alarm came. */
import { evaluationParams as p } from "../params/evaluation.ts";
import { type Criterion, criteria, isClassRunaway, meets } from "./criteria.ts";
import type { Raise, Told } from "./told.ts";
import type { CellTruth } from "./what-happened.ts";

/** The events that a lead is stated against, separately: a lead to the peak is no lead to the vent. */
export const references = ["vent", "runaway", "t3"] as const;
export type Reference = (typeof references)[number];

export interface CellLeads {
  readonly cell: string | undefined;
  /** Seconds from the first alarm to the event; null: none came at or before it; no key: the event did not happen or is not dated. */
  readonly lead_s: Readonly<Record<Criterion, Readonly<Partial<Record<Reference, number | null>>>>>;
  /** Of the time from 0.5 K/min to runaway, the share that was left at the first alarm: 0 to 1, 0 for a miss; null where the truth does not date both, or they are so close that nobody could warn. */
  readonly share: Readonly<Record<Criterion, number | null>>;
}

/** `pack`: the one that the cell is in. `early`: raises that are no lead, because they came before there was anything to see. */
export function leadsOf({ cell, at_s }: CellTruth, pack: string | undefined, raises: readonly Raise[], early: ReadonlySet<Raise>): CellLeads {
  const about = raises.filter((raise) => isAbout(raise, cell, pack) && !early.has(raise));
  const byCriterion = <T>(of: (first_s: number | undefined) => T) =>
    Object.fromEntries(criteria.map((criterion) => [criterion, of(about.find((raise) => meets(raise, criterion))?.at_s)])) as Record<Criterion, T>;
  return {
    cell,
    lead_s: byCriterion((first_s) =>
      Object.fromEntries(
        references.flatMap((reference) => {
          const event_s = at_s[reference];
          if (event_s === undefined) return [];
          return [[reference, first_s === undefined || first_s > event_s ? null : event_s - first_s]];
        }),
      ),
    ),
    share: byCriterion((first_s) => shareOf(first_s, at_s["self-heating-0.5"], at_s.runaway)),
  };
}

/** A pack's or the station's alarm speaks for every cell in it; an alarm of another cell does not. */
function isAbout(raise: Raise, cell: string | undefined, pack: string | undefined): boolean {
  if (cell === undefined || raise.cell !== undefined) return cell === undefined || raise.cell === cell;
  return raise.pack === undefined || raise.pack === pack;
}

function shareOf(first_s: number | undefined, begun_s: number | undefined, runaway_s: number | undefined): number | null {
  if (begun_s === undefined || runaway_s === undefined || runaway_s - begun_s < p.availableLeast_s) return null;
  if (first_s === undefined) return 0;
  return Math.min(1, Math.max(0, (runaway_s - first_s) / (runaway_s - begun_s)));
}

export interface EarlyRaises {
  /** Of class runaway, before the cell heated itself by 0.2 K/min, less a grace; or of a cell that never did. */
  readonly wrong: ReadonlySet<Raise>;
  /** Of a cell that ran away, where the truth does not date its self-heating: neither a false alarm nor a lead can be made of it. */
  readonly undated: ReadonlySet<Raise>;
}

/**
 * Alarms of class runaway that cannot count as leads. A detector that cries out at the start and is right hours later has not seen it coming, and an alarm
 * that was raised too early and still stands at the onset is no lead either: nobody could tell when it became true.
 */
export function earlyRaises(cells: readonly CellTruth[], raises: readonly Raise[]): EarlyRaises {
  const [wrong, undated] = [new Set<Raise>(), new Set<Raise>()];
  for (const raise of raises) {
    if (!isClassRunaway(raise.alarm)) continue;
    const truth = cells.find(({ cell }) => cell === raise.cell) ?? cells.find(({ cell }) => cell === undefined);
    const begun_s = truth?.at_s["self-heating-0.2"];
    if (begun_s !== undefined) {
      if (raise.at_s < begun_s - p.grace_s) wrong.add(raise);
      continue;
    }
    const runaway_s = truth?.at_s.runaway;
    if (runaway_s === undefined) wrong.add(raise);
    else if (raise.at_s < Math.min(runaway_s, truth?.at_s.vent ?? runaway_s) - p.grace_s) undated.add(raise);
  }
  return { wrong, undated };
}

/** Occurrences that meet a criterion: a raise that becomes graver is one alarm. */
export function raisedBy({ raises }: Pick<Told, "raises">, criterion: Criterion): number {
  return new Set(raises.filter((raise) => meets(raise, criterion)).map(({ occurrence }) => occurrence)).size;
}
