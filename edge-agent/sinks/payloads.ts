/**
 * Entry → MQTT message, pure. What stands here is everything of a payload but `boot` and `seq`, which belong to the sending.
 * A number that is not finite has no key, as nothing was measured; ids become one topic level whatever they hold.
 */
import type { Channel, Station } from "../contracts/station.ts";
import { type Payload, type TopicName, topicOf } from "../contracts/topics.ts";
import type { Entry } from "../core/entry.ts";
import type { Alarm, Estimate, Event, Uncertain } from "../core/judgement.ts";
import { quantityOf } from "../core/quantities.ts";
import type { Sample } from "../core/sample.ts";

/** The part of a station that names its topics and describes its channels: any `Station` fits. */
export type Described = Pick<Station, "site" | "station" | "cells" | "channels">;

export interface Message<T extends TopicName = TopicName> {
  readonly name: T;
  readonly topic: string;
  readonly body: Body<T>;
}
export type Body<T extends TopicName> = T extends TopicName ? Omit<Payload<T>, "v" | "boot" | "seq"> : never;

/**
 * One topic level from any id. A station's ids pass unchanged; in others, what could open a level, a wildcard or a control character is
 * percent-encoded, so that two ids never meet in one topic.
 */
export function levelOf(id: string): string {
  return id === "" ? "%" : id.toWellFormed().replace(/[^A-Za-z0-9._:-]/gu, (character) => encodeURIComponent(character).replace(/^[^%]$/, hexOf));
}
const hexOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

const latest_ns = 9_223_372_036_854_775_807n; // int64: what InfluxDB can store, the year 2262
export function stamped(stamp_ns: bigint) {
  const within = stamp_ns < 0n ? 0n : stamp_ns > latest_ns ? latest_ns : stamp_ns;
  return { stamp_ns: within.toString(), time: new Date(Number(within / 1_000_000n)).toISOString() };
}

/** The key with its value, or nothing: no payload has a key for what is unknown. */
const known = <K extends string, V>(key: K, value: V | undefined) => (value === undefined ? {} : ({ [key]: value } as { [k in K]: V }));
const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined);
const uncertain = (quantity: Uncertain | undefined) =>
  quantity === undefined || finite(quantity.value) === undefined ? undefined : { value: quantity.value, ...known("u", finite(quantity.u)) };

const whole = (left: Estimate["time_to_runaway_s"]) =>
  left && [left.p05, left.p50, left.p95].every(Number.isFinite) ? { p05: left.p05, p50: left.p50, p95: left.p95 } : undefined;

function sampleBody(sample: Sample, channel: Channel): Body<"sample"> {
  return {
    ...stamped(sample.stamp_ns),
    channel: sample.channel,
    quantity: channel.quantity,
    unit: quantityOf(channel.quantity).unit,
    ...known("value", finite(sample.value)),
    ...known("raw", finite(sample.raw)),
    bound: sample.bound,
    quality: sample.quality,
    reason: sample.reason,
  };
}

function estimateBody(stamp_ns: bigint, estimate: Estimate): Body<"estimate"> {
  const p = estimate.p && Object.fromEntries(Object.entries(estimate.p).filter(([, share]) => Number.isFinite(share)));
  return {
    ...stamped(stamp_ns),
    ...known("cell", estimate.cell),
    ...known("pack", estimate.pack),
    stage: estimate.stage,
    ...known("judged", estimate.judged),
    ...known("p", p),
    ...known("self_heating_K_per_min", uncertain(estimate.self_heating_K_per_min)),
    ...known("gas_mmol", uncertain(estimate.gas_mmol)),
    ...known("swelling_pct", uncertain(estimate.swelling_pct)),
    ...known("time_to_runaway_s", whole(estimate.time_to_runaway_s)),
    ...known("time_to_swelling_limit_s", whole(estimate.time_to_swelling_limit_s)),
    ...known("swelling_knee_s", finite(estimate.swelling_knee_s)),
    reasons: [...estimate.reasons],
  };
}

function alarmBody(stamp_ns: bigint, alarm: Alarm): Body<"alarm"> {
  return {
    ...stamped(stamp_ns),
    id: alarm.id,
    occurrence: alarm.occurrence,
    alarm: alarm.alarm,
    ...known("cell", alarm.scope.cell),
    ...known("pack", alarm.scope.pack),
    ...known("channel", alarm.scope.channel),
    severity: alarm.severity,
    active: alarm.active,
    state: alarm.state,
    planned: alarm.planned,
    why: [...alarm.why],
  };
}

function eventBody(stamp_ns: bigint, { event, text, output, bus, because }: Event): Body<"event"> {
  return { ...stamped(stamp_ns), event, text, ...known("output", output), ...known("bus", bus), ...known("because", because) };
}

export interface Payloads {
  /** `sample`, `estimate`, `alarm` or `event`; undefined for what MQTT does not carry: the agent's health, the repeats of a standing alarm, a channel that the station does not have. */
  message(entry: Entry): Message | undefined;
  /** The `chart` point of a sample. */
  chart(sample: Sample): Message<"chart"> | undefined;
  /** The birth: who speaks, and what to expect of it. */
  birth(version: string, stamp_ns: bigint): Message<"status">;
}

export function payloadsOf(station: Described): Payloads {
  const channels = new Map(station.channels.map((channel) => [channel.id, channel]));
  const to = (topic: TopicName, level?: string) => topicOf(topic, station, level === undefined ? "" : levelOf(level));
  return {
    message(entry) {
      switch (entry.type) {
        case "sample": {
          const channel = channels.get(entry.sample.channel);
          return channel && { name: "sample", topic: to("sample", channel.id), body: sampleBody(entry.sample, channel) };
        }
        case "estimate":
          return { name: "estimate", topic: to("estimate", estimateLevel(entry.estimate)), body: estimateBody(entry.stamp_ns, entry.estimate) };
        case "alarm":
          return { name: "alarm", topic: to("alarm", entry.alarm.id), body: alarmBody(entry.stamp_ns, entry.alarm) };
        case "event":
          return { name: "event", topic: to("event"), body: eventBody(entry.stamp_ns, entry.event) };
        default:
          return undefined;
      }
    },
    chart(sample) {
      const channel = channels.get(sample.channel);
      if (!channel) return undefined;
      const { stamp_ns } = stamped(sample.stamp_ns);
      const unit = quantityOf(channel.quantity).unit;
      const time_ms = Number(BigInt(stamp_ns) / 1_000_000n);
      return {
        name: "chart",
        topic: to("chart", channel.id),
        body: { channel: channel.id, time_ms, unit, ...known("value", finite(sample.value)), quality: sample.quality },
      };
    },
    birth(version, stamp_ns) {
      return {
        name: "status",
        topic: to("status"),
        body: {
          ...stamped(stamp_ns),
          state: "online",
          version,
          channels: station.channels.map(({ id, quantity, at }) => ({
            id,
            quantity,
            unit: quantityOf(quantity).unit,
            ...("cell" in at ? { cell: at.cell } : "pack" in at ? { pack: at.pack } : {}),
          })),
          cells: station.cells.map(({ id }) => id),
        },
      };
    },
  };
}

/** A pack often bears the name of its only cell: the colon, which no id may hold, keeps their retained estimates apart. */
const estimateLevel = ({ cell, pack }: Estimate): string => cell ?? `pack:${pack ?? ""}`;
