import assert from "node:assert/strict";
import { closeSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { endianness } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { guard } from "../../edge-agent/bus/deadline.ts";
import { guardedSpi, type SpiBus } from "../../edge-agent/bus/spi.ts";
import { caller, openLinuxSpi } from "../../edge-agent/bus/spi-linux.ts";
import { emptyMessage, fillMessage, SET_MODE, TRANSFER } from "../../edge-agent/bus/spi-message.ts";
import { addressing } from "../../edge-agent/bus/wire.ts";
import { tempFolder } from "../support/temp.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const slow = { mode: 1, clock_Hz: 1_000_000 } as const;

test("a transfer is the kernel's struct spi_ioc_transfer, byte by byte, with what is sent and room for the answer behind it", () => {
  const message = emptyMessage(3);
  fillMessage(message, 0x7f12_3456_7800n, Uint8Array.of(0x80, 0x11, 0x03), 1_000_000);
  const bytes = Buffer.from(message.memory).toString("hex").replaceAll(/../g, "$& ").trimEnd().split(" ");
  const fields: readonly [name: string, offset: number, bytes: string][] = [
    ["tx_buf", 0, "20 78 56 34 12 7f 00 00"],
    ["rx_buf", 8, "23 78 56 34 12 7f 00 00"],
    ["len", 16, "03 00 00 00"],
    ["speed_hz", 20, "40 42 0f 00"],
    ["delay_usecs", 24, "00 00"],
    ["bits_per_word", 26, "08"],
    ["cs_change", 27, "00"],
    ["tx_nbits", 28, "00"],
    ["rx_nbits", 29, "00"],
    ["word_delay_usecs", 30, "00"],
    ["pad", 31, "00"],
    ["sent", 32, "80 11 03"],
    ["received", 35, "00 00 00"],
  ];
  for (const [name, offset, expected] of fields) assert.equal(bytes.slice(offset, offset + expected.split(" ").length).join(" "), expected, name);
  assert.equal(bytes.length, 38);
  assert.deepEqual([message.received.byteOffset, message.received.length], [35, 3]);
});

test("the requests are _IOC(write, 'k', number, size)", () => {
  const request = (number: number, size: number) => 2 ** 30 + size * 2 ** 16 + "k".charCodeAt(0) * 2 ** 8 + number;
  assert.deepEqual([TRANSFER, SET_MODE], [request(0, 32), request(1, 1)]);
  assert.equal(endianness(), "LE"); // as the struct is written: true of every machine that Offgas runs on
});

test("the kernel writes where the addresses in such a message point", async (t) => {
  const koffi = createRequire(import.meta.url)("koffi");
  const readv = koffi.load(null).func("long readv(int fd, void *pieces, int count)"); // takes address and length too, and needs no SPI
  const file = join(tempFolder(t), "bytes");
  writeFileSync(file, "offgas");
  const fd = openSync(file, "r");
  const { memory, received } = emptyMessage(6);
  const piece = new DataView(memory);
  piece.setBigUint64(0, koffi.address(memory) + BigInt(received.byteOffset), true);
  piece.setBigUint64(8, BigInt(received.length), true);
  const count = await new Promise((resolve, reject) => readv.async(fd, memory, 1, (error: unknown, n: number) => (error ? reject(error) : resolve(n))));
  closeSync(fd);
  assert.deepEqual([Number(count), Buffer.from(received).toString()], [6, "offgas"]);
});

test("what the kernel reads and writes stays in memory until the call is answered, and no longer", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let answered: (error: Error | null, result: number) => void = () => {};
  const libc = {
    async(_fd: number, _request: number, _argument: ArrayBuffer, answer: typeof answered) {
      answered = answer;
    },
  };
  const ioctl = caller({ errno: () => 0 }, libc, 3, "/dev/spidev0.0");
  const begun = () => {
    const memory = new ArrayBuffer(38);
    return { done: ioctl(TRANSFER, memory), memory: new WeakRef(memory) };
  };
  const lost = begun();
  answered = () => {}; // nobody holds the answer of a call that hangs
  const { done, memory } = begun();
  await setImmediate();
  collect();
  assert.ok(lost.memory.deref() !== undefined && memory.deref() !== undefined);
  answered(null, 0);
  answered = () => {};
  await done;
  await setImmediate();
  collect();
  assert.equal(memory.deref(), undefined);
});

test("a bus that is not there is unavailable, with what to do", (t) => {
  assert.throws(() => openLinuxSpi(0, tempFolder(t)), { code: "bus/unavailable", message: /spidev0\.0 does not exist: enable SPI .*dtparam=spi=on/ });
});

test("a device that is no SPI device is unavailable: the ioctl itself says ENOTTY", async (t) => {
  const folder = tempFolder(t);
  symlinkSync("/dev/null", join(folder, "spidev0.0"));
  const bus = openLinuxSpi(0, folder);
  await assert.rejects(bus.transfer(0, Uint8Array.of(0), slow), {
    code: "bus/unavailable",
    message: /spidev0\.0 is no SPI device \(ENOTTY\): name another device/,
  });
});

test("a chip select that is not there costs its own chip alone", async (t) => {
  const folder = tempFolder(t);
  symlinkSync("/dev/null", join(folder, "spidev0.0"));
  const bus = openLinuxSpi(0, folder);
  await assert.rejects(bus.transfer(2, Uint8Array.of(0), slow), { code: "bus/no-reply", message: /spidev0\.2 does not exist: .*overlay/ });
});

test("a device that cannot be opened is unavailable", async (t) => {
  const folder = tempFolder(t);
  symlinkSync(folder, join(folder, "spidev0.0")); // a folder, which opens for reading alone
  await assert.rejects(openLinuxSpi(0, folder).transfer(0, Uint8Array.of(0), slow), { code: "bus/unavailable", message: /cannot be opened \(EISDIR\)/ });
});

test("a transfer that outlives the deadline is named by its chip select", async () => {
  const clock = new VirtualClock();
  const overdue: string[] = [];
  const stuck: SpiBus = { transfer: () => new Promise(() => {}) };
  void guardedSpi(
    stuck,
    guard(0.25, clock, (what) => overdue.push(what)),
  ).transfer(1, Uint8Array.of(0), slow);
  await clock.advance(1);
  assert.deepEqual(overdue, ["transfer with cs1"]);
});

test("a chip select is a small whole number", () => {
  const { problem, spoken } = addressing.spi;
  assert.deepEqual([problem(0), problem(1), spoken(1)], [undefined, undefined, "cs1"]);
  for (const address of [undefined, -1, 16, "CE0"]) assert.match(problem(address) ?? "", /write the chip select/);
});
