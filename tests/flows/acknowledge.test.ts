import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { ulid } from "ulid";
import { commandSchema } from "../../edge-agent/contracts/command.ts";
import { Acknowledging } from "../../flows/functions/acknowledge.ts";

const place = { site: "lab", station: "box" };
const key = "00112233445566778899aabbccddeeff";
const alarm = { id: "runaway:C5", occurrence: ulid(), severity: "trip" } as const;
const start_ms = 1_800_000_000_000;
const standing = new Set([alarm.occurrence]);

test("the command is one that the agent takes, signed over its canonical form", () => {
  const message = new Acknowledging(place, key).ask(alarm, start_ms);
  assert.equal(message?.topic, "offgas/lab/box/command/ack");
  const command = commandSchema.parse(JSON.parse(message?.payload ?? ""));
  assert.deepEqual(
    [command.actor, command.role, command.verb, command.args],
    ["page", "operator", "ack", { alarm: alarm.id, occurrence: alarm.occurrence, severity: "trip" }],
  );
  assert.equal(Date.parse(command.expires_at) - Date.parse(command.issued_at), 30_000);
  const { id, issued_at, expires_at } = command;
  const signed = `["offgas/lab/box",1,"${id}","page","operator","${issued_at}","${expires_at}","ack",{"alarm":"runaway:C5","occurrence":"${alarm.occurrence}","severity":"trip"}]`;
  assert.equal(command.mac, createHmac("sha256", Buffer.from(key, "hex")).update(signed).digest("hex"));
});

test("one click is one command until it is answered, and the answer is shown", () => {
  const asking = new Acknowledging(place, key);
  const { id } = JSON.parse(asking.ask(alarm, start_ms)?.payload ?? "");
  assert.equal(asking.ask(alarm, start_ms + 1), undefined);
  assert.equal(asking.of(alarm.occurrence)?.state, "waiting");
  assert.equal(asking.hear({ v: 1, id: "of another", ok: true, text: "" }), false);
  assert.equal(asking.hear({ v: 1, id, ok: false, text: "refused: no such alarm stands" }), true);
  assert.deepEqual(asking.of(alarm.occurrence), { state: "failed", text: "refused: no such alarm stands" });
  assert.ok(asking.ask(alarm, start_ms + 2), "and can be tried again");
});

test("nobody answers for 10 s: that is said", () => {
  const asking = new Acknowledging(place, key);
  asking.ask(alarm, start_ms);
  asking.time(start_ms + 9_999, standing);
  assert.equal(asking.of(alarm.occurrence)?.state, "waiting");
  asking.time(start_ms + 10_000, standing);
  assert.deepEqual(asking.of(alarm.occurrence), { state: "failed", text: "no answer from the agent" });
  asking.time(start_ms + 10_001, new Set());
  assert.equal(asking.of(alarm.occurrence), undefined, "the alarm is over");
});

test("without a key nothing is sent, and why is said", () => {
  const asking = new Acknowledging(place, "");
  assert.equal(asking.ask(alarm, start_ms), undefined);
  assert.match(asking.of(alarm.occurrence)?.text ?? "", /OFFGAS_COMMAND_KEY/);
});
