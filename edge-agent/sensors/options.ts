/** Keys of a station file's `source`, read by the rules of a driver: for `offgas check`, which says what is wrong, and for the agent, which refuses. */
import { quote } from "../contracts/explain.ts";
import { splitMeasure } from "../core/measured.ts";
import { type QuantityName, quantityOf, toCanonical, unitsOf } from "../core/quantities.ts";
import { type AnyDriver, OF_THE_QUANTITY, type OptionRule, type OptionValue, type Range, type ScaledOutput } from "./driver.ts";

/** Neither: an optional key that is not written. */
export type OptionRead = { readonly value: OptionValue } | { readonly problem: string } | { readonly absent: true };

/** What is written, or left out, under a rule. A problem says what to write. */
export function readOption(rule: OptionRule, written: unknown, quantity: QuantityName): OptionRead {
  if (written === undefined && rule.optional === true) return { absent: true };
  if (written === undefined) return rule.default === undefined ? { problem: `missing; write ${expected(rule, quantity)}` } : { value: rule.default };
  if ("choices" in rule) {
    const chosen = rule.choices.find((choice) => choice === written);
    return chosen === undefined ? { problem: `found ${quote(written)}; write ${expected(rule, quantity)}` } : { value: chosen };
  }
  if ("unitOf" in rule) {
    const conversion = typeof written === "string" ? toCanonical(quantity, written) : undefined;
    return conversion === undefined
      ? { problem: `found ${quote(written)}; write ${expected(rule, quantity)}` }
      : { value: [...conversion, quantityOf(quantity).unit] };
  }
  const value = rule.unit === undefined ? written : withUnit(written, rule.unit, quantity);
  if (typeof value !== "number" || !(value >= rule.from && value <= rule.to) || (rule.whole === true && !Number.isInteger(value)))
    return { problem: `found ${quote(written)}; write ${expected(rule, quantity)}` };
  return { value };
}

function withUnit(written: unknown, unit: string, quantity: QuantityName): number | undefined {
  const measured = typeof written === "string" ? splitMeasure(written) : undefined;
  if (measured === undefined) return undefined;
  if (unit !== OF_THE_QUANTITY) return measured.unit === unit ? measured.value : undefined;
  const conversion = toCanonical(quantity, measured.unit);
  return conversion === undefined ? undefined : measured.value * conversion[0] + conversion[1];
}

/** The keys of a scaled output as a channel writes them; problems by key. */
export function readKeys({ keys, problem }: ScaledOutput, source: Readonly<Record<string, unknown>>, quantity: QuantityName) {
  const read: Record<string, OptionValue> = {};
  const problems: { readonly key: string; readonly problem: string }[] = [];
  for (const [key, rule] of Object.entries(keys)) {
    const found = readOption(rule, source[key], quantity);
    if ("problem" in found) problems.push({ key, problem: found.problem });
    else if ("value" in found) read[key] = found.value;
  }
  const together = problems.length === 0 ? problem?.(read, quantity) : undefined;
  return { keys: read, problems: together === undefined ? problems : [together] };
}

function expected(rule: OptionRule, quantity: QuantityName): string {
  if ("unitOf" in rule) return `a unit of ${quantity} (units: ${unitsOf(quantity).join(", ")})`;
  return "choices" in rule ? `one of ${rule.choices.join(", ")}` : inRange(rule, quantity);
}

function inRange({ from, to, whole, unit }: Range, quantity: QuantityName): string {
  const kind = whole === true ? "a whole number" : "a number";
  const written =
    unit === OF_THE_QUANTITY ? ` with its unit, such as "1 ${unitsOf(quantity)[0]}" (units: ${unitsOf(quantity).join(", ")})` : ` such as "${to} ${unit}"`;
  const limits = Number.isFinite(from) && Number.isFinite(to) ? ` from ${from} to ${to}` : "";
  return `${kind}${limits}${unit === undefined ? "" : written}`;
}

/** A chip with the outputs that it has as a station file's `source` says it is fitted; with all of them where that does not say. */
export function asFitted<Chip extends Pick<AnyDriver, "outputs" | "options" | "fitted">>(chip: Chip, source: Readonly<Record<string, unknown>>): Chip {
  const { fitted, outputs } = chip;
  const rule = fitted === undefined ? undefined : chip.options[fitted];
  if (fitted === undefined || rule === undefined || !("choices" in rule)) return chip;
  const chosen = rule.choices.find((choice) => choice === source[fitted]);
  if (chosen === undefined) return chip;
  const there = Object.entries(outputs).filter(([output]) => output === chosen || !rule.choices.includes(output));
  return { ...chip, outputs: Object.fromEntries(there) };
}

/** The output that a channel takes: the one it names, or the first of its quantity, or the first that stands for any; undefined when the chip has none such. */
export function outputFor({ outputs }: Pick<AnyDriver, "outputs">, quantity: QuantityName, named?: string): string | undefined {
  const fits = (output: string): boolean => outputs[output] === quantity || typeof outputs[output] === "object";
  if (named !== undefined) return Object.hasOwn(outputs, named) && fits(named) ? named : undefined;
  return Object.keys(outputs).find((output) => outputs[output] === quantity) ?? Object.keys(outputs).find(fits);
}
