/**
 * Honeywell TruStability HSC and SSC, absolute: pressure and the chip's temperature. I2C, 0x28 to 0x68 by part number, no commands.
 * Layout of the reply: Honeywell's technical note "I2C Communication with Honeywell Digital Output Pressure Sensors", 2.2 and 2.3. Ranges,
 * transfer functions, status bits and response time of data sheets 50099148 (HSC) and 50099533 (SSC) as Linux' `hsc030pa` has them.
 *
 * The part has no identity, no settings and no checksum. What is not a reading shows in its two status bits, in all zeros and in all ones.
 * A bit flipped on the way would be another pressure, so every reading is fetched twice: the second reply is the same conversion over again
 * (status stale), or a newer one close by. Range and transfer function have no default: a wrong one is a wrong pressure.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";
import { absolutePressure, type Counts, fullScale_kPa } from "./honeywell.ts";

const COMMAND_MODE = 0b01;
const STALE = 0b10;
const DIAGNOSTIC = 0b11;
const RESPONSE_s = 0.002;
const PATIENCE_s = 0.02;
const FETCHES = 4; // until two agree: a conversion may end between two of them
const CLOSE = 131; // counts: 1 % of the span, the data sheets' total error band, so that what passes harms no more than the part itself; 22 spans a second at 100 kHz

/** By the letter of the part number: 10 to 90, 5 to 95, 5 to 85 and 4 to 94 % of 2^14. */
const functions = { A: [1638, 14_746], B: [819, 15_565], C: [819, 13_926], F: [655, 15_401] } as const;
export type HscFunction = keyof typeof functions;
const isFunction = (name: unknown): name is HscFunction => typeof name === "string" && name in functions;

const RANGES = "015PA 030PA 060PA 100PA 150PA 001BA 1.6BA 2.5BA 004BA 006BA 010BA 100KA 160KA 250KA 400KA 600KA 001GA".split(" ");

/** Four bytes: two bits of status, 14 of pressure, 11 of temperature; the last five mean nothing. */
export function decodeHsc(reply: Uint8Array, letter: HscFunction, top_kPa: number): Readonly<Record<"pressure" | "temperature", Measured>> {
  if (reply.length !== 4) throw new Fault("sensor/malformed", `${reply.length} bytes came where 4 were due`);
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = reply;
  if (reply.every((byte) => byte === 0)) throw new Fault("sensor/wrong-device", "all zeros, as with the data line held low");
  if (reply.every((byte) => byte === 0xff)) throw new Fault("sensor/wrong-device", "all ones, as with nobody driving the bus");
  const status = b0 >> 6;
  if (status === COMMAND_MODE) throw new Fault("sensor/wrong-device", "the part is in the maker's command mode, or it is another part");
  if (status === STALE) throw new Fault("sensor/not-ready", "no conversion since the last reading");
  if (status === DIAGNOSTIC) throw new Fault("sensor/malformed", "the part reports that it is damaged (diagnostic status)");
  const counts: Counts = functions[letter];
  return {
    pressure: absolutePressure(((b0 & 0x3f) << 8) | b1, counts, top_kPa),
    temperature: { raw: (((b2 << 3) | (b3 >> 5)) * 200) / 2047 - 50 },
  };
}

async function open(link: Link, { range, transfer }: Options): Promise<Sensor> {
  if (!isFunction(transfer)) throw new TypeError(`hsc opened with transfer ${transfer}`);
  const top_kPa = fullScale_kPa(range);
  await read(link, transfer, top_kPa);
  return { first_in_s: RESPONSE_s, read: () => read(link, transfer, top_kPa) };
}

/** The part converts by itself; one that was just powered up is stale until its first conversion. */
async function read({ bus, address, clock }: Link, letter: HscFunction, top_kPa: number): Promise<Sampled> {
  const until_s = clock.monotonic_s() + PATIENCE_s;
  let reply = await bus.read(address, 4);
  while ((reply[0] ?? 0) >> 6 === STALE && clock.monotonic_s() < until_s) {
    await clock.sleep(RESPONSE_s);
    reply = await bus.read(address, 4);
  }
  decodeHsc(reply, letter, top_kPa); // what the status says comes first
  for (let fetch = 1; fetch < FETCHES; fetch++) {
    const at_s = clock.monotonic_s();
    const again = await bus.read(address, 4);
    if (isSame(reply, again)) return { at_s, outputs: decodeHsc(reply, letter, top_kPa) };
    reply = again;
  }
  throw new Fault("sensor/checksum", "readings fetched one behind the other do not agree: bits are lost on the wire");
}

/** Whether the second reply tells the same: bit for bit where it is the same conversion, closely where it is the next. */
function isSame(first: Uint8Array, second: Uint8Array): boolean {
  const [a, b] = [pressureCounts(first), pressureCounts(second)];
  const stale = (second[0] ?? 0) >> 6 === STALE;
  return second.length === 4 && (stale ? a === b && first[2] === second[2] : (second[0] ?? 0) >> 6 === 0 && Math.abs(a - b) <= CLOSE);
}

const pressureCounts = ([high = 0, low = 0]: Uint8Array): number => ((high & 0x3f) << 8) | low;

export const hsc: DriverEntry = {
  driver: "hsc",
  title: "Honeywell HSC and SSC absolute pressure",
  bus: "i2c",
  addresses: [0x28, 0x38, 0x48, 0x58, 0x68],
  outputs: { pressure: "pressure", temperature: "temperature" },
  options: { range: { choices: RANGES }, transfer: { choices: Object.keys(functions) } },
  fastest_s: 0.01, // of our choosing: a few response times
  open,
};
