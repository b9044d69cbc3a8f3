/**
 * Maxim MAX31856 thermocouple converter with linearization, SPI, modes 1 and 3, at most 5 MHz.
 * Data sheet 19-7534. Registers, bits and conversions as Linux' and Adafruit's drivers for the part have them. From memory and unverified on
 * hardware: conversion times, the ranges of the types, and that a conversion on demand tests for an open thermocouple each time.
 *
 * Each reading asks for one conversion, whose bit the chip clears when it is done: a chip that converts no more cannot pass for a steady one.
 * The part has no identity and no checksum: all its registers are read behind the conversion, twice, and every setting is held against what was
 * written. The mask of its fault pin, 0xff after power-up, tells a power cycle.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";
import { hotterThan } from "./hotter.ts";
import { allRegisters, cleared, setRegisters } from "./maxim-spi.ts";

const CR0 = 0x00;
const MASK = 0x02;
const COLD_JUNCTION = 0x0a;
const HOT_JUNCTION = 0x0c;
const STATUS = 0x0f;
const REGISTERS = 16;

const ONCE = 0x40;
const TEST_OPEN = 0x10; // for leads below 5 kOhm
const MAINS_50_Hz = 0x01;
const OPEN_OR_VOLTAGE = 0xfc; // the fault pin tells these two; what matters here is that it is not 0xff
const AFTER_POWER_UP = 0xff;
/** Limits and cold junction offset, registers 3 to 9, as after power-up: no limit, no offset. */
const NO_LIMITS = [0x7f, 0xc0, 0x7f, 0xff, 0x80, 0x00, 0x00] as const;

const COLD_BEYOND = 0x80;
const HOT_BEYOND = 0x40;
const VOLTAGE = 0x02;
const OPEN = 0x01;

const degC_PER_STEP = 1 / 128;
const COLD_degC_PER_STEP = 1 / 64;
const COLD_degC = [-55, 125] as const;
const PATIENCE_s = 0.1;
/** One conversion on demand with the test for an open thermocouple, at most; and each further one of an average. */
const CONVERSION_s = { 50: 0.185 + 0.044, 60: 0.155 + 0.044 } as const;
const FURTHER_s = { 50: 0.04, 60: 0.0334 } as const;

/** Code of each type, and what the chip's tables reach. */
const types = {
  B: { code: 0, low_degC: 250, high_degC: 1820 },
  E: { code: 1, low_degC: -200, high_degC: 1000 },
  J: { code: 2, low_degC: -210, high_degC: 1200 },
  K: { code: 3, low_degC: -200, high_degC: 1372 },
  N: { code: 4, low_degC: -200, high_degC: 1300 },
  R: { code: 5, low_degC: -50, high_degC: 1768 },
  S: { code: 6, low_degC: -50, high_degC: 1768 },
  T: { code: 7, low_degC: -200, high_degC: 400 },
} as const;
export type Max31856Type = keyof typeof types;
const isType = (name: unknown): name is Max31856Type => typeof name === "string" && name in types;

const averages = [1, 2, 4, 8, 16];

/** Both junctions out of all 16 registers: 19 bits and 14 bits, two's complement, left-aligned. */
export function decodeMax31856(found: Uint8Array, type: Max31856Type): Readonly<Record<"temperature" | "cold_junction", Measured>> {
  if (found.length !== REGISTERS) throw new Fault("sensor/malformed", `${found.length} bytes came where ${REGISTERS} were due`);
  const byte = (register: number) => found[register] ?? 0;
  const hot_degC = (((byte(HOT_JUNCTION) << 24) | (byte(HOT_JUNCTION + 1) << 16) | (byte(HOT_JUNCTION + 2) << 8)) >> 13) * degC_PER_STEP;
  const cold_degC = (((byte(COLD_JUNCTION) << 24) | (byte(COLD_JUNCTION + 1) << 16)) >> 18) * COLD_degC_PER_STEP;
  const [low, high] = COLD_degC;
  const doubt: Measured =
    byte(STATUS) & COLD_BEYOND || cold_degC < low || cold_degC > high
      ? { reason: "operating-range", detail: `the chip is at ${cold_degC} degC; its maker allows ${low} to ${high}` }
      : {};
  return { temperature: hotJunction(hot_degC, byte(STATUS), type, doubt), cold_junction: { raw: cold_degC, ...doubt } };
}

function hotJunction(degC: number, status: number, type: Max31856Type, doubt: Measured): Measured {
  const { low_degC, high_degC } = types[type];
  if (status & OPEN) return { reason: "open-circuit", detail: "the thermocouple is open" };
  if (status & VOLTAGE) return { reason: "short-circuit", detail: "an input lies beyond the supply: a lead touches something live, or hangs loose" };
  if (status & HOT_BEYOND || degC < low_degC || degC > high_degC) {
    const beyond = `${degC} degC is beyond what type ${type} can read (${low_degC} to ${high_degC})`;
    // the bit is one for both ends: the reading tells which is nearer
    return degC > (low_degC + high_degC) / 2 ? hotterThan(high_degC, beyond) : { reason: "out-of-range", detail: beyond };
  }
  return { raw: degC, ...doubt };
}

async function open(link: Link<"spi">, { thermocouple, average, mains_Hz }: Options): Promise<Sensor> {
  const step = averages.indexOf(Number(average));
  if (!isType(thermocouple) || step < 0 || (mains_Hz !== 50 && mains_Hz !== 60))
    throw new TypeError(`max31856 opened with ${thermocouple}, ${average}, ${mains_Hz}`);
  const cr0 = TEST_OPEN | (mains_Hz === 50 ? MAINS_50_Hz : 0);
  const settings = [cr0, (step << 4) | types[thermocouple].code, OPEN_OR_VOLTAGE, ...NO_LIMITS];
  await setRegisters(link, CR0, settings);
  check(await allRegisters(link, REGISTERS), settings);
  const conversion_s = CONVERSION_s[mains_Hz] + FURTHER_s[mains_Hz] * (Number(average) - 1);
  return { first_in_s: 0, read: () => read(link, settings, thermocouple, conversion_s) };
}

async function read(link: Link<"spi">, settings: readonly number[], type: Max31856Type, conversion_s: number): Promise<Sampled> {
  await setRegisters(link, CR0, [(settings[CR0] ?? 0) | ONCE]);
  await link.clock.sleep(conversion_s);
  await cleared(link, CR0, ONCE, PATIENCE_s);
  const at_s = link.clock.monotonic_s();
  const found = await allRegisters(link, REGISTERS);
  check(found, settings);
  return { at_s, outputs: decodeMax31856(found, type) };
}

/** The mask first: whatever else is not as written after a power cycle is so because of it. */
function check(found: Uint8Array, settings: readonly number[]): void {
  if (found[MASK] === AFTER_POWER_UP) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  const wrong = settings.findIndex((setting, register) => found[register] !== setting);
  if (wrong < 0) return;
  const value = found[wrong] ?? 0;
  if (wrong === CR0 && value === ((settings[CR0] ?? 0) | ONCE)) throw new Fault("sensor/not-ready", "no conversion came of being asked for one");
  throw new Fault("sensor/wrong-device", `register ${wrong} reads 0x${value.toString(16)}, not as written: another part, or a bad wire`);
}

export const max31856: DriverEntry<"spi"> = {
  driver: "max31856",
  title: "Maxim MAX31856 thermocouple converter",
  bus: "spi",
  outputs: { temperature: "temperature", cold_junction: "temperature" },
  options: {
    thermocouple: { choices: Object.keys(types), default: "K" },
    average: { choices: averages, default: 1 }, // so that nothing delays a runaway
    mains_Hz: { choices: [50, 60], default: 50 },
  },
  operating_degC: COLD_degC,
  fastest_s: 0.25, // of one conversion; an average takes longer, and misses beats
  open,
};
