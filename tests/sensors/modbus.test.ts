import assert from "node:assert/strict";
import test from "node:test";
import type { ModbusBus, ModbusTable } from "../../edge-agent/bus/modbus.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Measured, Options, Sampled, Taken } from "../../edge-agent/sensors/driver.ts";
import { registerFor } from "../../edge-agent/sensors/modbus.sim.ts";
import { blocksOf, decodeRegister, modbus, registerOf } from "../../edge-agent/sensors/modbus.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const taken = (name: string, register: number, keys: Options = {}): Taken => ({
  name,
  output: "register",
  keys: { register, table: "holding", type: "u16", unit: [1, 0, "degC"], factor: 1, offset: 0, ...keys },
});
const decoded = (bytes: readonly number[], keys: Options) => decodeRegister(Uint8Array.from(bytes), registerOf(taken("x", 0, keys)));

/** 0x43db8c2e is 439.09515 as a float (IEEE 754), the worked number of Sensirion's SCD30 interface description. */
const numbers: readonly (readonly [name: string, bytes: readonly number[], keys: Options, value: number])[] = [
  ["u16", [0x12, 0x34], { type: "u16" }, 0x1234],
  ["the largest u16", [0xff, 0xff], { type: "u16" }, 65_535],
  ["i16 below zero", [0xff, 0xfe], { type: "i16" }, -2],
  ["the smallest i16", [0x80, 0x00], { type: "i16" }, -32_768],
  ["u32, high word first", [0x00, 0x01, 0x00, 0x02], { type: "u32", order: "high-word-first" }, 65_538],
  ["u32, low word first", [0x00, 0x01, 0x00, 0x02], { type: "u32", order: "low-word-first" }, 131_073],
  ["the largest u32", [0xff, 0xff, 0xff, 0xff], { type: "u32", order: "low-word-first" }, 4_294_967_295],
  ["i32 below zero, low word first", [0xff, 0xfe, 0xff, 0xff], { type: "i32", order: "low-word-first" }, -2],
  ["float, high word first", [0x43, 0xdb, 0x8c, 0x2e], { type: "float32", order: "high-word-first" }, 439.09515],
  ["float, low word first", [0x8c, 0x2e, 0x43, 0xdb], { type: "float32", order: "low-word-first" }, 439.09515],
  ["a bit", [1], { type: "bool", table: "coil" }, 1],
  ["factor and offset", [0x00, 0x64], { type: "u16", factor: 0.1, offset: -5 }, 5],
  ["degrees Fahrenheit in tenths", [0x08, 0x48], { type: "u16", factor: 0.1, unit: [5 / 9, -160 / 9, "degC"] }, 100],
  ["millivolts", [0x0e, 0x74], { type: "u16", unit: [1e-3, 0, "V"] }, 3.7],
];
for (const [name, bytes, keys, value] of numbers) {
  test(`modbus: ${name}`, () => {
    const { raw = Number.NaN, reason } = decoded(bytes, keys);
    assert.ok(reason === undefined && Math.abs(raw - value) < 1e-4, `${raw} ${reason}`);
  });
}

const rawsOf = (outputs: Sampled["outputs"]): Record<string, number | undefined> =>
  Object.fromEntries(Object.entries(outputs).map(([name, measured]) => [name, [measured as Measured].flat()[0]?.raw]));

test("modbus: what stands for nothing measured, and a float that is no number, give a reason and no number", () => {
  assert.deepEqual(
    [decoded([0xff, 0xff], { type: "u16", none: 65_535, factor: 0.1 })].map(({ raw, reason }) => [raw, reason]),
    [[undefined, "sentinel"]],
  );
  assert.equal(decoded([0xff, 0xfe], { type: "u16", none: 65_535 }).raw, 65_534);
  for (const bytes of [
    [0x7f, 0xc0, 0, 0],
    [0x7f, 0x80, 0, 0],
    [0xff, 0x80, 0, 0],
  ])
    assert.equal(decoded(bytes, { type: "float32", order: "high-word-first" }).reason, "sentinel");
});

const spans = (registers: readonly Taken[], hole = 8) => blocksOf(registers.map(registerOf), hole).map(({ table, start, count }) => [table, start, count]);

test("modbus: registers close together are one request; a hole, another table and the protocol's limit begin another", () => {
  const long = { type: "float32", order: "low-word-first" };
  assert.deepEqual(spans([taken("b", 2, long), taken("a", 0), taken("c", 12)]), [["holding", 0, 13]]);
  assert.deepEqual(spans([taken("b", 2, long), taken("a", 0), taken("c", 13)]), [
    ["holding", 0, 4],
    ["holding", 13, 1],
  ]);
  assert.deepEqual(spans([taken("a", 0), taken("b", 1, { table: "input" }), taken("c", 2, { table: "coil", type: "bool" })]), [
    ["coil", 2, 1],
    ["holding", 0, 1],
    ["input", 1, 1],
  ]);
  const many = Array.from({ length: 200 }, (_, index) => taken(`${index}`, 2 * index, long));
  const blocks = blocksOf(many.map(registerOf), 8);
  assert.ok(blocks.length === 4 && blocks.every(({ count }) => count <= 125));
  assert.equal(blocks.flatMap(({ registers }) => registers).length, 200);
  assert.deepEqual(spans([taken("a", 5), taken("again", 5), taken("wide", 4, long)]), [["holding", 4, 2]]);
});

/** A device with some registers, each holding its own number; bits are set where the number is odd. Refuses a range with one that it has not. */
function device(present: (table: ModbusTable, register: number) => boolean) {
  const requests: string[] = [];
  const bus: ModbusBus = {
    async read(_, table, start, count) {
      requests.push(`${table} ${start} ${count}`);
      for (let register = start; register < start + count; register++)
        if (!present(table, register)) throw new Fault("sensor/wrong-device", `no ${table} ${register}`);
      if (table === "holding" || table === "input") return Uint8Array.from({ length: 2 * count }, (_, index) => (index % 2 === 0 ? 0 : start + (index >> 1)));
      return Uint8Array.from({ length: Math.ceil(count / 8) }, () => (start % 2 === 0 ? 0xaa : 0x55));
    },
  };
  return { bus, requests };
}

test("modbus: each channel gets its own register out of the block, and bits theirs", async () => {
  const { bus, requests } = device(() => true);
  const sensor = await modbus.open({ bus, address: 4, clock: new VirtualClock() }, {}, [
    taken("a", 3),
    taken("b", 7),
    taken("odd", 21, { table: "discrete", type: "bool" }),
    taken("even", 12, { table: "discrete", type: "bool" }),
  ]);
  requests.length = 0;
  const { outputs } = await sensor.read(1);
  assert.deepEqual(rawsOf(outputs), { a: 3, b: 7, odd: 1, even: 0 });
  assert.deepEqual(requests, ["discrete 12 10", "holding 3 5"]);
});

test("modbus: where a device refuses what lies between, it is asked in pieces", async () => {
  const { bus, requests } = device((_, register) => [3, 4, 7].includes(register));
  const sensor = await modbus.open({ bus, address: 4, clock: new VirtualClock() }, {}, [taken("a", 3), taken("b", 4), taken("c", 7)]);
  requests.length = 0;
  const { outputs } = await sensor.read(1);
  assert.deepEqual([rawsOf(outputs).a, rawsOf(outputs).b, rawsOf(outputs).c], [3, 4, 7]);
  assert.deepEqual(requests, ["holding 3 2", "holding 7 1"]);
});

test("modbus: a register that the device has not costs its own channel alone", async () => {
  const { bus } = device((_, register) => register !== 4);
  const sensor = await modbus.open({ bus, address: 4, clock: new VirtualClock() }, {}, [taken("a", 3), taken("gone", 4), taken("c", 5)]);
  const { outputs } = await sensor.read(1);
  assert.deepEqual([rawsOf(outputs).a, rawsOf(outputs).c], [3, 5]);
  assert.deepEqual(outputs.gone, { reason: "wrong-device", detail: "no holding 4" });
});

test("modbus: a reply of another length is no reading", async () => {
  let length = 2;
  const bus: ModbusBus = { read: async () => new Uint8Array(length) };
  const sensor = await modbus.open({ bus, address: 4, clock: new VirtualClock() }, {}, [taken("a", 3)]);
  for (length of [0, 1, 3, 4, 250]) await assert.rejects(sensor.read(1), { code: "sensor/malformed", message: `${length} bytes came where 2 were due` });
});

test("modbus: of every type, order and random bytes each is a reason or a finite number", () => {
  const random = seeded(5);
  for (const type of ["u16", "i16", "u32", "i32", "float32"])
    for (let run = 0; run < 2000; run++) {
      const bytes = Array.from({ length: 4 }, () => Math.floor(random() * 256));
      const { raw, reason } = decoded(bytes, { type, order: run % 2 ? "low-word-first" : "high-word-first", factor: 1e3 });
      assert.ok(reason === undefined ? Number.isFinite(raw) : raw === undefined);
    }
});

test("modbus: a simulated register shows something usual through any keys", () => {
  for (const [keys, about] of [
    [{ type: "u16", factor: 0.1, unit: [1, 0, "degC"] }, 25],
    [{ type: "i16", factor: 1, unit: [1e-3, 0, "V"] }, 3.7],
    [{ type: "u16", factor: 0.1, unit: [1, -273.15, "degC"] }, 25],
  ] as const) {
    const { course } = registerFor(taken("x", 0, keys).keys);
    const shown = course.mean * keys.factor * keys.unit[0] + keys.unit[1];
    assert.ok(Math.abs(shown - about) < 0.01 * about, `${shown}`);
  }
});
