/** All checks of meaning over one draft. */
import { calibrations } from "./calibrations.ts";
import { derived } from "./derived.ts";
import { gpio } from "./gpio.ts";
import { limits } from "./limits.ts";
import { intent, interlocks, outputs } from "./outputs.ts";
import type { Path, Remark } from "./problem.ts";
import { references } from "./references.ts";
import { reports } from "./reports.ts";
import { sampleLines } from "./sample-lines.ts";
import { sinks } from "./sinks.ts";
import { siting } from "./siting.ts";
import { sources } from "./sources.ts";
import { upkeep } from "./upkeep.ts";
import type { Check, View } from "./view.ts";

const checks: readonly Check[] = [
  references,
  sources,
  siting,
  limits,
  outputs,
  gpio,
  interlocks,
  intent,
  sinks,
  upkeep,
  calibrations,
  derived,
  sampleLines,
  reports,
];

const key = (path: Path): string => JSON.stringify(path);
const isInside = (inner: Path, outer: Path): boolean => inner.length > outer.length && outer.every((step, index) => inner[index] === step);

/** Remarks about shape and meaning together; one that only follows from another is left out. */
export function remarksOn(view: View, further: readonly Check[] = []): Remark[] {
  const meaning = [...checks, ...further].flatMap((check) => [...check(view)]);
  const refused = new Set(view.refused.map(({ path }) => key(path)));
  // what was refused is not in the draft, so "missing" would be said of something that stands there
  const kept = meaning.filter(({ path }) => !refused.has(key(path)));
  const better = kept.flatMap(({ instead }) => (instead === undefined ? [] : [instead]));
  const followsFrom = ({ path }: Remark): boolean => better.some((outer) => isInside(path, outer));
  return [...view.refused.filter((remark) => !followsFrom(remark)), ...kept];
}
