/** The real Modbus wire against real servers: what a good one gives, and that a bad one gives a reason, in time, and never a number. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { ModbusTable } from "../../edge-agent/bus/modbus.ts";
import { modbusClient } from "../../edge-agent/bus/modbus-client.ts";
import { type Connection, dialling } from "../../edge-agent/bus/modbus-dial.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { Fault, isFault } from "../../edge-agent/core/faults.ts";
import { wires } from "../../edge-agent/sensors/wires.ts";
import { type Asked, hostileServer, serveModbus } from "../support/modbus-server.ts";

/** So long that a loaded machine keeps it too. */
const DEADLINE_s = 2;

const open = (port: number, deadline_s = DEADLINE_s) => wires.modbus.open({ kind: "modbus", line: { kind: "tcp", host: "127.0.0.1", port }, deadline_s });

/** What came of reading: bytes, or the fault. Fails when it took longer than the bus's deadline. */
async function outcome(reading: Promise<Uint8Array>): Promise<Uint8Array | Fault> {
  const from_s = clock.monotonic_s();
  let found: Uint8Array | Fault;
  try {
    found = await reading;
  } catch (error) {
    assert.ok(isFault(error), String(error));
    found = error;
  }
  assert.ok(clock.monotonic_s() - from_s < DEADLINE_s, "answered or given up within the deadline");
  return found;
}

test("registers and units come as they stand on the server, over one connection", async (t) => {
  const { port } = await serveModbus(t, (unit, register) => (register < 200 ? unit * 1000 + register : undefined));
  const bus = await open(port);
  assert.deepEqual([...(await bus.read(1, "holding", 5, 2))], [1005 >> 8, 1005 & 0xff, 1006 >> 8, 1006 & 0xff]);
  assert.deepEqual([...(await bus.read(7, "holding", 0, 1))], [7000 >> 8, 7000 & 0xff]);
  const all = await bus.read(2, "holding", 0, 125);
  assert.equal(all.length, 250);
  assert.equal((all[248] ?? 0) * 256 + (all[249] ?? 0), 2124);
});

test("a register that is not there is refused by its name, and the connection goes on", async (t) => {
  const { port } = await serveModbus(t, (_, register) => (register < 10 ? register : undefined));
  const bus = await open(port);
  const refused = await outcome(bus.read(3, "holding", 9, 2));
  assert.ok(refused instanceof Fault);
  assert.equal(refused.code, "sensor/wrong-device");
  assert.match(refused.message, /^holding registers 9 to 10 of unit 3: refused with exception 2/);
  assert.deepEqual([...(await bus.read(3, "holding", 9, 1))], [0, 9]);
});

test("a connection that is kept holds nothing of the requests that are over, answered or refused", async (t) => {
  const { port } = await serveModbus(t, (_, register) => (register < 10 ? register : undefined));
  const kept: Connection[] = [];
  const dial = dialling({ kind: "tcp", host: "127.0.0.1", port });
  const bus = modbusClient(
    async (signal) => {
      const made = await dial(signal);
      kept.push(made);
      return made;
    },
    true,
    DEADLINE_s,
    clock,
  );
  const listening = (): number => getEventListeners(kept[0]?.lost ?? new EventTarget(), "abort").length;
  await bus.read(1, "holding", 0, 1);
  const first = listening();
  for (let round = 0; round < 500; round++) await outcome(bus.read(1, "holding", round % 2 === 0 ? 0 : 10, 1));
  assert.equal(kept.length, 1, "over one connection");
  assert.equal(listening(), first);
});

const good = ({ reply, code }: Asked, value = 0x1234): void => reply([code, 2, value >> 8, value & 0xff]);

/** What the server does to the first request; it answers all others well, each with a number of its own. */
const hostile: readonly (readonly [name: string, answer: (asked: Asked) => void, code: string, words: RegExp])[] = [
  ["accepts and never answers", () => {}, "bus/no-reply", /no whole answer within 1400 ms/],
  ["closes", ({ socket }) => socket.destroy(), "bus/no-reply", /closed the connection|ECONNRESET/],
  ["closes in an orderly way", ({ socket }) => socket.end(), "bus/no-reply", /closed the connection/],
  ["answers a part and stops", ({ socket }) => socket.write(Buffer.from([0, 1, 0, 0, 0, 5, 1, 3])), "bus/no-reply", /no whole answer/],
  ["answers under another transaction", (asked) => asked.reply([asked.code, 2, 9, 9], { transaction: asked.transaction + 100 }), "bus/no-reply", /no whole/],
  ["answers as another unit", (asked) => asked.reply([asked.code, 2, 9, 9], { unit: 9 }), "sensor/wrong-device", /another unit answered/],
  ["answers to another function", ({ reply }) => reply([4, 2, 9, 9]), "sensor/malformed", /expected code 3 got 4/],
  ["answers more than asked for", ({ reply, code }) => reply([code, 4, 9, 9, 9, 9]), "sensor/malformed", /length/],
  ["answers less than asked for", ({ reply, code }) => reply([code, 1, 9]), "sensor/malformed", /length/],
  ["lies about the count", ({ reply, code }) => reply([code, 200, 9, 9]), "sensor/malformed", /none to this request/],
  ["lies about the count downwards", ({ reply, code }) => reply([code, 0, 9, 9]), "sensor/malformed", /0 bytes came where 2 were due/],
  ["sends an empty frame", ({ reply }) => reply([]), "sensor/malformed", /length/],
  ["speaks another protocol", ({ socket }) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"), "bus/no-reply", /no whole answer/],
  ["sends a kilobyte of ones", ({ socket }) => socket.write(Buffer.alloc(1024, 0xff)), "bus/no-reply", /no whole answer/],
  ["is the wrong device (exception 1)", ({ reply, code }) => reply([code | 0x80, 1]), "sensor/wrong-device", /exception 1/],
  ["fails (exception 4)", ({ reply, code }) => reply([code | 0x80, 4]), "sensor/not-ready", /exception 4/],
  ["is busy (exception 6)", ({ reply, code }) => reply([code | 0x80, 6]), "sensor/not-ready", /busy/],
  ["is a gateway without the unit (exception 11)", ({ reply, code }) => reply([code | 0x80, 11]), "bus/no-reply", /gateway does not reach the unit/],
  ["invents an exception", ({ reply, code }) => reply([code | 0x80, 99]), "sensor/malformed", /exception 99/],
];
describe("a hostile server", { concurrency: true }, () => {
  for (const [name, answer, code, words] of hostile)
    test(`a server that ${name}: ${code} within the deadline, and the next request is answered`, async (t) => {
      const { port } = await hostileServer(t, (asked) => (asked.before === 0 ? answer(asked) : good(asked)));
      const bus = await open(port);
      const found = await outcome(bus.read(1, "holding", 0, 1));
      assert.ok(found instanceof Fault, `a number: ${found}`);
      assert.equal(found.code, code);
      assert.match(found.message, /^holding register 0 of unit 1: /);
      assert.match(found.message, words);
      assert.deepEqual(await outcome(bus.read(1, "holding", 0, 1)), Buffer.from([0x12, 0x34]));
    });
});

test("a late answer never becomes the value of another request", async (t) => {
  const late: Asked[] = [];
  const { port } = await hostileServer(t, (asked) => {
    if (asked.before % 2 === 0) late.push(asked);
    else {
      for (const each of late.splice(0)) good(each, 0x6666); // long given up
      asked.reply([asked.code, 2, 0x66, 0x66], { transaction: asked.transaction - 1 });
      asked.reply([asked.code, 2, 0x66, 0x66], { transaction: asked.transaction + 1 }); // and one too early
      good(asked);
    }
  });
  const bus = await open(port, 0.5);
  for (let numbers = 0; numbers < 3; ) {
    const found = await outcome(bus.read(1, "holding", 0, 1));
    if (found instanceof Fault) assert.equal(found.code, "bus/no-reply");
    else {
      assert.deepEqual([...found], [0x12, 0x34]);
      numbers++;
    }
    await wait(20);
  }
});

test("every table is asked with its own function, and bits come packed", async (t) => {
  const { port } = await hostileServer(t, ({ reply, code, count }) =>
    code <= 2 ? reply([code, Math.ceil(count / 8), ...Array(Math.ceil(count / 8)).fill(code)]) : reply([code, 2 * count, ...Array(2 * count).fill(code)]),
  );
  const bus = await open(port);
  for (const [table, code] of [
    ["coil", 1],
    ["discrete", 2],
    ["holding", 3],
    ["input", 4],
  ] as [ModbusTable, number][])
    assert.deepEqual([...(await bus.read(1, table, 0, 9))], Array(code <= 2 ? 2 : 18).fill(code));
});

test("a unit that does not answer is left alone for a while, and costs another unit no more than its own requests", async (t) => {
  const asked: number[] = [];
  const { port } = await hostileServer(t, (request) => {
    asked.push(request.unit);
    if (request.unit === 1) good(request);
  });
  const bus = await open(port, 1);
  const told: string[] = [];
  for (let round = 0; round < 8; round++) {
    assert.deepEqual(await outcome(bus.read(1, "holding", 0, 1)), Buffer.from([0x12, 0x34]));
    const found = await outcome(bus.read(2, "holding", 0, 1));
    assert.ok(found instanceof Fault && found.code === "bus/no-reply");
    told.push(found.message);
  }
  assert.equal(asked.filter((unit) => unit === 1).length, 8);
  assert.ok(asked.filter((unit) => unit === 2).length < 8);
  assert.ok(told.some((words) => /^unit 2 does not answer; asked again in \d\.\d s$/.test(words)));
});

test("a server that is not there is told with what to do, tried with growing waits, and found when it comes back", async (t) => {
  const server = await serveModbus(t, () => 7);
  const bus = await open(server.port);
  assert.deepEqual([...(await bus.read(1, "holding", 0, 1))], [0, 7]);
  await server.stop();
  const messages: string[] = [];
  for (let round = 0; round < 4; round++) {
    const found = await outcome(bus.read(1, "holding", 0, 1));
    assert.ok(found instanceof Fault && found.code === "bus/no-reply", String(found));
    messages.push(found.message);
  }
  assert.ok(
    messages.some((words) => /cannot be reached \(127\.0\.0\.1:\d+: ECONNREFUSED\): check host and port/.test(words)),
    messages.join("\n"),
  );
  assert.match(messages.at(-1) ?? "", /; asked again in \d\.\d s$/);
  await serveModbus(t, () => 8, server.port);
  for (;;) {
    const found = await outcome(bus.read(1, "holding", 0, 1));
    if (found instanceof Uint8Array) {
      assert.deepEqual([...found], [0, 8]);
      break;
    }
    await wait(50);
  }
});
