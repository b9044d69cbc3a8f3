// needs: socat
/** The real Modbus wire on a serial line: a pseudo-terminal, with a device behind it that answers byte by byte as the test says. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type Fault, isFault } from "../../edge-agent/core/faults.ts";
import { wires } from "../../edge-agent/sensors/wires.ts";
import { endChild } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

/** CRC-16 of "MODBUS over Serial Line V1.02", low byte first. */
function withCrc(frame: readonly number[]): number[] {
  let crc = 0xffff;
  for (const byte of frame) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return [...frame, crc & 0xff, crc >> 8];
}

interface Request {
  readonly unit: number;
  readonly start: number;
  readonly count: number;
  readonly before: number;
  send(bytes: readonly number[]): void;
}

const registers = (unit: number, values: readonly number[]): number[] =>
  withCrc([unit, 3, 2 * values.length, ...values.flatMap((value) => [value >> 8, value & 0xff])]);
const good = ({ unit, start, count, send }: Request): void =>
  send(
    registers(
      unit,
      Array.from({ length: count }, (_, index) => start + index),
    ),
  );

/** A line with a device that gets every request that passes its CRC; `end` pulls the adapter out. */
async function line(t: TestContext, answer: (request: Request) => void, deadline_s = 2) {
  let before = 0;
  let socket: Socket | undefined;
  const device = createServer((connection) => {
    socket = connection;
    let held: number[] = [];
    connection.on("error", () => {});
    connection.on("data", (bytes) => {
      held.push(...bytes);
      for (; held.length >= 8; held = held.slice(8)) {
        const [unit = 0, , startHigh = 0, startLow = 0, countHigh = 0, countLow = 0] = held;
        assert.deepEqual(held.slice(0, 8), withCrc(held.slice(0, 6)), "a request with its checksum");
        answer({
          unit,
          start: startHigh * 256 + startLow,
          count: countHigh * 256 + countLow,
          before: before++,
          send: (reply) => connection.write(Buffer.from(reply)),
        });
      }
    });
  }).listen(0, "127.0.0.1");
  await once(device, "listening");
  const path = join(tempFolder(t), "ttyLine");
  const socat = spawn("socat", [`PTY,link=${path},raw,echo=0`, `TCP:127.0.0.1:${(device.address() as AddressInfo).port}`], { stdio: "ignore" });
  const end = () => endChild(socat, "SIGTERM");
  t.after(async () => {
    await end();
    await bus.read(1, "holding", 0, 1).catch(() => {}); // so that the port notices and closes
    socket?.destroy();
    device.close();
    await once(device, "close");
  });
  while (!existsSync(path)) await wait(20);
  const bus = await wires.modbus.open({ kind: "modbus", line: { kind: "rtu", path, baud: 19_200, parity: "even", stop_bits: 1 }, deadline_s });
  return { bus, end };
}

async function fault(reading: Promise<Uint8Array>): Promise<Fault> {
  try {
    assert.fail(`a number: ${await reading}`);
  } catch (error) {
    if (!isFault(error)) throw error;
    return error;
  }
}

test("registers come as they stand in the device, from each unit of the line", async (t) => {
  const { bus } = await line(t, good);
  for (const unit of [1, 17, 247]) assert.deepEqual([...(await bus.read(unit, "holding", 5, 2))], [0, 5, 0, 6]);
  assert.equal((await bus.read(1, "holding", 0, 125)).length, 250);
});

const hostile: readonly (readonly [name: string, answer: (request: Request) => void, code: string, words: RegExp])[] = [
  ["flips a bit", ({ unit, send }) => send(registers(unit, [9]).with(4, 8)), "sensor/checksum", /failed its checksum/],
  ["refuses", ({ unit, send }) => send(withCrc([unit, 0x83, 2])), "sensor/wrong-device", /exception 2/],
  ["is another unit", ({ send }) => send(registers(9, [9])), "bus/no-reply", /no whole answer/],
  ["answers a part", ({ unit, send }) => send(registers(unit, [9]).slice(0, -1)), "bus/no-reply", /no whole answer/],
  ["says nothing", () => {}, "bus/no-reply", /no whole answer/],
  ["hums", ({ send }) => send(Array(300).fill(0xff)), "bus/no-reply", /no whole answer/],
];
for (const [name, answer, code, words] of hostile) {
  test(`a device that ${name}: ${code}, and it is read again afterwards`, async (t) => {
    const { bus } = await line(t, (request) => (request.before === 0 ? answer(request) : good(request)), 1);
    const found = await fault(bus.read(1, "holding", 7, 1));
    assert.equal(found.code, code);
    assert.match(found.message, words);
    for (;;) {
      try {
        assert.deepEqual([...(await bus.read(1, "holding", 7, 1))], [0, 7]);
        break;
      } catch (error) {
        assert.ok(isFault(error) && error.code === "bus/no-reply", String(error)); // left alone for a while
        await wait(50);
      }
    }
  });
}

test("an answer that comes late is never taken for that of the next request", async (t) => {
  const DEADLINE_s = 1.5;
  const { bus } = await line(
    t,
    (request) => {
      if (request.before % 2 === 1) good(request);
      else setTimeout(() => good({ ...request, start: 0x6666 }), DEADLINE_s * 1000); // given up by then, and within the time that the unit is left alone
    },
    DEADLINE_s,
  );
  for (let numbers = 0; numbers < 2; ) {
    try {
      assert.deepEqual([...(await bus.read(1, "holding", 7, 1))], [0, 7]);
      numbers++;
    } catch (error) {
      assert.ok(isFault(error) && error.code === "bus/no-reply", String(error));
      await wait(50);
    }
  }
});

test("of two answers to one request the second is not taken for that of the next", async (t) => {
  const { bus } = await line(t, ({ unit, start, send }) => send([...registers(unit, [start]), ...registers(unit, [0x6666])]));
  for (let register = 1; register < 10; register++) assert.deepEqual([...(await bus.read(1, "holding", register, 1))], [0, register]);
});

test("an adapter that is pulled out is told with what to do", async (t) => {
  const { bus, end } = await line(t, good);
  await bus.read(1, "holding", 0, 1);
  await end();
  const codes: string[] = [];
  for (let last: Fault | undefined; last?.code !== "bus/unavailable"; await wait(20)) {
    last = await fault(bus.read(1, "holding", 0, 1));
    codes.push(last.code);
    if (last.code === "bus/unavailable") assert.match(last.message, /does not exist: plug the adapter in, or name another path/);
  }
  assert.ok(
    codes.every((code) => code === "bus/unavailable" || code === "bus/no-reply"),
    codes.join(),
  );
});
