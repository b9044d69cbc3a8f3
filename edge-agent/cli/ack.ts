/** `offgas ack`: a person has seen an alarm. */
import { parseArgs } from "node:util";
import { exitCode } from "../core/faults.ts";
import { ask, exits, options, tell } from "./ask.ts";

const help = `offgas ack: acknowledges a standing alarm of the running agent

usage: offgas ack ID --config station.yaml [--occurrence ULID] [--severity SEVERITY] [--json]

Says that a person has seen it; the cause is not mended by that, and no output moves. A graver severity or a further cause asks again.
\`offgas alarms --config station.yaml\` lists what stands.

  --occurrence ULID
                  refused when the alarm was raised again since this one
  --severity SEVERITY
                  advisory, warning, alarm or trip; refused when the alarm is graver by now
${options}${exits}
examples:
  offgas ack runaway:C05 --config station.yaml
  offgas ack vent:C07 --occurrence 01JDCXPAGH8RZYW5F4YQ0W3T7K --config station.yaml
`;

export async function ack(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      config: { type: "string" },
      occurrence: { type: "string" },
      severity: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas ack: ${text}; see offgas ack --help\n`);
    return exitCode.usage;
  };
  const [alarm, ...more] = positionals;
  if (alarm === undefined || more.length > 0) return usage("name one alarm, such as runaway:C05");
  if (values.config === undefined) return usage("--config missing");
  const { occurrence, severity } = values;
  const reply = await ask(values.config, "ack", { alarm, ...(occurrence !== undefined && { occurrence }), ...(severity !== undefined && { severity }) });
  return tell(reply, values.json ? JSON.stringify(reply) : reply.text, values.json);
}
