/** `offgas trip-test`: does the circuit open? A person at the chamber asks. */
import { parseArgs } from "node:util";
import { type Reply, tripTestResult } from "../contracts/command.ts";
import { exitCode } from "../core/faults.ts";
import { ask, exits, options, tell } from "./ask.ts";

const help = `offgas trip-test: opens permit outputs of the running agent on purpose, and proves that they open

usage: offgas trip-test [OUTPUT] --config station.yaml [--actor NAME] [--json]

Opens OUTPUT, or every permit that is energised, as a trip does; reads each line back and says after how many milliseconds. What is connected loses its
permission: test between tests. The permits stay open until somebody arms again. The journal keeps who tested what, when, and the result of each.
It proves the line at the pin. That the relay's contact opened is seen with a meter, or by a contact channel.

  --actor NAME    who tests, for the record; the user of this machine where left out
${options}${exits}
examples:
  offgas trip-test --config station.yaml
  offgas trip-test cycler-permit --config station.yaml --actor "Ann Ek"
`;

export async function tripTest(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      config: { type: "string" },
      actor: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas trip-test: ${text}; see offgas trip-test --help\n`);
    return exitCode.usage;
  };
  const [output, ...more] = positionals;
  if (more.length > 0) return usage("name one output, or none for all");
  if (values.config === undefined) return usage("--config missing");
  const reply = await ask(values.config, "trip-test", output === undefined ? {} : { output }, values.actor);
  return tell(reply, values.json ? JSON.stringify(reply) : describe(reply), values.json);
}

/** The reply's line, and a line for each output that was tested. */
function describe(reply: Reply): string {
  const read = tripTestResult.safeParse(reply.result);
  const tested = read.success ? read.data.tested : [];
  const widest = Math.max(0, ...tested.map(({ output }) => output.length));
  const rows = tested.map(
    ({ output, opened, read_back_ms, fault }) =>
      `  ${output.padEnd(widest)}  ${opened ? "opened" : "FAILED"}  ${read_back_ms.toFixed(3).padStart(9)} ms${fault === undefined ? "" : `  ${fault}`}`,
  );
  return [reply.text, ...rows].join("\n");
}
