/** Everything that the page shows, as plain data: numbers are written out here, times stay numbers for the browser's own clock and zone. */

import type { Payload } from "../../edge-agent/contracts/topics.ts";
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import type { Acknowledging } from "./acknowledge.ts";
import type { Waiting } from "./notify.ts";
import type { Reading, Trend } from "./reading.ts";
import { byGravity, raised_ms, type Verdict, verdictOf, whereOf } from "./verdict.ts";
import type { Alarm as AlarmPayload, Channel, Watch } from "./watch.ts";
import { alarmWords, type Level, notJudged, quantityWords, stageLooks, stateWords, unseen } from "./words.ts";

export interface ValueShown {
  readonly channel: string;
  readonly name: string;
  /** Undefined: nothing usable was measured. */
  readonly value?: string;
  readonly unit: string;
  readonly trend?: Trend;
  readonly quality: "good" | "uncertain" | "bad";
  /** Since the last message of the channel. */
  readonly age_ms?: number;
  /** No message for longer than is usual. */
  readonly stale: boolean;
}

export interface CellShown {
  readonly id: string;
  readonly level: Level;
  readonly stage: string;
  /** Of the stage alone: a cell may be too hot and still in a normal stage. */
  readonly stageLevel: Level;
  readonly icon: string;
  readonly heat?: ValueShown;
  readonly selfHeating?: string;
  readonly timeLeft?: string;
  readonly others: readonly ValueShown[];
  /** The gravest standing alarm of the cell. */
  readonly alarm?: string;
}

export interface AlarmShown {
  readonly id: string;
  readonly occurrence: string;
  readonly level: Level;
  readonly severity: string;
  readonly what: string;
  readonly where: string;
  readonly since_ms: number;
  readonly planned: boolean;
  readonly active: boolean;
  readonly state: string;
  readonly why: readonly string[];
  readonly canAcknowledge: boolean;
  readonly asked?: { readonly state: "waiting" | "done" | "failed"; readonly text: string };
}

export interface Page {
  readonly station: string;
  readonly link: { readonly state: string; readonly level: Level };
  readonly lastReading_ms?: number;
  readonly verdict: Verdict;
  readonly cells: readonly CellShown[];
  readonly surroundings: readonly ValueShown[];
  /** The gravest, as many as anybody reads; `alarmCount` is all of them. */
  readonly alarms: readonly AlarmShown[];
  readonly alarmCount: number;
  readonly acted: readonly string[];
  readonly happenings: readonly { readonly text: string; readonly at_ms: number }[];
  readonly notes: readonly string[];
}

const most_alarms = 60;

export interface PageSources {
  readonly station: string;
  readonly watch: Watch;
  readonly acknowledging: Acknowledging;
  readonly waiting: readonly Waiting[];
}

export function pageOf({ station, watch, acknowledging, waiting }: PageSources, now_ms: number): Page {
  const alarms = [...watch.standing].sort(byGravity);
  const live = watch.broker && watch.link.state === "online";
  const shown = new Map(watch.channels.map((channel) => [channel, shownOf(channel, watch.readings.get(channel.id), live, now_ms)]));
  const cells = watch.cells.map((id) => {
    const own = [...shown].filter(([channel]) => channel.cell === id);
    const worst = alarms.find((alarm) => alarm.cell === id);
    const cell = cellOf(id, own, watch.estimateOf(id), worst);
    return live ? cell : asRemembered(cell);
  });
  const verdict = verdictOf({
    link: watch.link,
    broker: watch.broker,
    lastReading_ms: watch.lastReading_ms,
    old_ms: watch.patience_ms,
    alarms,
    cells: cells.map(({ id, stage, level, heat }) => ({ id, stage, level, blind: heat !== undefined && (heat.stale || heat.value === undefined) })),
    now_ms,
  });
  return {
    station,
    link: linkOf(watch),
    ...(watch.lastReading_ms === undefined ? {} : { lastReading_ms: watch.lastReading_ms }),
    verdict,
    cells,
    surroundings: [...shown].filter(([channel]) => channel.cell === undefined).map(([, value]) => value),
    alarms: alarms.slice(0, most_alarms).map((alarm) => alarmOf(alarm, acknowledging)),
    alarmCount: alarms.length,
    acted: watch.acted.map(({ output, did, because }) => `${output} ${did} because ${because}`),
    happenings: watch.happenings.map(({ text, at_ms }) => ({ text, at_ms })),
    notes: [...waiting.map(noteOf), ...(watch.unread === 0 ? [] : [`${watch.unread} messages that this page cannot read`])],
  };
}

function linkOf({ broker, link }: Watch): Page["link"] {
  if (!broker) return { state: "no broker", level: "alarm" };
  return { state: link.state === "unheard" ? "not heard yet" : link.state, level: link.state === "online" ? "normal" : "alarm" };
}

function shownOf(channel: Channel, reading: Reading | undefined, live: boolean, now_ms: number): ValueShown {
  const { name, unit, digits, steady } = quantityWords[channel.quantity as QuantityName];
  const head = { channel: channel.id, name, unit };
  const latest = reading?.latest;
  if (reading === undefined || latest === undefined) return { ...head, quality: "good", stale: live };
  const trend = reading.trend(steady);
  return {
    ...head,
    ...(latest.value === undefined ? {} : { value: latest.value.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1") }),
    ...(trend === undefined ? {} : { trend }),
    quality: latest.quality,
    age_ms: now_ms - reading.at_ms,
    stale: reading.isStale(now_ms),
  };
}

type Own = readonly (readonly [Channel, ValueShown])[];

/** A cell with several thermometers is as hot as the hottest that reads. */
function hottest(own: Own): ValueShown | undefined {
  const heat = own.filter(([{ quantity }]) => quantity === "temperature").map(([, value]) => value);
  const rank = (value: ValueShown) => (value.value === undefined ? Number.NEGATIVE_INFINITY : Number(value.value) - (value.stale ? 1e6 : 0));
  return heat.reduce<ValueShown | undefined>((best, value) => (best === undefined || rank(value) > rank(best) ? value : best), undefined);
}

const gravity: readonly Level[] = ["unknown", "normal", "advisory", "warning", "alarm", "trip"];
const graver = (a: Level, b: Level): Level => (gravity.indexOf(a) >= gravity.indexOf(b) ? a : b);

function cellOf(id: string, own: Own, estimate: Payload<"estimate"> | undefined, alarm: AlarmPayload | undefined): CellShown {
  const heat = hottest(own);
  const look = estimate === undefined || (estimate.judged === false && estimate.stage === "normal") ? notJudged : stageLooks[estimate.stage];
  const left = estimate?.time_to_runaway_s;
  return {
    id,
    level: alarm === undefined ? look.level : graver(look.level, alarm.severity),
    stage: look.word,
    stageLevel: look.level,
    icon: look.icon,
    ...(heat === undefined ? {} : { heat }),
    ...(estimate?.self_heating_K_per_min === undefined ? {} : { selfHeating: `self-heating ${signed(estimate.self_heating_K_per_min.value)} K/min` }),
    ...(left === undefined ? {} : { timeLeft: `runaway in ${span(left.p05)}–${span(left.p95)}` }),
    others: own.map(([, value]) => value).filter((value) => value !== heat),
    ...(alarm === undefined ? {} : { alarm: `${alarmWords[alarm.alarm]} — ${alarm.severity}${alarm.planned ? " (planned)" : ""}` }),
  };
}

/** With nobody watching, a stage is what it was: green must not be the colour of silence. */
const asRemembered = (cell: CellShown): CellShown =>
  cell.stageLevel === "unknown" ? cell : { ...cell, stage: `was ${cell.stage.toLowerCase()}`, stageLevel: "unknown", icon: "mdi-history" };

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(Math.abs(value) < 10 ? 2 : 0)}`;
const span = (value_s: number): string => (value_s < 100 ? `${Math.round(value_s)} s` : `${Math.round(value_s / 60)} min`);

function alarmOf(alarm: AlarmPayload, acknowledging: Acknowledging): AlarmShown {
  const asked = acknowledging.of(alarm.occurrence);
  return {
    id: alarm.id,
    occurrence: alarm.occurrence,
    level: alarm.severity,
    severity: alarm.severity,
    what: alarmWords[alarm.alarm],
    where: whereOf(alarm),
    since_ms: raised_ms(alarm),
    planned: alarm.planned,
    active: alarm.active,
    state: stateWords[alarm.state],
    why: alarm.why,
    canAcknowledge: unseen.includes(alarm.state),
    ...(asked === undefined ? {} : { asked }),
  };
}

function noteOf({ way, off, queued, dropped, trouble }: Waiting): string {
  if (off !== undefined) return `${way} off: ${off}`;
  const parts = [queued > 0 ? `${queued} waiting` : "", dropped > 0 ? `${dropped} dropped` : "", trouble ?? ""].filter((part) => part !== "");
  return `${way} on${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}
