/** A Modbus device as the line sees it, whatever its register map: every register that a channel names moves in the middle of its type's range. */
import type { SimulatedUnit } from "../bus/simulated-modbus.ts";
import type { Clock } from "../core/clock.ts";
import type { Conversion, Options } from "./driver.ts";
import { Transducer } from "./transducer.sim.ts";
import { type Course, seeded, valueAt } from "./world.sim.ts";

/** A register as a channel describes it, and what stands in it. */
export interface SimulatedRegister {
  readonly table: string;
  readonly register: number;
  readonly type: string;
  readonly lowWordFirst: boolean;
  course: Course;
}

/** What is usual in the canonical unit of a quantity; elsewhere 1. */
const usual: Readonly<Record<string, number>> = { degC: 25, kPa: 101, V: 3.7, pct: 20.9 };
const ends: Readonly<Record<string, readonly [low: number, high: number]>> = {
  bool: [0, 1],
  u16: [0, 65_535],
  i16: [-32_768, 32_767],
  u32: [0, 4_294_967_295],
  i32: [-2_147_483_648, 2_147_483_647],
};

/** A register that shows something usual through the keys of a channel. */
export function registerFor({ table, register, type, order, unit, factor, offset }: Options): SimulatedRegister {
  const [scale, zero, to] = unit as Conversion;
  const [low, high] = ends[String(type)] ?? [-1e30, 1e30];
  const written = (((usual[to] ?? 1) - zero) / scale - Number(offset)) / Number(factor);
  const mean = Math.max(low, Math.min(high, written));
  const noise = type === "bool" ? 0 : Math.max(Math.abs(mean) * 1e-4, type === "float32" ? 0 : 1);
  const inside = Math.max(low + 5 * noise, Math.min(high - 5 * noise, mean));
  return {
    table: String(table),
    register: Number(register),
    type: String(type),
    lowWordFirst: order === "low-word-first",
    course: { mean: inside, swing: 0, period_s: 1, noise },
  };
}

const codes: Readonly<Record<number, string>> = { 1: "coil", 2: "discrete", 3: "holding", 4: "input" };
const [ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, BUSY] = [1, 2, 6];

export class ModbusSim implements SimulatedUnit {
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  readonly registers: readonly SimulatedRegister[];
  readonly #clock: Clock;
  readonly #seed: number;

  constructor(clock: Clock, seed: number, registers: readonly SimulatedRegister[]) {
    this.#clock = clock;
    this.#seed = seed;
    this.transducer = new Transducer(seed);
    this.registers = registers;
  }

  powerCycle(): void {}

  answer(request: Uint8Array): Uint8Array {
    const [code = 0, startHigh = 0, startLow = 0, countHigh = 0, countLow = 0] = request;
    const table = codes[code];
    if (table === undefined) return Uint8Array.of(code + 0x80, ILLEGAL_FUNCTION);
    if (!this.converting) return Uint8Array.of(code + 0x80, BUSY);
    if (this.frozen) this.transducer.strike("stuck", this.#clock.monotonic_s()); // to the line it is the same
    const [start, count] = [startHigh * 256 + startLow, countHigh * 256 + countLow];
    const words = this.#words(table);
    const asked = Array.from({ length: count }, (_, index) => words.get(start + index));
    if (asked.every((word) => word === undefined)) return Uint8Array.of(code + 0x80, ILLEGAL_ADDRESS);
    const data = code <= 2 ? bits(asked) : asked.flatMap((word = 0) => [Math.floor(word / 256), word % 256]);
    return Uint8Array.of(code, data.length, ...data);
  }

  /** All registers of a table now, by number; those in between are not there. */
  #words(table: string): Map<number, number> {
    const found = new Map<number, number>();
    const now = this.#clock.monotonic_s();
    for (const [index, { table: own, register, type, lowWordFirst, course }] of this.registers.entries()) {
      if (own !== table) continue;
      const exact = valueAt(course, now, seeded(this.#seed + index + Math.floor(now * 1000)));
      const bytes = encoded(type, this.transducer.passed(course, exact, now));
      const words = bytes.length === 4 ? [word(bytes, 0), word(bytes, 2)] : [word(bytes, 0)];
      for (const [place, each] of (lowWordFirst ? words.reverse() : words).entries()) found.set(register + place, each);
    }
    return found;
  }
}

const word = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);

function encoded(type: string, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(type.endsWith("32") ? 4 : 2));
  const [low, high] = ends[type] ?? [value, value];
  const whole = Math.round(Math.max(low, Math.min(high, value)));
  if (type === "float32") view.setFloat32(0, value);
  else if (type === "u32") view.setUint32(0, whole);
  else if (type === "i32") view.setInt32(0, whole);
  else if (type === "i16") view.setInt16(0, whole);
  else view.setUint16(0, whole);
  return new Uint8Array(view.buffer);
}

function bits(asked: readonly (number | undefined)[]): number[] {
  const bytes: number[] = Array(Math.ceil(asked.length / 8)).fill(0);
  for (const [index, bit = 0] of asked.entries()) bytes[index >> 3] = (bytes[index >> 3] ?? 0) + (bit > 0 ? 2 ** (index % 8) : 0);
  return bytes;
}
