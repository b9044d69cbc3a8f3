/** Live values: worth nothing late, so nothing is queued. What does not fit into the socket now is dropped and counted. */
import { topics } from "../contracts/topics.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import type { Connection } from "./mqtt-connection.ts";
import type { Message, Payloads } from "./payloads.ts";

const unsent_Bytes = 256 * 1024; // about a second of 64 channels at 10 Hz
const chart_s = 1;

export interface Live {
  samples(entry: Extract<Entry, { type: "sample" }>, connection: Connection): void;
  /** Kept as the newest of its cell, and sent when there is a connection. */
  estimate(message: Message<"estimate">, connection: Connection | undefined): void;
  /** The newest estimates again, for consumers that missed them. */
  resend(connection: Connection): void;
  dropped(): number;
}

/** `number` makes the payload: it gives the message its `seq`. */
export function liveLane(payloads: Payloads, clock: Clock, number: (body: object) => string): Live {
  const chartDue_s = new Map<string, number>();
  const newest = new Map<string, { readonly body: Message<"estimate">["body"]; payload?: string }>();
  let dropped = 0;

  function isFull(connection: Connection): boolean {
    const full = connection.unsent_Bytes() > unsent_Bytes;
    if (full) dropped++;
    return full;
  }

  /** On a grid of seconds and not a second after the last: a 1 Hz channel with jitter would otherwise lose every other point. */
  function chartIsDue(channel: string): boolean {
    const now_s = clock.monotonic_s();
    const due_s = chartDue_s.get(channel) ?? now_s;
    if (now_s < due_s) return false;
    chartDue_s.set(channel, now_s - due_s < chart_s ? due_s + chart_s : now_s + chart_s);
    return true;
  }

  function sendNewest(topic: string, connection: Connection): void {
    const estimate = newest.get(topic);
    if (!estimate || isFull(connection)) return;
    estimate.payload ??= number(estimate.body);
    if (!connection.send(topic, estimate.payload, topics.estimate.retain)) dropped++;
  }

  return {
    samples(entry, connection) {
      if (isFull(connection)) return;
      const message = payloads.message(entry);
      if (!message) return;
      if (!connection.send(message.topic, number(message.body), topics.sample.retain)) dropped++;
      const chart = chartIsDue(entry.sample.channel) ? payloads.chart(entry.sample) : undefined;
      if (chart) connection.send(chart.topic, number(chart.body), topics.chart.retain);
    },
    estimate({ topic, body }, connection) {
      newest.set(topic, { body });
      if (connection) sendNewest(topic, connection);
    },
    resend(connection) {
      for (const topic of newest.keys()) sendNewest(topic, connection);
    },
    dropped: () => dropped,
  };
}
