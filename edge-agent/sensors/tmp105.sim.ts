/** A TMP105 as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Typical, for 9, 10, 11 and 12 bit. */
const conversion_s = [0.0275, 0.055, 0.11, 0.22];
const DEGREES_PER_COUNT = 256;

export class Tmp105Sim implements SimulatedChip {
  readonly world: Record<"temperature_degC", Course> = { temperature_degC: { mean: 26, swing: 0.6, period_s: 2400, noise: 0.08 } };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #temperature = 0;
  #configuration = 0;
  #limits = [0, 0];
  #pointer = 0;
  #conversionEnds_s = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.powerCycle();
  }

  powerCycle(): void {
    this.#temperature = 0; // until the first conversion is over
    this.#configuration = 0;
    this.#limits = [75 * DEGREES_PER_COUNT, 80 * DEGREES_PER_COUNT];
    this.#conversionEnds_s = this.#clock.monotonic_s() + (conversion_s[0] ?? 0);
  }

  write(bytes: Uint8Array): boolean {
    this.#convert();
    const [pointer, high, low] = bytes;
    if (pointer === undefined) return true;
    this.#pointer = pointer & 3;
    if (this.#pointer === 1 && high !== undefined) this.#configuration = high & 0x7f; // one-shot is an order, not a state
    if (this.#pointer >= 2 && high !== undefined && low !== undefined) this.#limits[this.#pointer - 2] = (high << 8) | (low & 0xf0);
    return true;
  }

  /** A register of one byte repeats it for as long as the master clocks. */
  read(length: number): Uint8Array {
    this.#convert();
    const word = this.#pointer === 0 ? this.#temperature : (this.#limits[this.#pointer - 2] ?? 0);
    const bytes = this.#pointer === 1 ? [this.#configuration, this.#configuration] : [(word >> 8) & 0xff, word & 0xff];
    return Uint8Array.from({ length }, (_, index) => bytes[index % 2] ?? 0);
  }

  #convert(): void {
    const now_s = this.#clock.monotonic_s();
    const shutDown = (this.#configuration & 1) === 1;
    if (shutDown || !this.converting || now_s < this.#conversionEnds_s) return;
    const resolution = (this.#configuration >> 5) & 3;
    const each_s = conversion_s[resolution] ?? 0;
    while (this.#conversionEnds_s <= now_s) this.#conversionEnds_s += each_s; // it free-runs
    if (this.frozen && this.#temperature !== 0) return;
    const counts_per_degC = 2 << resolution;
    const counts = Math.floor(this.transducer.sense(this.world.temperature_degC, now_s) * counts_per_degC);
    const limited = Math.min(128 * counts_per_degC - 1, Math.max(-128 * counts_per_degC, counts));
    this.#temperature = limited * (DEGREES_PER_COUNT / counts_per_degC);
  }
}
