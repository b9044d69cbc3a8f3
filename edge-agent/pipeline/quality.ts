/**
 * Quality of one channel, reading by reading: range, rate, stuck, sentinel, duplicate and backward time. The numbers are the quantity table's.
 * The driver's own word comes first, since it knows what a number alone cannot tell; but its doubt makes no impossible number possible, and one of
 * accuracy alone hides neither that a sensor is stuck nor that it jumped.
 */
import { type Quantity, type QuantityName, quantityOf } from "../core/quantities.ts";
import { doubtsAccuracy, type Reason, reasons } from "../core/reasons.ts";
import type { Bound, Quality, Reading } from "../core/sample.ts";

/** Three hundred years: beyond, seconds can no longer be told apart, and a time is a slip of the pen. */
const LONGEST_RUN_s = 1e10;
export const isRunTime = (at_s: number): boolean => Math.abs(at_s) <= LONGEST_RUN_s;

export type Drop = "duplicate_time" | "backward_time" | "malformed";

export interface Judged {
  readonly quality: Quality;
  readonly reason: Reason;
  /** The reading as given, where it is a number at all. */
  readonly raw?: number;
  readonly bound: Bound;
}

/** Readings of one channel in order of arrival → a judgement each, or why the reading was dropped. */
export class QualityRules {
  readonly #rules: Quantity;
  #last_s = Number.NEGATIVE_INFINITY;
  #good: { raw: number; at_s: number } | undefined;
  #same: { raw: number; since_s: number } | undefined;

  /** `eventful`: between two events nothing is said, so that two like readings are not one that stuck. */
  constructor(quantity: QuantityName, eventful = false) {
    const { stuck_s, ...rules } = quantityOf(quantity);
    this.#rules = eventful || stuck_s === undefined ? rules : { ...rules, stuck_s };
  }

  judge(reading: Reading): Judged | Drop {
    const { at_s, raw, reason, bound = 0 } = reading;
    if (!isRunTime(at_s)) return "malformed";
    if (at_s === this.#last_s) return "duplicate_time";
    if (at_s < this.#last_s) return "backward_time";
    this.#last_s = at_s;
    const finite = raw !== undefined && Number.isFinite(raw);
    const said = reason === undefined || reason === "none" ? undefined : reason;
    if (said !== undefined && !(finite && reasons[said].quality === "uncertain"))
      return { quality: reasons[said].quality, reason: said, bound, ...(finite && { raw }) };
    if (!finite) return { quality: "bad", reason: raw === undefined ? "no-reply" : "malformed", bound: 0 };
    const found = this.#against(raw, at_s);
    if (said !== undefined && (found === "none" || !(doubtsAccuracy(said) || reasons[found].quality === "bad")))
      return { quality: reasons[said].quality, reason: said, bound, raw };
    if (found === "none" && bound !== 0) return { quality: reasons.saturated.quality, reason: "saturated", bound, raw };
    return { quality: reasons[found].quality, reason: found, bound, raw };
  }

  #against(raw: number, at_s: number): Reason {
    const { low, high, maxRate_per_s, stuck_s, sentinels } = this.#rules;
    if (sentinels?.includes(raw)) return "sentinel";
    if (raw < low || raw > high) return "out-of-range";
    if (this.#same?.raw !== raw) this.#same = { raw, since_s: at_s };
    const before = this.#good;
    this.#good = { raw, at_s };
    if (maxRate_per_s !== undefined && before !== undefined && Math.abs(raw - before.raw) > maxRate_per_s * (at_s - before.at_s)) return "rate";
    if (stuck_s !== undefined && at_s - this.#same.since_s > stuck_s) return "stuck";
    return "none";
  }
}
