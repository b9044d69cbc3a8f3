/**
 * Maxim MAX31855 thermocouple converter, SPI, one variant for each type (MAX31855K, J, N, T, S, R, E): the type is soldered, not set.
 * Data sheet 19-5793: 32 bits read, mode 0, at most 5 MHz; bit layout as Adafruit's driver has it. Conversion time and the chip's own range are from
 * memory, unverified on hardware.
 *
 * The part takes no command, has no identity, no settings and no checksum. Three bits must be 0 or follow from others; a bit flipped on the way
 * would be another temperature, so every reading is fetched until two in a row are the same, bit for bit. That it still converts shows nowhere.
 * All zeros would be a sound 0.00 degC with the chip itself at 0 degC; they are what a data line held low gives, and are refused.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { hotterThan } from "./hotter.ts";

const SETTING = { mode: 0, clock_Hz: 1_000_000 } as const;
const degC_PER_STEP = 0.25;
const COLD_degC_PER_STEP = 0.0625;
const FAULTY = 0x0001_0000;
const ALWAYS_ZERO = 0x0002_0008;
const OPEN = 0x1;
const TO_GROUND = 0x2;
const TO_SUPPLY = 0x4;
const CONVERSION_s = 0.1; // the maximum
const FETCHES = 4; // until two agree: a conversion may end between two of them
const COLD_degC = [-40, 125] as const;
/** Ends of what the variants can give, of any type ("General Description"). */
const LOW_degC = -270;
const HIGH_degC = 1800;

/** Hot junction in bits 31 to 18, cold junction in bits 15 to 4, both two's complement. */
export function decodeMax31855(reply: Uint8Array): Readonly<Record<"temperature" | "cold_junction", Measured>> {
  const word = wordOf(reply);
  if (word === 0) throw new Fault("sensor/wrong-device", "all zeros, as with the data line held low or no chip at this select");
  if (word === -1) throw new Fault("sensor/wrong-device", "all ones, as with nobody driving the data line");
  const faults = word & 0x7;
  if (word & ALWAYS_ZERO || ((word & FAULTY) === 0) !== (faults === 0))
    throw new Fault("sensor/wrong-device", "bits that are always 0 are set, or the fault bits contradict each other: another part, or a bad wire");
  const cold_degC = ((word << 16) >> 20) * COLD_degC_PER_STEP;
  const [low, high] = COLD_degC;
  const doubt: Measured =
    cold_degC < low || cold_degC > high ? { reason: "operating-range", detail: `the chip is at ${cold_degC} degC; its maker allows ${low} to ${high}` } : {};
  return { temperature: hotJunction((word >> 18) * degC_PER_STEP, faults, doubt), cold_junction: { raw: cold_degC, ...doubt } };
}

function hotJunction(degC: number, faults: number, doubt: Measured): Measured {
  if (faults & TO_SUPPLY) return { reason: "short-circuit", detail: "the thermocouple touches the supply" };
  if (faults & TO_GROUND) return { reason: "short-circuit", detail: "the thermocouple touches ground" };
  if (faults & OPEN) return { reason: "open-circuit", detail: "the thermocouple is open" };
  const beyond = `${degC} degC is beyond every variant (${LOW_degC} to ${HIGH_degC})`;
  if (degC > HIGH_degC) return hotterThan(HIGH_degC, beyond);
  if (degC < LOW_degC) return { reason: "out-of-range", detail: beyond };
  return { raw: degC, ...doubt };
}

function wordOf(reply: Uint8Array): number {
  if (reply.length !== 4) throw new Fault("sensor/malformed", `${reply.length} bytes came where 4 were due`);
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = reply;
  return (b0 << 24) | (b1 << 16) | (b2 << 8) | b3;
}

async function open(link: Link<"spi">): Promise<Sensor> {
  await read(link);
  return { first_in_s: CONVERSION_s, read: () => read(link) };
}

async function read({ bus, address, clock }: Link<"spi">): Promise<Sampled> {
  const fetch = () => bus.transfer(address, new Uint8Array(4), SETTING);
  let reply = await fetch();
  decodeMax31855(reply); // what no chip would say comes first
  for (let fetched = 1; fetched < FETCHES; fetched++) {
    const at_s = clock.monotonic_s();
    const again = await fetch();
    if (wordOf(again) === wordOf(reply)) return { at_s, outputs: decodeMax31855(reply) };
    reply = again;
  }
  throw new Fault("sensor/checksum", "readings fetched one behind the other do not agree: bits are lost on the wire");
}

export const max31855: DriverEntry<"spi"> = {
  driver: "max31855",
  title: "Maxim MAX31855 thermocouple converter",
  bus: "spi",
  outputs: { temperature: "temperature", cold_junction: "temperature" },
  options: {},
  operating_degC: COLD_degC,
  fastest_s: CONVERSION_s,
  open,
};
