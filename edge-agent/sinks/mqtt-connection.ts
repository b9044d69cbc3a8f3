/**
 * One connection to a broker, from its CONNACK to its end. It never comes back: a new one is dialled instead, so that no listener, no
 * offline queue and no half-dead state of the client library outlives it (mqtt.js leaves publish promises pending for ever).
 */
import type { Socket } from "node:net";
import type { MqttClient, OnMessageCallback } from "mqtt";
import type { MqttConfig } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { addressOf, faultOfError } from "./mqtt-faults.ts";

const puback_s = 10; // without any PUBACK for this long the connection is dead, whatever its pings say
const longestTopic_Bytes = 65_535; // its length field has 16 bits
const header_Bytes = 16; // type, remaining length, topic length, packet id, property length: at most 10
const most_topics = 10_000; // of a broker that holds more below one station, the rest is left alone

export interface Outgoing {
  readonly topic: string;
  /** Made when its turn has come, so that `seq` follows the order of sending. */
  payload(): string;
  readonly retain: boolean;
  /** An aborted one is not sent any more. */
  readonly signal?: AbortSignal;
}

export type Answer =
  | { readonly kind: "acknowledged" }
  /** Reason code of a v5 PUBACK (3.1.1 has none and acknowledges what it silently drops), or ours for what must not be sent. */
  | { readonly kind: "rejected"; readonly reason: number }
  | { readonly kind: "lost"; readonly fault: Fault };

export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  /** Sent to be kept. Of a message that is sent on at once, a 3.1.1 broker does not say so. */
  readonly retained: boolean;
}

export interface Connection {
  /** Bytes that the socket holds because the broker or the network does not take them. */
  unsent_Bytes(): number;
  /** QoS 1, first in first out within a bounded window. Always resolves: with the PUBACK, or when the connection ends. */
  deliver(outgoing: Outgoing): Promise<Answer>;
  /** QoS 0: handed to the socket and forgotten. False when the broker would not take it at all. */
  send(topic: string, payload: string, retain: boolean): boolean;
  /** QoS 1: what comes below `filter` until the connection ends. Rejects when the broker does not allow it. */
  listen(filter: string, hear: (incoming: Incoming) => void): Promise<void>;
  /** Retained messages below `filters` that the broker holds now, collected for `during_s`. */
  retained(filters: readonly string[], during_s: number): Promise<ReadonlyMap<string, Buffer>>;
  /** Aborted when the connection has ended; the reason is a Fault. */
  readonly over: AbortSignal;
  /** Says goodbye (a broker then keeps the last will to itself) and ends, within `within_s`. */
  leave(within_s: number): Promise<void>;
}

export interface Held {
  readonly config: MqttConfig;
  readonly clock: Clock;
  readonly over: AbortSignal;
  /** Ends the socket and the client; the first fault is the one that counts. */
  readonly end: (fault: Fault) => void;
  /** QoS 1 messages sent and not yet acknowledged: at most this many. */
  readonly inFlight: number;
  /** Most bytes that one packet may have. */
  readonly largest_Bytes: number;
}

export function connectionOn(client: MqttClient, socket: Socket, { config, clock, over, end, inFlight, largest_Bytes }: Held): Connection {
  const waiting: { readonly outgoing: Outgoing; readonly answer: (answer: Answer) => void }[] = [];
  const flying = new Set<(answer: Answer) => void>();
  let progress_s = clock.monotonic_s();
  const below = (filter: string, topic: string): boolean => topic.startsWith(filter.slice(0, -1)); // a filter of ours ends in "+"
  const lost = (): Answer => ({ kind: "lost", fault: over.reason as Fault });

  /** A broker ends the connection over such a message, and would again at each repeat. Reason codes of MQTT 5.0 section 2.4. */
  function condemned(topic: string, payload: string): number | undefined {
    const topic_Bytes = Buffer.byteLength(topic);
    if (topic_Bytes > longestTopic_Bytes) return 144;
    return topic_Bytes + Buffer.byteLength(payload) + header_Bytes > largest_Bytes ? 149 : undefined;
  }

  over.addEventListener(
    "abort",
    () => {
      for (const answer of [...flying, ...waiting.splice(0).map((held) => held.answer)]) answer(lost());
      flying.clear();
    },
    { once: true },
  );

  function next(): void {
    while (!over.aborted && flying.size < inFlight) {
      const first = waiting.shift();
      if (!first) return;
      const { outgoing, answer } = first;
      if (outgoing.signal?.aborted) {
        answer({ kind: "lost", fault: new Fault("sink/unreachable", "stopped before the broker acknowledged") });
        continue;
      }
      const payload = outgoing.payload();
      const reason = condemned(outgoing.topic, payload);
      if (reason !== undefined) {
        answer({ kind: "rejected", reason });
        continue;
      }
      if (flying.size === 0) progress_s = clock.monotonic_s();
      flying.add(answer);
      client.publish(outgoing.topic, payload, { qos: 1, retain: outgoing.retain }, (error) => {
        if (over.aborted || !flying.delete(answer)) return;
        progress_s = clock.monotonic_s();
        const reason = (error as { code?: unknown } | undefined)?.code;
        if (!error) answer({ kind: "acknowledged" });
        else if (typeof reason === "number") answer({ kind: "rejected", reason });
        else answer({ kind: "lost", fault: faultOfError(error, config) });
        next();
      });
    }
  }

  async function watch(): Promise<void> {
    while (!over.aborted) {
      await clock.sleep(1, over);
      if (flying.size > 0 && clock.monotonic_s() - progress_s > puback_s) {
        end(new Fault("sink/unreachable", `${addressOf(config)} is connected but acknowledges nothing for ${puback_s} s: see the broker's log, or its disk`));
      }
    }
  }
  watch().catch(() => undefined); // the sleep rejects when the connection is over

  return {
    over,
    unsent_Bytes: () => socket.writableLength,
    deliver(outgoing) {
      if (over.aborted) return Promise.resolve(lost());
      return new Promise((answer) => {
        waiting.push({ outgoing, answer });
        next();
      });
    },
    send(topic, payload, retain) {
      if (over.aborted || condemned(topic, payload) !== undefined) return false;
      client.publish(topic, payload, { qos: 0, retain });
      return true;
    },
    async listen(filter, hear) {
      client.on("message", (topic, payload, { retain }) => {
        if (below(filter, topic)) hear({ topic, payload, retained: retain });
      });
      await client.subscribeAsync(filter, { qos: 1, rap: true });
    },
    async retained(filters, during_s) {
      const found = new Map<string, Buffer>();
      const collect: OnMessageCallback = (topic, payload, { retain }) => {
        if (retain && found.size < most_topics && filters.some((filter) => below(filter, topic))) found.set(topic, payload);
      };
      client.on("message", collect);
      client.subscribe([...filters], { qos: 0 }, () => undefined);
      await clock.sleep(during_s, over).catch(() => undefined);
      client.removeListener("message", collect);
      if (!over.aborted) client.unsubscribe([...filters], () => undefined);
      return found;
    },
    async leave(within_s) {
      const gone = new Promise<void>((resolve) => client.end(false, { reasonCode: 0 }, () => resolve()));
      await Promise.race([gone, clock.sleep(within_s, over).catch(() => undefined)]);
      end(new Fault("sink/unreachable", "the agent stops"));
    },
  };
}
