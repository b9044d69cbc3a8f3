import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { Arrivals } from "../../edge-agent/agent/arrivals.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

function arrivals() {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const readings = (some: readonly { channel: number; at_s: number }[]) => heard.push(...some.map(({ channel, at_s }) => `${channel}@${at_s}`));
  return { clock, heard, all: new Arrivals({ clock, readings, time: () => heard.push("time") }) };
}

test("readings of two buses are handed on in the order of their times, within one turn", async () => {
  const { heard, all } = arrivals();
  all.tick();
  all.add([
    { channel: 0, at_s: 1 },
    { channel: 0, at_s: 3 },
  ]);
  all.add([{ channel: 1, at_s: 2 }]);
  assert.deepEqual(heard, []);
  await turnOfTheLoop();
  assert.deepEqual(heard, ["0@1", "1@2", "0@3", "time"]);
});

test("after a standstill no time passes before the other pipes were looked at", async () => {
  const { clock, heard, all } = arrivals();
  await clock.advance(8);
  all.tick();
  all.add([{ channel: 0, at_s: 8 }]);
  await turnOfTheLoop();
  assert.deepEqual(heard, []);
  all.add([{ channel: 1, at_s: 1 }]);
  await turnOfTheLoop();
  assert.deepEqual(heard, ["1@1", "0@8", "time"]);
});

test("nothing is handed on after the end", async () => {
  const { heard, all } = arrivals();
  all.add([{ channel: 0, at_s: 1 }]);
  all.stop();
  await turnOfTheLoop();
  assert.deepEqual(heard, []);
});

test("a machine that is slow all the time still decides", async () => {
  const { clock, heard, all } = arrivals();
  for (let turn = 0; turn < 10; turn++) {
    all.add([{ channel: 0, at_s: turn }]);
    await clock.advance(0.3);
    await turnOfTheLoop();
  }
  assert.ok(heard.length >= 8, heard.join());
});
