/** The command line against a door with real outputs behind it, as processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { openDoor } from "../../edge-agent/commands/door.ts";
import { doorPath } from "../../edge-agent/commands/socket-path.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Event } from "../../edge-agent/core/judgement.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { simulatedLines } from "../../edge-agent/outputs/simulated.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const main = join(import.meta.dirname, "../../edge-agent/cli/main.ts");

async function offgas(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((resolve) => child.on("close", resolve))]);
  return { out, err, code };
}

const outputs = [
  { id: "cycler-permit", kind: "simulated" as const },
  { id: "siren", kind: "simulated" as const, energised_means: "active" as const },
];

/** A station file whose spool folder is beside it. */
function stationFile(t: TestContext, spool = "spool: { directory: spool }"): { config: string; socket: string } {
  const folder = tempFolder(t);
  mkdirSync(join(folder, "spool"));
  const config = join(folder, "station.yaml");
  writeFileSync(
    config,
    `version: 1
site: lab
station: c1
cells: [{ id: C1 }]
channels: [{ id: C1.t, quantity: temperature, at: { cell: C1 }, source: { driver: replay, column: t, unit: degC } }]
outputs: [{ id: cycler-permit, kind: simulated }]
interlocks: [{ when: runaway, class: protect, open: [cycler-permit] }]
${spool}
`,
  );
  return { config, socket: doorPath(join(folder, "spool")) };
}

async function agentBehind(t: TestContext, socket: string) {
  const { outputs: under } = await openOutputs(station({ outputs }), { gpio: simulatedLines, simulated: simulatedLines }, 0);
  const events: string[] = [];
  const told = (some: readonly Event[]) => events.push(...some.map(({ event, text }) => `${event}: ${text}`));
  const door = await openDoor({
    path: socket,
    clock: systemClock,
    journal: async ({ event, text }) => void events.push(`${event}: ${text}`),
    async carryOut({ id, verb, actor }) {
      const asked = { at_s: 1, actor, because: id, standing: [] };
      if (verb === "arm") {
        const armed = under.arm(asked);
        told(armed.events);
        if (armed.refused !== undefined) throw armed.refused;
      } else if (verb === "disarm") told(under.disarm(asked));
      const { armed, outputs } = under.status();
      return { v: 1, id, ok: true, text: armed ? "armed" : "disarmed", result: { armed, outputs } };
    },
  });
  t.after(() => door.close());
  return { under, events };
}

test("arm, status and disarm reach the outputs of the running agent", async (t) => {
  const { config, socket } = stationFile(t);
  const { under, events } = await agentBehind(t, socket);
  const energised = () => under.status().outputs.map(({ energised }) => energised);

  const armed = await offgas("arm", "--config", config);
  assert.deepEqual([armed.code, armed.err, energised()], [0, "", [true, false]]);
  assert.match(events[0] ?? "", /^command: arm by .+ \(operator\)$/);
  under.trip(["cycler-permit"], "runaway:C1", 2);
  const { out, code } = await offgas("status", "--config", config);
  assert.equal(code, 0);
  assert.equal(out, "armed\n  cycler-permit  permit     de-energised  tripped by runaway:C1\n  siren          signal     de-energised\n");
  const json = await offgas("status", "--config", config, "--json");
  assert.equal(JSON.parse(json.out).result.outputs[0].because[0], "runaway:C1");

  await offgas("arm", "--config", config);
  assert.deepEqual(energised(), [true, false]);
  assert.equal((await offgas("disarm", "--config", config)).out.split("\n")[0], "disarmed");
  assert.deepEqual(energised(), [false, false]);
});

test("a refusal is one line on stderr and exit 1", async (t) => {
  const { config, socket } = stationFile(t);
  const { under } = await agentBehind(t, socket);
  under.close(9);
  const { out, err, code } = await offgas("arm", "--config", config);
  assert.deepEqual([out, err, code], ["", "command/refused: not armed: the agent is stopping\n", 1]);
});

test("no agent, no spool, no file, no --config: one line each and its exit code", async (t) => {
  const { config } = stationFile(t);
  const rows = [
    [["arm", "--config", config], 1, /^offgas arm: agent\/not-running: no agent answers on .*offgas\.sock; start it with `offgas run/],
    [["status", "--config", stationFile(t, "").config], 78, /^offgas status: config\/invalid: .* has no spool, .* add "spool: \{ directory/],
    [["disarm", "--config", `${config}.gone`], 78, /^offgas disarm: config\/unreadable: /],
    [["arm"], 2, /^offgas arm: --config missing; see offgas arm --help\n$/],
    [["arm", "--force"], 2, /^offgas arm: Unknown option '--force'/],
    [["alarms"], 2, /^offgas alarms: --config missing; see offgas alarms --help\n$/],
    [["ack", "vent:C1"], 2, /^offgas ack: --config missing; see offgas ack --help\n$/],
    [["ack", "--config", config], 2, /^offgas ack: name one alarm, such as runaway:C05; see offgas ack --help\n$/],
    [["ack", "vent:C1", "vent:C2", "--config", config], 2, /^offgas ack: name one alarm/],
    [["trip-test"], 2, /^offgas trip-test: --config missing; see offgas trip-test --help\n$/],
    [["trip-test", "a", "b", "--config", config], 2, /^offgas trip-test: name one output, or none for all; see/],
    [["trip-test", "--config", config], 1, /^offgas trip-test: agent\/not-running: no agent answers/],
    [["ack", "vent:C1", "--config", config], 1, /^offgas ack: agent\/not-running: no agent answers/],
  ] as const;
  for (const [args, expected, line] of rows) {
    const { out, err, code } = await offgas(...args);
    assert.deepEqual([out, code], ["", expected], err);
    assert.match(err, line);
    assert.equal(err.trimEnd().split("\n").length, 1, err);
  }
});

for (const verb of ["arm", "disarm", "status", "alarms", "ack", "trip-test"]) {
  test(`offgas ${verb} --help shows examples`, async () => {
    const { out, code } = await offgas(verb, "--help");
    assert.equal(code, 0);
    assert.match(out, new RegExp(`examples:\n  offgas ${verb} (\\S+ )?--config station.yaml`));
  });
}
