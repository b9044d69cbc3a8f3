/** A MAX31855 as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedSpiChip } from "../bus/simulated-spi.ts";
import type { SpiSetting } from "../bus/spi.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const CONVERSION_s = 0.07; // typical
const wirings = { sound: 0, open: 1, grounded: 2, supplied: 4 } as const;

export class Max31855Sim implements SimulatedSpiChip {
  readonly world: Record<"hot_degC" | "cold_degC", Course> & { wiring: keyof typeof wirings } = {
    hot_degC: { mean: 27, swing: 1.5, period_s: 1200, noise: 0.3 },
    cold_degC: { mean: 24, swing: 0.4, period_s: 3600, noise: 0.05 },
    wiring: "sound",
  };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #bits = "";
  #conversionEnds_s = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#convert(); // it was there before the agent
  }

  powerCycle(): void {} // it has nothing to forget

  transfer(bytes: Uint8Array, mode: SpiSetting["mode"]): Uint8Array {
    if (this.#clock.monotonic_s() >= this.#conversionEnds_s && this.converting && !this.frozen) this.#convert();
    if (mode !== 0) return new Uint8Array(bytes.length).fill(0xff);
    return Uint8Array.from(bytes, (_, index) => Number.parseInt(this.#bits.slice(8 * index, 8 * index + 8) || "0", 2));
  }

  #convert(): void {
    const now = this.#clock.monotonic_s();
    this.#conversionEnds_s = now + CONVERSION_s;
    const faults = wirings[this.world.wiring];
    const hot = Math.max(-270, Math.min(2047.75, this.transducer.sense(this.world.hot_degC, now)));
    const cold = this.transducer.beside(this.world.cold_degC, now);
    // an open input drifts to full scale
    this.#bits = `${binary(faults === 1 ? 8191 : Math.round(hot * 4), 14)}0${faults === 0 ? 0 : 1}${binary(Math.round(cold * 16), 12)}0${binary(faults, 3)}`;
  }
}

const binary = (value: number, width: number): string => (value < 0 ? value + 2 ** width : value).toString(2).padStart(width, "0");
