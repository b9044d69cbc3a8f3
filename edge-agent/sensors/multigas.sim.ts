/** DFRobot's gas board with one probe, as either of its wires sees it. Written from the protocol page and the maker's library; shares nothing with the driver. */
import type { SimulatedChip } from "../bus/simulated-bus.ts";
import type { SimulatedPort } from "../bus/simulated-uart.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

/** Gas id, decimals and a calm chamber, by probe. */
const probes: Readonly<Record<string, readonly [id: number, decimals: number, calm: Course]>> = {
  h2: [0x06, 0, { mean: 12, swing: 3, period_s: 1800, noise: 1 }],
  hf: [0x33, 1, { mean: 0.5, swing: 0.1, period_s: 1800, noise: 0.1 }],
  co: [0x04, 0, { mean: 8, swing: 2, period_s: 1800, noise: 1 }],
  o2: [0x05, 1, { mean: 20.8, swing: 0.1, period_s: 1800, noise: 0.1 }],
};

/** The board itself, whatever wire its switch selects. */
export class MultigasBoard {
  readonly world: Record<"gas" | "temperature_degC", Course>;
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** Reports once a second without being asked, as after power-up. This one was set up by an earlier run. */
  uploading = false;
  id: number;
  decimals: number;
  protected readonly clock: Clock;
  #last: readonly [counts: number, adc: number] | undefined;
  #reply: readonly number[] = [];

  constructor(clock: Clock, seed: number, gas: string) {
    const [id = 0, decimals = 0, calm = { mean: 0, swing: 0, period_s: 1, noise: 0 }] = probes[gas] ?? [];
    this.id = id;
    this.decimals = decimals;
    this.world = { gas: { ...calm }, temperature_degC: { mean: 25, swing: 0.5, period_s: 2400, noise: 0.2 } };
    this.clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.uploading = true;
    this.#reply = [];
  }

  /** The reply to a request; a board whose program stands repeats its last. Undefined for what is no request. */
  protected reply(bytes: readonly number[]): readonly number[] | undefined {
    const [start, board, command = 0, argument] = bytes;
    if (bytes.length !== 9 || start !== 255 || board !== 1 || bytes[8] !== complement(bytes.slice(1, 8))) return undefined;
    if (!this.converting) return this.#reply;
    const [counts, adc] = this.#sense();
    if (command === 0x78) this.uploading = argument === 3;
    if (command === 0x78) this.#reply = framed(command, [argument === 3 || argument === 4 ? 1 : 0]);
    else if (command === 0x86) this.#reply = framed(command, [counts >> 8, counts & 255, this.#id(), this.decimals]);
    else if (command === 0x87) this.#reply = framed(command, [adc >> 8, adc & 255]);
    else if (command === 0x88) this.#reply = this.upload();
    else return undefined;
    return this.#reply;
  }

  /** Its checksum leaves out the last byte of the temperature, as the maker's library has it. */
  protected upload(): readonly number[] {
    const [counts, adc] = this.#sense();
    const content = [0x88, counts >> 8, counts & 255, this.#id(), this.decimals, adc >> 8];
    return [255, ...content, adc & 255, complement(content)];
  }

  /** A swapped probe is one for ammonia. */
  #id(): number {
    return this.transducer.struck("gas-id") ? 0x02 : this.id;
  }

  #sense(): readonly [counts: number, adc: number] {
    if (this.frozen && this.#last !== undefined) return this.#last;
    const now = this.clock.monotonic_s();
    const scaled = Math.round(this.transducer.sense(this.world.gas, now) * 10 ** this.decimals);
    const kelvin = this.transducer.beside(this.world.temperature_degC, now) + 273.15;
    const ratio = Math.exp(3380.13 * (1 / kelvin - 1 / 298.15)); // of the thermistor to the 10 kohm above it
    this.#last = [Math.max(0, Math.min(65_535, scaled)), Math.round((1024 * ratio) / (1 + ratio))];
    return this.#last;
  }
}

export class MultigasSim extends MultigasBoard implements SimulatedChip {
  #buffer: readonly number[] = [];

  write([register, ...rest]: Uint8Array): boolean {
    if (register !== 0) return false;
    if (rest.length > 0) this.#buffer = this.reply(rest) ?? this.#buffer;
    return true;
  }

  /** While it uploads, the upload is what there is to read. */
  read(length: number): Uint8Array | undefined {
    const bytes = this.uploading ? this.upload() : this.#buffer;
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0);
  }

  override powerCycle(): void {
    super.powerCycle();
    this.#buffer = [];
  }
}

/** At a port it uploads and answers. */
export class MultigasUartSim extends MultigasBoard implements SimulatedPort {
  #heard_s: number;

  constructor(clock: Clock, seed: number, gas: string) {
    super(clock, seed, gas);
    this.#heard_s = clock.monotonic_s();
  }

  answer(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(this.reply([...bytes]) ?? []);
  }

  unasked(): Uint8Array {
    const due = Math.min(10, Math.floor(this.clock.monotonic_s() - this.#heard_s));
    this.#heard_s += this.uploading ? due : this.clock.monotonic_s() - this.#heard_s;
    return Uint8Array.from(this.uploading ? Array.from({ length: due }, () => this.upload()).flat() : []);
  }

  override powerCycle(): void {
    super.powerCycle();
    this.#heard_s = this.clock.monotonic_s();
  }
}

const framed = (command: number, content: readonly number[]): readonly number[] => {
  const bytes = [command, ...content, 0, 0, 0, 0, 0, 0].slice(0, 7);
  return [255, ...bytes, complement(bytes)];
};

const complement = (bytes: readonly number[]): number => (256 - (bytes.reduce((sum, byte) => sum + byte, 0) % 256)) % 256;
