/** An SCD30 as the wire sees it. Written from the interface description; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { FRESH_AIR_ppm, Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** A reply is there this long after its command. */
const PAUSE_s = 0.003;

export class Scd30Sim implements SimulatedChip {
  readonly world: Record<"co2_ppm" | "temperature_degC" | "humidity_pct", Course> = {
    co2_ppm: { mean: 620, swing: 40, period_s: 1800, noise: 6 },
    temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.03 },
    humidity_pct: { mean: 40, swing: 2, period_s: 3000, noise: 0.2 },
  };
  /** In the chip's own memory: these outlive a power cycle, and so does measuring. */
  selfCalibration = 0;
  interval = 2;
  measuring = true;
  /** Of its clock against ours: the oscillator of a real part is a little off. */
  pace = 1.003;
  memoryWrites = 0;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;

  #since_s: number;
  #taken = 0;
  #reply: readonly number[] | undefined;
  #readyAt_s = 0;
  #last: readonly number[] | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
    this.#since_s = clock.monotonic_s();
  }

  powerCycle(): void {
    this.#since_s = this.#clock.monotonic_s();
    this.#taken = 0;
    this.#reply = undefined;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length !== 2 && bytes.length !== 5) return false;
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, sum] = bytes;
    const [code, argument] = [b0 * 256 + b1, b2 * 256 + b3];
    if (sum !== undefined && sum !== checksum([b2, b3])) return false;
    this.#reply = undefined;
    if (sum === undefined) return this.#ask(code);
    if (code === 0x0010) this.#start();
    else if (code === 0x4600) [this.interval, this.memoryWrites] = [argument, this.memoryWrites + 1];
    else if (code === 0x5306) [this.selfCalibration, this.memoryWrites] = [argument, this.memoryWrites + 1];
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#reply === undefined || this.#clock.monotonic_s() < this.#readyAt_s) return undefined;
    const reply = this.#reply.slice(0, length);
    this.#reply = undefined;
    return Uint8Array.from(reply);
  }

  #ask(code: number): boolean {
    if (code === 0x0104) this.measuring = false;
    else if (code === 0x0202) this.#answer([0, this.#done() > this.#taken ? 1 : 0]);
    else if (code === 0x0300) this.#measurement();
    else if (code === 0x4600) this.#answer([this.interval >> 8, this.interval & 0xff]);
    else if (code === 0x5306) this.#answer([0, this.selfCalibration]);
    else if (code === 0xd100) this.#answer([3, 66]);
    else return false;
    return true;
  }

  #start(): void {
    if (!this.measuring) [this.#since_s, this.#taken] = [this.#clock.monotonic_s(), 0];
    this.measuring = true;
  }

  /** Results since the start; one that was not fetched is overwritten by the next. */
  #done(): number {
    if (!this.measuring || !this.converting) return 0;
    return Math.floor((this.#clock.monotonic_s() - this.#since_s) / (this.interval * this.pace));
  }

  #measurement(): void {
    const done = this.#done();
    if (done <= this.#taken) return;
    this.#taken = done;
    if (!this.frozen || this.#last === undefined) this.#last = this.#sense();
    const [co2 = 0, ...others] = this.#last;
    const settled = [0, 0, co2 / 2][done] ?? co2; // the first result after power is 0, the second too low
    const view = Buffer.alloc(12);
    for (const [index, value] of [settled, ...others].entries()) view.writeFloatBE(value, 4 * index);
    this.#answer([...view]);
  }

  #sense(): readonly number[] {
    const now = this.#clock.monotonic_s();
    const { co2_ppm, temperature_degC, humidity_pct } = this.world;
    const clipped = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
    return [
      clipped(this.transducer.sense(co2_ppm, now, FRESH_AIR_ppm), 0, 40_000),
      clipped(this.transducer.beside(temperature_degC, now), -40, 70),
      clipped(this.transducer.beside(humidity_pct, now), 0, 100),
    ];
  }

  #answer(bytes: readonly number[]): void {
    this.#readyAt_s = this.#clock.monotonic_s() + PAUSE_s;
    this.#reply = bytes.flatMap((byte, index) => (index % 2 ? [byte, checksum(bytes.slice(index - 1, index + 1))] : [byte]));
  }
}

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
