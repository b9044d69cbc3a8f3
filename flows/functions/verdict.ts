/** The one sentence at the top of the page: what is wrong with which cell, or why nobody can tell. */
import { alarmKind, type Severity, severityCode } from "../../edge-agent/core/alarms.ts";
import type { Alarm, Link } from "./watch.ts";
import { alarmWords, type Level } from "./words.ts";

export interface Verdict {
  readonly level: Level;
  readonly text: string;
  /** Said after the text, small: what else there is to know. */
  readonly more: readonly string[];
  /** When it began. */
  readonly since_ms?: number;
}

export interface Circumstances {
  readonly link: Link;
  readonly broker: boolean;
  readonly lastReading_ms: number | undefined;
  /** Gravest first. */
  readonly alarms: readonly Alarm[];
  readonly cells: readonly { readonly id: string; readonly stage: string | undefined; readonly level: Level; readonly blind: boolean }[];
  /** Readings older than this make everything old. */
  readonly old_ms: number;
  readonly now_ms: number;
}

export function verdictOf(now: Circumstances): Verdict {
  const [worst] = now.alarms;
  const alike = worst === undefined ? [] : now.alarms.filter((alarm) => alarm === worst || isAlike(alarm, worst));
  const standing = worst === undefined ? undefined : sentenceOf(worst, alike);
  const blind = blindness(now);
  if (blind !== undefined) {
    const before = standing === undefined ? [] : [`Last known: ${standing.text}`];
    return { ...blind, more: [...before, ...blind.more] };
  }
  if (worst !== undefined && standing !== undefined) {
    const others = now.alarms.filter((alarm) => !alike.includes(alarm));
    const more = others.length === 0 ? [] : [`and ${others.length} more ${others.length === 1 ? "alarm" : "alarms"}: ${briefly(others)}`];
    return { level: worst.severity, text: standing.text, more: [...standing.more, ...more], since_ms: Math.min(...alike.map(raised_ms)) };
  }
  return calm(now);
}

/** Nobody can say how the cells are. This comes before any alarm: an old alarm beside old readings must not look like knowledge. */
function blindness({ link, broker, lastReading_ms, old_ms, now_ms }: Circumstances): Verdict | undefined {
  const last = lastReading_ms === undefined ? [] : [`last reading ${ago(now_ms - lastReading_ms)}`];
  if (!broker) return { level: "unknown", text: "No connection to the broker: nothing here is live", more: last };
  if (link.state === "unheard") return { level: "unknown", text: "No word from the agent yet", more: [] };
  const since = link.since_ms === undefined ? "" : ` ${ago(now_ms - link.since_ms)}`;
  if (link.state === "lost") return { level: "alarm", text: `Readings are old: agent lost${since}`, more: last };
  if (link.state === "stopped") return { level: "unknown", text: `Nobody watches: agent stopped${since}`, more: last };
  if (lastReading_ms === undefined) {
    return now_ms - (link.since_ms ?? 0) < old_ms
      ? { level: "unknown", text: "Waiting for the first reading", more: [] }
      : { level: "alarm", text: "No readings", more: [] };
  }
  return now_ms - lastReading_ms > old_ms ? { level: "alarm", text: `Readings are old: last one ${ago(now_ms - lastReading_ms)}`, more: [] } : undefined;
}

function calm({ cells }: Circumstances): Verdict {
  const blind = cells.filter((cell) => cell.blind);
  const grave = cells.filter(({ level }) => level !== "normal" && level !== "unknown");
  const more = blind.length === 0 ? [] : [`no reading from ${listed(blind.map(({ id }) => id))}`];
  const [first] = grave;
  if (first?.stage !== undefined) {
    return {
      level: first.level,
      text: `${first.stage}: ${grave.length === 1 ? "cell" : "cells"} ${listed(grave.map(({ id }) => id))}`,
      more: ["no alarm", ...more],
    };
  }
  if (cells.length === 0) return { level: "normal", text: "No alarm", more };
  const normal = cells.filter(({ level }) => level === "normal").length;
  if (normal < cells.length) return { level: "unknown", text: `No alarm. ${normal} of ${cells.length} cells can be judged`, more };
  if (blind.length > 0) return { level: "unknown", text: `No alarm, but ${blind.length} of ${cells.length} cells cannot be seen`, more };
  return { level: "normal", text: cells.length === 1 ? `Cell ${cells[0]?.id} normal` : `All ${cells.length} cells normal`, more };
}

/** A fire that spreads is one sentence: which cells, and since the first of them. */
const isAlike = (a: Alarm, b: Alarm): boolean =>
  a.alarm === b.alarm && a.severity === b.severity && a.planned === b.planned && a.active === b.active && a.cell !== undefined && b.cell !== undefined;

function sentenceOf(alarm: Alarm, alike: readonly Alarm[]): { readonly text: string; readonly more: readonly string[] } {
  const cells = alike.flatMap(({ cell }) => cell ?? []).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const where = cells.length > 1 ? `Cells ${listed(cells)}` : whereOf(alarm);
  const passed = alarm.active ? [] : [alarmKind(alarm.alarm).latches ? "the condition has passed, the alarm is held" : "the condition has passed"];
  return { text: `${where}: ${alarmWords[alarm.alarm]} — ${alarm.severity}${alarm.planned ? " (planned)" : ""}`, more: passed };
}

export function whereOf({ cell, channel, pack, id }: Alarm): string {
  const place = cell !== undefined ? `Cell ${cell}` : pack !== undefined ? `Pack ${pack}` : undefined;
  if (channel !== undefined) return place === undefined ? `Sensor ${channel}` : `${place}, sensor ${channel}`;
  return place ?? `Station ${id.slice(id.indexOf(":") + 1)}`;
}

const briefly = (alarms: readonly Alarm[]): string => {
  const counts = new Map<Severity, number>();
  for (const { severity } of alarms) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return [...counts].map(([severity, count]) => `${count} ${severity}`).join(", ");
};

/** Gravest first; within a severity the newest first, as that is what a person has not seen yet. */
export const byGravity = (a: Alarm, b: Alarm): number => severityCode(b.severity) - severityCode(a.severity) || raised_ms(b) - raised_ms(a);

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** An occurrence is a ULID: its first ten characters are the moment of the raise, whatever has been said of the alarm since. */
export function raised_ms({ occurrence, time }: Alarm): number {
  const digits = [...occurrence.slice(0, 10)].map((character) => crockford.indexOf(character));
  const isUlid = occurrence.length === 26 && !digits.includes(-1);
  return isUlid ? digits.reduce((sum, digit) => sum * 32 + digit, 0) : Date.parse(time);
}

export function ago(age_ms: number): string {
  const age_s = Math.max(0, Math.round(age_ms / 1000));
  if (age_s < 100) return `${age_s} s ago`;
  return age_s < 5400 ? `${Math.round(age_s / 60)} min ago` : `${Math.round(age_s / 3600)} h ago`;
}

const listed = (ids: readonly string[]): string => (ids.length > 6 ? `${ids.slice(0, 5).join(", ")} and ${ids.length - 5} more` : ids.join(", "));
