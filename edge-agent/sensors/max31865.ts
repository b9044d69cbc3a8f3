/**
 * Maxim MAX31865 converter for PT100 and PT1000, SPI, modes 1 and 3, at most 5 MHz.
 * Data sheet 19-6478 rev. 3: "Internal Registers", "Configuration Register", "Fault Threshold Registers", what fault bits mean in tables 10 to 12.
 * The conversion times are from memory; that the bit which asks for a conversion clears only when it is done is unverified on hardware.
 * Resistance to temperature by IEC 60751.
 *
 * The element is heated by measuring it, so the bias is on for one conversion and off until the next. The chip tests the leads in a cycle of its
 * own behind it. It has no identity and no checksum: all registers are read twice and held against what was written. The fault thresholds stand
 * where platinum ends, so that they tell a shorted element and one that is too hot; since they are elsewhere after power-up they tell a power cycle
 * too. An open element shows by its current, which the test of the leads misses; a resistance that is too high with the current there is a lower bound.
 * Wires and reference resistor have no default: a wrong one is a wrong temperature.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";
import { allRegisters, cleared, setRegisters } from "./maxim-spi.ts";
import { HIGHEST_degC, LOWEST_degC, resistanceRatio, temperatureOfRatio } from "./platinum.ts";

const CONFIG = 0x00;
const THRESHOLDS = 0x03; // high and low, two bytes each
const REGISTERS = 8;

const BIAS = 0x80;
const ONCE = 0x20;
const THREE_WIRE = 0x10;
const TEST_LEADS = 0x04; // with delays of the chip's own, for filters up to 100 us
const CLEAR_FAULTS = 0x02;
const MAINS_50_Hz = 0x01;
/** Of the thresholds. */
const AFTER_POWER_UP = [0xff, 0xff, 0x00, 0x00];

const TOO_HIGH = 0x80;
const TOO_LOW = 0x40;
const NO_CURRENT = 0x20; // REFIN- above 0.85 of the bias
const TO_GROUND = 0x18; // REFIN- or RTDIN- below it with FORCE- opened
const VOLTAGE = 0x04;

const FULL = 0x8000;
const SETTLING_s = 0.011; // 10.5 time constants of the input filter and 1 ms: 10 ms for 100 nF
const CONVERSION_s = { 50: 0.066, 60: 0.055 } as const; // once, the maximum
const TESTED_s = 0.002; // 0.6 ms for the test of the leads
const PATIENCE_s = 0.05;
const COLD_degC = [-40, 125] as const;

const elements = { PT100: 100, PT1000: 1000 } as const;
type Element = keyof typeof elements;
const isElement = (name: unknown): name is Element => typeof name === "string" && name in elements;

export interface Rtd {
  /** At 0 degC. */
  readonly element_ohm: number;
  readonly reference_ohm: number;
}

/** The temperature out of all eight registers. */
export function decodeMax31865(found: Uint8Array, { element_ohm, reference_ohm }: Rtd): Measured {
  if (found.length !== REGISTERS) throw new Fault("sensor/malformed", `${found.length} bytes came where ${REGISTERS} were due`);
  const [, high = 0, low = 0, , , , , status = 0] = found;
  const ohm = ((((high << 8) | low) >> 1) * reference_ohm) / FULL;
  const measured = `${ohm.toFixed(1)} ohm`;
  if (status & NO_CURRENT) return { reason: "open-circuit", detail: `the element or a lead is open (${measured})` };
  if (status & TOO_LOW) return { reason: "short-circuit", detail: `the element or its leads are shorted (${measured})` };
  if (status & TO_GROUND) return { reason: "short-circuit", detail: "a lead touches ground" };
  if (status & VOLTAGE) return { reason: "short-circuit", detail: "a lead touches something beyond the supply" };
  const ratio = ohm / element_ohm;
  const beyond = `${measured} is no resistance of this element from ${LOWEST_degC} to ${HIGHEST_degC} degC`;
  if (ratio > resistanceRatio(HIGHEST_degC)) return { raw: HIGHEST_degC, bound: 1, reason: "saturated", detail: beyond };
  if (ratio < resistanceRatio(LOWEST_degC)) return { reason: "out-of-range", detail: beyond };
  const degC = temperatureOfRatio(ratio);
  if (status & TOO_HIGH) return { raw: degC, bound: 1, reason: "saturated", detail: `${measured}: at the end of what the reference resistor allows` };
  return { raw: degC };
}

/** High and low threshold, left-aligned as the result is: the first codes beyond platinum. */
function thresholds({ element_ohm, reference_ohm }: Rtd): number[] {
  const code = (degC: number) => (resistanceRatio(degC) * element_ohm * FULL) / reference_ohm;
  const high = Math.min(FULL - 1, Math.ceil(code(HIGHEST_degC)));
  const low = Math.min(FULL - 1, Math.floor(code(LOWEST_degC)));
  return [high, low].flatMap((threshold) => [threshold >> 7, (threshold << 1) & 0xff]);
}

async function open(link: Link<"spi">, { element, wires, reference, mains_Hz }: Options): Promise<Sensor> {
  if (!isElement(element) || typeof reference !== "number" || (mains_Hz !== 50 && mains_Hz !== 60))
    throw new TypeError(`max31865 opened with ${element}, ${reference}, ${mains_Hz}`);
  const rtd = { element_ohm: elements[element], reference_ohm: reference };
  const idle = (wires === 3 ? THREE_WIRE : 0) | (mains_Hz === 50 ? MAINS_50_Hz : 0);
  const limits = thresholds(rtd);
  await setRegisters(link, THRESHOLDS, limits);
  await setRegisters(link, CONFIG, [idle]);
  check(await allRegisters(link, REGISTERS), idle, limits);
  return { first_in_s: 0, read: () => read(link, rtd, idle, limits, CONVERSION_s[mains_Hz]) };
}

async function read(link: Link<"spi">, rtd: Rtd, idle: number, limits: readonly number[], conversion_s: number): Promise<Sampled> {
  const { clock } = link;
  await setRegisters(link, CONFIG, [idle | BIAS | CLEAR_FAULTS]);
  await clock.sleep(SETTLING_s);
  await setRegisters(link, CONFIG, [idle | BIAS | ONCE]);
  await clock.sleep(conversion_s);
  const done = await cleared(link, CONFIG, ONCE, PATIENCE_s);
  const at_s = clock.monotonic_s();
  await setRegisters(link, CONFIG, [idle | BIAS | TEST_LEADS]);
  await clock.sleep(TESTED_s);
  await setRegisters(link, CONFIG, [idle]);
  const found = await allRegisters(link, REGISTERS);
  check(found, idle, limits);
  if (!done) throw new Fault("sensor/not-ready", "no conversion came of being asked for one");
  return { at_s, outputs: { temperature: decodeMax31865(found, rtd) } };
}

function check(found: Uint8Array, idle: number, limits: readonly number[]): void {
  const standing = [...found.subarray(THRESHOLDS, THRESHOLDS + 4)];
  if (standing.every((byte, index) => byte === AFTER_POWER_UP[index]))
    throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  const wrong = standing.some((byte, index) => byte !== limits[index]) || found[CONFIG] !== idle;
  if (wrong) throw new Fault("sensor/wrong-device", "settings do not read as written: another part, or a bad wire");
}

export const max31865: DriverEntry<"spi"> = {
  driver: "max31865",
  title: "Maxim MAX31865 for PT100 and PT1000",
  bus: "spi",
  outputs: { temperature: "temperature" },
  options: {
    element: { choices: Object.keys(elements), default: "PT100" },
    wires: { choices: [2, 3, 4] },
    reference: { from: 100, to: 20_000, unit: "ohm" },
    mains_Hz: { choices: [50, 60], default: 50 },
  },
  operating_degC: COLD_degC,
  fastest_s: 0.1,
  open,
};
