/** An SCD41 as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { FRESH_AIR_ppm, Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

type Words = readonly number[];

export class Scd41Sim implements SimulatedChip {
  readonly world: Record<"co2_ppm" | "temperature_degC" | "humidity_pct", Course> = {
    co2_ppm: { mean: 620, swing: 40, period_s: 1800, noise: 6 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.03 },
    humidity_pct: { mean: 40, swing: 2, period_s: 3000, noise: 0.2 },
  };
  variant = 0x1440;
  /** The oscillator of a real part is a little off. */
  interval_s = 5.01;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  selfCalibration = true; // as shipped

  #measuringSince_s: number | undefined;
  #taken = 0;
  #reply: number[] | undefined;
  #last: Words | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#measuringSince_s = undefined;
    this.#reply = undefined;
    this.selfCalibration = true;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length !== 2 && bytes.length !== 5) return false;
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, sum] = bytes;
    const [code, argument] = [b0 * 256 + b1, b2 * 256 + b3];
    if (sum !== undefined && sum !== checksum(b2, b3)) return false;
    this.#reply = undefined;
    if (code === 0x3f86) this.#measuringSince_s = undefined;
    else if (code === 0xe4b8) this.#answer([this.#ready() ? 0x8006 : 0x8000]);
    else if (code === 0xec05) this.#measurement();
    else if (this.#measuringSince_s !== undefined)
      return false; // every other command is for the idle chip
    else if (code === 0x21b1) [this.#measuringSince_s, this.#taken] = [this.#clock.monotonic_s(), 0];
    else if (code === 0x3682) this.#answer([0xf896, 0x9f07, 0x3bbe]);
    else if (code === 0x202f) this.#answer([this.variant]);
    else if (code === 0x2416) this.selfCalibration = argument === 1;
    else if (code === 0x2313) this.#answer([this.selfCalibration ? 1 : 0]);
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const reply = this.#reply?.slice(0, length);
    this.#reply = undefined; // a reply can be fetched once
    return reply && Uint8Array.from(reply);
  }

  #results(): number {
    return this.#measuringSince_s === undefined || !this.converting ? 0 : Math.floor((this.#clock.monotonic_s() - this.#measuringSince_s) / this.interval_s);
  }

  #ready(): boolean {
    return this.#results() > this.#taken;
  }

  #measurement(): void {
    if (!this.#ready()) return; // the read that follows is not acknowledged
    this.#taken = this.#results();
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense();
    this.#answer(this.#last);
  }

  #sense(): Words {
    const now = this.#clock.monotonic_s();
    const { co2_ppm, temperature_degC, humidity_pct } = this.world;
    const share = (value: number) => Math.max(0, Math.min(0xffff, Math.round(value * 0xffff)));
    return [
      Math.max(0, Math.min(40_000, Math.round(this.transducer.sense(co2_ppm, now, FRESH_AIR_ppm)))),
      share((this.transducer.beside(temperature_degC, now) + 45) / 175),
      share(this.transducer.beside(humidity_pct, now) / 100),
    ];
  }

  #answer(words: Words): void {
    this.#reply = words.flatMap((word) => [word >> 8, word & 0xff, checksum(word >> 8, word & 0xff)]);
  }
}

/** Remainder of the two bytes, preset to ones, by x^8 + x^5 + x^4 + 1: bit by bit over the 16 bits. */
function checksum(high: number, low: number): number {
  let remainder = 0xff00 ^ ((high << 8) | low);
  for (let bit = 15; bit >= 8; bit--) if (remainder & (1 << bit)) remainder ^= 0x131 << (bit - 8);
  remainder = (remainder << 8) & 0xffff;
  for (let bit = 15; bit >= 8; bit--) if (remainder & (1 << bit)) remainder ^= 0x131 << (bit - 8);
  return remainder & 0xff;
}
