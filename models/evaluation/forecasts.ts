/** Times to runaway and swelling forecasts of one case, against what came. */
import { grade, type Interval } from "./interval.ts";
import type { Forecast, Told } from "./told.ts";
import type { CellTruth } from "./what-happened.ts";

/** Sums over forecasts, so that cases can be added. */
export interface Graded {
  readonly n: number;
  readonly late: number;
  readonly covered: number;
  readonly winkler_s: number;
}

export interface RunawayForecasts {
  readonly all: Graded;
  /** Of the forecasts beside which the plain formula could speak: the model's, and the plain formula's. */
  readonly paired: Graded;
  readonly plain: Graded;
  /** (p95 - p05) / p50 of each. */
  readonly widths: readonly number[];
  /** Of each cell: share of the time from 1 K/min to runaway in which a time to runaway stood. */
  readonly given: readonly number[];
}

/** Between 0.2 K/min and runaway of each cell; cells whose truth does not date both are left out. */
export function gradeRunaway(cells: readonly CellTruth[], { forecasts }: Pick<Told, "forecasts">): RunawayForecasts {
  const graded: { readonly of: Forecast; readonly runaway_s: number }[] = [];
  const given: number[] = [];
  for (const { cell, at_s } of cells) {
    const { "self-heating-0.2": begun_s, "self-heating-1": fast_s, runaway: runaway_s } = at_s;
    if (runaway_s === undefined) continue;
    const own = forecasts.filter((forecast) => forecast.cell === cell);
    if (begun_s !== undefined) for (const of of own) if (of.at_s >= begun_s && of.at_s <= runaway_s) graded.push({ of, runaway_s });
    if (fast_s === undefined || runaway_s <= fast_s) continue;
    const stood_s = own.reduce((sum, { at_s, until_s }) => sum + Math.max(0, Math.min(until_s, runaway_s) - Math.max(at_s, fast_s)), 0);
    given.push(stood_s / (runaway_s - fast_s));
  }
  const sum = (pick: (forecast: Forecast) => Interval | undefined): Graded =>
    total(graded.flatMap(({ of, runaway_s }) => grades(pick(of), runaway_s - of.at_s)));
  return {
    all: sum(({ left }) => left),
    paired: sum(({ left, plain }) => plain && left),
    plain: sum(({ plain }) => plain),
    widths: graded.map(({ of }) => (of.left.p95 - of.left.p05) / of.left.p50),
    given,
  };
}

export interface SwellingForecasts {
  /** Before the limit was reached. */
  readonly all: Graded;
  /** Forecasts in cells that never reached the limit, and those whose p95 was over before the recording was. */
  readonly open: number;
  readonly openOver: number;
  readonly knees: readonly KneeOutcome[];
  /** Knees told in cells that have none. */
  readonly wrongKnees: number;
}

/** A cell whose truth has a knee; null: not told. */
export interface KneeOutcome {
  /** Of the run, when the knee was. */
  readonly knee_s: number;
  /** From the knee until it was told; negative where it was told before. */
  readonly delay_s: number | null;
  /** The model's date of the knee less the true one. */
  readonly dating_s: number | null;
}

export function gradeSwelling(cells: readonly CellTruth[], { swelling, knees, to_s }: Pick<Told, "swelling" | "knees" | "to_s">): SwellingForecasts {
  const truthOf = (cell: string) => cells.find((truth) => truth.cell === cell)?.at_s;
  const reached = swelling.flatMap(({ cell, at_s, left }) => {
    const limit_s = truthOf(cell)?.["swelling-limit"];
    return limit_s === undefined || at_s > limit_s ? [] : grades(left, limit_s - at_s);
  });
  const open = swelling.filter(({ cell }) => truthOf(cell)?.["swelling-limit"] === undefined);
  return {
    all: total(reached),
    open: open.length,
    openOver: open.filter(({ at_s, left }) => at_s + left.p95 < to_s).length,
    knees: cells.flatMap(({ cell, at_s }): KneeOutcome[] => {
      const { knee: knee_s } = at_s;
      if (knee_s === undefined) return [];
      const told = knees.find((knee) => knee.cell === cell);
      if (told === undefined) return [{ knee_s, delay_s: null, dating_s: null }];
      return [{ knee_s, delay_s: told.at_s - knee_s, dating_s: told.knee_s - knee_s }];
    }),
    wrongKnees: knees.filter(({ cell }) => truthOf(cell)?.knee === undefined).length,
  };
}

const grades = (left: Interval | undefined, true_s: number) => (left === undefined ? [] : [grade(left, true_s)]);

const total = (all: readonly ReturnType<typeof grade>[]): Graded => ({
  n: all.length,
  late: all.filter(({ late }) => late).length,
  covered: all.filter(({ covered }) => covered).length,
  winkler_s: all.reduce((sum, { winkler_s }) => sum + winkler_s, 0),
});

export const addGraded = (all: readonly Graded[]): Graded => ({
  n: all.reduce((sum, { n }) => sum + n, 0),
  late: all.reduce((sum, { late }) => sum + late, 0),
  covered: all.reduce((sum, { covered }) => sum + covered, 0),
  winkler_s: all.reduce((sum, { winkler_s }) => sum + winkler_s, 0),
});
