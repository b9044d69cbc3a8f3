/** `offgas run`: opens what the station names, runs the agent until a signal or the recording's end, and closes in two seconds whatever hangs. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runAgent } from "../agent/run.ts";
import { faultKinds, parseScriptedFault, type ScriptedFault } from "../bus/scripted-fault.ts";
import { loadStation } from "../config/load.ts";
import { systemClock } from "../core/clock.ts";
import { exitCode, isFault } from "../core/faults.ts";

const help = `offgas run: the agent

usage: offgas run --config station.yaml [options]

  --config FILE     the station
  --simulated       simulated chips on every bus, simulated topics, tables and outputs: any station file runs on any machine
  --fault FAULT     with --simulated: a scripted fault, as <bus>/<address>:<fault>@<time>; may be given several times
  --input FILE      the recording that replay channels read; default run.csv or run.csv.gz beside the station file
  --speed N         recorded seconds per second; default 1
  --from S          start at this second of the recording
  --until S         end there

faults (bias to slow are in the element that the chip reads, so that its bytes stay right; clock-step is of the bus "host"):
${Object.entries(faultKinds)
  .map(([fault, { means }]) => `  ${fault.padEnd(13)} ${means}`)
  .join("\n")}

Outputs start open. \`offgas arm --config station.yaml\` energises the permits; a trip opens them until somebody arms again.
Ctrl-C ends within two seconds; what a sink has not taken waits in the spool.

examples:
  offgas run --config station.yaml
  offgas run --config station.yaml --simulated --fault "i2c-1/0x67:hang@5s"
  offgas run --config station.yaml --simulated --fault "i2c-1/0x62:drift@1 min" --fault "host:clock-step@90 s"
  offgas run --config tests/cases/ul-fsri/station.yaml --speed 30 --from 1500
`;

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      config: { type: "string" },
      simulated: { type: "boolean", default: false },
      fault: { type: "string", multiple: true, default: [] },
      input: { type: "string" },
      speed: { type: "string", default: "1" },
      from: { type: "string", default: "-Infinity" },
      until: { type: "string", default: "Infinity" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas run: ${text}; see offgas run --help\n`);
    return exitCode.usage;
  };
  if (values.config === undefined) return usage("--config missing");
  const [speed, from_s, until_s] = [values.speed, values.from, values.until].map(Number) as [number, number, number];
  if (!(speed > 0 && speed <= 1000)) return usage(`--speed ${values.speed} is not a number above 0 and at most 1000`);
  if (!(from_s < until_s)) return usage(`--from ${values.from} is not a number below --until ${values.until}`);
  if (values.fault.length > 0 && !values.simulated) return usage("--fault needs --simulated");

  const faults: ScriptedFault[] = [];
  for (const text of values.fault) {
    try {
      faults.push(parseScriptedFault(text));
    } catch (error) {
      if (isFault(error)) return usage(error.message); // a word of the command line, not of the station file
      throw error;
    }
  }

  const path = resolve(values.config);
  return runAgent({
    station: loadStation(path),
    simulated: values.simulated,
    faults,
    recording: { path: values.input ?? besideOf(path), speed, from_s, until_s },
    clock: systemClock,
  });
}

function besideOf(stationPath: string): string {
  const plain = join(dirname(stationPath), "run.csv");
  return existsSync(plain) ? plain : `${plain}.gz`;
}
