import assert from "node:assert/strict";
import { test } from "node:test";
import { Admission } from "../../edge-agent/commands/admission.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { command } from "./rig.ts";

type Change = Parameters<typeof command>[1];

function refusal(admission: Admission, line: string): string | undefined {
  const admitted = admission.admit(line.trimEnd());
  return "refused" in admitted ? `${admitted.refused.id} ${admitted.refused.text}` : undefined;
}

const rows: readonly (readonly [string, Change, RegExp | undefined])[] = [
  ["a fresh one comes in", {}, undefined],
  ["an operator may arm", { verb: "arm" }, undefined],
  ["a viewer may look", { role: "viewer" }, undefined],
  ["a viewer may not arm", { role: "viewer", verb: "arm" }, /a viewer may not arm; that takes one of operator, engineer/],
  ["a viewer may not disarm", { role: "viewer", verb: "disarm" }, /a viewer may not disarm/],
  ["an operator may test a trip", { verb: "trip-test", args: {} }, undefined],
  ["a viewer may not test a trip", { role: "viewer", verb: "trip-test", args: { output: "heater" } }, /a viewer may not trip-test/],
  ["a trip-test of something else", { verb: "trip-test", args: { outputs: "all" } as never }, /args: unknown key "outputs"; did you mean "output"\?/],
  ["an operator may acknowledge", { verb: "ack", args: { alarm: "vent:C1", occurrence: "01JDCXPAGH8RZYW5F4YQ0W3T7K" } }, undefined],
  ["a viewer may not acknowledge", { role: "viewer", verb: "ack", args: { alarm: "vent:C1" } }, /a viewer may not ack; that takes one of operator, engineer/],
  ["an acknowledgement of nothing", { verb: "ack" }, /args\.alarm: missing; add "alarm: …"/],
  ["an occurrence in lower case", { verb: "ack", args: { alarm: "vent:C1", occurrence: "01jdcxpagh8rzyw5f4yq0w3t7k", severity: "trip" } }, undefined],
  ["a severity that is none", { verb: "ack", args: { alarm: "vent:C1", severity: "grave" as never } }, /args\.severity: .*advisory, warning, alarm, trip/],
  ["an alarm that is none", { verb: "ack", args: { alarm: "vent C1\u001b" } }, /args\.alarm: found "vent C1\\u\{1b\}"; write an alarm id/],
  ["an occurrence that is none", { verb: "ack", args: { alarm: "vent:C1", occurrence: "1" } }, /args\.occurrence: found "1"; write the occurrence/],
  ["a misspelt argument", { verb: "ack", args: { alarm: "vent:C1", ocurrence: "1" } as never }, /args: unknown key "ocurrence"; did you mean "occurrence"\?/],
  ["an expired one", { issued_s: -40, life_s: 30 }, /expired 10\.0 s ago; send it again, and compare the clocks/],
  ["one that expires now", { issued_s: -30, life_s: 30 }, /expired 0\.0 s ago/],
  ["one from the future", { issued_s: 31 }, /issued 31\.0 s in the future; set the sender's clock/],
  ["a clock a little ahead is fine", { issued_s: 29 }, undefined],
  ["one that lives too long", { life_s: 301 }, /expires_at must follow issued_at by at most 300 s/],
  ["one that ends before it begins", { life_s: -1 }, /expires_at must follow issued_at/],
  ["one from before the agent started", { issued_s: -101, life_s: 200 }, /issued before this agent started; send it again/],
  ["an unknown verb", { verb: "reboot" as never }, /verb: .*arm, disarm, status, ack, trip-test/],
  ["an unknown key", { sudo: true } as never, /unknown key "sudo"/],
  ["another version", { v: 2 as never }, /v: found 2; write 1/],
  ["an empty id", { id: "" }, /id: /],
  ["a giant id", { id: "x".repeat(65) }, /^ command\/refused: id: /],
  ["a time that is none", { issued_at: "yesterday" }, /issued_at: /],
];

for (const [name, change, expected] of rows) {
  test(name, async () => {
    const clock = new VirtualClock();
    const admission = new Admission(clock);
    await clock.advance(100);
    const why = refusal(admission, command(clock, change));
    if (expected === undefined) assert.equal(why, undefined);
    else assert.match(why ?? "admitted", expected);
    assert.ok(!why?.includes("\n"), "one line");
  });
}

test("an acknowledgement comes in once: replayed, it would acknowledge the next raise", () => {
  const clock = new VirtualClock();
  const admission = new Admission(clock);
  const line = command(clock, { id: "seen", verb: "ack", args: { alarm: "vent:C1" } });
  assert.equal(refusal(admission, line), undefined);
  assert.match(refusal(admission, line) ?? "", /a command with the id seen came before/);
});

test("an occurrence is known in capital letters, whoever typed it", () => {
  const clock = new VirtualClock();
  const admitted = new Admission(clock).admit(command(clock, { verb: "ack", args: { alarm: "vent:C1", occurrence: "01jdcxpagh8rzyw5f4yq0w3t7k" } }));
  assert.equal("command" in admitted && admitted.command.verb === "ack" && admitted.command.args.occurrence, "01JDCXPAGH8RZYW5F4YQ0W3T7K");
});

test("an id comes in once", () => {
  const clock = new VirtualClock();
  const admission = new Admission(clock);
  const line = command(clock, { id: "once", verb: "arm" });
  assert.equal(refusal(admission, line), undefined);
  assert.match(refusal(admission, line) ?? "", /once command\/refused: a command with the id once came before/);
});

test("a wall clock that was set back neither locks people out nor brings old commands back", async () => {
  const clock = new VirtualClock();
  let step_ns = 0n;
  const stepped = {
    monotonic_s: () => clock.monotonic_s(),
    sleep: clock.sleep.bind(clock),
    wall_ns: () => clock.wall_ns() + step_ns,
  };
  const admission = new Admission(stepped);
  await clock.advance(600);
  const old = command(stepped, { id: "old", verb: "arm" });
  assert.equal(refusal(admission, old), undefined);
  step_ns = -3_600_000_000_000n;
  assert.equal(refusal(admission, command(stepped)), undefined, "a fresh command comes in");
  await clock.advance(4200);
  assert.match(refusal(admission, old) ?? "", /came before/);
});

test("ids are remembered in bounded number, and none that could still be replayed is forgotten", async () => {
  const clock = new VirtualClock();
  const admission = new Admission(clock);
  for (let count = 0; count < 1024; count += 1) assert.equal(refusal(admission, command(clock, { verb: "arm" })), undefined);
  assert.match(refusal(admission, command(clock, { verb: "arm" })) ?? "", /more than 1024 commands to arm within 300 s; wait/);
  assert.equal(refusal(admission, command(clock, { verb: "disarm" })), undefined, "making safe is never refused for what others asked");
  await clock.advance(331);
  assert.equal(refusal(admission, command(clock, { verb: "arm" })), undefined);
});

test("looking as often as one likes uses nothing up", () => {
  const clock = new VirtualClock();
  const admission = new Admission(clock);
  for (let count = 0; count < 5000; count += 1) assert.equal(refusal(admission, command(clock, { verb: "status" })), undefined);
  assert.equal(refusal(admission, command(clock, { verb: "arm" })), undefined);
});
