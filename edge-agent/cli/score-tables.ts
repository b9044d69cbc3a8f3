/** The score as tables of words, for a terminal and for the model card. */
import { type Criterion, criteria } from "../../models/evaluation/criteria.ts";
import type { LeadRow, Score, ShareRow } from "../../models/evaluation/score.ts";

export interface Table {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NONE = "–";

export function tablesOf(score: Score): Table[] {
  return [...leadTables(score), earlyTable(score), falseAlarmTable(score), calmTable(score), timeTable(score), swellingTable(score)].filter(
    ({ rows }) => rows.length > 0,
  );
}

/** Columns of equal width, two spaces between; words to the left, numbers to the right. */
export function asText({ title, note, head, rows }: Table): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const words = head.map((_, column) => isWords(rows, column));
  const line = (row: readonly string[]) =>
    row.map((text, column) => (words[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join("  ");
  return [title, `  ${note}`, "", ...[head, ...rows].map((row) => `  ${line(row)}`.trimEnd()), ""].join("\n");
}

export function asMarkdown({ title, note, head, rows }: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const rule = head.map((_, column) => (isWords(rows, column) ? "---" : "---:"));
  return [`### ${title}`, "", note, "", line(head), line(rule), ...rows.map(line), ""].join("\n");
}

const isWords = (rows: Table["rows"], column: number): boolean => rows.every((row) => /^[a-z]/i.test(row[column] ?? ""));

function leadTables({ leads, shares }: Score): Table[] {
  return [...Map.groupBy(leads, ({ kind, group }) => `${kind} (${group})`)].map(([name, own]) => ({
    title: `Leads: ${name}, ${own[0]?.runs ?? 0} runs`,
    note: "missed: no alarm at or before the event, in brackets the exact 95 % bound; times are over the others, in brackets the 95 % interval of the median. share: of the time from 0.5 K/min to runaway where that was 5 min or more, a miss being 0",
    head: ["detector", "at least", "to", "missed", "median", "lowest tenth", "least", "share: median", "lowest tenth"],
    rows: [...Map.groupBy(own, ({ detector, reference }) => `${detector} ${reference}`).values()].flatMap((rows) => {
      const { detector = "", reference = "runaway" } = rows[0] ?? {};
      const all = rows.map((row) => {
        const share = shares.find((each) => each.kind === row.kind && each.detector === detector && each.criterion === row.criterion);
        return { criterion: row.criterion, cells: [...leadCells(row), ...(reference === "runaway" ? shareCells(share) : [NONE, NONE])] };
      });
      return merged(all).map(({ name: criterion, cells }) => [detector, criterion, reference, ...cells]);
    }),
  }));
}

/** Class runaway where there was nothing to see yet; kinds and detectors without any are left out. */
function earlyTable({ early }: Score): Table {
  return {
    title: "Class runaway, too early",
    note: "false: more than 5 min before 0.2 K/min, or of a cell that never got there; no lead is made of them. undated: the truth does not say when self-heating began",
    head: ["kind", "detector", "runs", "false", "undated"],
    rows: early
      .filter((row) => row.false_class_runaway + row.undated_class_runaway > 0)
      .map((row) => [row.kind, row.detector, `${row.runs}`, `${row.false_class_runaway}`, `${row.undated_class_runaway}`]),
  };
}

/** Neighbouring criteria with the same figures make one line. */
function merged(all: readonly { readonly criterion: Criterion; readonly cells: readonly string[] }[]) {
  const groups: { first: string; last: string; cells: readonly string[] }[] = [];
  for (const { criterion, cells } of all) {
    const before = groups.at(-1);
    if (before !== undefined && before.cells.join("|") === cells.join("|")) before.last = criterion;
    else groups.push({ first: criterion, last: criterion, cells });
  }
  return groups.map(({ first, last, cells }) => ({ name: first === last ? first : `${first} to ${last}`, cells }));
}

function leadCells(row: LeadRow): string[] {
  const between = row.median_95 === undefined ? "" : ` [${duration(row.median_95[0])}, ${duration(row.median_95[1])}]`;
  return [
    `${row.missed} of ${row.n} (≤ ${percent(row.missed_share_upper)})`,
    `${duration(row.median)}${between}`,
    duration(row.lower_decile),
    duration(row.min),
  ];
}

const shareCells = (row: ShareRow | undefined): string[] => [percent(row?.median), percent(row?.lower_decile)];

function falseAlarmTable({ false_alarms }: Score): Table {
  const bunches = false_alarms.filter(({ criterion }) => criterion === "advisory");
  return {
    title: "False alarms in healthy runs",
    note: "alarms of hazards, and in brackets the exact 95 % upper bound per 1000 station-hours (no alarm in H hours: 3.0 / H)",
    head: ["kind", "detector", "runs", "hours", ...criteria],
    rows: bunches.map(({ kind, detector, runs, hours }) => [
      kind,
      detector,
      `${runs}`,
      hours.toFixed(1),
      ...criteria.map((criterion) => {
        const row = false_alarms.find((each) => each.kind === kind && each.detector === detector && each.criterion === criterion);
        return row === undefined ? NONE : `${row.alarms} (≤ ${short(row.upper_per_1000_h)})`;
      }),
    ]),
  };
}

function calmTable({ calm }: Score): Table {
  return {
    title: "Near misses, and gas without runaway",
    note: "no cell ran away: every trip is one too many. In the last column the cell's true net rate at each alarm of class runaway, K/min, where the truth has it",
    head: ["kind", "detector", "group", "runs", "hours", "trips", "class runaway", "true net rate"],
    rows: calm.map(({ kind, detector, group, runs, hours, trips, class_runaway, cries }) => {
      const rates = cries.flatMap(({ true_net_K_per_min }) => true_net_K_per_min ?? []).sort((a, b) => a - b);
      const shown = rates.length > 6 ? `${short(rates[0])} to ${short(rates.at(-1))}` : rates.map(short).join(", ");
      return [kind, detector, group, `${runs}`, hours.toFixed(1), `${trips}`, `${class_runaway}`, shown || NONE];
    }),
  };
}

function timeTable({ time_to_runaway }: Score): Table {
  return {
    title: "Time to runaway",
    note: "between 0.2 K/min and runaway. late: the true time was below p05. Interval score at 90 %: less is better; plain: TMR with 135 kJ/mol and 22 % from the same rate and temperature, on the same estimates",
    head: [
      "kind",
      "detector",
      "estimates",
      "late",
      "in [p05, p95]",
      "score",
      "width / p50",
      "given from 1 K/min",
      "paired",
      "score",
      "plain score",
      "plain late",
      "plain in",
    ],
    rows: time_to_runaway.map(({ kind, detector, forecasts, late_share, coverage, winkler_s, median_relative_width, given_share, against_plain: plain }) => [
      kind,
      detector,
      `${forecasts}`,
      percent(late_share),
      percent(coverage),
      duration(winkler_s),
      percent(median_relative_width),
      percent(given_share),
      plain === undefined ? NONE : `${plain.forecasts}`,
      duration(plain?.winkler_s),
      duration(plain?.plain_winkler_s),
      percent(plain?.plain_late_share),
      percent(plain?.plain_coverage),
    ]),
  };
}

function swellingTable({ swelling }: Score): Table {
  return {
    title: "Swelling",
    note: "forecasts of the time to the limit, and the knee. over: p95 had passed when the recording ended without the limit. dating: the model's knee less the true one. within a tenth: told no more than a tenth of the time until the knee before or after it. wrong: told where there is none",
    head: [
      "kind",
      "detector",
      "forecasts",
      "late",
      "in [p05, p95]",
      "open",
      "over",
      "knees",
      "missed",
      "early",
      "within a tenth",
      "wrong",
      "delay: median",
      "max",
      "dating: median",
    ],
    rows: swelling.map((row) => [
      row.kind,
      row.detector,
      `${row.forecasts}`,
      percent(row.late_share),
      percent(row.coverage),
      `${row.open_forecasts}`,
      `${row.open_over}`,
      `${row.knees}`,
      `${row.knees_missed}`,
      `${row.knees_early}`,
      `${row.knees_within_tenth}`,
      `${row.knees_wrong}`,
      duration(row.knee_delay_s.median),
      duration(row.knee_delay_s.max),
      duration(row.knee_dating_s.median),
    ]),
  };
}

/** Three digits. */
const short = (value: number | undefined): string => (value === undefined ? NONE : `${Number(value.toPrecision(3))}`);
const percent = (share: number | undefined): string => (share === undefined ? NONE : `${(100 * share).toFixed(0)} %`);

/** Seconds as a person says them. */
export function duration(value_s: number | undefined): string {
  if (value_s === undefined) return NONE;
  const size_s = Math.abs(value_s);
  if (size_s < 300) return `${short(value_s)} s`;
  if (size_s < 2 * 3600) return `${short(value_s / 60)} min`;
  return size_s < 3 * 86_400 ? `${short(value_s / 3600)} h` : `${short(value_s / 86_400)} d`;
}
