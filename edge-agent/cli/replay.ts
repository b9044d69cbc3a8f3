/** `offgas replay`: arguments in, one line out. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replayRecording } from "../agent/replay.ts";
import { loadStation } from "../config/load.ts";
import { systemClock } from "../core/clock.ts";
import { exitCode } from "../core/faults.ts";

const help = `offgas replay: the same decisions as the agent, over a recording

usage: offgas replay --config station.yaml --input run.csv --out DIR [--speed max] [--json]

  --config FILE   the station; its replay channels name the recording's columns
  --input FILE    .csv or .csv.gz with one time column: time_s, unix_time_s or time
  --out DIR       gets timeline.jsonl (alarms, estimates, events) and summary.json
  --speed N       recorded seconds per second; default max: as fast as it goes
  --json          prints the summary as JSON

Outputs are simulated and armed from the first row, so the timeline shows what would have opened.

example:
  offgas replay --config tests/cases/ul-fsri/station.yaml --input tests/cases/ul-fsri/run.csv.gz --out out
`;

const options = {
  config: { type: "string" },
  input: { type: "string" },
  out: { type: "string" },
  speed: { type: "string", default: "max" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

export async function replay(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas replay: ${text}; see offgas replay --help\n`);
    return exitCode.usage;
  };
  const { config, input, out } = values;
  if (config === undefined) return usage("--config missing");
  if (input === undefined) return usage("--input missing");
  if (out === undefined) return usage("--out missing");
  const speed = values.speed === "max" ? Number.POSITIVE_INFINITY : Number(values.speed);
  if (!(speed > 0)) return usage(`--speed ${values.speed} is neither "max" nor a number above 0`);

  const summary = await replayRecording({ station: loadStation(config), input, out, speed, clock: systemClock, progress });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const { good, uncertain, bad } = summary.by_quality;
  process.stdout.write(
    values.json
      ? `${JSON.stringify(summary)}\n`
      : `${summary.rows_read} rows, ${summary.samples} samples (${good} good, ${uncertain} uncertain, ${bad} bad), ${summary.alarms} alarms in ${summary.wall_s.toFixed(1)} s; see ${join(out, "timeline.jsonl")}\n`,
  );
  return exitCode.fine;
}

function progress(rows: number, alarms: number): void {
  if (process.stderr.isTTY && rows % 2000 === 0) process.stderr.write(`\r${rows} rows, ${alarms} alarms `);
}
