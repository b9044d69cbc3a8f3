/** The number of a sample that a detector may calculate with. */
import type { Sample } from "../edge-agent/core/sample.ts";

/** No quantity of the table reaches a millionth of this; its square still fits a double. */
const ABSURD = 1e12;

/** Undefined: nothing was measured, it is bad, or it is not a number that any sensor gives. */
export function measuredValue({ value, at_s, quality }: Sample): number | undefined {
  return quality !== "bad" && value !== undefined && Math.abs(value) < ABSURD && Number.isFinite(at_s) ? value + 0 : undefined; // + 0: JSON knows no -0
}
