/** An HSC as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const UPDATE_s = 0.001;
/** Counts at no and at full pressure. */
const spans: Readonly<Record<string, readonly [number, number]>> = { A: [1638, 14_746], B: [819, 15_565], C: [819, 13_926], F: [655, 15_401] };

export class HscSim implements SimulatedChip {
  readonly world: Record<"pressure_kPa" | "temperature_degC", Course> = {
    pressure_kPa: { mean: 101.3, swing: 0.1, period_s: 3600, noise: 0.03 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.1 },
  };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** Status bits that a part with a damaged bridge or memory shows. */
  damaged = false;

  #fetched_s: number;
  #last: readonly number[] | undefined;
  readonly #full_kPa: number;
  readonly #span: readonly [number, number];
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number, full_kPa: number, letter: string) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#full_kPa = full_kPa;
    this.#span = spans[letter] ?? [0, 0];
    this.#fetched_s = clock.monotonic_s();
  }

  /** Nothing is kept; the first conversion takes a moment. */
  powerCycle(): void {
    this.#last = undefined;
    this.#fetched_s = this.#clock.monotonic_s();
  }

  write(): boolean {
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const now = this.#clock.monotonic_s();
    const fresh = this.converting && now >= this.#fetched_s + UPDATE_s;
    if (fresh) this.#fetched_s = now;
    if (fresh && !(this.frozen && this.#last !== undefined)) this.#last = this.#sense(now);
    const [pressure = 0, temperature = 0] = this.#last ?? [];
    const status = this.damaged ? 3 : fresh ? 0 : 2;
    const bytes = [status * 64 + Math.floor(pressure / 256), pressure % 256, Math.floor(temperature / 8), (temperature % 8) * 32];
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0xff);
  }

  #sense(now: number): number[] {
    const [least, most] = this.#span;
    const share = this.transducer.sense(this.world.pressure_kPa, now) / this.#full_kPa;
    const warmth = (this.transducer.beside(this.world.temperature_degC, now) + 50) / 200;
    const within = (value: number, top: number) => Math.max(0, Math.min(top, Math.round(value)));
    return [within(least + share * (most - least), 16_383), within(warmth * 2047, 2047)];
  }
}
