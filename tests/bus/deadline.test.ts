import assert from "node:assert/strict";
import test from "node:test";
import { guard, guardedI2c } from "../../edge-agent/bus/deadline.ts";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

function bench(transfer_s: (address: number) => number) {
  const clock = new VirtualClock();
  const trace: string[] = [];
  const overdue: string[] = [];
  async function transfer(address: number): Promise<Uint8Array> {
    trace.push(`begin ${address}`);
    if (address === 99) throw new Error("no acknowledge");
    await clock.sleep(transfer_s(address));
    trace.push(`end ${address}`);
    return Uint8Array.of(address);
  }
  const raw: I2cBus = { write: async (address) => void (await transfer(address)), read: transfer, writeRead: transfer };
  return {
    clock,
    trace,
    overdue,
    bus: guardedI2c(
      raw,
      guard(0.25, clock, (what) => overdue.push(what)),
    ),
  };
}

test("transfers of several sensors never overlap, and a failed one does not stop the next", async () => {
  const { bus, clock, trace, overdue } = bench(() => 0.1);
  const done = Promise.allSettled([bus.read(1, 1), bus.write(99, Uint8Array.of(0)), bus.writeRead(2, 0, 1)]);
  await clock.advance(1);
  assert.deepEqual(trace, ["begin 1", "end 1", "begin 99", "begin 2", "end 2"]);
  assert.deepEqual(
    (await done).map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(overdue, []);
});

test("the deadline is that of one transfer, not of its wait in the queue", async () => {
  const { bus, clock, overdue } = bench(() => 0.2);
  const done = Promise.all([1, 2, 3, 4, 5].map((address) => bus.read(address, 1)));
  await clock.advance(2);
  await done;
  assert.deepEqual(overdue, []);
});

test("a transfer that outlives it is named once, and what waits behind it is not begun", async () => {
  const { bus, clock, overdue, trace } = bench((address) => (address === 0x62 ? 3600 : 0.01));
  void bus.read(0x62, 9);
  void bus.read(1, 1);
  await clock.advance(0.24);
  assert.deepEqual(overdue, []);
  await clock.advance(0.26);
  assert.deepEqual(overdue, ["read from 0x62"]);
  await clock.advance(60);
  assert.deepEqual([overdue.length, trace], [1, ["begin 98"]]);
});
