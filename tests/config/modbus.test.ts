/** What `check` says of Modbus buses, register maps and the Midas, with the real catalogue. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { describe } from "../../edge-agent/config/describe.ts";
import { problemText } from "../../edge-agent/config/problem.ts";
import { readStation } from "../../edge-agent/config/read.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { plansOf } from "../../edge-agent/sensors/open.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

type Keys = Readonly<Record<string, unknown>>;

const register = (keys: Keys = {}) => ({ driver: "modbus", bus: "line", address: 1, register: 3, type: "u16", unit: "degC", ...keys });
const detector = (keys: Keys = {}) => ({ driver: "midas", bus: "net", address: 1, gas: "hf", ...keys });

const station = (source: Keys, quantity = "temperature") => ({
  version: 1,
  site: "lab",
  station: "one",
  cells: [{ id: "C1" }],
  buses: [
    { id: "net", kind: "modbus-tcp", host: "192.0.2.10" },
    { id: "line", kind: "modbus-rtu", path: "/dev/ttyUSB0", parity: "none", stop_bits: 2, deadline: "1 s" },
    { id: "i2c-1", kind: "i2c", device: 1 },
  ],
  channels: [{ id: "X", quantity, at: { cell: "C1" }, essential: true, source, ...(quantity === "temperature" ? {} : { t90: "60 s" }) }],
});

function said(source: Keys, quantity?: string): string[] {
  const read = readStation(stringify(station(source, quantity)), { chips: catalogue, today: "2026-11-22" });
  return [...(read.ok ? [] : read.errors), ...read.warnings].map((problem) => problemText("", problem).replace(/^:\d+:\d+: /, ""));
}

const rows: readonly (readonly [name: string, source: Keys, path: string, words: RegExp, quantity?: string])[] = [
  ["no unit number", register({ address: undefined }), "source", /needs an address: write the unit's number, 1 to 247/],
  ["a unit number that there is not", register({ address: 248 }), "source.address", /write the unit's number, 1 to 247/],
  ["another kind of bus", register({ bus: "i2c-1" }), "source.bus", /a i2c bus; modbus needs a bus of kind modbus-tcp or modbus-rtu/],
  ["no register", register({ register: undefined }), "source", /needs register: missing; write a whole number from 0 to 65535/],
  ["a register as manuals count them", register({ register: 400_003 }), "source.register", /from 0 to 65535/],
  ["no type", register({ type: undefined }), "source", /needs type: missing; write one of bool, u16, i16, u32, i32, float32/],
  ["no order of words", register({ type: "float32" }), "source", /needs order: float32 takes two registers; write high-word-first or low-word-first/],
  ["an order of one word", register({ order: "low-word-first" }), "source.order", /leave order out/],
  ["a bit among registers", register({ type: "bool" }), "source.type", /registers are no bits; write one of u16/],
  ["a number among bits", register({ table: "coil" }), "source.type", /a coil is a bit; write bool/],
  ["no unit", register({ unit: undefined }), "source", /needs unit: missing; write a unit of temperature \(units: degC, K, degF\)/],
  ["a unit of another quantity", register({ unit: "kPa" }), "source.unit", /found "kPa"; write a unit of temperature/],
  ["a factor of nothing", register({ factor: 0 }), "source.factor", /0 makes every value the same/],
  ["none beyond the type", register({ none: 70_000 }), "source.none", /70000 is no value of u16/],
  ["a pair behind the last register", register({ register: 65_535, type: "u32", order: "high-word-first" }), "source.register", /does not fit/],
  ["no gas", detector({ gas: undefined }), "source", /needs gas: missing; write one of hf, h2, co, o2/, "hf"],
  ["a gas that is not the channel's", detector({ gas: "h2" }), "source.gas", /found h2 on a channel of hf/, "hf"],
  ["a cartridge's name", detector({ cartridge: "HF" }), "source.cartridge", /write a whole number from 0 to 65535/, "hf"],
];
for (const [name, source, path, words, quantity] of rows) {
  test(`${name} is told at ${path}`, () => {
    const lines = said(source, quantity);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", words);
    assert.ok(lines[0]?.startsWith(`channels[0].${path}: `), lines[0]);
    assert.throws(() => plansOf(stationSchema.parse(station(source, quantity)), { simulated: false, faults: [], clock: new VirtualClock(), origin_s: 0 }), {
      code: "config/invalid",
    });
  });
}

test("nothing is said of a map and a detector that are whole", () => {
  assert.deepEqual(said(register({ type: "float32", order: "low-word-first", factor: 0.1, offset: -40, none: -999, unit: "K" })), []);
  assert.deepEqual(said(register({ table: "discrete", type: "bool", unit: "degC" })), []);
  assert.deepEqual(said(detector({ cartridge: 0x2107 }), "hf"), []);
});

test("what is written reaches the driver in canonical units, and the wire its settings", () => {
  const parsed = stationSchema.parse(station(register({ unit: "degF", factor: 0.1, none: 65_535 })));
  const [plan] = plansOf(parsed, { simulated: false, faults: [], clock: new VirtualClock(), origin_s: 0 });
  assert.deepEqual(plan?.wire, { kind: "modbus", line: { kind: "rtu", path: "/dev/ttyUSB0", baud: 19_200, parity: "none", stop_bits: 2 }, deadline_s: 1 });
  assert.deepEqual(plan?.sensors[0]?.channels, [
    {
      channel: 0,
      name: "register 0",
      output: "register",
      keys: { register: 3, table: "holding", type: "u16", unit: [5 / 9, -160 / 9, "degC"], factor: 0.1, offset: 0, none: 65_535 },
    },
  ]);
  assert.match(describe(parsed), /X +temperature +degC +modbus on line at unit 1 /);
});
