/** The text of a station file → the station, or everything that is wrong with it. Opens nothing. */
import type { Station } from "../contracts/station.ts";
import type { Problem, Remark } from "./problem.ts";
import { pathText } from "./problem.ts";
import { remarksOn } from "./semantics.ts";
import { readShape } from "./shape.ts";
import { readNotation } from "./syntax.ts";
import type { Chips } from "./view.ts";

export type Loaded =
  | { readonly ok: true; readonly station: Station; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/**
 * `chips` are the drivers that the file may name, `today` an ISO date (UTC) against which calibrations expire.
 * Problems come in the order of the text. Paths in the station are as written: `readStation` resolves them.
 */
export function loadStation(text: string, { chips, today }: { readonly chips: Chips; readonly today: string }): Loaded {
  const { value, problems, locate } = readNotation(text);
  if (value === undefined) return { ok: false, errors: problems.toSorted(inTextOrder), warnings: [] };
  const { station, draft, remarks: refused } = readShape(value);
  const remarks = remarksOn({ draft, chips, today, refused, line: (path) => locate(path).line });
  const placed = ({ path, message, severity, atKey }: Remark): Problem => ({ severity, ...locate(path, atKey), path: pathText(path), message });
  const all = [...problems, ...remarks.map(placed)].sort(inTextOrder);
  const errors = all.filter(({ severity }) => severity === "error");
  const warnings = all.filter(({ severity }) => severity === "warning");
  return station === undefined || errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, station, warnings };
}

const inTextOrder = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;
