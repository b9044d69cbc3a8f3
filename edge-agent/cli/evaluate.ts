/** `offgas evaluate`: how early, how often for nothing, and how sure, on recordings whose truth is known. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { baselines, FULL } from "../../models/evaluation/baselines.ts";
import type { Outcome } from "../../models/evaluation/outcome.ts";
import { type Score, scoreOf } from "../../models/evaluation/score.ts";
import { exitCode, Fault } from "../core/faults.ts";
import { type HashedFile, hashesOf } from "../evaluation/case-folder.ts";
import { type CaseRef, casesAskedFor, knownScenes } from "../evaluation/case-ref.ts";
import { type Scored, scoreAll } from "../evaluation/pool.ts";
import { detectorNames } from "../evaluation/score-case.ts";
import { drawCharts } from "./score-charts.ts";
import { asMarkdown, asText, tablesOf } from "./score-tables.ts";

const help = `offgas evaluate: the score of the model and of each baseline, on recordings whose truth is known

usage: offgas evaluate DIR [--only NAME] [--json] [--out DIR]
       offgas evaluate --scene NAME --seeds FROM-TO [--only NAME] [--json] [--out DIR]

DIR holds cases at any depth. A case is a folder with station.yaml, run.csv or run.csv.gz, and truth.json. Each recording is replayed as
\`offgas replay\` does it, once for the full model ("${FULL}") and once for each baseline:

${baselines.map(({ name, means }) => `  ${name.padEnd(18)}  ${means}`).join("\n")}

Where a cell ran away: lead to vent, runaway and peak, misses. In healthy runs: false alarms, with the exact bound. Where it was close, or
gas alone was real: trips. Times to runaway and swelling forecasts: too late, too wide, or right.

  --scene NAME    simulated cases in the place of DIR; ${knownScenes()}
  --seeds A-B     the seeds of its runs, both ends included; one number for one run
  --only NAME     one detector, several times for several; all of them where it is left out
  --out DIR       also writes score.json, outcomes.jsonl (each case and detector), score.md and charts (SVG)
  --json          prints all numbers as JSON

exit codes: 0 scored, 1 a case could not be (the others were), 2 wrong usage

example:
  offgas evaluate tests/cases --out score
`;

const options = {
  scene: { type: "string" },
  seeds: { type: "string" },
  only: { type: "string", multiple: true },
  out: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

export async function evaluate(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const refs = casesAskedFor(positionals, values);
  if (typeof refs === "string") {
    process.stderr.write(`offgas evaluate: ${refs}; see offgas evaluate --help\n`);
    return exitCode.usage;
  }
  const detectors = values.only ?? detectorNames;
  const unknown = detectors.find((name) => !detectorNames.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`offgas evaluate: no detector "${unknown}"; there are ${detectorNames.join(", ")}; see offgas evaluate --help\n`);
    return exitCode.usage;
  }
  if (values.out !== undefined) onDisk(values.out, () => mkdirSync(values.out ?? "", { recursive: true })); // before the hours of work, not after them
  const scored = await scoreAll(refs, detectors, (done, hours) => progress(`${done} of ${refs.length} cases, ${hours.toFixed(0)} h`));
  progress("");
  for (const { name, why } of scored.failed) process.stderr.write(`offgas evaluate: ${name}: ${why}\n`);
  const report = reportOf(refs, scored);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${[aboutCases(report), ...tablesOf(report.score).map(asText)].join("\n")}`);
  if (values.out !== undefined) await write(values.out, report, refs, scored.outcomes);
  return scored.failed.length === 0 ? exitCode.fine : exitCode.fault;
}

interface Report {
  readonly v: 1;
  readonly cases: readonly Pick<Outcome, "case" | "kind" | "group" | "hours">[];
  readonly files: readonly HashedFile[];
  readonly failed: Scored["failed"];
  readonly score: Score;
}

function reportOf(refs: readonly CaseRef[], { outcomes, failed }: Scored): Report {
  const unread = new Set(failed.map(({ name }) => name));
  const full = outcomes.filter(({ detector }) => detector === FULL);
  return {
    v: 1,
    cases: full.map(({ case: name, kind, group, hours }) => ({ case: name, kind, group, hours })),
    files: refs.flatMap((ref) => ("folder" in ref && !unread.has(ref.name) ? hashesOf(ref) : [])),
    failed,
    score: scoreOf(outcomes),
  };
}

const SHOWN = 12;

/** What was scored, a line for each kind; the same file twice would count for two, so that it is said. */
function aboutCases({ cases, files, failed }: Report): string {
  const kinds = Map.groupBy(cases, ({ kind, group }) => `${kind} (${group})`);
  const lines = [...kinds].map(([kind, own]) => {
    const names = own.slice(0, SHOWN).map((each) => each.case);
    const rest = own.length > names.length ? ` and ${own.length - names.length} more` : "";
    return `  ${kind}: ${own.length} in ${own.reduce((sum, { hours }) => sum + hours, 0).toFixed(1)} h: ${names.join(", ")}${rest}`;
  });
  const distinct = new Set(files.map(({ sha256 }) => sha256)).size;
  const hashed = files.length === 0 ? "" : `; ${files.length} files, ${distinct} of them distinct by SHA-256`;
  return [`${cases.length} cases scored, ${failed.length} could not be${hashed}`, ...lines, ""].join("\n");
}

async function write(out: string, report: Report, refs: readonly CaseRef[], outcomes: readonly Outcome[]): Promise<void> {
  const put = (file: string, text: string) => onDisk(out, () => writeFileSync(join(out, file), text));
  put("score.json", `${JSON.stringify(report, null, 1)}\n`);
  put("outcomes.jsonl", outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(""));
  const drawn = await drawCharts(report.score, refs, outcomes, (name) => progress(`chart of ${name}`));
  progress("");
  if (typeof drawn === "string") process.stderr.write(`offgas evaluate: ${drawn}\n`);
  const charts = typeof drawn === "string" ? [] : drawn;
  for (const { file, svg } of charts) put(file, svg);
  const pictures = charts.map(({ file, title }) => `![${title}](${file})\n`);
  put("score.md", ["# Score\n", aboutCases(report), ...tablesOf(report.score).map(asMarkdown), ...pictures].join("\n"));
}

function onDisk(out: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new Fault("spool/unavailable", `${out}: ${(error as Error).message}; name another folder with --out`, { cause: error });
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
