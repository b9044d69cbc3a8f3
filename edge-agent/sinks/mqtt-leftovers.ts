/**
 * What an earlier boot left retained in the broker. An agent that was killed could not say that its alarms ended, and a consumer would show
 * them for ever. Once this boot has had time to raise again what still holds, an alarm that it never spoke of is published as `normal`
 * and inactive under its old occurrence, so that every consumer sees an ordinary transition; an estimate that it never renewed, and what
 * nobody can read, is cleared by an empty retained message, since an old opinion is not knowledge.
 *
 * Invariant: once this boot has spoken of a topic, nothing here touches it. Both run on one thread and on one ordered connection, so a real
 * alarm comes either before the look at `confirmed`, which spares it, or after the `normal`, which it then overrides.
 */
import { topicOf, topics } from "../contracts/topics.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection } from "./mqtt-connection.ts";
import { type Body, type Described, type Message, stamped } from "./payloads.ts";

const settle_s = 30; // snapshots are 10 s apart, estimates at most 10 s, and the longest on-delay is 10 s
const collect_s = 2;

export interface Leftovers {
  /** This boot has spoken of the topic itself. */
  confirm(topic: string): void;
  /** An alarm of an earlier boot that the spool still held was delivered now, late. */
  inherit(message: Message<"alarm">): void;
  /** After each connect: reads what is retained, and settles it. */
  look(connection: Connection): Promise<void>;
  /** Settles what was inherited since the last look. */
  settle(connection: Connection): void;
}

export interface LeftoverActions {
  alarm(connection: Connection, topic: string, body: Body<"alarm">): void;
  clear(connection: Connection, topic: string): void;
}

export function leftoversOf(station: Described, clock: Clock, actions: LeftoverActions): Leftovers {
  const opened_s = clock.monotonic_s();
  const confirmed = new Set<string>();
  const standing = new Map<string, Body<"alarm">>();
  const left_s = () => opened_s + settle_s - clock.monotonic_s();

  function settle(connection: Connection): void {
    if (left_s() > 0 || connection.over.aborted) return;
    for (const [topic, body] of standing) {
      if (!confirmed.has(topic)) actions.alarm(connection, topic, ended(body, clock.wall_ns()));
    }
    standing.clear();
  }

  return {
    confirm: (topic) => void confirmed.add(topic),
    inherit({ topic, body }) {
      const earlier = standing.get(topic);
      if (earlier && BigInt(earlier.stamp_ns) > BigInt(body.stamp_ns)) return;
      if (stands(body)) standing.set(topic, body);
      else standing.delete(topic);
    },
    settle,
    async look(connection) {
      while (left_s() > 0 && !connection.over.aborted) await clock.sleep(left_s(), connection.over).catch(() => undefined);
      if (connection.over.aborted) return;
      const [alarms, estimates] = [topicOf("alarm", station, "+"), topicOf("estimate", station, "+")];
      const found = await connection.retained([alarms, estimates], collect_s);
      if (connection.over.aborted) return;
      for (const [topic, payload] of found) {
        if (confirmed.has(topic) || payload.length === 0) continue;
        const alarm = topic.startsWith(alarms.slice(0, -1)) ? readAlarm(payload) : undefined;
        if (!alarm) actions.clear(connection, topic);
        else if (stands(alarm)) standing.set(topic, alarm);
      }
      settle(connection);
    },
  };
}

const stands = (alarm: Body<"alarm">) => alarm.active || alarm.state !== "normal";

/** Anyone who may write to the broker can have left it: nothing is taken that the schema does not know. */
function readAlarm(payload: Buffer): Body<"alarm"> | undefined {
  try {
    const { v, boot, seq, ...body } = topics.alarm.payload.parse(JSON.parse(payload.toString("utf8")));
    return body;
  } catch {
    return undefined;
  }
}

function ended(body: Body<"alarm">, now_ns: bigint): Body<"alarm"> {
  const after_ns = BigInt(body.stamp_ns) + 1n;
  return {
    ...body,
    ...stamped(now_ns > after_ns ? now_ns : after_ns),
    active: false,
    state: "normal",
    why: ["The agent was restarted and no longer holds this alarm. Its condition may persist where its sensors or its model are not ready yet."],
  };
}
