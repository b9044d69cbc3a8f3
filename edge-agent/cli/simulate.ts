/** `offgas simulate`: a scene of the digital twin becomes a case: recording, station file, truth. */
import { parseArgs } from "node:util";
import type { Scene } from "../../models/twin/scenes/scene.ts";
import { sceneNamed, scenes } from "../../models/twin/scenes.ts";
import { simulate as open, type Simulation } from "../../models/twin/simulate.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { exitCode } from "../core/faults.ts";
import { casePresent, writeCase } from "../recording/case-folder.ts";
import { type CsvRow, csvText } from "../recording/csv.ts";

const help = `offgas simulate: a scene of the digital twin, as its station would have recorded it

usage: offgas simulate SCENE --out FILE [--seed N] [--json]
       offgas simulate --list [--json]

  SCENE       what happens; --list names them all
  --out FILE  the recording, .csv or .csv.gz; station.yaml and truth.json are written beside it
  --seed N    0, 1, 2, … (default 1): other cells, another chamber, other instruments; the same seed gives the same bytes
  --json      prints what was written, or the list, as JSON

No chemistry in it is of your cell: a simulation tries detectors, it predicts nothing. Files that are there are not written over.

examples:
  offgas simulate --list
  offgas simulate oven-ramp --seed 7 --out cases/oven-ramp-7/run.csv.gz
  offgas replay --config cases/oven-ramp-7/station.yaml --input cases/oven-ramp-7/run.csv.gz --out out
`;

const options = {
  out: { type: "string" },
  seed: { type: "string", default: "1" },
  list: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

export async function simulate(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas simulate: ${text}; see offgas simulate --help\n`);
    return exitCode.usage;
  };
  if (values.list) {
    process.stdout.write(values.json ? `${JSON.stringify(scenes.map(({ name, healthy, about }) => ({ name, healthy, about })))}\n` : listed());
    return exitCode.fine;
  }
  const [name, ...more] = positionals;
  if (name === undefined) return usage("name a scene; offgas simulate --list has them");
  if (more.length > 0) return usage(`one scene at a time; found ${positionals.join(", ")}`);
  const scene = sceneNamed(name);
  if (scene === undefined) {
    process.stderr.write(`offgas simulate: ${unknown(name)}\n`);
    return exitCode.usage;
  }
  const { out } = values;
  if (out === undefined) return usage("--out missing: where the recording goes, such as --out case/run.csv.gz");
  if (!/\.csv(\.gz)?$/.test(out)) return usage(`--out ${out} ends in neither .csv nor .csv.gz`);
  const seed = Number(values.seed);
  if (!/^\d+$/.test(values.seed) || !Number.isSafeInteger(seed)) return usage(`--seed ${values.seed} is not a whole number from 0`);
  const present = casePresent(out);
  if (present.length > 0) return usage(`${present.join(" and ")} would be written over; name another folder with --out`);

  const simulation = open(scene, seed);
  let rows = 0;
  const counted = function* (): Generator<CsvRow> {
    for (const row of progress(simulation)) {
      rows += 1;
      yield row;
    }
  };
  await writeCase(out, {
    about: `Made by "offgas simulate ${scene.name} --seed ${seed}": a digital twin, no real cell`,
    station: simulation.station,
    recording: csvText(simulation.columns, counted()),
    truth: simulation.truth,
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  tell(scene, seed, out, rows, simulation, values.json);
  return exitCode.fine;
}

const listed = (): string =>
  `${scenes.map(({ name, healthy, about }) => `${name.padEnd(20)} ${(healthy ? "healthy" : "harm").padEnd(8)} ${about}`).join("\n")}\n`;

/** The likeliest slip first, then names that share a word. */
function unknown(name: string): string {
  const names = scenes.map((scene) => scene.name);
  const words = name.toLowerCase().split(/[^a-z]+/);
  const alike = names.filter((each) => each.split("-").some((word) => words.includes(word)));
  const meant = didYouMean(name, names);
  if (meant !== "") return `no scene "${name}"${meant}`;
  return `no scene "${name}"; ${alike.length > 0 ? `near it: ${alike.join(", ")}` : `scenes are ${names.join(", ")}`}`;
}

/** The rows, and on a terminal how far they are. */
function* progress(simulation: Simulation): Generator<CsvRow> {
  let shown = -1;
  for (const row of simulation.rows()) {
    const percent = Math.floor((100 * row.time_s) / simulation.duration_s);
    if (process.stderr.isTTY && percent > shown) process.stderr.write(`\r${(row.time_s / 3600).toFixed(1)} of ${(simulation.duration_s / 3600).toFixed(1)} h `);
    shown = Math.max(shown, percent);
    yield row;
  }
}

function tell(scene: Scene, seed: number, out: string, rows: number, simulation: Simulation, json: boolean): void {
  const { events, notes } = simulation.truth();
  if (json) {
    process.stdout.write(`${JSON.stringify({ v: 1, scene: scene.name, seed, out, rows, columns: simulation.columns, events })}\n`);
    return;
  }
  const happened = events.map(({ cell, event, time_s }) => `  ${time_s} s ${cell}: ${event}\n`).join("");
  process.stdout.write(`${rows} rows in ${out}; ${notes}\n${happened === "" ? "  nothing that anybody need be warned of\n" : happened}`);
}
