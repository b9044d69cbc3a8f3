/** An MCP9601 as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Register sizes in bytes, by pointer; what is not here reads as nothing. */
const sizes: Readonly<Record<number, number>> = { 0: 2, 1: 2, 2: 2, 4: 1, 5: 1, 6: 1, 16: 2, 17: 2, 18: 2, 19: 2, 32: 2 };
const writable = new Set([0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13]);
/** 18 bit and a fine cold junction, both typical. */
const CONVERSION_s = 0.57;
/** Sensitivity near room temperature in uV/K by type code, and the top of each range: what a wrong type setting does to a reading. */
const sensitivity_uV_per_K = [41, 52, 41, 26, 6, 61, 1, 6];
const top_degC = [1372, 1200, 400, 1300, 1768, 1000, 1820, 1768];

export class Mcp9601Sim implements SimulatedChip {
  readonly world: Record<"hot_degC" | "cold_degC", Course> & { wiring: "sound" | "open" | "shorted" } = {
    hot_degC: { mean: 26, swing: 0.6, period_s: 2400, noise: 0.08 },
    cold_degC: { mean: 24, swing: 0.4, period_s: 3600, noise: 0.03 },
    wiring: "sound",
  };
  identity = 0x41;
  /** Type code of the thermocouple that is really wired. */
  wired = 0;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #registers = new Map<number, number[]>();
  #pointer = 0;
  #conversionEnds_s = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.powerCycle();
  }

  powerCycle(): void {
    this.#registers = new Map(Object.entries(sizes).map(([pointer, size]) => [Number(pointer), new Array<number>(size).fill(0)]));
    this.#conversionEnds_s = this.#clock.monotonic_s() + CONVERSION_s;
  }

  write(bytes: Uint8Array): boolean {
    const [pointer, ...data] = bytes;
    if (pointer === undefined) return false; // a zero-length probe upsets the part
    this.#pointer = pointer;
    this.#convert();
    const register = this.#registers.get(pointer);
    if (data.length === 0) return true;
    if (register === undefined || !writable.has(pointer) || data.length !== register.length) return true; // taken and ignored
    if (pointer === 0x04) {
      const [was = 0] = register;
      this.#registers.set(pointer, [was & (0x3f | (data[0] ?? 0))]); // bits 6 and 7 are cleared by writing 0, the others are read-only
    } else {
      this.#registers.set(pointer, data);
    }
    return true;
  }

  read(length: number): Uint8Array | undefined {
    this.#convert();
    this.#registers.set(0x20, [this.identity, 0x12]);
    const register = this.#registers.get(this.#pointer) ?? [];
    return Uint8Array.from({ length }, (_, index) => register[index] ?? 0);
  }

  #convert(): void {
    const now = this.#clock.monotonic_s();
    if (!this.converting || now < this.#conversionEnds_s) return;
    while (this.#conversionEnds_s <= now) this.#conversionEnds_s += CONVERSION_s; // it free-runs
    const { hot_degC, cold_degC, wiring } = this.world;
    const type = ((this.#registers.get(0x05)?.[0] ?? 0) >> 4) & 7;
    const cold = this.transducer.beside(cold_degC, now);
    const gain = (sensitivity_uV_per_K[this.wired] ?? 1) / (sensitivity_uV_per_K[type] ?? 1);
    const hot = wiring === "sound" ? cold + (this.transducer.sense(hot_degC, now) - cold) * gain : cold;
    const top = top_degC[type] ?? 0;
    const beyond = hot > top || hot < -270;
    if (!this.frozen || this.#registers.get(0x00)?.every((byte) => byte === 0)) {
      this.#registers.set(0x00, steps(Math.max(-270, Math.min(hot, top))));
      this.#registers.set(0x02, steps(cold));
    }
    this.#registers.set(0x04, [0x40 | (wiring === "open" || beyond ? 0x10 : 0) | (wiring === "shorted" ? 0x20 : 0)]);
  }
}

/** Sixteenths of a degree, two's complement, high byte first. */
function steps(degC: number): number[] {
  const sixteenths = Math.round(degC * 16);
  const pattern = sixteenths < 0 ? 65_536 + sixteenths : sixteenths;
  return [Math.floor(pattern / 256), pattern % 256];
}
