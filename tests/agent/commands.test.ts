/** What stands when an acknowledgement comes in is what is acknowledged, however long its record takes. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Agent } from "../../edge-agent/agent/agent.ts";
import { type CommandParts, openCommands } from "../../edge-agent/agent/commands.ts";
import { AlarmEngine } from "../../edge-agent/alarms/engine.ts";
import type { Severity } from "../../edge-agent/core/alarms.ts";
import type { Event, Seen } from "../../edge-agent/core/judgement.ts";
import { command, hold, say } from "../commands/rig.ts";
import { tempFolder } from "../support/temp.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** A door over a real alarm engine, and a disk that commits when it is told to. */
async function bench(t: TestContext) {
  let raises = 0;
  const engine = new AlarmEngine({ occurrence: () => `raise-${++raises}`, planned: () => false });
  const find = (at_s: number, present: boolean, severity: Severity = "warning") =>
    engine.step(at_s, [{ alarm: "vent", scope: { kind: "cell", id: "C1", cell: "C1" }, by: "test", severity, present, why: ["why"] }]);
  const agent = {
    now_s: 1000,
    sought: (id: string, seen: Seen) => engine.sought(id, seen),
    acknowledge: (id: string, seen: Seen) => engine.acknowledge(1000, id, seen).length > 0,
    entriesOf: (events: readonly Event[]) => events,
  } as unknown as Agent;
  const journal: string[] = [];
  const disk = Promise.withResolvers<void>();
  const store = {
    journal: ([event]: readonly Event[]) => {
      journal.push(event?.text ?? "");
      return disk.promise;
    },
    answerCommands: () => {},
  };
  const clock = new VirtualClock();
  const spoolDirectory = tempFolder(t);
  const door = await openCommands({ agent, store, clock, spoolDirectory } as unknown as CommandParts);
  t.after(() => door.close());
  const ack = command(clock, { verb: "ack", args: { alarm: "vent:C1" } });
  return { engine, find, journal, disk, ack, path: `${spoolDirectory}/offgas.sock`, state: () => engine.standing()[0]?.state };
}

/** Sends the acknowledgement, lets `meanwhile` happen while its record is written, and returns the reply. */
async function during({ path, ack, journal, disk }: Awaited<ReturnType<typeof bench>>, meanwhile: () => void): Promise<string> {
  const asked = await hold(path, ack);
  while (journal.length === 0) await new Promise(setImmediate);
  meanwhile();
  disk.resolve();
  asked.end();
  return (await asked.replies)[0]?.text ?? "";
}

const record = "ack vent:C1 (warning, occurrence raise-1) by ann (operator)";

test("nothing changed while the record was written: it is acknowledged as it stood", async (t) => {
  const rig = await bench(t);
  rig.find(0, true);
  assert.equal(await during(rig, () => {}), "vent:C1 acknowledged by ann");
  assert.deepEqual([rig.state(), rig.journal], ["ack", [record]]);
});

test("raised again while the record was written: the new raise asks, and the journal says that nothing was acknowledged", async (t) => {
  const rig = await bench(t);
  rig.find(0, true);
  const text = await during(rig, () => {
    rig.find(1, false);
    rig.engine.time(100);
    rig.find(101, true);
  });
  assert.match(text, /^command\/refused: vent:C1 was raised again since: look, and acknowledge occurrence raise-2$/);
  assert.equal(rig.state(), "unack");
  assert.deepEqual(rig.journal, [record, `${record} was not carried out: vent:C1 was raised again since: look, and acknowledge occurrence raise-2`]);
});

test("graver when the record is written: it goes on asking", async (t) => {
  const rig = await bench(t);
  rig.find(0, true);
  assert.match(await during(rig, () => rig.find(1, true, "trip")), /graver than what was seen, trip and not warning/);
  assert.equal(rig.state(), "unack");
  assert.match(rig.journal[1] ?? "", /was not carried out: vent:C1 is graver/);
});

test("what does not stand when it is asked for is refused at once and leaves no record, though it is raised a moment later", async (t) => {
  const rig = await bench(t);
  const [reply] = await say(rig.path, rig.ack);
  assert.match(reply?.text ?? "", /^command\/refused: no alarm "vent:C1" stands/);
  assert.deepEqual(rig.journal, []);
});
