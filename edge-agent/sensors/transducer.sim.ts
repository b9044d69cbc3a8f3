/**
 * What stands between the world and a simulated chip's converter, and how it goes wrong. All that a chip measures comes from here, so that what
 * it then sends is valid, with right checksums: no driver can see it. Struck is the element that the part is for; what it has beside it, such as a
 * cold junction, stays well.
 *
 * The sizes are engineering choices, from no data sheet: large against each course's noise, so that they show within a minute or two.
 */
import type { FaultKind } from "../bus/scripted-fault.ts";
import { type Course, seeded, valueAt } from "./world.sim.ts";

/** A wrong of one: the tenth part of what the course swings about, and well above its noise. */
const sizeOf = ({ mean, noise }: Course): number => Math.max(Math.abs(mean) / 10, 20 * noise);
const DRIFT_s = 60; // to a wrong of one
const SPIKE_EACH = 7; // values; a prime, so that it meets each of the inputs that a chip takes in turn
const SPIKE_SIZES = 10;
const BEYOND_SIZES = 1e5; // the chip's own converter ends long before
const WRONG_UNIT = 10;
const COLD_SIZES = 5;
const WARM_s = 30; // time constant
const OVERDOSED_s = 10;
const POISONED_SHARE = 0.3; // of the sensitivity that is left
const SLOW_s = 30; // time constant: T90 of 70 s

/** What self-calibration takes its lowest for (Sensirion, SCD30 and SCD4x: 400 ppm). */
export const FRESH_AIR_ppm = 400;

interface Memory {
  held?: number;
  count: number;
  lagging?: { readonly value: number; readonly at_s: number };
}

export class Transducer {
  readonly #random: () => number;
  readonly #since_s = new Map<FaultKind, number>();
  readonly #memories = new WeakMap<Course, Memory>();

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** From `at_s` on, for good. */
  strike(fault: FaultKind, at_s: number): void {
    if (!this.#since_s.has(fault)) this.#since_s.set(fault, at_s);
  }

  struck(fault: FaultKind): boolean {
    return this.#since_s.has(fault);
  }

  /** What the converter gets of a course at a time. `freshAir`: what the chip's self-calibration takes its lowest for, where it has one. */
  sense(course: Course, at_s: number, freshAir = course.mean): number {
    return this.passed(course, valueAt(course, at_s, this.#random), at_s, freshAir);
  }

  /** What another element of the same part gives. */
  beside(course: Course, at_s: number): number {
    return valueAt(course, at_s, this.#random);
  }

  /** What the converter gets of a value of a course, for chips with a noise of their own. */
  passed(course: Course, value: number, at_s: number, freshAir = course.mean): number {
    if (this.#since_s.size === 0) return value;
    const memory = this.#memories.get(course) ?? { count: 0 };
    this.#memories.set(course, memory);
    return this.#held(memory, this.#wrong(course, this.#late(memory, value, at_s), at_s, memory.count++) + this.#stolen(course, freshAir));
  }

  #held(memory: Memory, value: number): number {
    if (!this.struck("stuck")) return value;
    memory.held ??= value;
    return memory.held;
  }

  /** As through a filter that clogged, or a membrane that aged. */
  #late(memory: Memory, value: number, at_s: number): number {
    if (!this.struck("slow")) return value;
    const last = memory.lagging ?? { value, at_s };
    const late = value + (last.value - value) * Math.exp((last.at_s - at_s) / SLOW_s);
    memory.lagging = { value: late, at_s };
    return late;
  }

  #stolen({ mean }: Course, freshAir: number): number {
    return this.struck("baseline") ? freshAir - mean : 0;
  }

  #wrong(course: Course, value: number, at_s: number, count: number): number {
    const size = sizeOf(course);
    let wrong = value;
    for (const [fault, since_s] of this.#since_s) {
      if (fault === "bias") wrong += size;
      else if (fault === "drift") wrong += (size * (at_s - since_s)) / DRIFT_s;
      else if (fault === "spike" && count % SPIKE_EACH === SPIKE_EACH - 1) wrong += SPIKE_SIZES * size;
      else if (fault === "saturation") wrong += BEYOND_SIZES * size;
      else if (fault === "sign") wrong = -wrong;
      else if (fault === "unit") wrong *= WRONG_UNIT;
      else if (fault === "warm-up") wrong += COLD_SIZES * size * Math.exp((since_s - at_s) / WARM_s);
      else if (fault === "poisoned") wrong = at_s - since_s < OVERDOSED_s ? wrong + BEYOND_SIZES * size : wrong * POISONED_SHARE;
    }
    return wrong;
  }
}
