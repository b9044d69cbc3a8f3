/** `offgas doctor`: looks at the machine and at what a station file names, and says what to do. It reads and connects; it changes nothing. */
import { parseArgs, styleText } from "node:util";
import { loadStation } from "../config/load.ts";
import { systemClock } from "../core/clock.ts";
import { exitCode } from "../core/faults.ts";
import { machineProbes, type Probe, stationProbes } from "./probes.ts";

const help = `offgas doctor: looks at this machine and says what to do

usage: offgas doctor [--config station.yaml] [--json]

Looks at the runtime, the native add-ons, the chips on I2C buses, GPIO devices and the clock, and proposes station file lines for the chips; with a station file also at its buses, outputs,
spool folder, broker and InfluxDB. Changes nothing, sends no sample, energises no output. As root it searches the header's I2C bus
and those of the station file, where no other program reads them: stop the agent first.

examples:
  offgas doctor
  offgas doctor --config station.yaml

exit codes: 0 nothing in the way, 1 something is, 2 wrong usage, 78 invalid configuration
`;

export async function doctor(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { config: { type: "string" }, json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const probes = [...machineProbes(systemClock), ...(values.config === undefined ? [] : stationProbes(loadStation(values.config)))];
  const findings = await Promise.all(probes.map(async ({ subject, look }) => ({ subject, ...(await look().catch(unexpected)) })));
  if (values.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else for (const finding of findings) process.stdout.write(lineOf(finding));
  return findings.some(({ state }) => state === "trouble") ? exitCode.fault : exitCode.fine;
}

type Finding = Awaited<ReturnType<Probe["look"]>>;

const unexpected = (error: unknown): Finding => ({ state: "trouble", found: error instanceof Error ? error.message : String(error) });

const marks = { fine: styleText("green", "ok  "), note: styleText("yellow", "note"), trouble: styleText("red", "!!  ") } as const;

function lineOf({ subject, state, found, fix }: Finding & { subject: string }): string {
  return `${marks[state]} ${subject.padEnd(22)} ${found}${fix === undefined ? "" : `\n     ${"".padEnd(22)} → ${fix}`}\n`;
}
