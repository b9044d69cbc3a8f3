/** A MAX31856 as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedSpiChip } from "../bus/simulated-spi.ts";
import type { SpiSetting } from "../bus/spi.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Registers 0x00 to 0x0f after power-up. */
const afterPowerUp = [0x00, 0x03, 0xff, 0x7f, 0xc0, 0x7f, 0xff, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00];
const LAST_WRITABLE = 0x0b;
/** Sensitivity near room temperature in uV/K by type code, and the ends of each range: what a wrong type setting does to a reading. */
const sensitivity_uV_per_K = [1, 61, 52, 41, 26, 6, 6, 41];
const ends_degC = [
  [250, 1820],
  [-200, 1000],
  [-210, 1200],
  [-200, 1372],
  [-200, 1300],
  [-50, 1768],
  [-50, 1768],
  [-200, 400],
] as const;

export class Max31856Sim implements SimulatedSpiChip {
  readonly world: Record<"hot_degC" | "cold_degC", Course> & { wiring: "sound" | "open" | "live" } = {
    hot_degC: { mean: 26, swing: 0.6, period_s: 2400, noise: 0.05 },
    cold_degC: { mean: 24, swing: 0.4, period_s: 3600, noise: 0.02 },
    wiring: "sound",
  };
  /** Type code of the thermocouple that is really wired. */
  wired = 3;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #registers = [...afterPowerUp];
  #conversionEnds_s: number | undefined;
  /** The hot end as a mean of several conversions shows it. */
  readonly #averaged: Course = { mean: 0, swing: 0, period_s: 1, noise: 0 };
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#registers = [...afterPowerUp];
    this.#conversionEnds_s = undefined;
  }

  transfer(bytes: Uint8Array, mode: SpiSetting["mode"]): Uint8Array {
    if (mode !== 1 && mode !== 3) return new Uint8Array(bytes.length).fill(0xff);
    this.#convert();
    const [address = 0, ...data] = bytes;
    const first = address % 0x80;
    if (address < 0x80) return Uint8Array.from(bytes, (_, index) => (index === 0 ? 0xff : (this.#registers[(first + index - 1) % 16] ?? 0)));
    for (const [index, value] of data.entries()) if (first + index <= LAST_WRITABLE) this.#registers[first + index] = value;
    // conversions on demand only: the driver under test asks for no other
    if (first === 0 && data.length > 0 && this.#cr0(6) && !this.#cr0(7)) this.#conversionEnds_s = this.#clock.monotonic_s() + this.#duration_s();
    return new Uint8Array(bytes.length).fill(0xff);
  }

  #cr0(bit: number): boolean {
    return Math.floor((this.#registers[0] ?? 0) / 2 ** bit) % 2 === 1;
  }

  #samples(): number {
    return 2 ** Math.min(4, Math.floor((this.#registers[1] ?? 0) / 16) % 8);
  }

  #duration_s(): number {
    const further = this.#samples() - 1;
    return (this.#cr0(0) ? 0.169 + 0.04 * further : 0.143 + 0.0333 * further) + (this.#cr0(4) ? 0.04 : 0);
  }

  #convert(): void {
    const now = this.#clock.monotonic_s();
    if (!this.converting || this.#conversionEnds_s === undefined || now < this.#conversionEnds_s) return;
    this.#conversionEnds_s = undefined;
    this.#registers[0] = (this.#registers[0] ?? 0) - 0x40;
    const { hot_degC, cold_degC, wiring } = this.world;
    const type = (this.#registers[1] ?? 0) % 16;
    const cold = this.transducer.beside(cold_degC, now);
    const noise = hot_degC.noise / Math.sqrt(this.#samples());
    const gain = (sensitivity_uV_per_K[this.wired] ?? 1) / (sensitivity_uV_per_K[type] ?? 1);
    const [low, high] = ends_degC[type] ?? [0, 0];
    const hot = cold + (this.transducer.sense(Object.assign(this.#averaged, hot_degC, { noise }), now) - cold) * gain;
    const tested = wiring === "open" && (this.#cr0(4) || this.#cr0(5));
    this.#registers[15] = (tested ? 0x01 : 0) + (wiring === "live" ? 0x02 : 0) + (wiring === "sound" && (hot < low || hot > high) ? 0x40 : 0);
    if (this.frozen && this.#registers.slice(10, 15).some((byte) => byte > 0)) return;
    const shown = wiring === "sound" ? Math.max(low, Math.min(high, hot)) : wiring === "open" ? cold : 0; // an open input looks like the chip's own warmth
    this.#registers.splice(10, 2, ...pattern(Math.round(cold * 64) * 4, 2));
    this.#registers.splice(12, 3, ...pattern(Math.round(shown * 128) * 32, 3));
  }
}

/** Two's complement, high byte first. */
function pattern(value: number, length: number): number[] {
  const positive = value < 0 ? value + 256 ** length : value;
  return Array.from({ length }, (_, index) => Math.floor(positive / 256 ** (length - 1 - index)) % 256);
}
