/** Whom nobody needs to wake is not woken: which alarms are told beyond the page, and each of them once. */
import { type AlarmName, type Severity, severityCode } from "../../edge-agent/core/alarms.ts";
import { raised_ms, whereOf } from "./verdict.ts";
import type { Alarm } from "./watch.ts";
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

/** By occurrence: the gravest severity that was told. Plain data, oldest first. */
export type Told = Readonly<Record<string, Severity>>;

const most_told = 1000;

/** Undefined when this occurrence was told at this severity or a graver one. */
export function tell(told: Told, { occurrence, severity }: Notice): Told | undefined {
  const before = told[occurrence];
  if (before !== undefined && severityCode(before) >= severityCode(severity)) return undefined;
  return Object.fromEntries([...Object.entries(told).slice(-most_told + 1), [occurrence, severity]]);
}
