/** An STCC4 with its SHT4x as the wire sees it, in use for a while. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { checksum } from "./sensirion.sim.ts";
import { FRESH_AIR_ppm, Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Commands for the idle chip alone, with the time that each takes; meanwhile the chip acknowledges nothing. */
const idleOnly_s: Readonly<Record<number, number>> = { 8587: 0, 10684: 22, 10124: 0.35, 13915: 0, 13904: 0 };

export class Stcc4Sim implements SimulatedChip {
  readonly world: Record<"co2_ppm" | "temperature_degC" | "humidity_pct", Course> = {
    co2_ppm: { mean: 620, swing: 40, period_s: 1800, noise: 6 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.03 },
    humidity_pct: { mean: 40, swing: 2, period_s: 3000, noise: 0.2 },
  };
  product = [0x0901, 0x018a];
  selfTest = 0;
  interval_s = 1.01;
  testing = false;
  /** Which bit of the status says so. */
  testingBit = 0x40;
  asleep = false;
  conditioned = 0;
  /** A chip in its first hour: what it gives in the first 20 s is not measured. */
  isNew = false;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #since_s: number | undefined;
  #taken = 0;
  #busyUntil_s = 0;
  #reply: readonly number[] | undefined;
  #last: readonly number[] | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#since_s = clock.monotonic_s();
  }

  powerCycle(): void {
    this.#since_s = undefined;
    this.#busyUntil_s = 0;
    this.#reply = undefined;
    this.testing = false;
    this.asleep = false;
  }

  write(bytes: Uint8Array): boolean {
    const now = this.#clock.monotonic_s();
    if (now < this.#busyUntil_s) return false;
    const [high = 0, low = 0] = bytes;
    if (bytes.length === 1 && high === 0) {
      this.asleep = false;
      return false; // the payload is not acknowledged
    }
    if (bytes.length !== 2 || this.asleep) return false;
    this.#reply = undefined;
    const code = high * 256 + low;
    const busy_s = idleOnly_s[code];
    if (busy_s !== undefined) return this.#whenIdle(code, busy_s);
    if (code === 0x3f86) [this.#since_s, this.#busyUntil_s] = [undefined, now + 1.15];
    else if (code === 0x3fbc) this.testing = true;
    else if (code === 0x3f3d) this.testing = false;
    else if (code === 0xec05) this.#measurement();
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const reply = this.#clock.monotonic_s() < this.#busyUntil_s ? undefined : this.#reply?.slice(0, length);
    if (reply !== undefined) this.#reply = undefined;
    return reply && Uint8Array.from(reply);
  }

  #whenIdle(code: number, busy_s: number): boolean {
    if (this.#since_s !== undefined) return false;
    const now = this.#clock.monotonic_s();
    this.#busyUntil_s = now + busy_s;
    if (code === 0x218b) [this.#since_s, this.#taken] = [now, 0];
    else if (code === 0x29bc) this.conditioned++;
    else if (code === 0x278c) this.#answer([this.selfTest]);
    else if (code === 0x365b) this.#answer([...this.product, 0, 0, 0x2b11, 0x90f3]);
    else this.asleep = true;
    return true;
  }

  #measurement(): void {
    if (this.#since_s === undefined || !this.converting) return;
    const now = this.#clock.monotonic_s();
    const done = Math.floor((now - this.#since_s) / this.interval_s);
    if (done <= this.#taken) return; // the read that follows is not acknowledged
    this.#taken = done;
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense(now);
    const [gas = 0, ...others] = this.#last;
    this.#answer([this.isNew && now - this.#since_s < 20 ? 390 : gas, ...others, this.testing ? this.testingBit : 0]);
  }

  #sense(now: number): readonly number[] {
    const { co2_ppm, temperature_degC, humidity_pct } = this.world;
    const word = (share: number) => Math.max(0, Math.min(0xffff, Math.round(share * 0xffff)));
    return [
      Math.max(380, Math.min(32_000, Math.round(this.transducer.sense(co2_ppm, now, FRESH_AIR_ppm)))),
      word((this.transducer.beside(temperature_degC, now) + 45) / 175),
      word((this.transducer.beside(humidity_pct, now) + 6) / 125),
    ];
  }

  #answer(words: readonly number[]): void {
    this.#reply = words.flatMap((word) => [word >> 8, word & 0xff, checksum(word)]);
  }
}
