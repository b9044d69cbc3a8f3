/** Real bus processes over simulated chips: what one wedged bus costs, and what it does not. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { parseScriptedFault } from "../../edge-agent/bus/scripted-fault.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { openBuses } from "../../edge-agent/sensors/open.ts";
import { chip, stationOf } from "../sensors/station.ts";
import { gone } from "../support/processes.ts";
import { watch } from "./watch.ts";

const PERIOD_s = 0.6;
const DEADLINE_s = 0.75;
const station = stationOf([
  chip("a", "temperature", "mcp9601", "i2c-1", 0x67, { every: "600 ms" }),
  chip("a2", "temperature", "mcp9601", "i2c-1", 0x66, { every: "600 ms" }),
  chip("b", "temperature", "mcp9601", "i2c-2", 0x67, { every: "600 ms" }),
]);

function begin(t: TestContext, ...faults: string[]) {
  const origin_s = clock.monotonic_s();
  const [first, second] = openBuses(station, { simulated: true, faults: faults.map(parseScriptedFault), clock, origin_s });
  assert.ok(first && second);
  t.after(() => {
    first.stop();
    second.stop();
  });
  return { first, second, heardFirst: watch(first), heardSecond: watch(second), origin_s };
}

describe("one bus and the others", { concurrency: true }, () => {
  for (const fault of ["hang", "wedge"]) {
    test(`a bus that ${fault}s loses its own channels, is started again, and nothing else changes`, async (t) => {
      const { first, second, heardFirst, heardSecond } = begin(t, `i2c-1/0x67:${fault}@2s`);
      const [wedgedPid, otherPid] = [first.pid, second.pid];
      await heardFirst.until("the bus to be ended", ({ restarts }) => restarts.length > 0);
      const bad = heardFirst.all.filter(({ raw }) => raw === undefined);
      assert.deepEqual(
        bad.map(({ channel, reason }) => [channel, reason]),
        [
          [0, "bus-deadline"],
          [1, "bus-deadline"],
        ],
      );
      assert.match(bad[0]?.detail ?? "", /^i2c-1: .*750 ms; bus process ended, restart 1 in 0.5 s$/);
      await heardFirst.until("both channels again", ({ all }) =>
        [0, 1].every((channel) => all.some((reading) => reading.channel === channel && reading.raw !== undefined && reading.at_s > (bad[0]?.at_s ?? 0))),
      );
      assert.ok(first.pid !== undefined && first.pid !== wedgedPid);
      await gone([wedgedPid ?? 0]);

      assert.equal(second.pid, otherPid);
      assert.ok(heardSecond.all.every(({ raw }) => raw !== undefined) && heardSecond.restarts.length === 0);
      for (const [index, { at_s }] of heardSecond.all.entries()) {
        const before = heardSecond.all[index - 1];
        if (before !== undefined) assert.equal(Math.round((at_s - before.at_s) / PERIOD_s), 1, "a beat of the other bus is missing");
      }
      assert.deepEqual(heardFirst.restarts.length, 1);
    });
  }

  test("stopping ends every process", async (t) => {
    const { first, second, heardFirst, heardSecond } = begin(t);
    await heardFirst.until("a reading", ({ all }) => all.length > 0);
    await heardSecond.until("a reading", ({ all }) => all.length > 0);
    const pids = [first.pid ?? 0, second.pid ?? 0];
    const before = heardFirst.all.length + heardSecond.all.length;
    first.stop();
    second.stop();
    await gone(pids);
    assert.equal(heardFirst.all.length + heardSecond.all.length, before);
    assert.deepEqual([first.pid, second.pid], [undefined, undefined]);
  });

  for (const fault of [[], ["i2c-1/0x67:hang@2s"], ["i2c-1/0x67:wedge@2s"]]) {
    test(`an agent that is killed leaves no bus process behind${fault.length > 0 ? `, not even one with ${fault[0]}` : ""}`, async (t) => {
      const agent = fork(new URL("./parent.ts", import.meta.url), fault);
      t.after(() => agent.kill("SIGKILL"));
      const [pids] = (await once(agent, "message")) as [number[]];
      if (fault.length > 0) await wait(1500); // until the fault has struck: nothing tells from outside that a thread is blocked
      agent.kill("SIGKILL");
      await gone(pids);
    });
  }
});

// Apart, since these block the thread that the tests share.
describe("a busy agent", { concurrency: true }, () => {
  test("an agent that is busy for longer than the deadline ends no healthy bus, and hears afterwards what was read meanwhile", async (t) => {
    const { heardFirst, heardSecond, origin_s } = begin(t);
    await heardFirst.until("a reading", ({ all }) => all.length > 0);
    await heardSecond.until("a reading", ({ all }) => all.length > 0);
    for (let turn = 0; turn < 2; turn++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * DEADLINE_s * 1000);
      await wait(1);
    }
    const busyUntil_s = clock.monotonic_s() - origin_s;
    await heardSecond.until("a later reading", ({ all }) => all.some(({ at_s }) => at_s > busyUntil_s));
    assert.deepEqual([heardFirst.restarts, heardSecond.restarts], [[], []]);
    assert.ok(heardSecond.all.filter(({ at_s }) => at_s > busyUntil_s - 3 * DEADLINE_s && at_s < busyUntil_s).length >= 1, "readings of the busy time");
  });

  test("a busy agent still ends a bus that hangs", async (t) => {
    const { heardFirst } = begin(t, "i2c-1/0x67:hang@1s");
    for (let turn = 0; heardFirst.restarts.length === 0 && turn < 40; turn++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * DEADLINE_s * 1000);
      await wait(1);
    }
    assert.equal(heardFirst.restarts.length, 1);
  });
});

test("a bus that does not exist is told with what to do, for each of its channels", async (t) => {
  const [bus] = openBuses(stationOf([chip("a", "temperature", "mcp9601", "i2c-1", 0x67)], 255), {
    simulated: false,
    faults: [],
    clock,
    origin_s: clock.monotonic_s(),
  });
  assert.ok(bus);
  t.after(() => bus.stop());
  const heard = watch(bus);
  await heard.until("a restart", ({ restarts }) => restarts.length > 0);
  assert.deepEqual(
    heard.all.map(({ channel, reason }) => [channel, reason]),
    [[0, "no-reply"]],
  );
  assert.match(
    heard.all[0]?.detail ?? "",
    /^i2c-1: \/dev\/i2c-255 does not exist: add a bus .*\(dtoverlay=i2c-gpio,bus=255 in config.txt\) and reboot, or name another device; bus process ended, restart 1 in 0.5 s$/,
  );
});
