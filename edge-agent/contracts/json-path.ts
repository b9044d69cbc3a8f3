/**
 * Where one value stands in a JSON message: `$`, `$.cell.V`, `$.cells[0]`, `$['cell V']`. A corner of RFC 9535: the child segments that name
 * exactly one value; no wildcards, filters, slices or indexes from the end.
 */
export type Steps = readonly (string | number)[];

const step = /\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*)|\[(\d{1,6})\]|\['([^'\\]+)'\]|\["([^"\\]+)"\]/y;

/** Undefined for what is no such path. */
export function readPath(text: string): Steps | undefined {
  if (!text.startsWith("$")) return undefined;
  const steps: (string | number)[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return undefined;
    const [, name, index, quoted, doublyQuoted] = found;
    steps.push(index === undefined ? (name ?? quoted ?? doublyQuoted ?? "") : Number(index));
  }
  return steps;
}

/** Undefined where nothing stands there. Own keys and list items only. */
export function valueAt(value: unknown, steps: Steps): unknown {
  let there = value;
  for (const each of steps) {
    if (typeof there !== "object" || there === null) return undefined;
    if (Array.isArray(there) !== (typeof each === "number") || !Object.hasOwn(there, each)) return undefined;
    there = (there as Record<string | number, unknown>)[each];
  }
  return there;
}
