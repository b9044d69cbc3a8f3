/** The number of a sample that a detector may calculate with, and what it may do with it. */
import { doubtsAccuracy } from "../edge-agent/core/reasons.ts";
import type { Sample } from "../edge-agent/core/sample.ts";

/** No quantity of the table reaches a millionth of this; its square still fits a double. */
const ABSURD = 1e12;

/** Undefined: nothing was measured, it is bad, or it is not a number that any sensor gives. */
export function measuredValue({ value, at_s, quality }: Sample): number | undefined {
  return quality !== "bad" && value !== undefined && Math.abs(value) < ABSURD && Number.isFinite(at_s) ? value + 0 : undefined; // + 0: JSON knows no -0
}

/** Good, or in doubt only of its accuracy, as when a rise leaves the calibrated range: enough to find a rise. Only a good one may teach what is normal. */
export const showsRise = ({ quality, reason, bound }: Sample): boolean =>
  quality === "good" || (quality === "uncertain" && doubtsAccuracy(reason) && bound === 0);
