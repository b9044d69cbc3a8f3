/** An MPR as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const CONVERSION_s = 0.0055; // a little more than the data sheet's 5 ms
/** Share of 2^24 at no and at full pressure. */
const shares: Readonly<Record<string, readonly [number, number]>> = { A: [0.1, 0.9], B: [0.025, 0.225], C: [0.2, 0.8] };

export class MprlsSim implements SimulatedChip {
  readonly world: Record<"pressure_kPa", Course> = { pressure_kPa: { mean: 101.3, swing: 0.1, period_s: 3600, noise: 0.01 } };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** Further bits of the status byte: 4 for damaged memory, 1 for an overflow. */
  trouble = 0;

  #conversionEnds_s: number | undefined;
  #result = 0;
  #measured = false;
  readonly #full_kPa: number;
  readonly #shares: readonly [number, number];
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number, full_kPa: number, letter: string) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#full_kPa = full_kPa;
    this.#shares = shares[letter] ?? [0, 0];
  }

  powerCycle(): void {
    this.#conversionEnds_s = undefined;
    this.#result = 0;
    this.#measured = false;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length === 3 && bytes[0] === 0xaa) this.#conversionEnds_s = this.#clock.monotonic_s() + CONVERSION_s;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const now = this.#clock.monotonic_s();
    if (this.converting && this.#conversionEnds_s !== undefined && now >= this.#conversionEnds_s) {
      this.#conversionEnds_s = undefined;
      if (!this.frozen || !this.#measured) this.#result = this.#sense(now);
      this.#measured = true;
    }
    const status = 64 + (this.#conversionEnds_s === undefined ? 0 : 32) + this.trouble;
    const bytes = [status, Math.floor(this.#result / 65_536), Math.floor(this.#result / 256) % 256, this.#result % 256];
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0);
  }

  #sense(now: number): number {
    const [least, most] = this.#shares;
    const share = least + ((most - least) * this.transducer.sense(this.world.pressure_kPa, now)) / this.#full_kPa;
    return Math.round(Math.max(0, Math.min(1, share)) * 16_777_215);
  }
}
