/** `offgas arm`, `disarm`, `status`: commands of a person at this machine to the agent that runs here. */
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Reply } from "../contracts/command.ts";
import { exitCode } from "../core/faults.ts";
import { ask, exits, options, tell } from "./ask.ts";

const helps = {
  arm: `offgas arm: energises the permit outputs of the running agent

usage: offgas arm --config station.yaml [--json]

Every line is proven by read-back first. Refused while a trip alarm is active; a permit that another standing alarm holds stays open.
A trip, a stop or a restart of the agent opens the permits again, until somebody arms again.

${options}${exits}
examples:
  offgas arm --config station.yaml
  sudo -u offgas offgas arm --config /etc/offgas/station.yaml
`,
  disarm: `offgas disarm: opens every permit output of the running agent, at once

usage: offgas disarm --config station.yaml [--json]

Signals (lamp, siren, purge) go off too, unless a standing alarm holds them.

${options}${exits}
examples:
  offgas disarm --config station.yaml
`,
  status: `offgas status: what the running agent sees, and which outputs are closed

usage: offgas status --config station.yaml [--json]

${options}${exits}
examples:
  offgas status --config station.yaml
  offgas status --config station.yaml --json
`,
} as const;

export const arm = (argv: string[]): Promise<number> => command("arm", argv);
export const disarm = (argv: string[]): Promise<number> => command("disarm", argv);
export const status = (argv: string[]): Promise<number> => command("status", argv);

async function command(verb: keyof typeof helps, argv: string[]): Promise<number> {
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
  const reply = await ask(values.config, verb);
  return tell(reply, values.json ? JSON.stringify(reply) : describe(reply), values.json);
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
