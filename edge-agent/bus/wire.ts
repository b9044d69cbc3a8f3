/** The kinds of wire that a chip can stand on: what each looks like to a driver, what it is opened with, and how its addresses are written. */
import { hex, type I2cBus } from "./i2c.ts";
import type { ModbusBus } from "./modbus.ts";
import { isRom, type OneWireBus } from "./one-wire.ts";
import { type SpiBus, spokenSelect } from "./spi.ts";
import type { Uart } from "./uart.ts";

/** A wire as its drivers see it. */
export interface Wires {
  readonly i2c: I2cBus;
  readonly uart: Uart;
  readonly modbus: ModbusBus;
  readonly spi: SpiBus;
  readonly "one-wire": OneWireBus;
}

/** What it takes to open one, from the station file. */
export interface WireSettings {
  readonly i2c: { readonly kind: "i2c"; readonly device: number };
  readonly uart: { readonly kind: "uart"; readonly path: string; readonly baud: number };
  readonly modbus: ModbusSettings;
  readonly spi: { readonly kind: "spi"; readonly device: number };
  readonly "one-wire": { readonly kind: "one-wire" };
}

export interface ModbusSettings {
  readonly kind: "modbus";
  readonly line:
    | { readonly kind: "tcp"; readonly host: string; readonly port: number }
    | { readonly kind: "rtu"; readonly path: string; readonly baud: number; readonly parity: "none" | "even" | "odd"; readonly stop_bits: 1 | 2 };
  /** The bus's: a request is given up before. */
  readonly deadline_s: number;
}

export type WireKind = keyof Wires;

/** What the kinds of bus of a station file are to a driver. */
export const wireOfBus = {
  i2c: "i2c",
  spi: "spi",
  uart: "uart",
  "one-wire": "one-wire",
  "modbus-tcp": "modbus",
  "modbus-rtu": "modbus",
} as const satisfies Record<string, WireKind>;
/** A number where the wire has numbers, text where a chip has a name of its own, empty where there is but one. */
export type Address = number | string;

interface Addressing {
  /** As people write it. */
  spoken(address: Address): string;
  /** What is wrong with an address on any such wire; undefined when nothing is. */
  problem(address: Address | undefined): string | undefined;
}

export const addressing: Readonly<Record<WireKind, Addressing>> = {
  i2c: {
    spoken: (address) => (typeof address === "number" ? hex(address) : address || "no address"),
    problem: (address) => (typeof address === "number" && address >= 0x03 && address <= 0x77 ? undefined : "write the 7-bit address, 0x03 to 0x77"),
  },
  uart: {
    spoken: () => "port",
    problem: (address) => (address === undefined || address === "" ? undefined : "leave the address out: a serial port has one chip"),
  },
  modbus: {
    spoken: (address) => `unit ${address}`,
    problem: (address) => (typeof address === "number" && address >= 1 && address <= 247 ? undefined : "write the unit's number, 1 to 247"),
  },
  spi: {
    spoken: (address) => (typeof address === "number" ? spokenSelect(address) : address),
    problem: (address) =>
      typeof address === "number" && address >= 0 && address <= 15
        ? undefined
        : "write the chip select that the chip is wired to, 0 or 1 on a Raspberry Pi's SPI0",
  },
  "one-wire": {
    spoken: String,
    problem: (address) =>
      typeof address === "string" && isRom(address)
        ? undefined
        : 'write the number of the chip as Linux shows it, such as "28-0123456789ab" (ls /sys/bus/w1/devices)',
  },
};
