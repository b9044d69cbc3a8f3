/** Outcomes of many cases → the score: flat rows, one for each detector, kind and question. Nothing is rounded. */
import { evaluationParams as p } from "../params/evaluation.ts";
import { FULL } from "./baselines.ts";
import { binomialUpper } from "./binomial.ts";
import { type Criterion, criteria } from "./criteria.ts";
import { addGraded } from "./forecasts.ts";
import { type Reference, references } from "./leads.ts";
import type { Cry, Outcome } from "./outcome.ts";
import { poissonUpper } from "./poisson.ts";
import { median, medianInterval, quantile } from "./quantiles.ts";
import type { Group } from "./what-happened.ts";

/** Stands for all kinds of a group together. */
export const ALL = "all";

interface Row {
  readonly detector: string;
  readonly kind: string;
  /** Cases. */
  readonly runs: number;
}

/** Absent keys: nothing to say it of. Seconds. */
interface Spread {
  readonly median?: number;
  readonly median_95?: readonly [low: number, high: number];
  readonly lower_decile?: number;
  readonly min?: number;
}

export interface LeadRow extends Row, Spread {
  /** One kind may have runs with a runaway and runs with a vent alone. */
  readonly group: Group;
  readonly criterion: Criterion;
  readonly reference: Reference;
  /** Cells with the event, and those without an alarm at or before it; the spread is over the others. */
  readonly n: number;
  readonly missed: number;
  /** One-sided exact bound of the share of misses at 95 %, if cells were independent of each other; those of one run are not. */
  readonly missed_share_upper: number;
}

/** Share of the time from 0.5 K/min to runaway, where that was five minutes or more; a miss counts as 0. */
export interface ShareRow extends Row, Spread {
  readonly criterion: Criterion;
  readonly n: number;
}

export interface EarlyRow extends Row {
  readonly false_class_runaway: number;
  readonly undated_class_runaway: number;
}

export interface FalseAlarmRow extends Row {
  readonly criterion: Criterion;
  readonly hours: number;
  readonly alarms: number;
  readonly per_1000_h: number;
  /** One-sided exact Poisson bound at 95 %. */
  readonly upper_per_1000_h: number;
}

/** Cases that came close, or in which gas alone was real: no trip is right there. */
export interface CalmRow extends Row {
  readonly group: Group;
  readonly hours: number;
  readonly trips: number;
  readonly class_runaway: number;
  /** Each with the case it was in. */
  readonly cries: readonly (Cry & { readonly case: string })[];
}

export interface TimeRow extends Row {
  readonly forecasts: number;
  readonly late_share?: number;
  readonly coverage?: number;
  readonly winkler_s?: number;
  readonly median_relative_width?: number;
  /** Mean over cells. */
  readonly given_share?: number;
  readonly against_plain?: {
    readonly forecasts: number;
    readonly winkler_s: number;
    readonly plain_winkler_s: number;
    readonly plain_late_share: number;
    readonly plain_coverage: number;
  };
}

export interface SwellingRow extends Row {
  readonly forecasts: number;
  readonly late_share?: number;
  readonly coverage?: number;
  readonly winkler_s?: number;
  readonly open_forecasts: number;
  readonly open_over: number;
  readonly knees: number;
  readonly knees_missed: number;
  readonly knees_early: number;
  /** Told no more than a tenth of the time until then before or after. */
  readonly knees_within_tenth: number;
  readonly knees_wrong: number;
  readonly knee_delay_s: Spread & { readonly max?: number };
  readonly knee_dating_s: Spread;
}

export interface Score {
  readonly v: 1;
  readonly leads: readonly LeadRow[];
  readonly shares: readonly ShareRow[];
  readonly early: readonly EarlyRow[];
  readonly false_alarms: readonly FalseAlarmRow[];
  readonly calm: readonly CalmRow[];
  readonly time_to_runaway: readonly TimeRow[];
  readonly swelling: readonly SwellingRow[];
}

export function scoreOf(outcomes: readonly Outcome[]): Score {
  const abuse = bunches(outcomes, "abuse");
  // where gas alone was real there are vents to be early for
  const leads = (["abuse", "gassing"] as const).flatMap((group) =>
    bunches(outcomes, group).flatMap((bunch) => criteria.flatMap((criterion) => references.map((reference) => leadRow(bunch, group, criterion, reference)))),
  );
  return {
    v: 1,
    leads: leads.filter(({ n }) => n > 0),
    shares: abuse.flatMap((bunch) => criteria.map((criterion) => shareRow(bunch, criterion))).filter(({ n }) => n > 0),
    early: abuse.map(({ row, of }) => ({
      ...row,
      false_class_runaway: sum(of, ({ wrongRunaway }) => wrongRunaway),
      undated_class_runaway: sum(of, ({ undatedRunaway }) => undatedRunaway),
    })),
    false_alarms: bunches(outcomes, "healthy")
      .flatMap((bunch) => criteria.map((criterion) => falseAlarmRow(bunch, criterion)))
      .filter(({ hours }) => hours > 0),
    calm: (["near-miss", "gassing"] as const).flatMap((group) => bunches(outcomes, group).map((bunch) => calmRow(bunch, group))),
    time_to_runaway: abuse.map(timeRow).filter(isAboutTime),
    swelling: bunches(outcomes).map(swellingRow).filter(isAboutSwelling),
  };
}

interface Bunch {
  readonly row: Row;
  readonly of: readonly Outcome[];
}

/** The outcomes of a group by detector and kind, and of all its kinds together where there are several. */
function bunches(outcomes: readonly Outcome[], group?: Group): Bunch[] {
  const own = group === undefined ? outcomes : outcomes.filter((outcome) => outcome.group === group);
  const detectors = [...new Set(own.map(({ detector }) => detector))];
  const kinds = [...new Set(own.map(({ kind }) => kind))];
  const sorts = kinds.length > 1 ? [...kinds, ALL] : kinds;
  return sorts.flatMap((kind) =>
    detectors.map((detector) => {
      const of = own.filter((outcome) => outcome.detector === detector && (kind === ALL || outcome.kind === kind));
      return { row: { detector, kind, runs: of.length }, of };
    }),
  );
}

function leadRow({ row, of }: Bunch, group: Group, criterion: Criterion, reference: Reference): LeadRow {
  const runs = of.map(({ leads }) => leads.flatMap(({ lead_s }) => lead_s[criterion][reference] ?? (reference in lead_s[criterion] ? [null] : [])));
  const found = runs.map((leads) => leads.filter((lead) => lead !== null));
  const n = runs.flat().length;
  const missed = n - found.flat().length;
  return { ...row, group, criterion, reference, n, missed, missed_share_upper: binomialUpper(missed, n, p.confidence), ...spread(found) };
}

function shareRow({ row, of }: Bunch, criterion: Criterion): ShareRow {
  const runs = of.map(({ leads }) => leads.flatMap(({ share }) => share[criterion] ?? []));
  return { ...row, criterion, n: runs.flat().length, ...spread(runs) };
}

function falseAlarmRow({ row, of }: Bunch, criterion: Criterion): FalseAlarmRow {
  const hours = sum(of, (outcome) => outcome.hours);
  const alarms = sum(of, ({ raised }) => raised[criterion]);
  const per_1000_h = (1000 * alarms) / hours;
  return { ...row, criterion, hours, alarms, per_1000_h, upper_per_1000_h: (1000 * poissonUpper(alarms, p.confidence)) / hours };
}

function calmRow({ row, of }: Bunch, group: Group): CalmRow {
  return {
    ...row,
    group,
    hours: sum(of, (outcome) => outcome.hours),
    trips: sum(of, ({ raised }) => raised.trip),
    class_runaway: sum(of, ({ raised }) => raised["class-runaway"]),
    cries: of.flatMap((outcome) => outcome.cries.map((cry) => ({ case: outcome.case, ...cry }))),
  };
}

function timeRow({ row, of }: Bunch): TimeRow {
  const all = addGraded(of.map(({ runaway }) => runaway.all));
  const paired = addGraded(of.map(({ runaway }) => runaway.paired));
  const plain = addGraded(of.map(({ runaway }) => runaway.plain));
  const given = of.flatMap(({ runaway }) => runaway.given);
  const width = median(of.flatMap(({ runaway }) => runaway.widths));
  return {
    ...row,
    forecasts: all.n,
    ...shares(all),
    ...(width !== undefined && { median_relative_width: width }),
    ...(given.length > 0 && { given_share: given.reduce((a, b) => a + b, 0) / given.length }),
    ...(paired.n > 0 && {
      against_plain: {
        forecasts: paired.n,
        winkler_s: paired.winkler_s / paired.n,
        plain_winkler_s: plain.winkler_s / plain.n,
        plain_late_share: plain.late / plain.n,
        plain_coverage: plain.covered / plain.n,
      },
    }),
  };
}

function swellingRow({ row, of }: Bunch): SwellingRow {
  const all = addGraded(of.map(({ swelling }) => swelling.all));
  const knees = of.map(({ swelling }) => swelling.knees);
  const delays = knees.map((run) => run.flatMap(({ delay_s }) => delay_s ?? []));
  const max = quantile(delays.flat(), 1);
  return {
    ...row,
    forecasts: all.n,
    ...shares(all),
    open_forecasts: sum(of, ({ swelling }) => swelling.open),
    open_over: sum(of, ({ swelling }) => swelling.openOver),
    knees: knees.flat().length,
    knees_missed: knees.flat().filter(({ delay_s }) => delay_s === null).length,
    knees_early: knees.flat().filter(({ delay_s }) => delay_s !== null && delay_s < 0).length,
    knees_within_tenth: knees.flat().filter(({ knee_s, delay_s }) => delay_s !== null && Math.abs(delay_s) <= p.knee_share * knee_s).length,
    knees_wrong: sum(of, ({ swelling }) => swelling.wrongKnees),
    knee_delay_s: { ...spread(delays), ...(max !== undefined && { max }) },
    knee_dating_s: spread(knees.map((run) => run.flatMap(({ dating_s }) => dating_s ?? []))),
  };
}

/** A baseline that promises no times is not blamed for giving none; the full model is, where the truth could judge it. */
const isAboutTime = ({ detector, forecasts, given_share }: TimeRow): boolean =>
  forecasts > 0 || (given_share !== undefined && (given_share > 0 || detector === FULL));

const isAboutSwelling = ({ detector, forecasts, open_forecasts, knees, knees_missed, knees_wrong }: SwellingRow): boolean =>
  forecasts + open_forecasts + knees_wrong > 0 || knees > (detector === FULL ? 0 : knees_missed);

const shares = ({ n, late, covered, winkler_s }: ReturnType<typeof addGraded>) =>
  n === 0 ? {} : { late_share: late / n, coverage: covered / n, winkler_s: winkler_s / n };

function spread(runs: readonly (readonly number[])[]): Spread {
  const values = runs.flat();
  const [middle, lower, least] = [median(values), quantile(values, p.lowerDecile), quantile(values, 0)];
  const interval = medianInterval(runs);
  if (middle === undefined || lower === undefined || least === undefined) return {};
  return { median: middle, ...(interval && { median_95: interval }), lower_decile: lower, min: least };
}

const sum = (of: readonly Outcome[], value: (outcome: Outcome) => number): number => of.reduce((total, outcome) => total + value(outcome), 0);
