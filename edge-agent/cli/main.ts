/** The command line: finds the command, turns every ending into an exit code and one line. */
import { exitCode, isFault } from "../core/faults.ts";

type Command = (argv: string[]) => Promise<number>;

interface Listing {
  readonly does: string;
  /** Imported late, so that `offgas check` does not pay for the agent. */
  load(): Promise<Command>;
}

const commands: Readonly<Record<string, Listing>> = {
  run: { does: "the agent: reads, decides, opens outputs, stores, streams", load: async () => (await import("./run.ts")).run },
  check: { does: "validates a station file and explains it; opens no device", load: async () => (await import("./check.ts")).check },
  replay: { does: "the same decisions over a recording, as fast as it goes", load: async () => (await import("./replay.ts")).replay },
  evaluate: {
    does: "leads, misses and false alarms on recordings with truth, against the baselines",
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  simulate: { does: "a scene of the digital twin as a recording, with its truth", load: async () => (await import("./simulate.ts")).simulate },
  arm: { does: "energises the permit outputs of a running agent", load: async () => (await import("./arm.ts")).arm },
  disarm: { does: "opens them again", load: async () => (await import("./arm.ts")).disarm },
  status: { does: "what a running agent sees, and which outputs are closed", load: async () => (await import("./arm.ts")).status },
  "trip-test": { does: "opens permits on purpose and proves that they open", load: async () => (await import("./trip-testing.ts")).tripTest },
  alarms: { does: "the alarms that stand in a running agent", load: async () => (await import("./alarms.ts")).alarms },
  ack: { does: "acknowledges one of them: a person has seen it", load: async () => (await import("./ack.ts")).ack },
  calibrate: { does: "walks a person through a calibration or a bump test of one channel", load: async () => (await import("./calibrate.ts")).calibrate },
  doctor: { does: "probes buses, outputs, broker, InfluxDB, clock and disk; says what to do", load: async () => (await import("./doctor.ts")).doctor },
};

const help = `offgas: early warning for lithium-rich pouch cells, decided at the chamber

usage: offgas <command> [options]        each command has --help with examples

${Object.entries(commands)
  .map(([name, { does }]) => `  ${name.padEnd(9)} ${does}`)
  .join("\n")}

examples:
  offgas check station.yaml
  offgas run --config station.yaml --simulated
  offgas replay --config tests/cases/ul-fsri/station.yaml --input tests/cases/ul-fsri/run.csv.gz --out out

exit codes: 0 fine, 1 a fault while running, 2 wrong usage, 78 invalid configuration
Offgas advises and trips early. It is never the only protection: keep the independent cut-out.
`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help);
    return name === undefined ? exitCode.usage : exitCode.fine;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`offgas: no command "${name}"; commands are ${Object.keys(commands).join(", ")}\n`);
    return exitCode.usage;
  }
  try {
    return await (await command.load())(rest);
  } catch (error) {
    return told(name, error);
  }
}

/** parseArgs throws TypeErrors with these codes: the person's spelling, not our bug. */
const isUsage = (error: unknown): error is Error => error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS");

function told(name: string, error: unknown): number {
  if (isUsage(error)) {
    process.stderr.write(`offgas ${name}: ${error.message}; see offgas ${name} --help\n`);
    return exitCode.usage;
  }
  if (isFault(error)) {
    process.stderr.write(`offgas ${name}: ${error}\n`);
    return error.code.startsWith("config/") ? exitCode.config : exitCode.fault;
  }
  process.stderr.write(`offgas ${name}: this is a bug: ${error instanceof Error ? error.stack : error}\n`);
  return exitCode.fault;
}

process.exitCode = await main(process.argv.slice(2));
