/** A bus process that misbehaves, each in its own way. Time runs faster for the agent than for the process, so that back-off passes quickly. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { BusProcess } from "../../edge-agent/bus/bus-process.ts";
import type { BusPlan } from "../../edge-agent/bus/messages.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { gone } from "../support/processes.ts";
import { watch } from "./watch.ts";

const plan: BusPlan = {
  bus: "i2c-1",
  wire: { kind: "i2c", device: 1 },
  deadline_s: 0.25,
  simulated: true,
  faults: [],
  sensors: [
    { driver: "mcp9601", address: 0x67, options: {}, period_s: 1, channels: [{ channel: 0, name: "temperature", output: "temperature", keys: {} }] },
    { driver: "mcp9601", address: 0x66, options: {}, period_s: 1, channels: [{ channel: 7, name: "temperature", output: "temperature", keys: {} }] },
  ],
};

function begin(t: TestContext, child: string, clock = systemClock, deadline_s = plan.deadline_s) {
  const origin_s = clock.monotonic_s();
  const bus = new BusProcess({ plan: { ...plan, deadline_s }, entry: new URL(`./children/${child}.ts`, import.meta.url), clock, origin_s });
  t.after(() => bus.stop());
  return { bus, heard: watch(bus) };
}

// Hurried 20 times, a process has half a second of real time to start: enough for the one that never speaks, too little for the others on a loaded machine.
for (const [child, times, reason, why] of [
  ["silent", 20, "bus-deadline", /^i2c-1: no answer within 10 s of its start; bus process ended, restart 1 in 0.5 s$/],
  ["garbage", 1, "malformed", /^i2c-1: the bus process sent something that is no reading; bus process ended, restart 1 in 0.5 s$/],
  ["crash", 1, "no-reply", /^i2c-1: the bus process ended by itself \(exit 1: TypeError: a bug in a driver\); bus process ended, restart 1 in 0.5 s$/],
  ["missing", 1, "no-reply", /^i2c-1: the bus process ended by itself \(exit 1: .*Cannot find module.*\); bus process ended, restart 1 in 0.5 s$/],
] as const) {
  test(`${child}: every channel of the bus is told, the process is gone and another starts, ever more slowly`, async (t) => {
    const { bus, heard } = begin(t, child, hurriedClock(times), 60); // a deadline that even a loaded machine keeps at this speed
    const first = bus.pid;
    await heard.until("two restarts", ({ restarts }) => restarts.length >= 2);
    assert.match(heard.restarts[0] ?? "", why);
    assert.match(heard.restarts[1] ?? "", /restart 2 in 1 s$/);
    for (const channel of [0, 7]) {
      const told = heard.all.filter((reading) => reading.channel === channel && reading.reason === reason);
      assert.ok(told.length >= 2 && told.every(({ raw, at_s }) => raw === undefined && at_s >= 0));
    }
    assert.ok(first !== undefined && bus.pid !== first);
    await gone([first]);
    assert.deepEqual(bus.counters(), [{ bus: "i2c-1", reads: 0, read_faults: heard.all.length, bus_restarts: heard.restarts.length }]);
  });
}

test("flood: ended, though every word is well-formed", async (t) => {
  const { heard } = begin(t, "flood");
  await heard.until("a restart", ({ restarts }) => restarts.length > 0);
  assert.match(heard.restarts[0] ?? "", /far more than its sensors can give/);
});

test("a process that blocks its thread and ignores SIGTERM is ended at its deadline, and told apart from one that never spoke", async (t) => {
  const { bus, heard } = begin(t, "falls-silent");
  const first = bus.pid;
  await heard.until("a restart", ({ restarts }) => restarts.length > 0);
  assert.match(heard.restarts[0] ?? "", /^i2c-1: no answer within 250 ms; bus process ended, restart 1 in 0.5 s$/);
  assert.deepEqual(
    heard.all.map(({ channel, raw, reason }) => [channel, raw, reason]),
    [
      [0, 25, undefined],
      [0, undefined, "bus-deadline"],
      [7, undefined, "bus-deadline"],
    ],
  );
  await gone([first ?? 0]);
});

test("a process that cannot be forked is told and tried again", async (t) => {
  const { execPath } = process;
  t.after(() => {
    process.execPath = execPath;
  });
  process.execPath = "/nonexistent/node";
  const { heard } = begin(t, "silent", hurriedClock(20));
  await heard.until("two restarts", ({ restarts }) => restarts.length >= 2);
  assert.match(heard.restarts[0] ?? "", /^i2c-1: the bus process cannot be (started|reached): .*ENOENT/);
});

test("stopping ends a process that never answers, and starts no other", async (t) => {
  for (const child of ["silent", "falls-silent"]) {
    const { bus, heard } = begin(t, child);
    if (child === "falls-silent") await heard.until("its reading", ({ all }) => all.length > 0);
    const { pid } = bus;
    bus.stop();
    await gone([pid ?? 0]);
    assert.deepEqual([bus.pid, heard.restarts], [undefined, []]);
  }
});
