/** A DS18B20 as Linux' driver sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedOneWireChip } from "../bus/simulated-one-wire.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const afterPowerUp = [0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10];

export class Ds18b20Sim implements SimulatedOneWireChip {
  readonly world: { temperature_degC: Course } = { temperature_degC: { mean: 26, swing: 0.6, period_s: 2400, noise: 0.05 } };
  /** Counterfeits leave byte 6 as it was after power-up. */
  genuine = true;
  /** 9 to 12 bits. */
  resolution = 12;
  /** False stands for a supply that drops while the chip converts, as with a long wire and no VDD: it starts again. */
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #bytes = [...afterPowerUp];
  #begun = false;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#bytes = [...afterPowerUp];
    this.#begun = false;
  }

  convert(): void {
    this.#begun = true;
    if (!this.converting) this.powerCycle();
  }

  scratchpad(): Uint8Array {
    this.#finish();
    const bytes = [...this.#bytes];
    bytes[4] = { 9: 0x1f, 10: 0x3f, 11: 0x5f }[this.resolution] ?? 0x7f;
    return Uint8Array.of(...bytes, checksum(bytes));
  }

  #finish(): void {
    if (!this.#begun) return;
    this.#begun = false;
    const unseen = this.#bytes.every((byte, index) => byte === afterPowerUp[index]);
    if (this.frozen && !unseen) return;
    const t = this.transducer.sense(this.world.temperature_degC, this.#clock.monotonic_s());
    const coarse = 2 ** (12 - this.resolution);
    const steps = Math.floor(Math.round(Math.max(-55, Math.min(127.9375, t)) * 16) / coarse) * coarse + (coarse - 1); // unused bits are anything
    const word = steps < 0 ? steps + 65_536 : steps;
    this.#bytes.splice(0, 2, word % 256, Math.floor(word / 256));
    if (this.genuine) this.#bytes[6] = 0x10 - (word % 16);
  }
}

/** Bit by bit through a shift register with taps for x⁸ + x⁵ + x⁴ + 1. */
function checksum(bytes: readonly number[]): number {
  const register = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const fed = ((Math.floor(byte / 2 ** bit) % 2) + (register[7] ?? 0)) % 2;
      register.pop();
      register.unshift(fed);
      register[4] = ((register[4] ?? 0) + fed) % 2;
      register[5] = ((register[5] ?? 0) + fed) % 2;
    }
  }
  return register.reduce((value, bit) => value * 2 + bit, 0);
}
