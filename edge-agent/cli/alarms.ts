/** `offgas alarms`: what stands, since when and why. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Reply, type StandingAlarm, standingAlarm } from "../contracts/command.ts";
import { exitCode, Fault } from "../core/faults.ts";
import { ask, tell } from "./ask.ts";

const help = `offgas alarms: the standing alarms of the running agent

usage: offgas alarms --config station.yaml [--json]

One line each: id, severity, state, since when (this machine's time zone), whether the intent planned it; below it the reasons.
States: unack asks for a person; ack was seen and goes on; latched-unack and latched-ack have passed and stand until somebody arms.

  --config FILE   the station file that the agent was started with: its spool folder holds the agent's socket
  --json          one JSON object: {"v":1,"alarms":[{"id","occurrence","severity","state","active","since","planned","why"}]}

exit codes: 0 listed, also when nothing stands; 1 no agent answers, 2 wrong usage, 78 invalid configuration

examples:
  offgas alarms --config station.yaml
  offgas alarms --config station.yaml --json
`;

export async function alarms(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { config: { type: "string" }, json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  if (values.config === undefined) {
    process.stderr.write("offgas alarms: --config missing; see offgas alarms --help\n");
    return exitCode.usage;
  }
  const reply = await ask(values.config, "status");
  if (!reply.ok) return tell(reply, values.json ? JSON.stringify(reply) : reply.text, values.json);
  const standing = standingIn(reply);
  return tell(reply, values.json ? JSON.stringify({ v: 1, alarms: standing }) : table(standing), values.json);
}

const result = z.object({ alarms: z.array(standingAlarm) });

function standingIn(reply: Reply): readonly StandingAlarm[] {
  const read = result.safeParse(reply.result);
  if (!read.success) throw new Fault("agent/not-running", "what answers on the socket is no agent of this version");
  return read.data.alarms;
}

/** Sweden writes a time as ISO 8601 does, and in the machine's own zone. */
const localTime = (iso: string): string => new Date(iso).toLocaleString("sv");

function table(standing: readonly StandingAlarm[]): string {
  if (standing.length === 0) return "no alarm stands";
  const widest = Math.max(...standing.map(({ id }) => id.length));
  return standing
    .flatMap(({ id, severity, state, since, planned, why }) => [
      `${id.padEnd(widest)}  ${severity.padEnd(8)}  ${state.padEnd(13)}  since ${localTime(since)}${planned ? "  planned" : ""}`,
      ...why.map((reason) => `  ${reason}`),
    ])
    .join("\n");
}
