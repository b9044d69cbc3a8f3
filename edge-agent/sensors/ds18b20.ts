/**
 * Dallas/Maxim DS18B20 thermometer, 1-Wire, any number on one wire. Data sheet 19-7487: scratchpad with its checksum, resolutions, temperatures,
 * the value after power-up.
 *
 * After power-up the scratchpad says 85 degC, and so it still does when the supply drops during a conversion. 85 degC is also a storage
 * temperature of lithium-ion cells, so the two are told apart: byte 6 of a genuine part is 0x0c after power-up, and 0x10 less the low four bits of
 * the temperature after a conversion, which is 0x10 at 85 degC (as collected of many parts by C. Petrich's survey of counterfeits; unverified on
 * hardware). Counterfeits leave it at 0x0c, so there the pattern counts as measured only close to a reading that cannot be the power-up value.
 */
import { isRom } from "../bus/one-wire.ts";
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";

const FAMILY = "28-";
const LENGTH = 9;
const CONFIGURATION = 4;
const COUNT_REMAIN = 6;
const degC_PER_STEP = 1 / 16;
const LOW_degC = -55;
const HIGH_degC = 125;
const BEYOND_K = 5; // a part that is too hot still counts on a little

const POWER_UP_degC = 85;
const POWER_UP_COUNT = 0x0c;
const NEAR_K = 1;
const NEAR_s = 60;

/** Dallas/Maxim CRC-8: polynomial x⁸ + x⁵ + x⁴ + 1, reflected 0x8c, from 0. Over a scratchpad with its checksum it is 0. */
export function dallasCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

/** The temperature in a scratchpad in degC. Bits below the resolution mean nothing. Throws a Fault for what is no DS18B20's scratchpad. */
export function decodeDs18b20(scratchpad: Uint8Array): number {
  if (scratchpad.length !== LENGTH) throw new Fault("sensor/malformed", `${scratchpad.length} bytes came where ${LENGTH} were due`);
  if (scratchpad.every((byte) => byte === 0)) throw new Fault("sensor/wrong-device", "all zeros, whose checksum is right, as with the wire held low");
  if (dallasCrc(scratchpad) !== 0) throw new Fault("sensor/checksum", "the scratchpad failed its checksum");
  const configuration = scratchpad[CONFIGURATION] ?? 0;
  if ((configuration & 0x9f) !== 0x1f) throw new Fault("sensor/wrong-device", `configuration 0x${configuration.toString(16)} is none of a DS18B20`);
  const unused = (1 << (3 - (configuration >> 5))) - 1;
  const [low = 0, high = 0] = scratchpad;
  return (((((high << 8) | low) << 16) >> 16) & ~unused) * degC_PER_STEP;
}

/** Whether a scratchpad says what it says after power-up, temperature and all. */
export const isPowerUpPattern = (scratchpad: Uint8Array): boolean => decodeDs18b20(scratchpad) === POWER_UP_degC && scratchpad[COUNT_REMAIN] === POWER_UP_COUNT;

function judged(degC: number): Measured {
  if (degC > HIGH_degC + BEYOND_K || degC < LOW_degC - BEYOND_K)
    return { reason: "out-of-range", detail: `${degC} degC is nothing that this part can measure` };
  const end: Measured = { raw: degC, reason: "operating-range", detail: `${degC} degC at the end of the part's range (${LOW_degC} to ${HIGH_degC})` };
  if (degC >= HIGH_degC) return { ...end, bound: 1 };
  return degC <= LOW_degC ? { ...end, bound: -1 } : { raw: degC };
}

/** Opens without a transfer, which would hold the wire for a conversion: every reading checks all there is to check. */
async function open({ bus, address, clock }: Link<"one-wire">): Promise<Sensor> {
  const rom = String(address);
  if (!isRom(rom) || !rom.startsWith(FAMILY)) throw new Fault("sensor/wrong-device", `the number of a DS18B20 begins with ${FAMILY}, and this is ${rom}`);
  let proven: { readonly at_s: number; readonly degC: number } | undefined;

  async function read(): Promise<Sampled> {
    const scratchpad = await bus.scratchpad(rom);
    const at_s = clock.monotonic_s();
    const degC = decodeDs18b20(scratchpad);
    if (!isPowerUpPattern(scratchpad)) proven = { at_s, degC };
    else if (proven === undefined || at_s - proven.at_s > NEAR_s || Math.abs(proven.degC - degC) > NEAR_K)
      throw new Fault("sensor/not-ready", "85 degC as after power-up, and no reading close to it before: the supply drops while the chip converts; wire VDD");
    return { at_s, outputs: { temperature: judged(degC) } };
  }

  return { first_in_s: 0, read };
}

export const ds18b20: DriverEntry<"one-wire"> = {
  driver: "ds18b20",
  title: "Maxim DS18B20 thermometer",
  bus: "one-wire",
  outputs: { temperature: "temperature" },
  options: {},
  operating_degC: [LOW_degC, HIGH_degC],
  fastest_s: 1, // of our choosing: a conversion with its transfers takes 0.8 s, and holds the wire
  open,
};
