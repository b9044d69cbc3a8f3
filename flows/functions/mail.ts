/** Notices → one e-mail. */
import { severityCode } from "../../edge-agent/core/alarms.ts";
import type { Notice } from "./notices.ts";

export interface Mail {
  readonly topic: string;
  readonly payload: string;
}

export function mailOf(notices: readonly Notice[]): Mail {
  const sorted = notices.toSorted((a, b) => severityCode(b.severity) - severityCode(a.severity));
  const [first] = sorted;
  if (first === undefined) throw new TypeError("a mail about nothing");
  const others = sorted.length > 1 ? `, and ${sorted.length - 1} more` : "";
  // planned only when all of it is: a night's sleep hangs on this word
  const planned = sorted.every((notice) => notice.planned) ? " (planned)" : "";
  const subject = `[Offgas] ${first.severity.toUpperCase()}${planned}: ${first.where}: ${first.what}${others} — ${first.site}/${first.station}`;
  return { topic: oneLine(subject), payload: `${asText(sorted.map(paragraph).join("\n\n"))}\n\n${footer}\n` };
}

const footer = "Offgas gives advice and an early trip. It is not a certified protection.";

function paragraph({ severity, planned, where, what, since, why, active, id, occurrence }: Notice): string {
  const head = `${severity.toUpperCase()}${planned ? " (planned)" : ""}: ${where}: ${what}`;
  const state = active ? `since ${since}` : `raised ${since}, the condition has passed since`;
  return [head, state, ...why.map((line) => `- ${oneLine(line)}`), `${id}, occurrence ${occurrence}`].join("\n");
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The e-mail node sends whatever looks like a tag as HTML, and a reason is text that anyone at the broker may have written. */
const asText = (text: string): string => text.replaceAll("<", "‹");
