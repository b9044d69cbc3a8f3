import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RemoteDoor } from "../../edge-agent/commands/remote-door.ts";
import type { Command, ProvenCommand } from "../../edge-agent/contracts/command.ts";
import { command, rig, say } from "./rig.ts";

async function remote(t: TestContext, options: Parameters<typeof rig>[1] = {}) {
  const local = await rig(t, options);
  return { ...local, remote: new RemoteDoor(local.door.answering, local.clock) };
}

const vent = { verb: "ack", args: { alarm: "vent:C1", occurrence: "01JDCXPAGH8RZYW5F4YQ0W3T7K", severity: "warning" } } as const;
const record = "journal ack vent:C1 (warning, occurrence 01JDCXPAGH8RZYW5F4YQ0W3T7K) by page (operator) over MQTT";
const proven = (text: string, more: Partial<ProvenCommand> = {}): ProvenCommand => ({ text, actor: "page", role: "operator", verb: "ack", ...more });

test("a phone may look and acknowledge, and the journal says that it came from afar", async (t) => {
  const { remote: door, clock, log } = await remote(t);
  assert.equal((await door.answer(proven(command(clock, { id: "a", actor: "page", ...vent })))).text, "ack done");
  assert.equal((await door.answer(proven(command(clock, { id: "b", actor: "page" }), { verb: "status" }))).text, "status done");
  assert.deepEqual(log, [record, "did ack", "did status"]);
});

const rows: readonly (readonly [string, Partial<Command>, Partial<ProvenCommand>, RegExp])[] = [
  ["arming", { verb: "arm" }, { verb: "arm" }, /arm needs presence at the chamber: use the command line there; over MQTT one may ack and status/],
  ["disarming", { verb: "disarm" }, { verb: "disarm" }, /disarm needs presence at the chamber/],
  ["a trip-test", { verb: "trip-test" }, { verb: "trip-test" }, /trip-test needs presence at the chamber/],
  ["another topic", vent, { verb: "status" }, /the topic says status and the command ack; send it to command\/ack/],
  ["another role than the key's", { ...vent, role: "engineer" }, {}, /the key of page is for the role operator, not engineer/],
  ["an acknowledgement of whatever stands", { ...vent, args: { alarm: "vent:C1" } }, {}, /over MQTT an ack names the occurrence that was seen; add it to args/],
  ["a viewer who acknowledges", { ...vent, role: "viewer" }, { role: "viewer" }, /a viewer may not ack/],
  ["what has expired", { ...vent, issued_at: "1969-12-31T23:59:00.000Z", expires_at: "1969-12-31T23:59:30.000Z" }, {}, /expired .* ago/],
  ["what is malformed", { ...vent, args: {} as never }, {}, /args\.alarm: missing/],
];
for (const [what, order, how, expected] of rows) {
  test(`refuses ${what}, in one line, and does nothing`, async (t) => {
    const { remote: door, clock, log } = await remote(t);
    const reply = await door.answer(proven(command(clock, { id: "x", actor: "page", ...order }), how));
    assert.deepEqual([reply.ok, reply.id], [false, "x"]);
    assert.match(reply.text, expected);
    assert.ok(!reply.text.includes("\n"));
    assert.deepEqual(log, []);
  });
}

test("an acknowledgement comes in once, and uses up no id of the socket's", async (t) => {
  const { remote: door, path, clock } = await remote(t);
  const line = command(clock, { id: "once", ...vent });
  assert.equal((await door.answer(proven(line))).ok, true);
  assert.match((await door.answer(proven(line))).text, /a command with the id once came before/);
  assert.equal((await say(path, line))[0]?.ok, true);
});

test("what a key may not do uses up no id: who holds a viewer's key locks nobody out", async (t) => {
  const { remote: door, clock } = await remote(t);
  const viewer = { actor: "nurse", role: "viewer", verb: "ack" } as const;
  for (let count = 0; count < 1100; count += 1) {
    assert.match((await door.answer(proven(command(clock, { ...vent, actor: "nurse" }), viewer))).text, /the key of nurse is for the role viewer/);
  }
  const line = command(clock, { id: "shared", actor: "page", ...vent });
  assert.equal((await door.answer(proven(line, viewer))).ok, false);
  assert.equal((await door.answer(proven(line))).ok, true);
});

test("commands from afar take turns with those of the socket", async (t) => {
  const turns: number[] = [];
  let turn = 0;
  let counting = true;
  const count = () => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  t.after(() => {
    counting = false;
  });
  const {
    remote: door,
    path,
    clock,
  } = await remote(t, {
    carryOut: async ({ id }) => {
      turns.push(turn);
      return { v: 1, id, ok: true, text: "" };
    },
  });
  count();
  const local = say(path, Array.from({ length: 50 }, () => command(clock)).join(""));
  await Promise.all([local, ...Array.from({ length: 50 }, () => door.answer(proven(command(clock), { verb: "status" })))]);
  assert.equal(turns.length, 100);
  assert.equal(new Set(turns).size, 100);
});

test("a door that closes carries out nothing more from afar either", async (t) => {
  const commit = Promise.withResolvers<void>();
  const { remote: door, clock, log, door: local } = await remote(t, { journal: () => commit.promise });
  const answered = door.answer(proven(command(clock, vent)));
  while (log.length === 0) await new Promise(setImmediate);
  await local.close();
  commit.resolve();
  assert.equal((await answered).ok, false);
  assert.ok(!log.includes("did ack"));
});
