/**
 * DFRobot's electrochemical gas sensors SEN0465 (O2), SEN0466 (CO), SEN0473 (H2) and SEN0475 (HF): one board, DFR0784, with one probe plugged in.
 * I2C, 0x74 to 0x77 by switch; `multigas-uart.ts` reads the same board over UART.
 * Source of frames, gas ids and the thermistor: the maker's protocol page of DFR0784 and its DFRobot_MultiGasSensor library; of ranges and
 * resolutions: its table of SEN0465 to SEN0476. The operating range is from memory. Nothing here is verified on hardware.
 *
 * The maker's temperature compensation is never used: its library and its Python port disagree, and for H2 it divides by 18 at 25 degC. What the
 * board says of the gas is handed on as it is, with the temperature of its thermistor beside it.
 *
 * A frame is nine bytes: 0xFF, seven of content, checksum. The checksum of an upload (0x88) is in doubt: the maker's library sums six bytes of the
 * seven and yet accepts uploads whose seventh is not zero, so that the low byte of their temperature seems to be unprotected. No number is taken
 * from an upload: gas and temperature are asked for apart (0x86, 0x87), where the seventh byte is zero and the doubt makes no difference.
 *
 * After power-up the board uploads once a second, until it is told to answer only when asked. That is how a power cycle shows: a board that uploads
 * has just come up, and for the maker's 5 minutes what it says of the gas is in doubt. So has one that was silent until it was given up. What came
 * and went between two beats without either is not seen; and should a board on I2C not show its uploads, as nobody has tried, only the silence tells,
 * and one that came up together with the agent passes for warm. After long storage the maker asks for 24 h, which nothing on the wire tells.
 *
 * The maker wants the probe kept from organic solvents, whose vapour an opened cell gives off: what it says after a vent is worth a calibration.
 */
import { hex } from "../bus/i2c.ts";
import type { Address, WireKind } from "../bus/wire.ts";
import type { Clock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { DriverEntry, Link, Measured, Sampled, Sensor } from "./driver.ts";
import { operatingDoubt } from "./sensirion.ts";

const START = 0xff;
const BOARD = 0x01; // in requests alone
export const FRAME_bytes = 9;

const MODE = 0x78;
const WHEN_ASKED = 0x04;
const GAS = 0x86;
const THERMISTOR = 0x87;
const UPLOAD = 0x88;

const UPLOADS_s = 1.2; // one a second
const WARM_UP_s = 300; // "more than 5 minutes"
const SILENCES = 3; // as many failed reads as it takes to open a chip again
const MOST_DECIMALS = 2;
const REPLY_s = 0.1; // as the maker's Python library waits; its C++ library waits 10 ms
const PACE_s = 1;

/** By what the channel measures. Tops are the ends of the maker's ranges, in the quantity's unit: ppm, and for O2 % by volume. */
const probes = { h2: { id: 0x06, top: 1000 }, hf: { id: 0x33, top: 10 }, co: { id: 0x04, top: 1000 }, o2: { id: 0x05, top: 25 } } as const;
type Gas = keyof typeof probes;

/** Every probe that the board knows, so that a person reads which one is plugged in. */
const gases: Readonly<Record<number, string>> = {
  2: "NH3",
  3: "H2S",
  4: "CO",
  5: "O2",
  6: "H2",
  42: "O3",
  43: "SO2",
  44: "NO2",
  46: "HCl",
  49: "Cl2",
  51: "HF",
  69: "PH3",
};

const OPERATING_degC = [-20, 50] as const;
const SUPPLY_V = 3;
const ADC_counts = 1024;
const AT_25_degC_ohm = 10_000;
const BETA_K = 3380.13;
const ZERO_degC_K = 273.15;

/** Two's complement of the sum, modulo 256. */
export const checksum = (content: Uint8Array): number => -content.reduce((sum, byte) => sum + byte, 0) & 0xff;

export function request(command: number, argument = 0): Uint8Array {
  const content = Uint8Array.of(BOARD, command, argument, 0, 0, 0, 0);
  return Uint8Array.of(START, ...content, checksum(content));
}

/** Whether these nine bytes are an upload, by either reading of its checksum. */
function isUpload(frame: Uint8Array): boolean {
  return frame[0] === START && frame[1] === UPLOAD && [8, 7].some((end) => frame[8] === checksum(frame.subarray(1, end)));
}

/** Whether an upload stands anywhere among bytes that nobody asked for. */
export function holdsUpload(bytes: Uint8Array): boolean {
  return bytes.some((_, at) => at + FRAME_bytes <= bytes.length && isUpload(bytes.subarray(at, at + FRAME_bytes)));
}

/** The content of a reply to `command`, once it is proved to be one. Throws a Fault that says what came instead. */
export function answerTo(command: number, reply: Uint8Array): Uint8Array {
  if (reply.length === 0) throw new Fault("bus/no-reply", "nothing came in answer");
  if (reply.length !== FRAME_bytes) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${FRAME_bytes} were due`);
  if (isUpload(reply)) throw uploads();
  const [start = 0, answered = 0, sum = 0] = [reply[0], reply[1], reply[8]];
  if (start !== START && reply.includes(START)) throw new Fault("sensor/malformed", "the frame starts in the middle of the reply: bytes were lost or added");
  if (start !== START) throw new Fault("sensor/checksum", `the reply starts with ${hex(start)}, a frame with ${hex(START)}`);
  const due = checksum(reply.subarray(1, 8));
  if (sum !== due) throw new Fault("sensor/checksum", `the frame came with checksum ${hex(sum)}, due was ${hex(due)}`);
  if (answered !== command) throw new Fault("sensor/not-ready", `the board repeats its answer to ${hex(answered)} where ${hex(command)} was asked`);
  return reply.subarray(2, 8);
}

export const uploads = (): Fault => new Fault("sensor/lost-config", "the board reports by itself, as after a power cycle; it is set up again, and warms up");

interface Concentration {
  readonly value: number;
  /** Of the fixed point that the board writes the value with. */
  readonly decimals: number;
}

/** The content of a reply to 0x86: the gas in its quantity's unit. Throws for another probe than that of `gas`, and for decimals that no board has. */
export function decodeGas(content: Uint8Array, gas: Gas): Concentration {
  const [high = 0, low = 0, id = 0, decimals = 0] = content;
  if (id !== probes[gas].id)
    throw new Fault("sensor/wrong-device", `the probe is for ${gases[id] ?? `the unknown gas ${hex(id)}`}; the station file says ${gas}`);
  if (decimals > MOST_DECIMALS) throw new Fault("sensor/malformed", `the board gives ${decimals} decimals; it has ${MOST_DECIMALS} at most`);
  return { value: ((high << 8) | low) / 10 ** decimals, decimals };
}

/** From the range's top on the truth is that much or more; while it warms up, the board says nothing of the truth. */
function concentration(value: number, gas: Gas, cold: Measured, doubt: Measured): Measured {
  const { top } = probes[gas];
  if (cold.reason !== undefined) return { raw: Math.min(value, top), ...cold };
  if (value < top) return { raw: value, ...doubt };
  return { raw: top, bound: 1, reason: "saturated", detail: `the board says ${value}, and its range ends at ${top}` };
}

/** The content of a reply to 0x87: the board's temperature in degC, by the voltage across its thermistor. */
export function decodeTemperature(content: Uint8Array): Measured {
  const [high = 0, low = 0] = content;
  const counts = (high << 8) | low;
  if (counts === 0) return { reason: "short-circuit", detail: "the board's thermistor is shorted" };
  if (counts >= ADC_counts - 1) return { reason: "open-circuit", detail: `the board's thermistor is open: ${counts} counts` };
  const V = (SUPPLY_V * counts) / ADC_counts;
  const ohm = (AT_25_degC_ohm * V) / (SUPPLY_V - V);
  const degC = 1 / (1 / (ZERO_degC_K + 25) + Math.log(ohm / AT_25_degC_ohm) / BETA_K) - ZERO_degC_K;
  return { raw: degC, ...operatingDoubt(degC, OPERATING_degC) };
}

/** One request and the content of its reply. */
export type Ask = (command: number, argument?: number) => Promise<Uint8Array>;

/** What is known of a board's supply for as long as this process lives: a board is opened anew after a few failed reads, and is no warmer for that. */
interface Supply {
  silences: number;
  up_s: number;
}
const supplies = new WeakMap<object, Map<Address, Supply>>();

function supplyOf(bus: object, address: Address): Supply {
  const there = supplies.get(bus) ?? new Map<Address, Supply>();
  supplies.set(bus, there);
  const supply = there.get(address) ?? { silences: 0, up_s: Number.NEGATIVE_INFINITY };
  there.set(address, supply);
  return supply;
}

/** Asks, and draws from silence and uploads when the board came up. */
function watched(ask: Ask, supply: Supply, clock: Clock): Ask {
  return async (command, argument) => {
    try {
      const content = await ask(command, argument);
      if (supply.silences >= SILENCES) supply.up_s = clock.monotonic_s();
      supply.silences = 0;
      return content;
    } catch (error) {
      if (isFault(error) && error.code === "bus/no-reply") supply.silences++;
      else if (isUploading(error)) supply.up_s = clock.monotonic_s();
      throw error;
    }
  };
}

const isUploading = (error: unknown): boolean => isFault(error) && error.code === "sensor/lost-config";
const unlessUploading = (error: unknown): undefined => {
  if (!isUploading(error)) throw error;
};

/** Opens a board on any wire: `exchange` sends a request and proves the reply. */
export async function openMultigas(exchange: Ask, { bus, address, clock }: Link<WireKind>, gas: Gas): Promise<Sensor> {
  const supply = supplyOf(bus, address);
  const ask = watched(exchange, supply, clock);
  await clock.sleep(UPLOADS_s); // so that one that uploads has done so
  if ((await ask(GAS).catch(unlessUploading)) === undefined) {
    await ask(MODE, WHEN_ASKED).catch(unlessUploading); // an upload may come in between
    await clock.sleep(UPLOADS_s);
  }
  const [taken] = await ask(MODE, WHEN_ASKED);
  if (taken !== 1) throw new Fault("sensor/lost-config", "the board refuses to answer only when asked");
  const { decimals } = decodeGas(await ask(GAS), gas);
  return { first_in_s: 0, read: () => read(ask, supply, clock, gas, decimals) };
}

async function read(ask: Ask, supply: Supply, clock: Clock, gas: Gas, decimals: number): Promise<Sampled> {
  const found = decodeGas(await ask(GAS), gas);
  const at_s = clock.monotonic_s();
  if (found.decimals !== decimals)
    throw new Fault(
      "sensor/wrong-device",
      `the board writes ${found.decimals} decimals and wrote ${decimals} when it was opened: another probe, or another unit`,
    );
  const temperature = decodeTemperature(await ask(THERMISTOR));
  const since_s = at_s - supply.up_s;
  const cold: Measured = since_s < WARM_UP_s ? { reason: "warming-up", detail: `powered for ${Math.floor(since_s)} s; its maker asks for ${WARM_UP_s}` } : {};
  const { raw, ...doubt } = temperature;
  return { at_s, outputs: { [gas]: concentration(found.value, gas, cold, raw === undefined ? {} : doubt), temperature } };
}

/** What the two entries share. */
export const multigasParts = {
  outputs: { h2: "h2", hf: "hf", co: "co", o2: "o2", temperature: "temperature" },
  options: { gas: { choices: Object.keys(probes) } },
  fitted: "gas",
  operating_degC: OPERATING_degC,
  fastest_s: PACE_s,
} as const;
export const gasOf = (option: unknown): Gas => {
  if (typeof option !== "string" || !Object.hasOwn(probes, option)) throw new TypeError(`opened with the gas ${option}`);
  return option as Gas;
};

/** Requests and replies go through the register 0, in two transfers with a pause between. */
function overI2c({ bus, address, clock }: Link): Ask {
  return async (command, argument) => {
    await bus.write(address, Uint8Array.of(0, ...request(command, argument)));
    await clock.sleep(REPLY_s);
    return answerTo(command, await bus.writeRead(address, 0, FRAME_bytes));
  };
}

export const multigas: DriverEntry = {
  driver: "multigas",
  title: "DFRobot SEN0465, SEN0466, SEN0473, SEN0475 electrochemical O2, CO, H2, HF over I2C",
  bus: "i2c",
  addresses: [0x74, 0x75, 0x76, 0x77],
  ...multigasParts,
  open: (link, { gas }) => openMultigas(overI2c(link), link, gasOf(gas)),
};
