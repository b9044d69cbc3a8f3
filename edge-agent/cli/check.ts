/** `offgas check`: every problem of a station file at once, or what the station is. Opens no device. */
import { dirname, resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import { describe } from "../config/describe.ts";
import { readStationFile, resolvePaths } from "../config/load.ts";
import { type Problem, problemText } from "../config/problem.ts";
import type { StationRead } from "../config/read.ts";
import { secretFiles } from "../config/secret-files.ts";
import type { Station } from "../contracts/station.ts";
import { systemClock } from "../core/clock.ts";
import { exitCode, isFault } from "../core/faults.ts";

const help = `offgas check: validates a station file and explains it; opens no device

usage: offgas check STATION.yaml... [--json]

Every problem is said at once, one line each, on standard error:
  station.yaml:12:5: channels[2].every: found "1", which has no unit; write "1 s"
A file without errors is explained on standard output; warnings do not refuse it.

  --json    one JSON object on standard output: {"v":1,"files":[{"file","ok","problems":[{"severity","line","column","path","message"}]}]}

examples:
  offgas check station.yaml
  offgas check --json stations/*.yaml

exit codes: 0 every file is fine, 78 a file has errors or cannot be read, 2 wrong usage
`;

interface Checked {
  readonly file: string;
  readonly station: Station | undefined;
  readonly problems: readonly Problem[];
}

export async function check(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  if (positionals.length === 0) {
    process.stderr.write("offgas check: name a station file; see offgas check --help\n");
    return exitCode.usage;
  }
  const checked = positionals.map(checkFile);
  if (values.json) process.stdout.write(`${JSON.stringify(asJson(checked))}\n`);
  else for (const one of checked) tell(one);
  return checked.every(({ station }) => station !== undefined) ? exitCode.fine : exitCode.config;
}

function checkFile(file: string): Checked {
  const folder = dirname(resolve(file));
  let read: StationRead;
  try {
    read = readStationFile(file, systemClock, [secretFiles(folder)]);
  } catch (error) {
    if (!isFault(error)) throw error;
    const why = error.message.startsWith(`${file}: `) ? error.message.slice(file.length + 2) : error.message;
    return { file, station: undefined, problems: [{ severity: "error", line: 1, column: 1, path: "", message: why }] };
  }
  if (!read.ok) return { file, station: undefined, problems: [...read.errors, ...read.warnings] };
  return { file, station: resolvePaths(read.station, folder), problems: read.warnings };
}

function tell({ file, station, problems }: Checked): void {
  for (const problem of problems) {
    const line = problemText(file, problem);
    process.stderr.write(`${styleText(problem.severity === "error" ? "red" : "yellow", line, { stream: process.stderr })}\n`);
  }
  if (station !== undefined) {
    process.stdout.write(`${describe(station)}\n`);
    return;
  }
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors > 1) process.stderr.write(`${file}: ${errors} errors\n`);
}

const asJson = (checked: readonly Checked[]) => ({
  v: 1,
  files: checked.map(({ file, station, problems }) => ({ file, ok: station !== undefined, problems })),
});
