/**
 * Entries as InfluxDB line protocol: `measurement,tags fields stamp`. Pure. Field types come from one table (fields.ts); an empty tag and a
 * value that was not measured are left out.
 * Escapes: https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
 */
import type { Station } from "../contracts/station.ts";
import { alarmStateCode, severityCode } from "../core/alarms.ts";
import type { ChannelFacts, Entry } from "../core/entry.ts";
import type { Alarm, Estimate, Event, Uncertain } from "../core/judgement.ts";
import { quantityOf } from "../core/quantities.ts";
import { reasonCode } from "../core/reasons.ts";
import { qualityCode, type Sample } from "../core/sample.ts";
import { stageCode, stages } from "../core/stages.ts";
import { factsOf } from "../spool/channels.ts";
import { type Measurement, probabilityField, typeOf } from "./fields.ts";

/** Throws where an entry cannot be written at all; such an entry is refused, not sent. */
export type LineEncoder = (entry: Entry) => string;

type FieldValue = number | string | undefined;
/** What all lines of one channel begin with, and the field of its values. */
type SampleHead = { readonly head: string; readonly field: string };

// A line ends at a line break and a tag cannot end in a backslash: neither has an escape in a tag. Servers differ over quotes there.
const unfit = /[\p{Cc}\\"]/gu;
const special = /[,= ]/g;
const tagText = (text: string): string => text.replace(unfit, "_").replace(special, "\\$&");
const fieldText = (text: string): string => `"${text.replace(/\p{Cc}+/gu, " ").replace(/[\\"]/g, "\\$&")}"`;
/** InfluxDB 1.x refuses longer strings in a line. */
const maxText = 60_000;

function tags(pairs: Readonly<Record<string, string | undefined>>): string {
  let text = "";
  for (const key in pairs) {
    const value = pairs[key];
    if (value !== undefined && value !== "") text += `,${key}=${tagText(value)}`;
  }
  return text;
}

function fieldOf(measurement: Measurement, name: string, value: FieldValue): string | undefined {
  const type = typeOf(measurement, name);
  if (type === undefined) throw new Error(`${measurement}.${name} is not in the table of fields`);
  if (type === "string") return typeof value === "string" && value !== "" ? `${name}=${fieldText(value.slice(0, maxText))}` : undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return type === "float" ? `${name}=${value}` : `${name}=${Math.trunc(value)}i`;
}

function line(measurement: Measurement, head: string, fields: Readonly<Record<string, FieldValue>>, stamp_ns: bigint): string {
  const written: string[] = [];
  for (const name in fields) {
    const field = fieldOf(measurement, name, fields[name]);
    if (field !== undefined) written.push(field);
  }
  if (written.length === 0) throw new Error(`the ${measurement} holds no value that can be written`);
  return `${head} ${written.join(",")} ${stamp_ns}`;
}

const uncertain = (name: string, of: Uncertain | undefined): Record<string, FieldValue> => ({ [name]: of?.value, [`${name}_u`]: of?.u });

function estimateFields(estimate: Estimate): Record<string, FieldValue> {
  return {
    stage: stageCode(estimate.stage),
    judged: estimate.judged === false ? 0 : 1,
    ...Object.fromEntries(stages.map((stage) => [probabilityField(stage), estimate.p?.[stage]])),
    ...uncertain("self_heating_K_per_min", estimate.self_heating_K_per_min),
    ...uncertain("gas_mmol", estimate.gas_mmol),
    ...uncertain("swelling_pct", estimate.swelling_pct),
    time_to_runaway_p05_s: estimate.time_to_runaway_s?.p05,
    time_to_runaway_p50_s: estimate.time_to_runaway_s?.p50,
    time_to_runaway_p95_s: estimate.time_to_runaway_s?.p95,
    time_to_swelling_limit_p05_s: estimate.time_to_swelling_limit_s?.p05,
    time_to_swelling_limit_p50_s: estimate.time_to_swelling_limit_s?.p50,
    time_to_swelling_limit_p95_s: estimate.time_to_swelling_limit_s?.p95,
    swelling_knee_s: estimate.swelling_knee_s,
  };
}

const alarmFields = ({ severity, active, state }: Alarm): Record<string, FieldValue> => ({
  severity: severityCode(severity),
  active: active ? 1 : 0,
  state: alarmStateCode(state),
  acknowledged: state === "ack" || state === "latched-ack" ? 1 : 0,
});

/** An event is a moment: it ends when it begins. Grafana reads the tags as a comma-separated list. */
const eventFields = ({ event, text, output, bus, because }: Event, stamp_ns: bigint): Record<string, FieldValue> => ({
  text: text === "" ? event : text,
  tags: [event, output, bus, because].filter((tag) => tag !== undefined && tag !== "").join(","),
  end_ms: Number(stamp_ns / 1_000_000n),
});

/** A sample is written as what its channel was when it was measured: the station file may have dropped or changed the channel since. */
export function lineEncoder(station: Pick<Station, "site" | "station" | "cells" | "channels">): LineEncoder {
  const place = { site: station.site, station: station.station };
  const packOf = new Map(station.cells.map((cell) => [cell.id, cell.pack]));
  const today = new Map(station.channels.map((channel) => [channel.id, factsOf(channel, station.cells)]));
  /** By the facts themselves: the spool gives the same ones with every sample of a channel. */
  const sampleHeads = new WeakMap<ChannelFacts, SampleHead>();
  const sampleHead = (facts: ChannelFacts): SampleHead => {
    const { id, quantity, cell, pack } = facts;
    if (quantity === undefined) throw new Error(`channel ${id} has no quantity: it is not in the station file`);
    const made = { head: `sample${tags({ ...place, pack, cell, channel: id })}`, field: quantityOf(quantity).field };
    sampleHeads.set(facts, made);
    return made;
  };

  // The hot path: one string per sample, fields in a fixed order, types as in the table.
  const sampleLine = (sample: Sample, facts: ChannelFacts = today.get(sample.channel) ?? { id: sample.channel }): string => {
    const known = sampleHeads.get(facts) ?? sampleHead(facts);
    const value = sample.value !== undefined && Number.isFinite(sample.value) ? `${known.field}=${sample.value},` : "";
    const raw = sample.raw !== undefined && Number.isFinite(sample.raw) ? `raw=${sample.raw},` : "";
    return `${known.head} ${value}${raw}quality=${qualityCode[sample.quality]}i,reason=${reasonCode(sample.reason)}i,bound=${sample.bound}i ${sample.stamp_ns}`;
  };

  return (entry) => {
    switch (entry.type) {
      case "sample":
        return sampleLine(entry.sample, entry.facts);
      case "estimate": {
        const { cell, pack = cell === undefined ? undefined : packOf.get(cell) } = entry.estimate;
        return line("estimate", `estimate${tags({ ...place, pack, cell })}`, estimateFields(entry.estimate), entry.stamp_ns);
      }
      case "alarm":
      case "standing": {
        const { id, alarm, scope } = entry.alarm;
        const pack = scope.pack ?? (scope.cell === undefined ? undefined : packOf.get(scope.cell));
        const head = `alarm${tags({ ...place, id, alarm, pack, cell: scope.cell, channel: scope.channel })}`;
        return line("alarm", head, alarmFields(entry.alarm), entry.stamp_ns);
      }
      case "event":
        return line("event", `event${tags({ ...place, kind: entry.event.event })}`, eventFields(entry.event, entry.stamp_ns), entry.stamp_ns);
      case "agent":
        return line("agent", `agent${tags({ ...place, bus: entry.agent.bus })}`, entry.agent.values, entry.stamp_ns);
    }
  };
}
