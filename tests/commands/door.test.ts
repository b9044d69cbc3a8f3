import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../edge-agent/contracts/command.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import { command, hold, rig, say } from "./rig.ts";

const never = () => new Promise<never>(() => {});
const full = () => Promise.reject(new Fault("spool/full", "the disk is full"));

test("arming is journalled, committed, done and answered in this order", async (t) => {
  const commit = Promise.withResolvers<void>();
  const { path, clock, log } = await rig(t, { journal: () => commit.promise.then(() => void log.push("committed")) });
  const asked = await hold(path, command(clock, { id: "a1", verb: "arm" }));
  while (log.length === 0) await new Promise(setImmediate);
  assert.deepEqual(log, ["journal arm by ann (operator)"]);
  commit.resolve();
  asked.end();
  assert.deepEqual(await asked.replies, [{ v: 1, id: "a1", ok: true, text: "arm done" }]);
  assert.deepEqual(log, ["journal arm by ann (operator)", "committed", "did arm"]);
});

test("arming that the disk does not journal in time is not done, then or later", async (t) => {
  const commit = Promise.withResolvers<void>();
  const { path, clock, log } = await rig(t, { journal: () => commit.promise });
  const asked = await hold(path, command(clock, { verb: "arm", life_s: 30 }));
  while (log.length === 0) await new Promise(setImmediate);
  await clock.advance(30.5);
  asked.end();
  const [reply] = await asked.replies;
  assert.match(reply?.text ?? "", /command\/refused: arm was not carried out: the disk did not take its journal entry before it expired/);
  commit.resolve();
  await say(path, command(clock));
  const late = "journal arm by ann (operator) was not carried out: the disk did not take its journal entry before it expired";
  assert.deepEqual(log, ["journal arm by ann (operator)", late, "did status"]);
});

test("a door that closes does not carry out what waited for the disk", async (t) => {
  const commit = Promise.withResolvers<void>();
  const { path, clock, log, door } = await rig(t, { journal: () => commit.promise });
  const asked = await hold(path, command(clock, { verb: "arm" }));
  while (log.length === 0) await new Promise(setImmediate);
  await door.close();
  commit.resolve();
  assert.deepEqual(await asked.replies, []);
  await new Promise(setImmediate);
  assert.ok(!log.includes("did arm"));
});

test("arming that cannot be journalled is not done", async (t) => {
  const { path, clock, log } = await rig(t, { journal: full });
  const [reply] = await say(path, command(clock, { verb: "arm" }));
  assert.match(reply?.text ?? "", /arm was not carried out: its journal entry cannot be written: the disk is full/);
  assert.ok(!log.includes("did arm"));
});

const order = { verb: "ack", args: { alarm: "vent:C1" } } as const;
const pin = (asked: Command): Command =>
  asked.verb === "ack" ? { ...asked, args: { ...asked.args, severity: "warning", occurrence: "01JDCXPAGH8RZYW5F4YQ0W3T7K" } } : asked;
const record = "journal ack vent:C1 (warning, occurrence 01JDCXPAGH8RZYW5F4YQ0W3T7K) by ann (operator)";

test("an acknowledgement is a record first: it names actor, alarm, severity and occurrence, and is not done without", async (t) => {
  const sound = await rig(t, { pin });
  assert.equal((await say(sound.path, command(sound.clock, order)))[0]?.ok, true);
  assert.deepEqual(sound.log, [record, "did ack"]);
  const broken = await rig(t, { pin, journal: full });
  assert.match(
    (await say(broken.path, command(broken.clock, order)))[0]?.text ?? "",
    /ack was not carried out: its journal entry cannot be written: the disk is full/,
  );
  assert.ok(!broken.log.includes("did ack"));
});

test("an acknowledgement of nothing is refused without a record; one that is refused after it is recorded as not carried out", async (t) => {
  const refuse = (): never => {
    throw new Fault("command/refused", "vent:C1 was raised again since");
  };
  const nothing = await rig(t, { pin: refuse });
  assert.equal((await say(nothing.path, command(nothing.clock, order)))[0]?.text, "command/refused: vent:C1 was raised again since");
  assert.deepEqual(nothing.log, []);
  const late = await rig(t, { pin, carryOut: async () => refuse() });
  assert.equal((await say(late.path, command(late.clock, order)))[0]?.text, "command/refused: vent:C1 was raised again since");
  assert.deepEqual(late.log, [record, "did ack", `${record} was not carried out: vent:C1 was raised again since`]);
});

test("disarming does not wait for the disk, and says when its record is not safe", async (t) => {
  const stalled = await rig(t, { journal: never });
  const asked = await hold(stalled.path, command(stalled.clock, { verb: "disarm" }));
  while (stalled.log.length < 2) await new Promise(setImmediate);
  assert.deepEqual(stalled.log, ["did disarm", "journal disarm by ann (operator)"]);
  await stalled.clock.advance(31);
  asked.end();
  assert.equal((await asked.replies)[0]?.text, "disarm done (its journal entry is not committed yet)");

  const broken = await rig(t, { journal: full });
  const [reply] = await say(broken.path, command(broken.clock, { verb: "disarm" }));
  assert.deepEqual([reply?.ok, reply?.text], [true, "disarm done (its journal entry cannot be written: the disk is full)"]);
});

test("looking leaves no journal entry", async (t) => {
  const { path, clock, log } = await rig(t);
  await say(path, command(clock));
  assert.deepEqual(log, ["did status"]);
});

test("what goes wrong inside becomes the reply, and the door stays", async (t) => {
  const answers = [new Fault("output/unproven", "not armed: heater"), new Error("a bug"), undefined];
  const { path, clock } = await rig(t, {
    carryOut: async ({ id }) => {
      const answer = answers.shift();
      if (answer !== undefined) throw answer;
      return { v: 1, id, ok: true, text: "fine" };
    },
  });
  const replies = await say(path, command(clock, { verb: "arm" }), command(clock, { verb: "arm" }), command(clock, { verb: "arm" }));
  assert.deepEqual(
    replies.map(({ text }) => text),
    ["output/unproven: not armed: heater", "arm failed inside the agent: a bug", "fine"],
  );
});

test("an agent that hangs inside a command is answered for when the command expires", async (t) => {
  const { path, clock, log } = await rig(t, { carryOut: never });
  const asked = await hold(path, command(clock));
  while (log.length === 0) await new Promise(setImmediate);
  await clock.advance(31);
  asked.end();
  assert.match((await asked.replies)[0]?.text ?? "", /status was begun and not confirmed before it expired/);
});

test("of commands sent at once one is done per turn of the event loop, in order", async (t) => {
  let turn = 0;
  const turns: number[] = [];
  const counting = { on: true };
  const count = () => {
    turn += 1;
    if (counting.on) setImmediate(count);
  };
  count();
  t.after(() => {
    counting.on = false;
  });
  const { path, clock } = await rig(t, {
    carryOut: async ({ id }) => {
      turns.push(turn);
      return { v: 1, id, ok: true, text: "" };
    },
  });
  const sent = Array.from({ length: 200 }, (_, index) => command(clock, { id: `n${index}` }));
  const halves = await Promise.all([say(path, sent.slice(0, 100).join("")), say(path, sent.slice(100).join(""))]);
  assert.deepEqual(
    halves.flat().map(({ id }) => `${id}`),
    sent.map((line) => JSON.parse(line).id),
  );
  assert.equal(new Set(turns).size, 200);
});

test("a thousand clients that stay: few are served, the others are told so and cut off, and the door serves again when they go", async (t) => {
  const { path, clock, log } = await rig(t);
  const inside = await Promise.all(Array.from({ length: 16 }, () => hold(path)));
  const told: (string | undefined)[] = [];
  while (told.length < 1000 - inside.length) told.push((await (await hold(path)).replies)[0]?.text);
  assert.deepEqual([...new Set(told)], ["command/refused: 16 clients are connected already; try again"]);
  for (const { end } of inside) end();
  await Promise.all(inside.map(({ replies }) => replies));
  assert.equal((await say(path, command(clock)))[0]?.ok, true);
  assert.deepEqual(log, ["did status"]);
});

test("silence, and half a line, are ended after a while", async (t) => {
  const { path, clock } = await rig(t);
  const silent = await hold(path);
  const half = await hold(path, command(clock).slice(0, 20));
  await say(path, command(clock));
  await clock.advance(10.5);
  for (const { replies } of [silent, half]) assert.match((await replies)[0]?.text ?? "", /no whole line within 10 s/);
});
