/** Against linux/gpio.h: sizes and offsets as a C compiler gives them on x86-64 and arm64 alike. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chipInfo,
  fdOf,
  flags,
  inputRequest,
  isHigh,
  lineInfo,
  lineValue,
  outputRequest,
  readChipInfo,
  readLineInfo,
  requests,
} from "../../edge-agent/outputs/gpio-uapi.ts";

test("each request number holds direction, type and number, and the size of its structure", () => {
  const IOR = 2;
  const IOWR = 3;
  const rows = [
    [requests.chipInfo, IOR, 0x01, chipInfo(), 68],
    [requests.lineInfo, IOWR, 0x05, lineInfo(0), 256],
    [requests.line, IOWR, 0x07, outputRequest(0, "x"), 592],
    [requests.line, IOWR, 0x07, inputRequest(0, "x"), 592],
    [requests.getValues, IOWR, 0x0e, lineValue(false), 16],
    [requests.setValues, IOWR, 0x0f, lineValue(true), 16],
  ] as const;
  for (const [request, direction, number, structure, size] of rows) {
    assert.equal(request, direction * 2 ** 30 + size * 2 ** 16 + 0xb4 * 2 ** 8 + number);
    assert.equal(structure.length, size);
  }
});

/** What is not zero, as offset → byte. */
const set = (bytes: Buffer) => Object.fromEntries([...bytes].flatMap((byte, at) => (byte === 0 ? [] : [[at, byte]])));
const name = (text: string, at: number) => Object.fromEntries([...Buffer.from(text)].map((byte, index) => [at + index, byte]));

test("an output is asked for with its direction and the level low, for that line alone", () => {
  // offsets[0] = 17; consumer; config.flags = OUTPUT; config.num_attrs = 1; attr id OUTPUT_VALUES = 2, values 0, mask 1; num_lines = 1
  assert.deepEqual(set(outputRequest(17, "offgas")), { 0: 17, ...name("offgas", 256), 288: 8, 296: 1, 320: 2, 336: 1, 560: 1 });
});

test("an input is asked for without attributes", () => {
  assert.deepEqual(set(inputRequest(300, "offgas")), { 0: 300 & 0xff, 1: 1, ...name("offgas", 256), 288: 4, 560: 1 });
});

test("a consumer that is too long ends in a zero all the same", () => {
  assert.deepEqual([...outputRequest(1, "c".repeat(40)).subarray(256, 288)], [...Buffer.from("c".repeat(31)), 0]);
});

test("chip, line and file descriptor are read where the kernel puts them", () => {
  const chip = chipInfo();
  chip.write("gpiochip0", 0);
  chip.write("x".repeat(32), 32);
  chip.writeUInt32LE(54, 64);
  assert.deepEqual(readChipInfo(chip), { name: "gpiochip0", label: "x".repeat(32), lines: 54 });

  const info = lineInfo(17);
  assert.deepEqual(set(info), { 64: 17 });
  info.write("GPIO17", 0);
  info.write("spi0 CS1", 32);
  info.writeBigUInt64LE(flags.used | flags.output, 72);
  assert.deepEqual(readLineInfo(info), { consumer: "spi0 CS1", flags: 9n });

  const request = outputRequest(17, "offgas");
  request.writeInt32LE(23, 588);
  assert.equal(fdOf(request), 23);
});

test("a level is one bit under a mask of one bit", () => {
  assert.deepEqual(set(lineValue(true)), { 0: 1, 8: 1 });
  assert.deepEqual(set(lineValue(false)), { 8: 1 });
  assert.deepEqual([isHigh(lineValue(true)), isHigh(lineValue(false))], [true, false]);
});
