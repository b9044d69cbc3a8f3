import assert from "node:assert/strict";
import test from "node:test";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import type { DriverEntry } from "../../edge-agent/sensors/driver.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { bench, planOf } from "./bench.ts";

const nowhere = { write: async () => {}, read: async () => new Uint8Array(), writeRead: async () => new Uint8Array() };

/** A chip that only takes time: `read` is asked for what happens at each read, by number from 1. */
function rounds(period_s: number, read: (number: number, clock: VirtualClock) => Promise<number>, open: () => void = () => {}) {
  const clock = new VirtualClock();
  const readings: Reading[] = [];
  let reads = 0;
  const entry: DriverEntry = {
    driver: "test",
    title: "test",
    bus: "i2c",
    addresses: [0x10],
    outputs: { temperature: "temperature" },
    options: {},
    fastest_s: 0.1,
    async open() {
      open();
      return { first_in_s: 0, read: async () => ({ at_s: clock.monotonic_s(), outputs: { temperature: { raw: await read(++reads, clock) } } }) };
    },
  };
  const plan = { driver: "test", address: 0x10, options: {}, period_s, channels: [{ channel: 4, name: "temperature", output: "temperature", keys: {} }] };
  const ended = keepRounds(entry, plan, { bus: nowhere, clock, busName: "i2c-9", emit: (more) => void readings.push(...more) }, new AbortController().signal);
  ended.catch(() => {});
  return { clock, readings, ended };
}

test("beats do not drift, and a slow read skips beats instead of bunching them", async () => {
  const run = rounds(1, async (number, clock) => {
    await clock.sleep(number === 3 ? 2.5 : 0.013);
    return number;
  });
  await run.clock.advance(8.5);
  assert.deepEqual(
    run.readings.map(({ at_s }) => at_s),
    [0, 1, 2, 5, 6, 7, 8],
  );
});

test("two minutes of beats at 0.1 s stay on their grid", async () => {
  const run = rounds(0.1, async (number, clock) => {
    await clock.sleep(0.003);
    return number;
  });
  await run.clock.advance(120);
  assert.ok(Math.abs(run.readings.length - 1200) <= 1);
  for (const { at_s } of run.readings) assert.ok(Math.abs(at_s - Math.round(at_s * 10) / 10) < 1e-6);
});

test("a number that is none is malformed, never handed on", async () => {
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const run = rounds(1, async () => none);
    await run.clock.advance(1.5);
    assert.deepEqual(
      run.readings.map(({ raw, reason }) => [raw, reason]),
      [
        [undefined, "malformed"],
        [undefined, "malformed"],
      ],
    );
  }
});

test("a sensor that fails is opened again after three reads, and not before", async () => {
  let opened = 0;
  const failing = async (number: number) => {
    if (number % 5 !== 0) throw new Fault("bus/no-reply", "no acknowledge");
    return number;
  };
  const run = rounds(1, failing, () => opened++);
  await run.clock.advance(2.5);
  assert.equal(opened, 1);
  await run.clock.advance(3.5);
  assert.equal(opened, 2);
  await run.clock.advance(10);
  assert.ok(run.readings.some(({ raw }) => raw === 5));
});

test("a bug in a driver costs its own channels, and says so", async () => {
  const run = rounds(1, async (number) => {
    if (number < 3) throw new TypeError("oops");
    return number;
  });
  await run.clock.advance(2.5);
  assert.deepEqual(
    run.readings.map(({ raw, reason, detail }) => [raw, reason, detail]),
    [
      [undefined, "malformed", "i2c-9 0x10: the driver failed: TypeError: oops"],
      [undefined, "malformed", "i2c-9 0x10: the driver failed: TypeError: oops"],
      [3, undefined, undefined],
    ],
  );
});

test("a bus that went away ends the rounds, so that the process is started anew", async () => {
  const run = rounds(1, async () => {
    throw new Fault("bus/unavailable", "/dev/i2c-9 went away");
  });
  await run.clock.advance(0.5);
  await assert.rejects(run.ended, /went away/);
});

test("a channel that asks for more than the chip can give gets the chip's beat", async () => {
  const run = bench(planOf("mcp9601", 0.05));
  await run.clock.advance(6.7);
  assert.deepEqual(
    run.readings.filter(({ channel }) => channel === 0).map(({ at_s }) => Math.round(at_s * 10) / 10),
    [1.2, 1.8, 2.4, 3, 3.6, 4.2, 4.8, 5.4, 6, 6.6],
  );
});

test("a million beats at 0.1 s do not drift, with reads that take their time", async () => {
  const BEATS = 1e6;
  let now_s = 0;
  const clock = {
    monotonic_s: () => now_s,
    wall_ns: () => 0n,
    async sleep(delay_s: number) {
      if (beats === BEATS) throw new Error("enough");
      now_s += delay_s;
    },
  };
  const entry: DriverEntry = {
    driver: "test",
    title: "test",
    bus: "i2c",
    addresses: [0x10],
    outputs: { temperature: "temperature" },
    options: {},
    fastest_s: 0.01,
    async open() {
      return { first_in_s: 0, read };
    },
  };
  let beats = 0;
  let worst_s = 0;
  let late = 0;
  async function read() {
    const off_s = Math.abs(now_s - beats * 0.1);
    worst_s = Math.max(worst_s, off_s);
    if (off_s > 0.05) late++;
    beats++;
    const at_s = now_s;
    now_s += 0.09 * ((beats * 0.618034) % 1);
    return { at_s, outputs: { temperature: { raw: 20 } } };
  }
  const plan = { driver: "test", address: 0x10, options: {}, period_s: 0.1, channels: [{ channel: 0, name: "temperature", output: "temperature", keys: {} }] };
  await assert.rejects(keepRounds(entry, plan, { bus: nowhere, clock, busName: "i2c-9", emit: () => {} }, new AbortController().signal), /enough/);
  assert.deepEqual([beats, late], [BEATS, 0]);
  assert.ok(worst_s < 1e-4, `${worst_s} s off the grid after 28 hours`);
});
