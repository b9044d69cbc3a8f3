/** Entries for sink tests. Stamps are wall time, as the agent gives them. */
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Alarm, Estimate, Event } from "../../edge-agent/core/judgement.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";

let last_ns = 0n;
/** Now, and later than the one before. */
export function stamp(): bigint {
  const now_ns = BigInt(Date.now()) * 1_000_000n;
  last_ns = now_ns > last_ns ? now_ns : last_ns + 1n;
  return last_ns;
}

export const sampleEntry = (more: Partial<Sample> = {}): Entry => ({
  type: "sample",
  sample: { channel: "C1.t", at_s: 1, stamp_ns: stamp(), value: 25.5, raw: 25.4, bound: 0, quality: "good", reason: "none", ...more },
});

export const alarmEntry = (more: Partial<Alarm> = {}, stamp_ns = stamp()): Extract<Entry, { type: "alarm" }> => ({
  type: "alarm",
  stamp_ns,
  alarm: {
    at_s: 1,
    id: "vent:C1",
    occurrence: "01JD0000000000000000000000",
    alarm: "vent",
    scope: { kind: "cell", id: "C1", cell: "C1", pack: "C1" },
    severity: "alarm",
    active: true,
    state: "unack",
    planned: false,
    why: ["pressure fell by 12 kPa in 0.4 s"],
    ...more,
  },
});

export const eventEntry = (text: string, more: Partial<Event> = {}): Entry => ({
  type: "event",
  stamp_ns: stamp(),
  event: { at_s: 1, event: "agent-start", text, ...more },
});

export const estimateEntry = (more: Partial<Estimate> = {}): Entry => ({
  type: "estimate",
  stamp_ns: stamp(),
  estimate: { at_s: 1, cell: "C1", stage: "normal", reasons: [], ...more },
});
