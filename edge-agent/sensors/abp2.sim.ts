/** An ABP2 as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const CONVERSION_s = 0.0055; // a little more than the data sheet's 5 ms

export class Abp2Sim implements SimulatedChip {
  readonly world: Record<"pressure_kPa" | "temperature_degC", Course> = {
    pressure_kPa: { mean: 101.3, swing: 0.1, period_s: 3600, noise: 0.01 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.02 },
  };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** Further bits of the status byte: 4 for damaged memory, 1 for an overflow. */
  trouble = 0;
  /** Since a surge on its supply: a sound status, and zeros for every conversion. */
  latchedUp = false;

  #conversionEnds_s: number | undefined;
  #results: readonly number[] | undefined;
  readonly #full_kPa: number;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number, full_kPa: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#full_kPa = full_kPa;
  }

  powerCycle(): void {
    this.#conversionEnds_s = undefined;
    this.#results = undefined;
    this.latchedUp = false;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length === 3 && bytes[0] === 0xaa) this.#conversionEnds_s = this.#clock.monotonic_s() + CONVERSION_s;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const now = this.#clock.monotonic_s();
    if (this.converting && this.#conversionEnds_s !== undefined && now >= this.#conversionEnds_s) {
      this.#conversionEnds_s = undefined;
      if (!this.frozen || this.#results === undefined) this.#results = this.#sense(now);
    }
    const status = 64 + (this.#conversionEnds_s === undefined ? 0 : 32) + this.trouble;
    const results = this.latchedUp || this.#results === undefined ? [0, 0] : this.#results;
    const bytes = [status, ...results.flatMap((result) => [Math.floor(result / 65_536), Math.floor(result / 256) % 256, result % 256])];
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0);
  }

  #sense(now: number): number[] {
    const pressure = 0.1 + (0.8 * this.transducer.sense(this.world.pressure_kPa, now)) / this.#full_kPa;
    const temperature = (this.transducer.beside(this.world.temperature_degC, now) + 50) / 200;
    return [pressure, temperature].map((share) => Math.round(Math.max(0, Math.min(1, share)) * 16_777_215));
  }
}
