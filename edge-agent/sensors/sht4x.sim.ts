/** An SHT4x as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { checksum } from "./sensirion.sim.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Longest times of the data sheet, in seconds, by command. */
const durations_s: Readonly<Record<number, number>> = { 253: 0.0083, 246: 0.0045, 224: 0.0016 };

export class Sht4xSim implements SimulatedChip {
  readonly world: Record<"temperature_degC" | "humidity_pct", Course> = {
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.03 },
    humidity_pct: { mean: 40, swing: 2, period_s: 3000, noise: 0.1 },
  };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #reply: number[] | undefined;
  #readyAt_s = 0;
  #last: readonly number[] | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#reply = undefined;
  }

  write(bytes: Uint8Array): boolean {
    const [code = 0] = bytes;
    const now = this.#clock.monotonic_s();
    if (bytes.length !== 1 || (this.#reply !== undefined && now < this.#readyAt_s)) return false; // deaf while it measures
    this.#reply = undefined;
    if (code === 0x89) {
      this.#answer([0x0f3a, 0x51c7], now);
      return true;
    }
    if (code === 0x94) return true;
    const duration_s = durations_s[code];
    if (duration_s === undefined) return false;
    if (!this.converting) return true;
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense(now);
    this.#answer(this.#last, now + duration_s);
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#reply === undefined || this.#clock.monotonic_s() < this.#readyAt_s) return undefined;
    const reply = this.#reply.slice(0, length);
    this.#reply = undefined; // a reply can be fetched once
    return Uint8Array.from(reply);
  }

  #sense(now: number): readonly number[] {
    const word = (share: number) => Math.max(0, Math.min(0xffff, Math.round(share * 0xffff)));
    const { temperature_degC, humidity_pct } = this.world;
    return [word((this.transducer.sense(temperature_degC, now) + 45) / 175), word((this.transducer.sense(humidity_pct, now) + 6) / 125)];
  }

  #answer(words: readonly number[], readyAt_s: number): void {
    this.#readyAt_s = readyAt_s;
    this.#reply = words.flatMap((word) => [word >> 8, word & 0xff, checksum(word)]);
  }
}
