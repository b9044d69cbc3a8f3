/** What travels from the deciding process to the store: samples, estimates, alarms, events and the agent's own health, each with its stamp. */
import type { AgentHealth } from "./health.ts";
import type { Alarm, Estimate, Event } from "./judgement.ts";
import type { QuantityName } from "./quantities.ts";
import type { Sample } from "./sample.ts";

/** What a sink must know of a channel to write its samples. Without a quantity nobody has described it. */
export interface ChannelFacts {
  readonly id: string;
  readonly quantity?: QuantityName;
  readonly cell?: string;
  readonly pack?: string;
}

export type Entry =
  /** `facts` is what the channel was when this was measured, as the spool remembers it; left out, it is what the station file says now. */
  | { readonly type: "sample"; readonly sample: Sample; readonly facts?: ChannelFacts }
  | { readonly type: "estimate"; readonly stamp_ns: bigint; readonly estimate: Estimate }
  | { readonly type: "alarm"; readonly stamp_ns: bigint; readonly alarm: Alarm }
  /** An alarm that still stands, repeated so that a query over any recent window sees it. For InfluxDB; not a change. */
  | { readonly type: "standing"; readonly stamp_ns: bigint; readonly alarm: Alarm }
  | { readonly type: "event"; readonly stamp_ns: bigint; readonly event: Event }
  | { readonly type: "agent"; readonly stamp_ns: bigint; readonly agent: AgentHealth };

export type EntryType = Entry["type"];

/**
 * Three lanes, in the order in which they are delivered and against the order in which they are evicted.
 * `record` (alarms, events) is never evicted.
 */
export const lanes = ["record", "state", "sample"] as const;
export type Lane = (typeof lanes)[number];
export const laneOf: Readonly<Record<EntryType, Lane>> = {
  alarm: "record",
  event: "record",
  estimate: "state",
  standing: "state",
  agent: "state",
  sample: "sample",
};

export const stampOf = (entry: Entry): bigint => (entry.type === "sample" ? entry.sample.stamp_ns : entry.stamp_ns);
