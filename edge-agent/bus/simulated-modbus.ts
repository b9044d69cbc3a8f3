/** A line of simulated Modbus units: each answers requests with bytes, and scripted faults stand between them and the driver. */
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { bytesOf, type ModbusBus, type ModbusTable, modbusTables, refusal, spokenRange } from "./modbus.ts";
import { type BusFault, disturbedWire, type SimulatedPart } from "./simulated-bus.ts";
import type { Address } from "./wire.ts";

/** A unit as the line sees it. */
export interface SimulatedUnit extends SimulatedPart {
  /** Protocol data unit in, protocol data unit out: function code, then what belongs to it. */
  answer(request: Uint8Array): Uint8Array;
}

export function simulatedModbus(units: ReadonlyMap<Address, SimulatedUnit>, faults: readonly BusFault[], clock: Clock, hang: () => void): ModbusBus {
  const at = disturbedWire(units, stranger, faults, clock, hang);
  return {
    async read(unit, table, start, count) {
      const { part, disturbed } = await at(unit);
      const reply = part.answer(Uint8Array.of(modbusTables[table], start >> 8, start & 0xff, count >> 8, count & 0xff));
      return dataOf(disturbed(Uint8Array.of(unit, ...reply)), unit, table, start, count);
    },
  };
}

/** What the real wire's package checks of an answer, in its order: length, unit, function. */
function dataOf(reply: Uint8Array, unit: number, table: ModbusTable, start: number, count: number): Uint8Array {
  const what = spokenRange(unit, table, start, count);
  const code = modbusTables[table];
  if (reply[0] === unit && reply[1] === (code | 0x80)) throw refusal(reply[2] ?? 0, what);
  const due = bytesOf(table, count);
  if (reply.length !== due + 3) throw new Fault("sensor/malformed", `${what}: ${reply.length} bytes came where ${due + 3} were due`);
  if (reply[0] !== unit || reply[1] !== code || reply[2] !== due) throw new Fault("sensor/wrong-device", `${what}: another unit answered`);
  return reply.subarray(3);
}

/** Some other device: it has no register that anyone asks for. */
const stranger: SimulatedUnit = {
  answer: ([code = 0]) => Uint8Array.of(code | 0x80, 2),
  powerCycle() {},
  converting: true,
  frozen: false,
};
