/** Entries → lines of `timeline.jsonl`. Samples and the agent's health are not part of it: the recording has the ones, a replay none of the other. */
import type { TimelineLine } from "../contracts/timeline.ts";
import type { Entry } from "../core/entry.ts";
import type { Estimate } from "../core/judgement.ts";

export function timelineOf(entry: Entry): TimelineLine | undefined {
  if (entry.type === "alarm") {
    const { at_s, id, occurrence, scope, alarm, severity, active, state, planned, why } = entry.alarm;
    const { cell, pack, channel } = scope;
    const tags = { ...(cell !== undefined && { cell }), ...(pack !== undefined && { pack }), ...(channel !== undefined && { channel }) };
    return { v: 1, type: "alarm", time_s: at_s, id, occurrence, ...tags, alarm, severity, active, state, planned, why: [...why] };
  }
  if (entry.type === "estimate") {
    const { at_s, reasons, ...rest } = entry.estimate as Mutable<Estimate>;
    return { v: 1, type: "estimate", time_s: at_s, ...rest, reasons: [...reasons] };
  }
  if (entry.type === "event") {
    const { at_s, ...rest } = entry.event;
    return { v: 1, type: "event", time_s: at_s, ...rest };
  }
  return undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
