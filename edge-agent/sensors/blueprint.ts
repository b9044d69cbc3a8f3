/**
 * A driver to copy: maker and part, bus, addresses; then the data sheet, its revision, and the section of every number below.
 * This one is of no real part. It stands in no catalogue, and is checked with the rest so that it stays true.
 *
 * A driver decodes and reads, nothing else: `rounds.ts` keeps the beat, retries and opens again, `deadline.ts` watches each transfer.
 * Beside it stand `<part>.sim.ts`, written from the data sheet and sharing nothing with the driver; one line in `simulated.ts`; one line in
 * `catalogue.ts`; and its test with the data sheet's worked numbers and range ends. The law of sensors then tests it against every fault.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor } from "./driver.ts";

const IDENTITY = 0x0f; // section and table of the register
const CONTROL = 0x20;
const PRESSURE = 0x28;

const PART = 0xb1;
const RATES: Readonly<Record<number, number>> = { 1: 0x10, 10: 0x20 }; // Hz → CONTROL
const kPa_per_count = 1 / 40_960; // section "Conversion": 4096 counts per hPa
const CONVERSION_s = 0.1; // the maximum, not the typical value

/** The three bytes of PRESSURE, low byte first, as kPa. Throws Fault `sensor/malformed` for another length. */
export function decodeBlueprint(reply: Uint8Array): Measured {
  if (reply.length !== 3) throw new Fault("sensor/malformed", `${reply.length} bytes came where 3 were due`);
  const [low = 0, middle = 0, high = 0] = reply;
  const counts = (high << 16) | (middle << 8) | low;
  if (counts === 0xff_ff_ff) return { reason: "out-of-range", detail: "all ones, as a chip without a membrane gives" };
  return { raw: counts * kPa_per_count };
}

/** Who is it, what must it be set to, did it take that? */
async function open(link: Link, { rate_Hz }: Options): Promise<Sensor> {
  const { bus, address } = link;
  const [identity] = await bus.writeRead(address, IDENTITY, 1);
  if (identity !== PART) throw new Fault("sensor/wrong-device", `found identity ${identity}; this part says ${PART}`);
  const control = RATES[Number(rate_Hz)];
  if (control === undefined) throw new TypeError(`opened with ${rate_Hz} Hz`);
  await bus.write(address, Uint8Array.of(CONTROL, control));
  if (!(await isSet(link, control))) throw new Fault("sensor/lost-config", "the rate does not read back as written");
  return { first_in_s: CONVERSION_s, read: () => read(link, control) };
}

async function isSet({ bus, address }: Link, control: number): Promise<boolean> {
  const [found] = await bus.writeRead(address, CONTROL, 1);
  return found === control;
}

/** The value first, then whether the chip was still set up when it gave it. */
async function read(link: Link, control: number): Promise<Sampled> {
  const { bus, address, clock } = link;
  const reply = await bus.writeRead(address, PRESSURE, 3);
  const at_s = clock.monotonic_s();
  if (!(await isSet(link, control))) throw new Fault("sensor/lost-config", "the rate is gone, as after a power cycle");
  return { at_s, outputs: { pressure: decodeBlueprint(reply) } };
}

export const blueprint: DriverEntry = {
  driver: "blueprint",
  title: "A driver to copy",
  bus: "i2c",
  addresses: [0x5c],
  outputs: { pressure: "pressure" },
  options: { rate_Hz: { choices: [1, 10], default: 1 } },
  fastest_s: CONVERSION_s,
  open,
};
