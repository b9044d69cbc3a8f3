/** Truths and timelines whose every figure can be checked by hand. */
import type { Truth } from "../../../edge-agent/contracts/truth.ts";
import type { AlarmName, Severity } from "../../../edge-agent/core/alarms.ts";
import { type Outcome, outcomeOf } from "../../../models/evaluation/outcome.ts";
import type { Forecast, Raise, Told } from "../../../models/evaluation/told.ts";
import type { TruthEvent } from "../../../models/evaluation/what-happened.ts";
import { replayChannel, station } from "../../support/station.ts";

export const twoCells = station({
  cells: [
    { id: "C1", pack: "P1" },
    { id: "C2", pack: "P1" },
    { id: "C3", pack: "P2" },
  ],
  channels: [replayChannel("C1.t")],
});

export const truth = (kind: string, events: readonly (readonly [cell: string, event: TruthEvent, time_s: number])[], healthy = false): Truth => ({
  v: 1,
  kind,
  healthy,
  events: events.map(([cell, event, time_s]) => ({ cell, event, time_s })),
});

/** Self-heating of C1 from 10 000 s, runaway at 20 000 s. */
export const oven = truth("oven", [
  ["C1", "self-heating-0.2", 10_000],
  ["C1", "self-heating-0.5", 15_000],
  ["C1", "self-heating-1", 18_000],
  ["C1", "vent", 19_000],
  ["C1", "runaway", 20_000],
  ["C1", "t3", 20_060],
]);

let occurrences = 0;
export const raise = (at_s: number, alarm: AlarmName, severity: Severity, where: { readonly cell?: string; readonly pack?: string } = {}): Raise => ({
  at_s,
  occurrence: `raise ${occurrences++}`,
  alarm,
  severity,
  ...where,
});

export const told = (more: Partial<Told> = {}): Told => ({ to_s: 36_000, watched_s: 36_000, raises: [], forecasts: [], swelling: [], knees: [], ...more });

export const forecast = (
  at_s: number,
  until_s: number,
  [p05, p50, p95]: readonly [number, number, number],
  plain?: readonly [number, number, number],
): Forecast => ({
  cell: "C1",
  at_s,
  until_s,
  left: { p05, p50, p95 },
  ...(plain && { plain: { p05: plain[0], p50: plain[1], p95: plain[2] } }),
});

export const outcome = (truth: Truth, more: Partial<Told> = {}, name = "a", detector = "full"): Outcome =>
  outcomeOf({ name, detector, station: twoCells, truth, told: told(more) });
