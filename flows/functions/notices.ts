/** Whom nobody needs to wake is not woken: which alarms are told beyond the page, and each of them once. */
import { type AlarmName, alarmId, type Severity, severityCode } from "../../edge-agent/core/alarms.ts";
import { raised_ms, whereOf } from "./verdict.ts";
import type { Alarm, Watch } from "./watch.ts";
import { alarmWords, unseen } from "./words.ts";

/** What is told, as it goes to the webhook. `occurrence` is what a machine drops repeats by. */
export interface Notice {
  readonly v: 1;
  readonly site: string;
  readonly station: string;
  readonly id: string;
  readonly occurrence: string;
  readonly alarm: string;
  readonly severity: Severity;
  readonly planned: boolean;
  readonly active: boolean;
  readonly where: string;
  readonly what: string;
  readonly why: readonly string[];
  /** When it was raised, ISO 8601. */
  readonly since: string;
  readonly taken_ms: number;
}

/** Warnings that speak of a cell or its gas: the hours before an alarm. Warnings about the installation stay on the page. */
const tellingWarnings: readonly AlarmName[] = ["gas-rise", "swelling", "vent", "self-heating", "runaway-imminent", "runaway", "flammable-gas"];

/** Alarms and trips of every kind, and the warnings above; not what somebody has already acknowledged or set aside. */
export function isTold({ severity, alarm, state }: Alarm): boolean {
  if (!unseen.includes(state)) return false;
  return severity === "trip" || severity === "alarm" || (severity === "warning" && tellingWarnings.includes(alarm));
}

export function noticeOf(alarm: Alarm, place: { readonly site: string; readonly station: string }, now_ms: number): Notice {
  const { id, occurrence, severity, planned, active, why } = alarm;
  const said = { where: whereOf(alarm), what: alarmWords[alarm.alarm], why, since: new Date(raised_ms(alarm)).toISOString() };
  return { v: 1, ...place, id, occurrence, alarm: alarm.alarm, severity, planned, active, ...said, taken_ms: now_ms };
}

/** A line that broke for a moment wakes nobody. */
const silent_ms = 30_000;

/**
 * A lost agent raises no alarm, so its silence is told as one: `agent-degraded` of the station. Planned is no silence, whatever the run. The
 * relays of an agent that is gone stay as they were.
 */
export function silenceNotice(watch: Watch, place: { readonly site: string; readonly station: string }, now_ms: number): Notice | undefined {
  const silence = watch.silence(now_ms);
  if (silence === undefined || now_ms - silence.since_ms < silent_ms) return undefined;
  const { since_ms, why } = silence;
  return {
    v: 1,
    ...place,
    id: alarmId("agent-degraded", "station"),
    occurrence: `silent-${watch.boot ?? 0}-${since_ms}`,
    alarm: "agent-degraded",
    severity: "alarm",
    planned: false,
    active: true,
    where: "Station",
    what: "nobody watches the cells",
    why: [why, "outputs stay as they were: rely on the independent protection, and look at the chamber"],
    since: new Date(since_ms).toISOString(),
    taken_ms: now_ms,
  };
}

/** By occurrence: the gravest severity that was told. Plain data, oldest first. */
export type Told = Readonly<Record<string, Severity>>;

const most_told = 1000;

/** Undefined when this occurrence was told at this severity or a graver one. */
export function tell(told: Told, { occurrence, severity }: Notice): Told | undefined {
  const before = told[occurrence];
  if (before !== undefined && severityCode(before) >= severityCode(severity)) return undefined;
  return Object.fromEntries([...Object.entries(told).slice(-most_told + 1), [occurrence, severity]]);
}
