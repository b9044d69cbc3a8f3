/**
 * The MQTT sink. Alarms and events are delivered from the spool at QoS 1; samples, chart points and estimates are shown live and never kept
 * (decision 0004). Everything about the line itself stands in `mqtt-session.ts` and `mqtt-connection.ts`.
 */

import type { MqttConfig } from "../contracts/station.ts";
import { topicOf, topics } from "../contracts/topics.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import { Fault } from "../core/faults.ts";
import manifest from "../package.json" with { type: "json" };
import type { Ask } from "./asking.ts";
import { commandLane } from "./mqtt-commands.ts";
import type { Answer, Connection } from "./mqtt-connection.ts";
import { dial } from "./mqtt-dial.ts";
import { addressOf, faultOfPuback } from "./mqtt-faults.ts";
import { leftoversOf } from "./mqtt-leftovers.ts";
import { liveLane } from "./mqtt-live.ts";
import { type Numbered, numbering } from "./mqtt-numbering.ts";
import { before, keepConnected } from "./mqtt-session.ts";
import { type Described, levelOf, type Message, payloadsOf } from "./payloads.ts";
import type { Sink, Verdict } from "./sink.ts";

const goodbye_s = { stopped: 0.5, disconnect: 0.3 };

export interface MqttSink extends Sink {
  live(entries: readonly Entry[]): void;
  /** Live messages dropped since start as the broker did not take them in time. */
  liveDropped(): number;
}

/** Starts to connect at once. `boot` counts agent starts on this spool and travels in every message. Without `ask` no commands are taken. */
export function openMqttSink(config: MqttConfig, station: Described, boot: number, clock: Clock, ask?: Ask): MqttSink {
  const opened_ns = clock.wall_ns();
  const payloads = payloadsOf(station);
  const numbers = numbering(boot);
  const live = liveLane(payloads, clock, numbers.first);
  const alarms = new Map<string, string>(); // topic to newest payload sent of each alarm, to say again after a reconnect
  const newest_ns = new Map<string, bigint>(); // topic to stamp of the newest state of each alarm
  const commands = config.commands && ask && commandLane(config.commands, station, ask);
  const status = topicOf("status", station);
  const offline = (why: "stopped" | "lost") => JSON.stringify({ v: 1, boot, state: "offline", why });

  const leftovers = leftoversOf(station, clock, {
    alarm: (connection, topic, body) => void say(connection, { name: "alarm", topic, body }, () => numbers.first(body)),
    clear: (connection, topic) => void connection.deliver({ topic, payload: () => "", retain: true }),
  });

  /**
   * QoS 1. An alarm state older than the newest of its id comes from a backlog or is a repeat: subscribers get it as history, by its stamp,
   * and the broker does not keep it.
   */
  function say(connection: Connection, { name, topic, body }: Message, number: () => string, signal?: AbortSignal): Promise<Answer> {
    const stamp_ns = "stamp_ns" in body ? BigInt(body.stamp_ns) : 0n;
    const current = name !== "alarm" || stamp_ns >= (newest_ns.get(topic) ?? 0n);
    if (name === "alarm" && current) newest_ns.set(topic, stamp_ns);
    const payload = () => {
      const text = number();
      if (name === "alarm" && current) alarms.set(topic, text);
      return text;
    };
    return connection.deliver({ topic, payload, retain: topics[name].retain && current, ...(signal && { signal }) });
  }

  /** The whole retained state, so that a consumer that missed changes agrees again; repeats keep their `seq`. */
  function connected(connection: Connection): void {
    const birth = payloads.birth(manifest.version, clock.wall_ns());
    void say(connection, birth, () => numbers.first(birth.body));
    for (const [topic, text] of alarms) void connection.deliver({ topic, payload: () => text, retain: true });
    live.resend(connection);
    void leftovers.look(connection);
    commands?.listen(connection);
  }

  const session = keepConnected({
    clock,
    connected,
    async dial(signal) {
      commands?.readKeys();
      return dial({ config, clientId: `offgas.${station.site}.${station.station}`, will: { topic: status, payload: offline("lost") }, clock }, signal);
    },
  });

  function judge(messages: readonly Message[], answers: readonly Answer[]): Verdict {
    const lost = answers.find((answer) => answer.kind === "lost");
    if (lost) return later(lost.fault);
    const verdicts = answers.flatMap((answer, at) => (answer.kind === "rejected" ? [faultOfPuback(answer.reason, messages[at]?.topic ?? "", config)] : []));
    return verdicts.find(({ kind }) => kind === "later") ?? verdicts[0] ?? { kind: "taken" };
  }

  interface Sending {
    readonly entry: Entry;
    readonly message: Message;
    readonly numbered: Numbered;
  }

  async function deliver(connection: Connection, { entry, message, numbered }: Sending, signal: AbortSignal): Promise<Answer> {
    if (numbered.acknowledged) return { kind: "acknowledged" };
    const inherited = entry.type === "alarm" && entry.stamp_ns < opened_ns;
    if (entry.type === "alarm" && !inherited) leftovers.confirm(message.topic);
    const answer = await say(connection, message, numbered.payload, signal);
    if (answer.kind === "acknowledged") {
      numbered.acknowledged = true;
      if (inherited) leftovers.inherit(message as Message<"alarm">);
    }
    return answer;
  }

  async function write(entries: readonly Entry[], signal: AbortSignal): Promise<Verdict> {
    const link = await session.ready(signal);
    if ("fault" in link) return later(link.fault, link.retryAfter_s);
    const sendings = entries.flatMap((entry): Sending[] => {
      const message = entry.type === "alarm" || entry.type === "event" ? payloads.message(entry) : undefined;
      return message ? [{ entry, message, numbered: numbers.again(message) }] : [];
    });
    const messages = sendings.map(({ message }) => message);
    const answers = await before(signal, Promise.all(sendings.map((sending) => deliver(link, sending, signal))));
    if (answers instanceof Fault) return later(answers);
    const verdict = judge(messages, answers);
    const setAside = verdict.kind === "refused" && messages.length === 1;
    if (verdict.kind === "taken" || setAside) numbers.forget(messages);
    leftovers.settle(link);
    return verdict;
  }

  return {
    name: `mqtt ${addressOf(config)}`,
    durable: ["record"],
    write,
    live(entries) {
      const connection = session.connection();
      for (const entry of entries) {
        if (entry.type === "sample") {
          if (connection) live.samples(entry, connection);
          continue;
        }
        // Not a message, but proof that this boot holds the alarm.
        if (entry.type === "standing") leftovers.confirm(topicOf("alarm", station, levelOf(entry.alarm.id)));
        const message = payloads.message(entry);
        if (message?.name === "alarm" || message?.name === "estimate") leftovers.confirm(message.topic);
        if (message?.name === "estimate") live.estimate(message as Message<"estimate">, connection);
      }
    },
    liveDropped: live.dropped,
    ...(commands && { commands: commands.counts }),
    async close() {
      const connection = session.connection();
      session.close();
      if (!connection) return;
      const said = connection.deliver({ topic: status, payload: () => offline("stopped"), retain: true });
      await Promise.race([said, clock.sleep(goodbye_s.stopped, connection.over).catch(() => undefined)]);
      await connection.leave(goodbye_s.disconnect);
    },
  };
}

const later = (fault: Fault, retryAfter_s?: number): Verdict => ({
  kind: "later",
  code: fault.code,
  why: fault.message,
  ...(retryAfter_s !== undefined && { retryAfter_s }),
});
