/** `offgas arm`, `disarm`, `status`: commands of a person at this machine to the agent that runs here. */
import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { z } from "zod";
import { sendCommand } from "../commands/client.ts";
import { doorPath } from "../commands/socket-path.ts";
import { loadStation } from "../config/load.ts";
import type { Reply, Verb } from "../contracts/command.ts";
import { exitCode, Fault } from "../core/faults.ts";

const options = `  --config FILE   the station file that the agent was started with: its spool folder holds the agent's socket
  --json          the agent's reply as one JSON object

exit codes: 0 done, 1 refused or no agent answers, 2 wrong usage, 78 invalid configuration
`;

const helps: Readonly<Record<Verb, string>> = {
  arm: `offgas arm: energises the permit outputs of the running agent

usage: offgas arm --config station.yaml [--json]

Every line is proven by read-back first. Refused while a trip alarm is active; a permit that another standing alarm holds stays open.
A trip, a stop or a restart of the agent opens the permits again, until somebody arms again.

${options}
examples:
  offgas arm --config station.yaml
  sudo -u offgas offgas arm --config /etc/offgas/station.yaml
`,
  disarm: `offgas disarm: opens every permit output of the running agent, at once

usage: offgas disarm --config station.yaml [--json]

Signals (lamp, siren, purge) go off too, unless a standing alarm holds them.

${options}
examples:
  offgas disarm --config station.yaml
`,
  status: `offgas status: what the running agent sees, and which outputs are closed

usage: offgas status --config station.yaml [--json]

${options}
examples:
  offgas status --config station.yaml
  offgas status --config station.yaml --json
`,
};

export const arm = (argv: string[]): Promise<number> => command("arm", argv);
export const disarm = (argv: string[]): Promise<number> => command("disarm", argv);
export const status = (argv: string[]): Promise<number> => command("status", argv);

async function command(verb: Verb, argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { config: { type: "string" }, json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(helps[verb]);
    return exitCode.fine;
  }
  if (values.config === undefined) {
    process.stderr.write(`offgas ${verb}: --config missing; see offgas ${verb} --help\n`);
    return exitCode.usage;
  }
  const { spool } = loadStation(values.config);
  if (spool === undefined) {
    throw new Fault(
      "config/invalid",
      `${values.config} has no spool, and its folder is where the agent's socket lies; add "spool: { directory: /var/lib/offgas }"`,
    );
  }
  const reply = await sendCommand(doorPath(spool.directory), verb, {}, { actor: user(), role: "operator" });
  const text = values.json ? JSON.stringify(reply) : describe(reply);
  (reply.ok || values.json ? process.stdout : process.stderr).write(`${text}\n`);
  return reply.ok ? exitCode.fine : exitCode.fault;
}

/** A user without an entry in the password file still has a number. */
function user(): string {
  try {
    return userInfo().username.slice(0, 64);
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

const listing = z.looseObject({
  outputs: z.array(z.looseObject({ id: z.string(), role: z.string(), energised: z.boolean(), because: z.array(z.string()), fault: z.string().optional() })),
});

/** The reply's line, and a line for each output where the result lists them. */
function describe(reply: Reply): string {
  const listed = listing.safeParse(reply.result);
  const outputs = listed.success ? listed.data.outputs : [];
  const widest = Math.max(0, ...outputs.map(({ id }) => id.length));
  const rows = outputs.map(({ id, role, energised, because, fault }) => {
    const why = because.length > 0 ? `  tripped by ${because.join(", ")}` : "";
    return `  ${id.padEnd(widest)}  ${role.padEnd(9)}  ${energised ? "energised" : "de-energised"}${why}${fault === undefined ? "" : `  ${fault}`}`;
  });
  return [reply.text, ...rows].join("\n");
}
