/** An ADS1115 as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import { type Course, type Pulse, pulseAt } from "./world.sim.ts";

const samples_per_s = [8, 16, 32, 64, 128, 250, 475, 860];
/** By the three gain bits; the last three mean the same. */
const scales_V = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];

export class Ads1115Sim implements SimulatedChip {
  /** What stands at AIN0 to AIN3. */
  readonly world: Record<"ain0_V" | "ain1_V" | "ain2_V" | "ain3_V", Course> = {
    ain0_V: { mean: 0.6, swing: 0.02, period_s: 1800, noise: 0.001 },
    ain1_V: { mean: 1.2, swing: 0.02, period_s: 2400, noise: 0.001 },
    ain2_V: { mean: 1.8, swing: 0.02, period_s: 3000, noise: 0.001 },
    ain3_V: { mean: 2.4, swing: 0.02, period_s: 3600, noise: 0.001 },
  };
  /** What comes on top of the courses, such as a vent. */
  readonly pulses: (Pulse & { readonly input: "ain0_V" | "ain1_V" | "ain2_V" | "ain3_V" })[] = [];
  /** The inputs are clamped a little above it. */
  supply_V = 3.3;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  /** Conversion, configuration, low and high threshold. */
  #registers = [0x0000, 0x8583, 0x8000, 0x7fff];
  #pointer = 0;
  #conversionEnds_s: number | undefined;
  /** Conversions without end: when they began, and how many of them were looked at. */
  #endlessFrom_s: number | undefined;
  #looked = 0;
  readonly #seen = new Map<number, number>();
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#registers = [0x0000, 0x8583, 0x8000, 0x7fff];
    this.#pointer = 0;
    this.#conversionEnds_s = undefined;
    this.#endlessFrom_s = undefined;
  }

  write(bytes: Uint8Array): boolean {
    this.#convert();
    const [pointer, high, low] = bytes;
    if (pointer !== undefined) this.#pointer = pointer % 4;
    if (high === undefined || low === undefined || this.#pointer === 0) return true;
    const value = high * 256 + low;
    this.#registers[this.#pointer] = value;
    if (this.#pointer !== 1) return true;
    const endless = Math.floor(value / 256) % 2 === 0;
    const now = this.#clock.monotonic_s();
    this.#endlessFrom_s = endless ? now : undefined;
    this.#looked = 0;
    this.#conversionEnds_s = !endless && value >= 0x8000 ? now + this.#conversion_s() : undefined;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    this.#convert();
    const value = this.#registers[this.#pointer] ?? 0;
    const busy = this.#conversionEnds_s !== undefined || this.#endlessFrom_s !== undefined;
    const shown = this.#pointer === 1 ? (value % 0x8000) + (busy ? 0 : 0x8000) : value;
    return Uint8Array.from({ length }, (_, index) => (index === 0 ? Math.floor(shown / 256) : index === 1 ? shown % 256 : 0xff));
  }

  /** Its oscillator is a little slow. */
  #conversion_s(): number {
    return 1.05 / (samples_per_s[Math.floor((this.#registers[1] ?? 0) / 32) % 8] ?? 8);
  }

  #convert(): void {
    const now = this.#clock.monotonic_s();
    if (this.#endlessFrom_s !== undefined && this.converting) {
      const done = Math.floor((now - this.#endlessFrom_s) / this.#conversion_s());
      if (done > this.#looked) this.#complete(this.#endlessFrom_s + done * this.#conversion_s());
      this.#looked = Math.max(this.#looked, done);
    }
    if (!this.converting || this.#conversionEnds_s === undefined || now < this.#conversionEnds_s) return;
    this.#complete(this.#conversionEnds_s);
    this.#conversionEnds_s = undefined;
  }

  /** A conversion that ends now is about its middle. */
  #complete(end: number): void {
    const setting = this.#registers[1] ?? 0;
    const mux = Math.floor(setting / 4096) % 8;
    const middle = end - this.#conversion_s() / 2;
    const code = this.frozen ? (this.#seen.get(mux) ?? this.#code(setting, mux, middle)) : this.#code(setting, mux, middle);
    this.#seen.set(mux, code);
    this.#registers[0] = code;
  }

  #code(setting: number, mux: number, now: number): number {
    const pulsed = (input: Ads1115Sim["pulses"][number]["input"]): number =>
      this.pulses.reduce((sum, pulse) => (pulse.input === input ? sum + pulseAt(pulse, now) : sum), 0);
    const [at0, at1, at2, at3] = (["ain0_V", "ain1_V", "ain2_V", "ain3_V"] as const).map((input) =>
      Math.max(-0.3, Math.min(this.supply_V + 0.3, this.transducer.sense(this.world[input], now) + pulsed(input))),
    ) as [number, number, number, number];
    const volts = [at0 - at1, at0 - at3, at1 - at3, at2 - at3, at0, at1, at2, at3][mux] ?? 0;
    const steps = Math.round((volts / (scales_V[Math.floor(setting / 512) % 8] ?? 1)) * 32_768);
    return (Math.max(-32_768, Math.min(32_767, steps)) + 65_536) % 65_536;
  }
}
