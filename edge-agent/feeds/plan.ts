/** What others measure, as the channels of a station describe it: topics of the broker, columns of files. */
import type { ProcessPlan } from "../bus/messages.ts";
import { readPath, type Steps } from "../contracts/json-path.ts";
import { type Channel, isCsvTail, isMqtt, type MqttConfig, type Station } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { type QuantityName, toCanonical } from "../core/quantities.ts";

interface Fed {
  /** Index into the station's channel list. */
  readonly channel: number;
  /** canonical = what was given × factor + offset. */
  readonly factor: number;
  readonly offset: number;
}

export interface TopicPlan {
  readonly topic: string;
  /** The smallest of its channels' periods. */
  readonly period_s: number;
  readonly channels: readonly (Fed & { readonly path: Steps; readonly written: string })[];
}

export interface MqttPlan extends ProcessPlan {
  readonly broker: MqttConfig;
  readonly clientId: string;
  readonly sensors: readonly TopicPlan[];
}

export interface FilePlan {
  readonly file: string;
  readonly period_s: number;
  readonly channels: readonly (Fed & { readonly column: string })[];
}

export interface CsvPlan extends ProcessPlan {
  readonly sensors: readonly FilePlan[];
}

export interface SimulatedPlan extends ProcessPlan {
  readonly sensors: readonly { readonly quantity: QuantityName; readonly period_s: number; readonly channels: readonly { readonly channel: number }[] }[];
}

/** How long these processes may be silent. A network share may take seconds over one look. */
const DEADLINE_s = 5;

/** Undefined where no channel reads a topic. Throws Fault `config/invalid` for what `offgas check` would refuse too. */
export function mqttPlan(station: Station): MqttPlan | undefined {
  const topics = new Map<string, TopicPlan>();
  for (const [channel, each] of station.channels.entries()) {
    const { source, every_s } = each;
    if (!isMqtt(source)) continue;
    const { topic, path: written } = source;
    const path = readPath(written);
    if (path === undefined) throw wrong(each, `${written} is no path`);
    const before = topics.get(topic);
    const fed = { channel, path, written, ...conversion(each, source.unit) };
    topics.set(topic, { topic, period_s: Math.min(before?.period_s ?? every_s, every_s), channels: [...(before?.channels ?? []), fed] });
  }
  const [first] = [...topics.values()];
  if (first === undefined) return undefined;
  const broker = station.sinks.find((sink) => sink.kind === "mqtt");
  if (broker === undefined) throw new Fault("config/invalid", `topic ${first.topic}: there is no mqtt sink whose broker could be asked: add one to sinks`);
  const clientId = `offgas.${station.site}.${station.station}.sources`;
  return { bus: "mqtt source", deadline_s: DEADLINE_s, faults: [], broker, clientId, sensors: [...topics.values()] };
}

/** One plan for each folder: files of one disk or share hang together, and cost only their own channels. */
export function csvPlans(station: Station): CsvPlan[] {
  const folders = new Map<string, Map<string, FilePlan>>();
  for (const [channel, each] of station.channels.entries()) {
    const { source, every_s } = each;
    if (!isCsvTail(source)) continue;
    const { file, column } = source;
    const folder = file.slice(0, Math.max(1, file.lastIndexOf("/")));
    const files = folders.get(folder) ?? new Map<string, FilePlan>();
    folders.set(folder, files);
    const before = files.get(file);
    const fed = { channel, column, ...conversion(each, source.unit) };
    files.set(file, { file, period_s: Math.min(before?.period_s ?? every_s, every_s), channels: [...(before?.channels ?? []), fed] });
  }
  return [...folders].map(([folder, files]) => ({ bus: `csv-tail ${folder}`, deadline_s: DEADLINE_s, faults: [], sensors: [...files.values()] }));
}

/** Undefined where nothing is fed. */
export function simulatedPlan(station: Station): SimulatedPlan | undefined {
  const sensors = station.channels.flatMap(({ source, quantity, every_s }, channel) =>
    isMqtt(source) || isCsvTail(source) ? [{ quantity, period_s: every_s, channels: [{ channel }] }] : [],
  );
  return sensors.length === 0 ? undefined : { bus: "simulated sources", deadline_s: DEADLINE_s, faults: [], sensors };
}

function conversion(channel: Channel, unit: string): { factor: number; offset: number } {
  const found = toCanonical(channel.quantity, unit);
  if (found === undefined) throw wrong(channel, `${unit} is no unit of ${channel.quantity}`);
  const [factor, offset] = found;
  return { factor, offset };
}

const wrong = ({ id }: Channel, what: string): Fault => new Fault("config/invalid", `channel ${id}: ${what}`);
