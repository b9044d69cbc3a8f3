/** How each kind of wire is opened on this machine, and guarded: one transfer at a time, each with a deadline. A new kind is one entry. */
import { type Guard, guardedI2c, guardedUart } from "../bus/deadline.ts";
import { type ModbusBus, spokenRange } from "../bus/modbus.ts";
import { guardedOneWire } from "../bus/one-wire.ts";
import { recovering } from "../bus/recovery.ts";
import { guardedSpi } from "../bus/spi.ts";
import type { ModbusSettings, WireKind, WireSettings, Wires } from "../bus/wire.ts";
import { systemClock } from "../core/clock.ts";

interface Wire<Kind extends WireKind> {
  /** Rejects with Fault `bus/unavailable` where the machine has no such wire. */
  open(settings: WireSettings[Kind]): Promise<Wires[Kind]>;
  guarded(wire: Wires[Kind], guard: Guard): Wires[Kind];
}

export const wires: { readonly [Kind in WireKind]: Wire<Kind> } = {
  // the native parts are loaded when their wire is opened: most machines have not all of them
  i2c: { open: async ({ device }) => (await import("../bus/i2c-linux.ts")).openLinuxBus(device), guarded: (bus, guard) => recovering(guardedI2c(bus, guard)) },
  uart: { open: async ({ path, baud }) => (await import("../bus/uart-linux.ts")).openLinuxPort(path, baud), guarded: guardedUart },
  modbus: { open: openModbus, guarded: guardedModbus },
  spi: { open: async ({ device }) => (await import("../bus/spi-linux.ts")).openLinuxSpi(device), guarded: guardedSpi },
  "one-wire": { open: async () => (await import("../bus/one-wire-linux.ts")).openLinuxOneWire(), guarded: guardedOneWire },
};

async function openModbus({ line, deadline_s }: ModbusSettings): Promise<ModbusBus> {
  const [{ modbusClient }, { dialling }] = await Promise.all([import("../bus/modbus-client.ts"), import("../bus/modbus-dial.ts")]);
  return modbusClient(dialling(line), line.kind === "tcp", deadline_s, systemClock);
}

function guardedModbus(bus: ModbusBus, guard: Guard): ModbusBus {
  return { read: (unit, ...range) => guard(`read of ${spokenRange(unit, ...range)}`, () => bus.read(unit, ...range)) };
}
