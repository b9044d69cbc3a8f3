/**
 * Honeywell Midas: one toxic or flammable gas, sampled by a pump. Modbus TCP, holding registers 40001 to 40011: what they mean, the order of the
 * words, that the number is in ppm though the unit says ppb, and the list of faults, as the public library numat/midas has them from the maker's
 * manual. That the number is in %vol where the unit says so is our reading. Unverified on hardware.
 *
 * State and fault come in the same reading as the concentration: a number that the instrument itself would not alarm on is none. The one fault that is
 * gas is F40, overdosed: at least the end of the range. Its heartbeat must have moved, or an answer says nothing. Which number stands for which gas is
 * not published: `cartridge` names the one that was fitted.
 */
import { Fault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Options, Sampled, Sensor, Taken } from "./driver.ts";

const REGISTERS = 11; // 40001 to 40011
const [STATUS, CARTRIDGE, LOW_WORD, HIGH_WORD, , FAULT_NUMBER, FORMAT, TEMPERATURE, LIFE, HEARTBEAT, FLOW] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

const STATES: readonly string[] = [
  "warming up",
  "monitoring",
  "alarms inhibited",
  "alarms and faults inhibited",
  "everything inhibited",
  "simulating an alarm or fault",
  "in a bump test",
  "calibrating its current loop",
  "calibrating",
];
const WARM_UP = 0;
const MONITORING = 1;
const INSTRUMENT_FAULT = 0x20; // of the status; 0x10 is a maintenance fault, whose numbers are below 30
const BEAT = 0x800;

const OVER_RANGE = 10;
const OVERDOSED = 40;
/** Maintenance faults that leave a number worth having; every other fault leaves none. */
const lenient: Readonly<Record<number, Measured>> = {
  [OVER_RANGE]: { bound: 1, reason: "saturated" },
  11: { reason: "calibration-expired" },
  12: {}, // the cartridge expires soon
  13: { reason: "operating-range" }, // the pump no longer holds the flow
  15: { reason: "operating-range" }, // within 2 K of a temperature limit
};

/** By the high byte of FORMAT: ppm in one of the number. The units %LEL and mA are not taken. */
const ppmIn: Readonly<Record<number, number>> = { 1: 1, 2: 1, 4: 1e4 };
const canonicalOf: Readonly<Record<string, number>> = { hf: 1, h2: 1, co: 1, o2: 1e-4 }; // of 1 ppm

/** Where the cartridges' ranges end, from memory and unverified: the instrument does not say. Used where it says no more than that there was too much. */
const endOf: Readonly<Record<string, number>> = { hf: 12, h2: 1000, co: 100, o2: 25 };

const BEAT_s = 2;
const FIRST_s = 2.5; // by then the heartbeat has moved once
const PATIENCE_s = 3 * BEAT_s;

type Words = readonly number[];

/** Throws Fault `sensor/malformed` for another length, `sensor/wrong-device` for what no Midas says. */
export function wordsOf(reply: Uint8Array): Words {
  if (reply.length !== 2 * REGISTERS) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${2 * REGISTERS} were due`);
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const words = Array.from({ length: REGISTERS }, (_, index) => view.getUint16(2 * index));
  const [state, unit] = [at(words, STATUS) & 0x0f, at(words, FORMAT) >> 8];
  if (STATES[state] === undefined) throw new Fault("sensor/wrong-device", `state ${state} is none of a Midas`);
  if (ppmIn[unit] === undefined)
    throw new Fault("sensor/wrong-device", `the unit of the concentration has the code ${unit}; set the instrument to ppm, ppb or %vol`);
  return words;
}

/** The concentration in the canonical unit of `gas`, and what the instrument says against it. */
export function decodeMidas(words: Words, gas: string): Measured {
  const said = `${STATES[at(words, STATUS) & 0x0f]}, ${faultText(words)}, flow ${at(words, FLOW)} cc/min, ${signed(at(words, TEMPERATURE))} degC, ${at(words, LIFE)} h left`;
  const state = at(words, STATUS) & 0x0f;
  const number = at(words, FAULT_NUMBER);
  if (state !== MONITORING && state !== WARM_UP) return { reason: "not-measuring", detail: said };
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, at(words, HIGH_WORD));
  view.setUint16(2, at(words, LOW_WORD));
  const raw = view.getFloat32(0) * (ppmIn[at(words, FORMAT) >> 8] ?? Number.NaN) * (canonicalOf[gas] ?? Number.NaN);
  const end = endOf[gas] ?? Number.NaN;
  if (number === OVERDOSED) return { raw: Number.isFinite(raw) ? Math.max(raw, end) : end, bound: 1, reason: "saturated", detail: said };
  const against = number === 0 ? {} : lenient[number];
  if (at(words, STATUS) & INSTRUMENT_FAULT || against === undefined) return { reason: "not-measuring", detail: said };
  if (!Number.isFinite(raw)) return { reason: "malformed", detail: `the concentration is no number; ${said}` };
  if (state === WARM_UP) return { raw, ...against, reason: "warming-up", detail: said };
  return number === 0 ? { raw } : { raw, ...against, detail: said };
}

const at = (words: Words, index: number): number => words[index] ?? 0;
const signed = (word: number): number => (word << 16) >> 16;
function faultText(words: Words): string {
  const number = at(words, FAULT_NUMBER);
  if (number > 0) return `fault ${number < 30 ? "m" : "F"}${number}`;
  return at(words, STATUS) & INSTRUMENT_FAULT ? "a fault without number" : "no fault";
}

const block = async ({ bus, address }: Link<"modbus">): Promise<Words> => wordsOf(await bus.read(address, "holding", 0, REGISTERS));
const beatOf = (words: Words): string => `${at(words, HEARTBEAT)} ${at(words, STATUS) & BEAT}`;

async function open(link: Link<"modbus">, _options: Options, [taken]: readonly Taken[]): Promise<Sensor> {
  const { gas, cartridge } = taken?.keys ?? {};
  if (typeof gas !== "string") throw new TypeError(`midas opened with ${JSON.stringify(taken)}`);
  const words = await block(link);
  const fitted = at(words, CARTRIDGE);
  if (cartridge !== undefined && cartridge !== fitted)
    throw new Fault("sensor/wrong-device", `the cartridge says ${fitted}, not ${cartridge}: fit the right one, or correct the station file`);
  return { first_in_s: FIRST_s, read: reader(link, gas, fitted, beatOf(words)) };
}

/** Until the heartbeat has moved for the first time nothing is believed; then it may rest for three beats. */
function reader(link: Link<"modbus">, gas: string, fitted: number, beat: string): Sensor["read"] {
  let last = beat;
  let moved_s: number | undefined;
  return async (): Promise<Sampled> => {
    const words = await block(link);
    const at_s = link.clock.monotonic_s();
    if (at(words, CARTRIDGE) !== fitted)
      throw new Fault("sensor/wrong-device", `the cartridge says ${at(words, CARTRIDGE)} and said ${fitted}: exchanged while in use`);
    if (beatOf(words) !== last) [last, moved_s] = [beatOf(words), at_s];
    if (moved_s === undefined || at_s - moved_s > PATIENCE_s) throw new Fault("sensor/not-ready", "the instrument answers, but its heartbeat stands still");
    return { at_s, outputs: { concentration: decodeMidas(words, gas) } };
  };
}

export const midas: DriverEntry<"modbus"> = {
  driver: "midas",
  title: "Honeywell Midas gas detector",
  bus: "modbus",
  outputs: {
    concentration: {
      keys: { gas: { choices: Object.keys(canonicalOf) }, cartridge: { from: 0, to: 0xffff, whole: true, optional: true } },
      problem: ({ gas }, quantity) =>
        gas === quantity
          ? undefined
          : { key: "gas", problem: `found ${gas} on a channel of ${quantity}; one Midas gives one gas, and the channel must be of it` },
    },
  },
  options: {},
  opens_in_s: 5,
  fastest_s: 0.5, // of our choosing: the pump brings new gas no faster
  open,
};
