/** Registers of Maxim's SPI converters: one address byte, 0x80 added to write, then bytes of this and the following registers. */
import type { SpiSetting } from "../bus/spi.ts";
import { Fault } from "../core/faults.ts";
import type { Link } from "./driver.ts";

/** Data change on one edge and are taken on the other (modes 1 and 3); at most 5 MHz. */
const SETTING: SpiSetting = { mode: 1, clock_Hz: 1_000_000 };
const WRITE = 0x80;

export async function registers({ bus, address }: Link<"spi">, from: number, count: number): Promise<Uint8Array> {
  const reply = await bus.transfer(address, Uint8Array.of(from, ...new Uint8Array(count)), SETTING);
  if (reply.length !== 1 + count) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${1 + count} were due`);
  return reply.subarray(1);
}

export async function setRegisters({ bus, address }: Link<"spi">, from: number, bytes: readonly number[]): Promise<void> {
  await bus.transfer(address, Uint8Array.of(WRITE | from, ...bytes), SETTING);
}

/**
 * All registers of an idle chip, read twice, since nothing on this wire is checksummed: a bit lost on the way differs.
 * Throws Fault `sensor/checksum` when they do not agree, `sensor/wrong-device` for what a wire without a chip gives.
 */
export async function allRegisters(link: Link<"spi">, count: number): Promise<Uint8Array> {
  const first = await registers(link, 0, count);
  const second = await registers(link, 0, count);
  if (first.some((byte, index) => byte !== second[index]))
    throw new Fault("sensor/checksum", "registers read one behind the other do not agree: bits are lost on the wire");
  if (first.every((byte) => byte === 0)) throw new Fault("sensor/wrong-device", "all zeros, as with the data line held low or no chip at this select");
  if (first.every((byte) => byte === 0xff)) throw new Fault("sensor/wrong-device", "all ones, as with nobody driving the data line");
  return first;
}

/** Waits for a bit of a register that the chip clears by itself, for `patience_s` at most. Whether it did. */
export async function cleared(link: Link<"spi">, register: number, bit: number, patience_s: number): Promise<boolean> {
  const until_s = link.clock.monotonic_s() + patience_s;
  for (;;) {
    const [value = 0] = await registers(link, register, 1);
    if (!(value & bit)) return true;
    if (link.clock.monotonic_s() >= until_s) return false;
    await link.clock.sleep(LOOK_s);
  }
}

const LOOK_s = 0.01;
