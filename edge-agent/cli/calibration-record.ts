/** What a calibration or a bump test found: the two numbers, the record, and the lines for the station file. */
import { stringify } from "yaml";
import type { Channel } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { amount, type Spread, type Steady } from "./steady.ts";

export interface Point extends Steady {
  /** In the channel's unit. */
  readonly expected: number;
  /** ISO time at which the reading stood still. */
  readonly at: string;
}

export interface Line {
  readonly zero: number;
  readonly span: number;
}

/**
 * calibrated = (raw - zero) × span through both points; with one point the span stays as it is.
 * Fault `command/refused` when the reading did not rise with what was applied.
 */
export function lineThrough(points: readonly Point[], before: Line): Line {
  const [low, high] = points.toSorted((a, b) => a.expected - b.expected);
  if (low === undefined) throw new Fault("command/refused", "no point was measured");
  const span = high === undefined ? before.span : (high.expected - low.expected) / (high.raw.mean - low.raw.mean);
  if (!(span > 0 && Number.isFinite(span)))
    throw new Fault("command/refused", `the reading did not rise from ${low.expected} to ${high?.expected}: was the gas applied, and to this sensor?`);
  return { zero: rounded(low.raw.mean - low.expected / span), span: rounded(span) };
}

const rounded = (value: number): number => Number(value.toPrecision(7));

/** Within `tolerance`, a share of what was applied, and no slower than the channel's T90, as far as looks a second apart can tell. */
export function bumped(
  { expected, value, t90_s }: Point,
  tolerance: number,
  { t90_s: due_s, every_s }: Channel,
): { readonly passed: boolean; readonly text: string } {
  const found = value?.mean ?? Number.NaN;
  const off = Math.abs(found - expected);
  const near = off <= tolerance * Math.abs(expected);
  const slow = due_s !== undefined && t90_s !== undefined && t90_s > due_s + every_s + 1;
  const speed = t90_s === undefined ? "no step was seen" : `T90 ${amount(t90_s)} s${due_s === undefined ? "" : ` (${due_s} s stated)`}`;
  const passed = near && !slow && t90_s !== undefined;
  return {
    passed,
    text: `bump test ${passed ? "passed" : "failed"}: ${amount(found)} for ${amount(expected)}, ${amount(tolerance * 100)} % allowed; ${speed}`,
  };
}

/** As they stand in the station file, below the channel. What corrects for other gases goes on. */
export function stationLines(id: string, date: string, expires: string, { zero, span }: Line, points: readonly Point[], { calibration }: Channel): string {
  const values = points.map(({ expected }) => expected);
  const range = values.length > 1 ? { range: [Math.min(...values), Math.max(...values)] } : calibration?.range && { range: calibration.range };
  const block = { id, date, expires, zero, span, ...range, ...(calibration?.cross && { cross: calibration.cross }) };
  return stringify({ calibration: block }, { collectionStyle: "flow", lineWidth: 0 }).replace(/^\{ (.*) \}\n$/s, "$1\n");
}

/** A year after `date`, as ISO dates; the 29th of February becomes the 1st of March. */
export function yearAfter(date: string): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year + 1, month - 1, day)).toISOString().slice(0, date.length);
}

const written = ({ n, mean, sd }: Spread) => ({ n, mean, sd });

export const pointRecord = ({ expected, at, raw, value, after_s, t90_s }: Point) => ({
  expected,
  at,
  raw: written(raw),
  ...(value !== undefined && { value: written(value) }),
  after_s,
  ...(t90_s !== undefined && { t90_s }),
});
