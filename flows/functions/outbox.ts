/**
 * What one way of notifying still has to deliver. Plain data, so that it outlives a restart in Node-RED's file context. At least once: what
 * was under way when the process ended is sent again.
 */
import { severityCode } from "../../edge-agent/core/alarms.ts";
import type { Notice } from "./notices.ts";

export interface OutboxRules {
  /** Notices in one delivery. */
  readonly together: number;
  /** Deliveries under way at once. */
  readonly parallel: number;
  /** Between two deliveries: what comes meanwhile is gathered. */
  readonly pause_ms: number;
}

export interface Outbox {
  readonly queue: readonly Notice[];
  readonly underway: readonly { readonly id: string; readonly notices: readonly Notice[]; readonly since_ms: number }[];
  readonly notBefore_ms: number;
  readonly failures: number;
  readonly dropped: number;
  readonly trouble?: string;
}

export const emptyOutbox: Outbox = { queue: [], underway: [], notBefore_ms: 0, failures: 0, dropped: 0 };

const most_queued = 200;
const backOff_ms = { first: 5_000, most: 300_000 };
const givenUp_ms = 24 * 3_600_000; // one that a server takes never must not stay for ever
const lost_ms = 900_000; // longer than any time limit of the sending nodes

/** Room is made by dropping the oldest of the lowest severity. */
export function put(box: Outbox, notice: Notice): Outbox {
  const queue = [...box.queue, notice];
  if (queue.length <= most_queued) return { ...box, queue };
  const lowest = Math.min(...queue.map(({ severity }) => severityCode(severity)));
  const index = queue.findIndex(({ severity }) => severityCode(severity) === lowest);
  return { ...box, queue: queue.toSpliced(index, 1), dropped: box.dropped + 1 };
}

/** The next delivery, if one is due. */
export function take(box: Outbox, rules: OutboxRules, id: string, now_ms: number): { readonly box: Outbox; readonly notices: readonly Notice[] } | undefined {
  if (box.queue.length === 0 || now_ms < box.notBefore_ms || box.underway.length >= (box.failures > 0 ? 1 : rules.parallel)) return undefined;
  const notices = box.queue.slice(0, rules.together);
  const queue = box.queue.slice(rules.together);
  return { notices, box: { ...box, queue, underway: [...box.underway, { id, notices, since_ms: now_ms }], notBefore_ms: now_ms + rules.pause_ms } };
}

/** How a delivery ended: `trouble` is why it failed. A failed one goes behind the others, so that one that is never taken does not block them. */
export function settle(box: Outbox, id: string, trouble: string | undefined, now_ms: number): Outbox {
  const delivery = box.underway.find((one) => one.id === id);
  if (delivery === undefined) return box;
  const underway = box.underway.filter((one) => one !== delivery);
  if (trouble === undefined) {
    const { trouble: _, ...rest } = box;
    return { ...rest, underway, failures: 0 };
  }
  const again = delivery.notices.filter(({ taken_ms }) => now_ms - taken_ms < givenUp_ms);
  const failures = box.failures + 1;
  const delay_ms = Math.min(backOff_ms.most, backOff_ms.first * 2 ** (failures - 1));
  const back = again.reduce(put, { ...box, underway, failures, notBefore_ms: now_ms + delay_ms, trouble });
  return { ...back, dropped: back.dropped + delivery.notices.length - again.length };
}

/** After a restart, and for a delivery whose end nobody told: it failed. */
export function recover(box: Outbox, now_ms: number, restarted: boolean): Outbox {
  return box.underway.reduce((now, { id, since_ms }) => (restarted || now_ms - since_ms > lost_ms ? settle(now, id, "interrupted", now_ms) : now), box);
}
