/** The greatest value of an interval out of fast conversions, which says so when it is no measurement: what fell between two of them was seen by none. */
import type { Measured } from "./driver.ts";

export type Timed = Measured & { readonly at_s: number };

export class Peak {
  readonly #longest_s: number;
  #best: Timed | undefined;
  #fault: Timed | undefined;
  #seen = 0;
  #without = 0;
  #gap_s = 0;
  #last_s: number | undefined;

  /** Gaps up to `longest_s` hide nothing that the conversions would have shown. */
  constructor(longest_s: number) {
    this.#longest_s = longest_s;
  }

  /** In the order of their times. The time since the one before belongs to this interval. */
  see(measured: Timed): void {
    this.#gap_s = Math.max(this.#gap_s, measured.at_s - (this.#last_s ?? measured.at_s));
    this.#last_s = measured.at_s;
    this.#seen++;
    if (measured.raw === undefined) {
      this.#without++;
      this.#fault = measured;
    } else if (this.#best?.raw === undefined || measured.raw > this.#best.raw) this.#best = measured;
  }

  /** Ends the interval: its greatest value, at its own time. Without any value it is what the input said last. */
  take(): Measured {
    const [best, fault, gap_s, seen, without] = [this.#best, this.#fault, this.#gap_s, this.#seen, this.#without];
    [this.#best, this.#fault, this.#gap_s, this.#seen, this.#without] = [undefined, undefined, 0, 0, 0];
    if (best === undefined) return fault ?? { reason: "not-ready", detail: "no conversion in the whole interval" };
    if (gap_s <= this.#longest_s && without === 0) return best;
    const lacks = without === 0 ? "" : `, ${without} of them without a value (${fault?.detail})`;
    return {
      ...best,
      bound: 1,
      reason: "gaps",
      detail: `${seen} conversions${lacks}, the longest gap ${(gap_s * 1000).toFixed(1)} ms: the truth is at least this`,
    };
  }

  /** After a failure: a new interval begins with the next conversion. */
  forget(): void {
    this.take();
    this.#last_s = undefined;
  }
}
