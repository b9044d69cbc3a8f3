/** Differences as a station file writes them: a tolerance, a deadband. Kelvin and degree Celsius are the same there. */
import { splitMeasure } from "./measured.ts";
import { type QuantityName, toCanonical } from "./quantities.ts";

/** In the canonical unit of the quantity; undefined when the text is no positive number with one of its units. */
export function differenceOf(quantity: QuantityName, text: string): number | undefined {
  const measured = splitMeasure(text);
  const unit = measured && toCanonical(quantity, measured.unit);
  const difference = measured && unit && measured.value * unit[0];
  return difference !== undefined && difference > 0 ? difference : undefined;
}
