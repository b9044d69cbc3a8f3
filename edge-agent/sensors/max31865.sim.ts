/** A MAX31865 as the wire sees it, with a platinum element on leads of half an ohm. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedSpiChip } from "../bus/simulated-spi.ts";
import type { SpiSetting } from "../bus/spi.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const afterPowerUp = [0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00];
const LEAD_ohm = 0.5;
const FILTER_s = 0.0005; // time constant
const TEST_s = 0.0006;

export class Max31865Sim implements SimulatedSpiChip {
  readonly world: { temperature_degC: Course; wiring: "sound" | "open" | "shorted" | "force-open" | "grounded" | "live" } = {
    temperature_degC: { mean: 26, swing: 0.6, period_s: 2400, noise: 0.05 },
    wiring: "sound",
  };
  /** What is really there. */
  fitted = { element_ohm: 100, reference_ohm: 430, wires: 4 };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #registers = [...afterPowerUp];
  #biasSince_s: number | undefined;
  #conversionEnds_s: number | undefined;
  #testEnds_s: number | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#registers = [...afterPowerUp];
    this.#biasSince_s = this.#conversionEnds_s = this.#testEnds_s = undefined;
  }

  transfer(bytes: Uint8Array, mode: SpiSetting["mode"]): Uint8Array {
    if (mode !== 1 && mode !== 3) return new Uint8Array(bytes.length).fill(0xff);
    this.#goOn();
    const [address = 0, ...data] = bytes;
    const first = address % 0x80;
    if (address < 0x80) return Uint8Array.from(bytes, (_, index) => (index === 0 ? 0 : (this.#registers[(first + index - 1) % 8] ?? 0)));
    for (const [index, value] of data.entries()) {
      const register = first + index;
      if (register === 0) this.#configure(value);
      else if (register >= 3 && register <= 6) this.#registers[register] = value; // the others are read-only
    }
    return new Uint8Array(bytes.length);
  }

  #configure(value: number): void {
    const now = this.#clock.monotonic_s();
    const bit = (weight: number): boolean => Math.floor(value / weight) % 2 === 1;
    if (!bit(0x80)) this.#biasSince_s = undefined;
    else this.#biasSince_s ??= now;
    if (bit(0x02)) this.#registers[7] = 0;
    this.#registers[0] = value - (bit(0x02) ? 2 : 0); // the clearing bit clears itself
    if (bit(0x20)) this.#conversionEnds_s = now + (bit(0x01) ? 0.0625 : 0.052);
    if (bit(0x04) && bit(0x80) && !bit(0x40) && !bit(0x20)) this.#testEnds_s = now + TEST_s;
  }

  #goOn(): void {
    const now = this.#clock.monotonic_s();
    if (this.converting && this.#conversionEnds_s !== undefined && now >= this.#conversionEnds_s) this.#convert(this.#conversionEnds_s);
    if (this.#testEnds_s !== undefined && now >= this.#testEnds_s) {
      this.#testEnds_s = undefined;
      this.#registers[0] = (this.#registers[0] ?? 0) - 0x04;
      const found = { sound: 0, shorted: 0, live: 0, open: 0x20, "force-open": 0x20, grounded: 0x18 }[this.world.wiring];
      this.#registers[7] = merged(this.#registers[7] ?? 0, found);
    }
  }

  #convert(now: number): void {
    this.#conversionEnds_s = undefined;
    if (Math.floor((this.#registers[0] ?? 0) / 0x20) % 2 === 1) this.#registers[0] = (this.#registers[0] ?? 0) - 0x20;
    const settled = this.#biasSince_s === undefined ? 0 : 1 - Math.exp(-(now - this.#biasSince_s) / FILTER_s);
    const exact = (this.#ohm(now) * settled * 32_768) / this.fitted.reference_ohm;
    const seen = Math.floor(((this.#registers[1] ?? 0) * 256 + (this.#registers[2] ?? 0)) / 2);
    const code = this.frozen && seen > 0 ? seen : Math.max(0, Math.min(32_767, Math.round(exact)));
    this.#registers.splice(1, 2, Math.floor(code / 128), (code % 128) * 2);
    const word = (register: number): number => (this.#registers[register] ?? 0) * 256 + (this.#registers[register + 1] ?? 0);
    const found = (code * 2 >= word(3) ? 0x80 : 0) + (code * 2 <= word(5) ? 0x40 : 0) + (this.world.wiring === "live" ? 0x04 : 0);
    this.#registers[7] = merged(this.#registers[7] ?? 0, found);
  }

  #ohm(now: number): number {
    if (this.world.wiring === "open") return 1e6;
    if (this.world.wiring === "shorted") return 0.2;
    const t = Math.min(1000, this.transducer.sense(this.world.temperature_degC, now)); // further up the polynomial turns down again
    const element = this.fitted.element_ohm * (1 + 0.0039083 * t - 5.775e-7 * t * t + (t < 0 ? -4.183e-12 * t * t * t * (t - 100) : 0));
    const threeWire = Math.floor((this.#registers[0] ?? 0) / 0x10) % 2 === 1;
    if (this.fitted.wires === 2) return element; // its leads are part of it
    if (this.fitted.wires === 3) return threeWire ? element : element + LEAD_ohm; // one lead in the path, subtracted where the chip is told
    return threeWire ? element - LEAD_ohm : element;
  }
}

/** Faults stand until they are cleared. */
const merged = (before: number, now: number): number => before | now;
