/**
 * Modbus as drivers see it: units 1 to 247, each with four tables that are counted from 0 (register 40001 of a manual is holding register 0).
 * Function codes, exceptions and limits of "MODBUS Application Protocol Specification V1.1b3", sections 6 and 7.
 */
import { Fault } from "../core/faults.ts";

export const modbusTables = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;
/** By function code. Coils and discrete inputs are bits, the other two are registers of 16 bits. */
export type ModbusTable = keyof typeof modbusTables;

/** The most registers that one request may ask for. */
export const MOST_REGISTERS = 125;

export interface ModbusBus {
  /**
   * Two bytes a register, high byte first, 1 to 125 of them; or 1 to 2000 bits, eight a byte, low bit first. Never another length than asked for.
   * Throws Fault `bus/no-reply`, `sensor/checksum`, `sensor/malformed`, or as `refusal` for an exception.
   */
  read(unit: number, table: ModbusTable, start: number, count: number): Promise<Uint8Array>;
}

export const bytesOf = (table: ModbusTable, count: number): number => (table === "holding" || table === "input" ? 2 * count : Math.ceil(count / 8));

/** "holding registers 0 to 10 of unit 1" */
export function spokenRange(unit: number, table: ModbusTable, start: number, count: number): string {
  const what = table === "coil" ? "coil" : table === "discrete" ? "discrete input" : `${table} register`;
  return count === 1 ? `${what} ${start} of unit ${unit}` : `${what}s ${start} to ${start + count - 1} of unit ${unit}`;
}

/** An exception that a unit, or the gateway before it, answers with: the unit is not the one that was meant, has no answer now, or is not there. */
export function refusal(code: number, what: string): Fault {
  if (code <= 3)
    return new Fault("sensor/wrong-device", `${what}: refused with exception ${code} (no such function or register): another device, or a wrong register`);
  if (code === 4) return new Fault("sensor/not-ready", `${what}: the device reports a failure of its own (exception 4)`);
  if (code === 5 || code === 6) return new Fault("sensor/not-ready", `${what}: the device is busy (exception ${code})`);
  if (code === 10 || code === 11) return new Fault("bus/no-reply", `${what}: the gateway does not reach the unit (exception ${code})`);
  return new Fault("sensor/malformed", `${what}: refused with exception ${code}`);
}
