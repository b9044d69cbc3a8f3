/** `offgas trip-test` as a process, against the agent's commands over real outputs whose lines a test can break. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Agent } from "../../edge-agent/agent/agent.ts";
import { type CommandParts, openCommands } from "../../edge-agent/agent/commands.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Event } from "../../edge-agent/core/judgement.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { bench } from "../outputs/line.ts";
import { permit } from "../outputs/parts.ts";
import { offgas } from "../support/agent.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

async function armed(t: TestContext) {
  const folder = tempFolder(t);
  const spoolDirectory = join(folder, "spool");
  mkdirSync(spoolDirectory);
  const config = join(folder, "station.yaml");
  writeFileSync(
    config,
    `version: 1
site: lab
station: c1
cells: [{ id: C1 }]
channels: [{ id: C1.t, quantity: temperature, at: { cell: C1 }, source: { driver: replay, column: t, unit: degC } }]
outputs: [{ id: cycler, kind: simulated }, { id: heater-permit, kind: simulated }]
spool: { directory: spool }
`,
  );
  const rig = bench();
  const under = station({ outputs: [permit("cycler"), permit("heater-permit")] });
  const { outputs } = await openOutputs(under, rig.backends, 0);
  const record: string[] = [];
  const happened = (events: readonly Event[]) => void record.push(...events.map(({ event, text }) => `${event}: ${text}`));
  const agent = { now_s: 1, standing: () => [], entriesOf: (events: readonly Event[]) => events, happened } as unknown as Agent;
  const store = { journal: async (events: readonly Event[]) => happened(events), answerCommands: () => {} } as unknown as CommandParts["store"];
  const door = await openCommands({ station: under, agent, outputs, store, spoolDirectory, clock: systemClock });
  t.after(() => door.close());
  outputs.arm({ at_s: 1, actor: "ann", because: "c", standing: [] });
  return { config, rig, outputs, record };
}

test("a table of what opened, exit 0, and a record of who tested what with which result", async (t) => {
  const { config, rig, record } = await armed(t);
  const { code, stdout, stderr } = await offgas("trip-test", "--config", config, "--actor", "Ann Ek");
  assert.deepEqual([code, stderr, rig.energised()], [0, "", []]);
  const [first, ...rows] = stdout.trimEnd().split("\n");
  assert.match(first ?? "", /^trip-test by Ann Ek: cycler read open after [\d.]+ ms; heater-permit read open after [\d.]+ ms; arm again to go on$/);
  assert.match(rows[0] ?? "", /^ {2}cycler {9}opened +\d+\.\d{3} ms$/);
  assert.match(rows[1] ?? "", /^ {2}heater-permit {2}opened +\d+\.\d{3} ms$/);
  assert.deepEqual([record[0], record.at(-1)], ["command: trip-test of every permit by Ann Ek (operator)", `trip-test: ${first}`]);
});

test("a read-back that fails is exit 1, told on stderr for its output, and recorded", async (t) => {
  const { config, rig, record } = await armed(t);
  rig.line("cycler").stuck = true;
  const { code, stdout, stderr } = await offgas("trip-test", "--config", config);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^ {2}cycler {9}FAILED +\d+\.\d{3} ms {2}cycler was de-energised but reads energised; cut the supply by hand$/m);
  assert.match(stderr, /^ {2}heater-permit {2}opened/m);
  assert.match(record.at(-1) ?? "", /^trip-test: .*cycler FAILED: .*; heater-permit read open after/);
});

test("one output as JSON; a second test of it is refused, and the journal says that it was not carried out", async (t) => {
  const { config, rig, record } = await armed(t);
  const { stdout } = await offgas("trip-test", "cycler", "--config", config, "--json");
  const { ok, result } = JSON.parse(stdout);
  assert.deepEqual([ok, result.tested.length, result.tested[0].output, result.tested[0].opened], [true, 1, "cycler", true]);
  assert.deepEqual(rig.energised(), ["heater-permit"]);
  const again = await offgas("trip-test", "cycler", "--config", config, "--actor", "bo");
  assert.deepEqual([again.code, again.stderr], [1, "command/refused: not tested: cycler is open already: arm first\n"]);
  assert.deepEqual(record.slice(-2), [
    "command: trip-test of cycler by bo (operator)",
    "command: trip-test of cycler by bo (operator) was not carried out: not tested: cycler is open already: arm first",
  ]);
});
