/** Where a reader may draw the line: the same lines for leads and for false alarms, so that one is never bought with the other unseen. */
import { type AlarmName, classRunaway, severities, severityCode } from "../../edge-agent/core/alarms.ts";
import type { Raise } from "./told.ts";

/** An alarm of this severity or a graver one; `class-runaway`: one of class runaway, of severity `alarm` or graver. */
export const criteria = [...severities, "class-runaway"] as const;
export type Criterion = (typeof criteria)[number];

export const isClassRunaway = (alarm: AlarmName): boolean => classRunaway.includes(alarm);

export function meets({ alarm, severity }: Pick<Raise, "alarm" | "severity">, criterion: Criterion): boolean {
  if (criterion === "class-runaway") return isClassRunaway(alarm) && severityCode(severity) >= severityCode("alarm");
  return severityCode(severity) >= severityCode(criterion);
}
