/** An SGP41 as the wire sees it. Written from Sensirion's driver and data sheets; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** A cold pixel's resistance is higher by this, and comes down with this time constant. */
const COLD_ticks = 6000;
const HEATING_s = 8;

export class Sgp41Sim implements SimulatedChip {
  /** The raw signal, which falls where the gas rises. */
  readonly world: Record<"raw_ticks", Course> = { raw_ticks: { mean: 30_500, swing: 120, period_s: 1800, noise: 6 } };
  selfTest = 0xd400;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** The longest that it was conditioned without a pause, and how often that began: over 10 s it is damaged. */
  longestConditioning_s = 0;
  conditionings = 0;

  #heated_s: number | undefined;
  #conditioned_s: number | undefined;
  #reply: readonly number[] | undefined;
  #readyAt_s = 0;
  #last: number | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#heater(false);
    this.#reply = undefined;
  }

  write(bytes: Uint8Array): boolean {
    const now = this.#clock.monotonic_s();
    if (this.#reply !== undefined && now < this.#readyAt_s) return false; // deaf while it works
    const [high = 0, low = 0, ...rest] = bytes;
    const code = high * 256 + low;
    if (!isWords(rest) || rest.length !== (code === 0x2612 || code === 0x2619 ? 6 : 0)) return false;
    this.#reply = undefined;
    if (code === 0x3615) this.#heater(false);
    else if (code === 0x3682) this.#answer([0x0000, 0x04c1, 0x7d2a], 0.001);
    else if (code === 0x280e) this.#answer([this.selfTest], 0.32);
    else if (code === 0x2612) this.#measure(true);
    else if (code === 0x2619) this.#measure(false);
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#reply === undefined || this.#clock.monotonic_s() < this.#readyAt_s) return undefined;
    const reply = this.#reply.slice(0, length);
    this.#reply = undefined;
    return Uint8Array.from(reply);
  }

  /** What conditioning has come to by now. */
  look(): number {
    if (this.#conditioned_s !== undefined) this.longestConditioning_s = Math.max(this.longestConditioning_s, this.#clock.monotonic_s() - this.#conditioned_s);
    return this.longestConditioning_s;
  }

  #measure(conditioning: boolean): void {
    this.#heater(true);
    if (conditioning && this.#conditioned_s === undefined) [this.#conditioned_s, this.conditionings] = [this.#clock.monotonic_s(), this.conditionings + 1];
    if (!conditioning) this.#endConditioning();
    if (!this.converting) return;
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense();
    this.#answer(conditioning ? [this.#last] : [this.#last, 15_800], 0.05);
  }

  #heater(on: boolean): void {
    if (!on) this.#endConditioning();
    this.#heated_s = on ? (this.#heated_s ?? this.#clock.monotonic_s()) : undefined;
  }

  #endConditioning(): void {
    this.look();
    this.#conditioned_s = undefined;
  }

  #sense(): number {
    const now = this.#clock.monotonic_s();
    const cold = COLD_ticks * Math.exp(-(now - (this.#heated_s ?? now)) / HEATING_s);
    return Math.max(0, Math.min(65_535, Math.round(this.transducer.sense(this.world.raw_ticks, now) + cold)));
  }

  #answer(values: readonly number[], after_s: number): void {
    this.#readyAt_s = this.#clock.monotonic_s() + after_s;
    this.#reply = values.flatMap((value) => [value >> 8, value & 255, checksum([value >> 8, value & 255])]);
  }
}

const isWords = (bytes: readonly number[]): boolean => bytes.every((byte, index) => index % 3 < 2 || byte === checksum(bytes.slice(index - 2, index)));

/** x^8 + x^5 + x^4 + 1 preset to ones, as a shift register that takes a bit at a time. */
function checksum(bytes: readonly number[]): number {
  let register = 0xff;
  for (const byte of bytes)
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      const feedback = register >= 0x80 !== (byte & mask) > 0;
      register = ((register * 2) & 0xff) ^ (feedback ? 0x31 : 0);
    }
  return register;
}
