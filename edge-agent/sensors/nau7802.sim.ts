/** An NAU7802 with a bridge, as the wire sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const samples_per_s = [10, 20, 40, 80, 10, 10, 10, 320];
const WAKE_s = 0.0002;
const CALIBRATION_s = 0.344;
const STABLE_s = 0.2; // after the LDO was turned on
/** What a front end that was never calibrated for this gain and rate adds. */
const UNCALIBRATED_mV_per_V = 0.05;

export class Nau7802Sim implements SimulatedChip {
  readonly world: { load_mV_per_V: Course } = { load_mV_per_V: { mean: 0.6, swing: 0.01, period_s: 3600, noise: 0.0002 } };
  revision = 0x0f;
  /** What its calibration ends with. */
  calibrates = true;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #registers: number[] = [];
  #pointer = 0;
  #awakeAt_s = Number.POSITIVE_INFINITY;
  #suppliedAt_s = Number.POSITIVE_INFINITY;
  #calibrationEnds_s: number | undefined;
  #calibratedFor = "";
  #conversionEnds_s = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.powerCycle();
  }

  powerCycle(): void {
    this.#registers = new Array<number>(0x20).fill(0);
    this.#awakeAt_s = this.#suppliedAt_s = this.#conversionEnds_s = Number.POSITIVE_INFINITY;
    this.#calibrationEnds_s = undefined;
    this.#calibratedFor = "";
  }

  write(bytes: Uint8Array): boolean {
    this.#goOn();
    const [pointer, ...data] = bytes;
    if (pointer === undefined) return true;
    this.#pointer = pointer;
    for (const value of data) this.#put(this.#pointer++, value);
    return true;
  }

  read(length: number): Uint8Array | undefined {
    this.#goOn();
    return Uint8Array.from({ length }, () => {
      const pointer = this.#pointer++ % 0x20;
      if (pointer === 0x1f) return this.revision;
      if (pointer === 0x14) this.#registers[0] = this.#without(0, 0x20); // the last byte of the result: nothing new to fetch
      return this.#registers[pointer] ?? 0;
    });
  }

  #has(register: number, weight: number): boolean {
    return Math.floor((this.#registers[register] ?? 0) / weight) % 2 === 1;
  }

  #without(register: number, weight: number): number {
    return (this.#registers[register] ?? 0) - (this.#has(register, weight) ? weight : 0);
  }

  #rate(): number {
    return samples_per_s[Math.floor((this.#registers[2] ?? 0) / 16) % 8] ?? 10;
  }

  /** Gain, rate and input: what a calibration holds for. */
  #setting(): string {
    return `${(this.#registers[1] ?? 0) % 8} ${this.#rate()} ${this.#has(2, 0x80)}`;
  }

  #put(register: number, value: number): void {
    const now = this.#clock.monotonic_s();
    const bit = (weight: number): boolean => Math.floor(value / weight) % 2 === 1;
    if (register === 0 && bit(0x01)) this.powerCycle();
    if (register === 0x1f || (register >= 0x12 && register <= 0x14)) return;
    const kept = register === 0 ? [0x20, 0x08].filter((weight) => this.#has(0, weight)) : []; // read-only bits
    const own = register === 0 ? value - (bit(0x20) ? 0x20 : 0) - (bit(0x08) ? 0x08 : 0) : value;
    this.#registers[register] = kept.reduce((sum, weight) => sum + weight, own);
    if (register === 0) {
      if (bit(0x02)) this.#awakeAt_s = Math.min(this.#awakeAt_s, now + WAKE_s);
      this.#suppliedAt_s = bit(0x04) && bit(0x80) ? Math.min(this.#suppliedAt_s, now) : Number.POSITIVE_INFINITY;
      if (bit(0x10) && bit(0x04)) this.#conversionEnds_s = now + 4 / this.#rate(); // the filter fills first
    }
    if (register === 2 && bit(0x04)) this.#calibrationEnds_s = now + CALIBRATION_s;
  }

  #goOn(): void {
    const now = this.#clock.monotonic_s();
    if (now >= this.#awakeAt_s && !this.#has(0, 0x08)) this.#registers[0] = (this.#registers[0] ?? 0) + 0x08;
    if (this.#calibrationEnds_s !== undefined && now >= this.#calibrationEnds_s) {
      const well = this.calibrates && this.#calibrationEnds_s - CALIBRATION_s >= this.#suppliedAt_s + STABLE_s;
      this.#registers[2] = this.#without(2, 0x04);
      this.#registers[2] = this.#without(2, 0x08) + (well ? 0 : 0x08);
      this.#calibrationEnds_s = undefined;
      this.#calibratedFor = well ? this.#setting() : "";
    }
    if (!this.converting || now < this.#conversionEnds_s) return;
    while (this.#conversionEnds_s <= now) this.#conversionEnds_s += 1.01 / this.#rate(); // it free-runs, a little slow
    if (!this.#has(0, 0x20)) this.#registers[0] = (this.#registers[0] ?? 0) + 0x20;
    if (this.frozen && this.#registers.slice(0x12, 0x15).some((byte) => byte > 0)) return;
    const offset = this.#calibratedFor === this.#setting() ? 0 : UNCALIBRATED_mV_per_V;
    const gain = 2 ** ((this.#registers[1] ?? 0) % 8);
    const steps = Math.round(((this.transducer.sense(this.world.load_mV_per_V, now) + offset) / (500 / gain)) * 2 ** 23);
    const code = Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, steps));
    const pattern = code < 0 ? code + 2 ** 24 : code;
    this.#registers.splice(0x12, 3, Math.floor(pattern / 65_536), Math.floor(pattern / 256) % 256, pattern % 256);
  }
}
