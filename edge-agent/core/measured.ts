/** A number with its unit as a person writes it: "12.5 kPa". Without schemas, since models read limits of this form too. */
export type Measured = { readonly value: number; readonly unit: string };

/** Splits "12.5 kPa" into number and unit; undefined when it is not of that form. */
export function splitMeasure(text: string): Measured | undefined {
  if (Number.isFinite(Number(text))) return undefined; // "1e5" is a number, not 1 of the unit e5
  const match = /^\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([^\s\d.+-]\S*)\s*$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { value: Number(match[1]), unit: match[2] };
}
