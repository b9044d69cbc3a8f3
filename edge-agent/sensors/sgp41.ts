/**
 * Sensirion SGP41: volatile organic compounds by the resistance of a heated metal oxide. I2C, 0x59.
 * Source of commands, times and words: Sensirion's embedded-i2c-sgp41 driver; of the signal's size and speed: the data sheet of the SGP40, whose VOC
 * pixel it has: 870 ticks less for twice the ethanol, 10 s to 63 %, 30 s to 90 %, an event is told reliably a minute after switch-on. Unverified on
 * hardware, and for the vapour of an electrolyte nobody gives a figure.
 *
 * The chip's raw signal is the logarithm of the resistance in ticks: no concentration, different from part to part, and falling where the gas rises.
 * The output is the fall, 65 535 less the raw ticks, so that more is more gas, as everywhere here. It says that something came, early, and not how
 * much of what: solvent vapour, hydrogen and carbon monoxide all move it. It is compensated for nothing, since humidity is another chip's business: a
 * step of humidity moves it too, so have an SHT4x beside it.
 *
 * The maker has its second pixel (NOx, not read here) conditioned after switch-on, and never for more than 10 s, which would damage it: the heater is
 * switched off before, conditioning ends by measuring, and where anything fails meanwhile by the heater's end. It is done once for as long as the chip
 * answers. What a process that was killed within these seconds leaves behind ends with the next opening.
 *
 * It keeps no setting. A supply that failed for a moment between two beats is not seen: the signal jumps, and settles within a minute.
 */
import type { Address } from "../bus/wire.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { command, result, words } from "./sensirion.ts";

const CONDITION = 0x2612;
const MEASURE = 0x2619;
const SELF_TEST = 0x280e;
const HEATER_OFF = 0x3615;
const SERIAL_NUMBER = 0x3682;

/** 50 % and 25 degC: the words that switch humidity compensation off. */
const UNCOMPENSATED = [0x8000, 0x6666] as const;

const COMMAND_s = 0.002; // 1 ms at least
const SELF_TEST_s = 0.33; // 320 ms
const MEASURE_s = 0.055; // 50 ms
const PACE_s = 1; // the maker's sampling interval
const CONDITIONING_beats = 9; // a second each: 10 s damage the part
const WARM_UP_s = 60;
const FAILED_pixels = 0x000f;
const TOP_ticks = 65_535;

/** The six bytes of a measurement `since_s` after the heater came on: how far the VOC pixel's logarithm of resistance lies below the top of its scale. */
export function decodeSgp41(reply: Uint8Array, since_s: number): Measured {
  const [raw = 0] = words(reply, 2);
  const ticks = TOP_ticks - raw;
  if (since_s < WARM_UP_s) return { raw: ticks, reason: "warming-up", detail: `heated for ${Math.floor(since_s)} s; it takes ${WARM_UP_s}` };
  if (ticks === 0 || ticks === TOP_ticks)
    return { raw: ticks, bound: ticks === 0 ? -1 : 1, reason: "saturated", detail: `the chip gives ${raw} ticks, an end of its scale` };
  return { raw: ticks };
}

async function send({ bus, address, clock }: Link, code: number, wait_s: number, ...more: readonly number[]): Promise<void> {
  await bus.write(address, command(code, ...more));
  await clock.sleep(wait_s);
}

async function ask(link: Link, code: number, wait_s: number, count: number, ...more: readonly number[]): Promise<Uint8Array> {
  await send(link, code, wait_s, ...more);
  return result(link, 3 * count);
}

const measured = (link: Link): Promise<Uint8Array> => ask(link, MEASURE, MEASURE_s, 2, ...UNCOMPENSATED);

/** Since when each chip is heated, for as long as this process lives and the chip answers: it is opened anew after a few failed reads, and no colder for that. */
const heated_s = new WeakMap<object, Map<Address, number>>();

async function open(link: Link): Promise<Sensor> {
  const { bus, address, clock } = link;
  const heated = heated_s.get(bus) ?? new Map<Address, number>();
  heated_s.set(bus, heated);
  words(await ask(link, SERIAL_NUMBER, COMMAND_s, 3), 3); // a part without Sensirion's checksummed words fails here
  if (!heated.has(address)) {
    await send(link, HEATER_OFF, COMMAND_s);
    const [found = 0] = words(await ask(link, SELF_TEST, SELF_TEST_s, 1), 1);
    if (found & FAILED_pixels)
      throw new Fault("sensor/malformed", `the chip's self-test finds a pixel or its heater at fault (0x${found.toString(16)}): replace it`);
    const on_s = clock.monotonic_s();
    await condition(link);
    heated.set(address, on_s);
  }
  const since_s = heated.get(address) ?? clock.monotonic_s();
  return { first_in_s: 0, read: () => read(link, since_s, heated) };
}

/** Ends with a first measurement, which the maker wants thrown away. */
async function condition(link: Link): Promise<void> {
  const { clock } = link;
  const begin_s = clock.monotonic_s();
  try {
    for (let beat = 0; beat < CONDITIONING_beats; beat++) {
      words(await ask(link, CONDITION, MEASURE_s, 1, ...UNCOMPENSATED), 1);
      await clock.sleep(begin_s + PACE_s * (beat + 1) - clock.monotonic_s());
    }
    words(await measured(link), 2);
  } catch (error) {
    await send(link, HEATER_OFF, COMMAND_s).catch(() => {}); // what failed first is what is told
    throw error;
  }
}

async function read(link: Link, heatedSince_s: number, heated: Map<Address, number>): Promise<Sampled> {
  try {
    const reply = await measured(link);
    const at_s = link.clock.monotonic_s();
    return { at_s, outputs: { voc_signal: decodeSgp41(reply, at_s - heatedSince_s) } };
  } catch (error) {
    if (isFault(error) && error.code === "bus/no-reply") heated.delete(link.address); // it may be without supply, and cold
    throw error;
  }
}

export const sgp41: DriverEntry = {
  driver: "sgp41",
  title: "Sensirion SGP41 volatile organic compounds, relative",
  bus: "i2c",
  addresses: [0x59],
  outputs: { voc_signal: "voc_signal" },
  options: {},
  operating_degC: [-10, 50],
  opens_in_s: 15, // conditions for 9 s
  fastest_s: PACE_s,
  open,
};
