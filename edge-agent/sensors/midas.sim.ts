/** A Honeywell Midas as the line sees it. Written from the sources that the driver names; shares nothing with it. */
import type { SimulatedUnit } from "../bus/simulated-modbus.ts";
import type { Clock } from "../core/clock.ts";
import { Transducer } from "./transducer.sim.ts";
import type { Course } from "./world.sim.ts";

const WARM_UP_s = 20;
/** Where the range of the HF cartridge ends, from memory; more is maintenance fault 10. */
const END_ppm = 12;
const OVER_RANGE = 10;
const [ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, BUSY] = [1, 2, 6];

export class MidasSim implements SimulatedUnit {
  readonly world: { gas_ppm: Course } = { gas_ppm: { mean: 0.4, swing: 0.05, period_s: 1800, noise: 0.01 } };
  converting = true;
  frozen = false;
  readonly transducer: Transducer;
  /** Of the status register, once warmed up. */
  state = 1;
  faultNumber = 0;
  cartridge = 0x2107;
  unitCode = 1;
  flow_mL_per_min = 500;
  /** Whether its program still runs: the heartbeat. */
  beating = true;

  #on_s = -WARM_UP_s;
  #beats = 17;
  #seen: number | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.transducer = new Transducer(seed);
  }

  powerCycle(): void {
    this.#on_s = this.#clock.monotonic_s();
  }

  answer(request: Uint8Array): Uint8Array {
    const [code = 0, , start = 0, , count = 0] = request;
    if (code !== 3) return Uint8Array.of(code + 0x80, ILLEGAL_FUNCTION);
    if (!this.converting) return Uint8Array.of(code + 0x80, BUSY);
    const registers = this.#registers();
    if (start + count > registers.length) return Uint8Array.of(code + 0x80, ILLEGAL_ADDRESS);
    return Uint8Array.of(code, 2 * count, ...registers.slice(start, start + count).flatMap((word) => [Math.floor(word / 256), word % 256]));
  }

  #registers(): number[] {
    const now = this.#clock.monotonic_s();
    if (this.beating) this.#beats = 17 + Math.floor(now / 2);
    if (!this.frozen || this.#seen === undefined) this.#seen = this.transducer.sense(this.world.gas_ppm, now);
    const float = new DataView(new ArrayBuffer(4));
    float.setFloat32(0, this.unitCode === 4 ? this.#seen / 10_000 : this.#seen);
    const state = now - this.#on_s < WARM_UP_s ? 0 : this.state;
    const number = this.faultNumber === 0 && this.#seen > END_ppm ? OVER_RANGE : this.faultNumber;
    const fault = number === 0 ? 0 : number < 30 ? 16 : 32;
    const tenths = Math.max(0, Math.round(this.#seen * 10));
    return [
      state + fault + (this.#beats % 2 === 1 ? 2048 : 0),
      this.transducer.struck("gas-id") ? this.cartridge + 1 : this.cartridge,
      float.getUint16(2),
      float.getUint16(0),
      Math.min(65_535, tenths),
      number,
      this.unitCode * 256 + 1,
      24,
      9000,
      this.#beats % 65_536,
      this.flow_mL_per_min,
      0,
    ];
  }
}
