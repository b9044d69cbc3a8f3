/** An STC31-C as the wire sees it. Written from the data sheet; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { checksum } from "./sensirion.sim.ts";
import { FRESH_AIR_ppm, Transducer } from "./transducer.sim.ts";
import { type Course, seeded } from "./world.sim.ts";

const CONVERSION_s = 0.1;

/** What a power cycle takes, by the words of the state that hold it. */
const powerUp = { gas: 0xffff, selfCalibration: 0, humidity: 0, temperature: 0xffff, pressure: 1013 };

export class Stc31cSim implements SimulatedChip {
  readonly world: Record<"co2_pct" | "temperature_degC", Course> = {
    co2_pct: { mean: 3, swing: 0.4, period_s: 1800, noise: 0.05 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.03 },
  };
  product = 0x0801_0302;
  /** Which modes it takes; an older chip takes 0 to 3. */
  modes: readonly number[] = [0, 1, 2, 3, 0x10, 0x11, 0x12, 0x13];
  settings = { ...powerUp };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #prepared: readonly number[] = [];
  #reply: readonly number[] | undefined;
  #readyAt_s = 0;
  #last: readonly number[] | undefined;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#random = seeded(seed + 1);
  }

  powerCycle(): void {
    this.settings = { ...powerUp };
    this.#prepared = [];
    this.#reply = undefined;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length !== 2 && bytes.length !== 5) return false;
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, sum] = bytes;
    const [code, argument] = [b0 * 256 + b1, b2 * 256 + b3];
    if (sum !== undefined && sum !== checksum(argument)) return false;
    this.#reply = undefined;
    return sum === undefined ? this.#command(code) : this.#set(code, argument);
  }

  read(length: number): Uint8Array | undefined {
    if (this.#reply === undefined || this.#clock.monotonic_s() < this.#readyAt_s) return undefined;
    const reply = this.#reply.slice(0, length);
    this.#reply = undefined;
    return Uint8Array.from(reply);
  }

  #set(code: number, argument: number): boolean {
    if (code === 0x3615) {
      if (this.modes.includes(argument)) this.settings.gas = argument;
    } else if (code === 0x3624) this.settings.humidity = argument;
    else if (code === 0x361e) this.settings.temperature = argument;
    else if (code === 0x362f) this.settings.pressure = argument;
    else return false;
    return true;
  }

  #command(code: number): boolean {
    if (code === 0x3639) this.#measure();
    else if (code === 0x3fef) this.settings.selfCalibration = 1;
    else if (code === 0x3f6e) this.settings.selfCalibration = 0;
    else if (code === 0x3752) this.#prepared = [...Object.values(this.settings), ...new Array<number>(10).fill(0)];
    else if (code === 0x367c) this.#prepared = [this.product >> 16, this.product & 0xffff, 0, 0, 0x1f4a, 0x0c35];
    else if (code === 0xe133 || code === 0xe102) this.#answer(this.#prepared, 0);
    else return false;
    return true;
  }

  #measure(): void {
    if (!this.converting) return;
    const now = this.#clock.monotonic_s();
    if (!this.frozen || this.#last === undefined) {
      const { co2_pct, temperature_degC } = this.world;
      const gas = 16_384 + Math.round((this.transducer.sense(co2_pct, now, FRESH_AIR_ppm / 10_000) * 32_768) / 100);
      this.#last = [Math.max(0, Math.min(65_535, gas)), (65_536 + Math.round(this.transducer.beside(temperature_degC, now) * 200)) % 65_536];
    }
    const [gas = 0, temperature = 0] = this.#last;
    const undefinedResult = 17_000 + Math.floor(this.#random() * 10_000); // plausible, and nothing to do with the gas
    this.#answer([this.settings.gas === powerUp.gas ? undefinedResult : gas, temperature, 0], CONVERSION_s);
  }

  #answer(words: readonly number[], after_s: number): void {
    this.#readyAt_s = this.#clock.monotonic_s() + after_s;
    this.#reply = words.flatMap((word) => [word >> 8, word & 0xff, checksum(word)]);
  }
}
