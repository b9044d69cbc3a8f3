/** Follows the topics of one broker, for ever: connects, subscribes, says why it cannot, and tries again. */
import type { MqttClient } from "mqtt";
import type { Clock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { Reading } from "../core/sample.ts";
import { type Dialled, dialFor } from "../sinks/mqtt-dial.ts";
import { addressOf } from "../sinks/mqtt-faults.ts";
import { largest_Bytes } from "./message.ts";
import type { MqttPlan } from "./plan.ts";
import { Topic } from "./topic.ts";

/** Short ones, since a channel is blind meanwhile; full jitter below them, so that stations do not come back to a broker all at once. */
const wait_s = { first: 1, most: 10 };
const STEADY_s = 10;
const PAUSE_s = 10;
/** As for a chip: so long without a reading is silence. */
const SILENT_PERIODS = 3;
/** A 3.1.1 broker passes on packets of any length; what has come of one is not kept beyond this. */
const unfinished_Bytes = 16 * largest_Bytes;

export interface FeedContext {
  readonly clock: Clock;
  emit(readings: readonly Reading[], skipped: number): void;
}

/** Rejects for the signal alone. */
export async function followTopics(plan: MqttPlan, context: FeedContext, signal: AbortSignal): Promise<never> {
  const { clock, emit } = context;
  const topics = plan.sensors.map((each) => new Topic(each));
  const channels = plan.sensors.flatMap(({ channels }) => channels.map(({ channel }) => channel));
  for (let failures = 0; ; ) {
    let fault: Fault;
    let since_s = Number.POSITIVE_INFINITY;
    try {
      const over = await dialFor({ config: plan.broker, clientId: plan.clientId, clock }, signal, (dialled) => {
        listen(dialled, topics, plan, context);
        return dialled.over;
      });
      since_s = clock.monotonic_s();
      fault = await ended(over);
    } catch (error) {
      if (!isFault(error)) throw error;
      fault = error;
    }
    signal.throwIfAborted();
    const at_s = clock.monotonic_s();
    failures = at_s - since_s >= STEADY_s ? 1 : failures + 1;
    emit(
      channels.map((channel) => ({ channel, at_s, reason: "no-reply", detail: fault.message })),
      0,
    );
    await clock.sleep(Math.max(0.1, Math.random() * Math.min(wait_s.most, wait_s.first * 2 ** (failures - 1))), signal);
  }
}

function listen({ client, socket, over, end }: Dialled, topics: readonly Topic[], { broker }: MqttPlan, { clock, emit }: FeedContext): void {
  const byName = new Map(topics.map((topic) => [topic.plan.topic, topic]));
  const paused = new Set<Topic>();

  client.on("message", (name, payload, { retain, dup }) => {
    const topic = byName.get(name);
    if (topic === undefined || paused.has(topic)) return;
    const now_s = clock.monotonic_s();
    const readings = topic.hear({ payload, retained: retain, repeated: dup }, now_s);
    if (readings === "flood") return void pause(topic, now_s);
    if (readings.length > 0) emit(readings, topic.takeSkipped());
    else if (retain) void awaitNews(topic, now_s);
  });

  /** Costs the topic its readings, and the others nothing: a broker drops what a flooded connection does not take. */
  async function pause(topic: Topic, now_s: number): Promise<void> {
    paused.add(topic);
    emit(topic.flooded(now_s, PAUSE_s), topic.takeSkipped());
    client.unsubscribe(topic.plan.topic, () => {});
    await clock.sleep(PAUSE_s, over).catch(() => {});
    paused.delete(topic);
    if (!over.aborted) subscribe(client, topic);
  }

  async function awaitNews(topic: Topic, since_s: number): Promise<void> {
    await clock.sleep(SILENT_PERIODS * topic.plan.period_s, over).catch(() => {});
    if (!over.aborted && topic.heard_s < since_s) emit(topic.outdated(clock.monotonic_s()), topic.takeSkipped());
  }

  function subscribe(client: MqttClient, topic: Topic): void {
    // without "retain as published", so that the flag is set for what the broker had kept and for nothing else, as it is in 3.1.1
    client.subscribe(topic.plan.topic, { qos: 0, rap: false }, (error, granted = []) => {
      const refused = error !== null || granted.some(({ qos }) => qos > 2);
      if (!refused || over.aborted) return;
      const at_s = clock.monotonic_s();
      const who = broker.user === undefined ? "a client without a user" : `user ${broker.user}`;
      const detail = `${addressOf(broker)} does not let ${who} read ${topic.plan.topic}: allow it in the broker's ACL`;
      emit(
        topic.plan.channels.map(({ channel }) => ({ channel, at_s, reason: "no-reply", detail })),
        0,
      );
    });
  }

  let complete_Bytes = socket.bytesRead;
  client.on("packetreceive", () => {
    complete_Bytes = socket.bytesRead;
  });
  socket.on("data", () => {
    if (socket.bytesRead - complete_Bytes > unfinished_Bytes)
      end(
        new Fault(
          "sink/too-large",
          `${addressOf(broker)} sends a message of more than ${unfinished_Bytes} Bytes: find its publisher, or limit it in the broker`,
        ),
      );
  });
  for (const topic of topics) subscribe(client, topic);
}

const ended = (over: AbortSignal): Promise<Fault> =>
  new Promise((resolve) => {
    const now = () => resolve(over.reason as Fault);
    if (over.aborted) now();
    else over.addEventListener("abort", now, { once: true });
  });
