/**
 * Texas Instruments TMP105 and its 12-bit relatives TMP75, TMP175 and TMP275 (LM75 pinout), board temperature, I2C, 0x48 to 0x4F by strap, 400 kHz.
 * Data sheet TMP105 (SBOS648): pointer table 1, temperature table 3, configuration table 5, resolution table 8, limits table 9; conversion times as in
 * Linux' lm75 driver (220 ms typical for 12 bit), the maximum from the TMP75's sheet. Unverified on hardware; run against QEMU's model of the chip.
 *
 * The chip has neither checksum nor identity, so its settings stand in for them: configuration and both limits are written at opening and read back
 * behind every temperature. Nothing in it says that a conversion was finished: one that stopped gives its last value for ever.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";

const TEMPERATURE = 0;
const CONFIGURATION = 1;
const T_LOW = 2;
const T_HIGH = 3;

/** Converting (bit 0 = 0), comparator, alert active low, one fault, 12 bit (bits 5 and 6). All zeros after power-up, which is 9 bit. */
const TWELVE_BIT = 0x60;
const ONE_SHOT = 0x80; // relatives show the alert here
/** 75 and 80 degC after power-up. Above all that the chip may see, so that the ALERT pin stays quiet whoever wired it. */
const LOW_MARK = [0x7d, 0x20] as const;
const HIGH_MARK = [0x7f, 0xf0] as const;

const degC_PER_STEP = 0.0625;
const CONVERSION_s = 0.3;
const OPERATING_degC = [-40, 125] as const;

/** Two bytes, two's complement, 1/256 degC, of which 12 bit count. Throws Fault `sensor/malformed` for another length or a bit below them. */
export function decodeTmp105(reply: Uint8Array): Measured {
  const [high = 0, low = 0] = exactly(reply, 2);
  if (low & 0x0f) throw new Fault("sensor/malformed", `low byte 0x${low.toString(16).padStart(2, "0")} has bits that a 12-bit temperature has not`);
  const raw = ((((high << 8) | low) << 16) >> 20) * degC_PER_STEP;
  const [from, to] = OPERATING_degC;
  if (raw >= from && raw <= to) return { raw };
  return { raw, reason: "operating-range", detail: `the chip is at ${raw} degC; its maker allows ${from} to ${to}` };
}

function exactly(reply: Uint8Array, length: number): Uint8Array {
  if (reply.length !== length) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${length} were due`);
  return reply;
}

async function settled({ bus, address }: Link): Promise<boolean> {
  const [configuration = 0] = exactly(await bus.writeRead(address, CONFIGURATION, 1), 1);
  const low = exactly(await bus.writeRead(address, T_LOW, 2), 2);
  const high = exactly(await bus.writeRead(address, T_HIGH, 2), 2);
  return (configuration & ~ONE_SHOT) === TWELVE_BIT && LOW_MARK.every((byte, at) => low[at] === byte) && HIGH_MARK.every((byte, at) => high[at] === byte);
}

async function open(link: Link): Promise<Sensor> {
  const { bus, address } = link;
  await bus.write(address, Uint8Array.of(CONFIGURATION, TWELVE_BIT));
  await bus.write(address, Uint8Array.of(T_LOW, ...LOW_MARK));
  await bus.write(address, Uint8Array.of(T_HIGH, ...HIGH_MARK));
  if (!(await settled(link))) throw new Fault("sensor/wrong-device", "settings do not read back as written: a 9-bit LM75, another part, or a disturbed wire");
  // the conversion under way may still have the old resolution: the first that counts is the next
  return { first_in_s: 2 * CONVERSION_s, read: () => read(link) };
}

/** The settings behind the temperature: after a power cycle the chip says 0 degC until it has converted, and its settings are gone by then. */
async function read(link: Link): Promise<Sampled> {
  const reply = await link.bus.writeRead(link.address, TEMPERATURE, 2);
  const at_s = link.clock.monotonic_s();
  if (!(await settled(link))) throw new Fault("sensor/lost-config", "settings are gone, as after a power cycle; they are written again");
  return { at_s, outputs: { temperature: decodeTmp105(reply) } };
}

export const tmp105: DriverEntry = {
  driver: "tmp105",
  title: "TI TMP105, TMP75, TMP175, TMP275 board temperature",
  bus: "i2c",
  addresses: [0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f],
  outputs: { temperature: "temperature" },
  options: {},
  operating_degC: OPERATING_degC,
  fastest_s: CONVERSION_s,
  open,
};
