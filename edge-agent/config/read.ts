/** The text of a station file → the station, or everything that is wrong with it. Opens nothing. */
import type { Station } from "../contracts/station.ts";
import { type Problem, pathText, type Remark } from "./problem.ts";
import { remarksOn } from "./semantics.ts";
import { readShape } from "./shape.ts";
import { readNotation } from "./syntax.ts";
import type { Check, Chips } from "./view.ts";

export type StationRead =
  | { readonly ok: true; readonly station: Station; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

export interface ReadOptions {
  /** The drivers that the file may name. */
  readonly chips: Chips;
  /** ISO date (UTC) against which calibrations expire. */
  readonly today: string;
  /** Checks beyond the file's own text, such as `secretFiles`. */
  readonly further?: readonly Check[];
}

/** Problems come in the order of the text. Paths in the station are as written: `loadStation` resolves them. */
export function readStation(text: string, { chips, today, further = [] }: ReadOptions): StationRead {
  const { value, problems, locate } = readNotation(text);
  if (value === undefined) return { ok: false, errors: problems.toSorted(inTextOrder), warnings: [] };
  const { station, draft, remarks: refused } = readShape(value);
  const remarks = remarksOn({ draft, chips, today, refused, line: (path) => locate(path).line }, further);
  const placed = ({ path, message, severity, atKey }: Remark): Problem => ({ severity, ...locate(path, atKey), path: pathText(path), message });
  const all = [...problems, ...remarks.map(placed)].sort(inTextOrder);
  const errors = all.filter(({ severity }) => severity === "error");
  const warnings = all.filter(({ severity }) => severity === "warning");
  return station === undefined || errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, station, warnings };
}

const inTextOrder = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;
