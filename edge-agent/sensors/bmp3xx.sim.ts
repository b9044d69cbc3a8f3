/** A BMP390 as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** The coefficients of one real part, as its registers 0x31 to 0x45 hold them, and their checksum at 0x30. */
const memory = "93 236b5849f65cffcef42300ea636e79f3f6aa4312c4";
const [T1, T2, T3] = [27_427 * 256, 18_776 * 2 ** -30, -10 * 2 ** -48];
/** Of the pressure formula: powers of the counts outside, powers of the temperature inside. */
const terms = [
  [25_578 * 8, 31_086 / 64, -13 / 256, -10 / 32_768],
  [(-164 - 16_384) * 2 ** -20, (-2866 - 16_384) * 2 ** -29, 35 * 2 ** -32, 0],
  [17_322 * 2 ** -48, 18 * 2 ** -48],
  [-60 * 2 ** -65],
];

export class Bmp3xxSim implements SimulatedChip {
  readonly world: Record<"pressure_kPa" | "temperature_degC", Course> = {
    pressure_kPa: { mean: 101.3, swing: 0.1, period_s: 3600, noise: 0.002 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.01 },
  };
  identity = 0x60;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  readonly #registers = new Uint8Array(128);
  #pointer = 0;
  #conversionEnds_s: number | undefined;
  #last: readonly number[] | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.powerCycle();
  }

  powerCycle(): void {
    this.#registers.fill(0);
    this.#registers.set(Buffer.from(memory.replace(" ", ""), "hex"), 0x30);
    this.#registers[0x03] = 0x10;
    this.#registers[0x1c] = 0x02;
    this.#conversionEnds_s = undefined;
  }

  /** Pairs of address and value: writing does not count up. */
  write(bytes: Uint8Array): boolean {
    this.#convert();
    this.#pointer = bytes[0] ?? 0;
    for (let at = 0; at + 1 < bytes.length; at += 2) this.#set(bytes[at] ?? 0, bytes[at + 1] ?? 0);
    return true;
  }

  read(length: number): Uint8Array | undefined {
    this.#convert();
    this.#registers[0x00] = this.identity;
    const [from, to] = [this.#pointer, this.#pointer + length];
    const reply = Uint8Array.from({ length }, (_, index) => this.#registers[from + index] ?? 0);
    if (from <= 0x06 && to > 0x04) this.#registers[0x03] = (this.#registers[0x03] ?? 0) & ~0x20; // reading the data clears what said it was new
    if (from <= 0x09 && to > 0x07) this.#registers[0x03] = (this.#registers[0x03] ?? 0) & ~0x40;
    return reply;
  }

  #set(address: number, value: number): void {
    if (address < 0x15 || address > 0x1f) return;
    this.#registers[address] = value;
    if (address !== 0x1b) return;
    const oversampling = this.#registers[0x1c] ?? 0;
    const duration_us = 705 + 2000 * (2 ** (oversampling & 7) + 2 ** ((oversampling >> 3) & 7));
    this.#conversionEnds_s = (value & 0x33) === 0x13 ? this.#clock.monotonic_s() + duration_us / 1e6 : undefined;
  }

  #convert(): void {
    const now = this.#clock.monotonic_s();
    if (!this.converting || this.#conversionEnds_s === undefined || now + 1e-9 < this.#conversionEnds_s) return;
    this.#conversionEnds_s = undefined;
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense(now);
    this.#registers.set(this.#last, 0x04);
    this.#registers[0x03] = 0x70;
    this.#registers[0x1b] = 0x03; // asleep again
  }

  #sense(now: number): number[] {
    const celsius = this.transducer.beside(this.world.temperature_degC, now);
    const pascals = 1000 * this.transducer.sense(this.world.pressure_kPa, now);
    const warm = countsWhere((counts) => (counts - T1) * (T2 + (counts - T1) * T3) >= celsius);
    const pressed = countsWhere((counts) => pascalsAt(counts, celsius) <= pascals); // more pressure, fewer counts
    return [pressed, warm].flatMap((counts) => [counts % 256, Math.floor(counts / 256) % 256, Math.floor(counts / 65_536)]);
  }
}

const polynomial = (factors: readonly number[], x: number): number => factors.reduceRight((sum, factor) => sum * x + factor, 0);
const pascalsAt = (counts: number, celsius: number): number =>
  polynomial(
    terms.map((inner) => polynomial(inner, celsius)),
    counts,
  );

/** The smallest 24 bit number from which on `reached` holds. */
function countsWhere(reached: (counts: number) => boolean): number {
  let [low, high] = [0, 2 ** 24 - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
