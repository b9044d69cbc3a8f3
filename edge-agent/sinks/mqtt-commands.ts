/**
 * Commands over MQTT, as far as the store worker goes: it proves who sent them and lets few in at a time. So the deciding thread never hears of
 * what is not proven, nor of more than it can answer. What proves nothing gets no reply: a stranger learns nothing and makes nobody speak.
 */
import { provenKey } from "../commands/proof.ts";
import type { CommanderConfig } from "../contracts/station.ts";
import { rootOf, topicOf, topics } from "../contracts/topics.ts";
import type { CommandCounts } from "../spool/store.ts";
import type { Ask } from "./asking.ts";
import { readCommandKeys } from "./command-keys.ts";
import type { Connection, Incoming } from "./mqtt-connection.ts";
import { type Described, levelOf } from "./payloads.ts";

/** A command is some 400 Bytes, and the longest acknowledgement that is one about 800. */
const largest_Bytes = 1024;
/** Handed over and not yet answered. */
const most_waiting = 16;

export interface CommandLane {
  /** Before each dial, so that a rotated key works without a restart and a deleted one no longer does. Who has no key is refused; the others are not. */
  readKeys(): void;
  /** After each connect. */
  listen(connection: Connection): void;
  counts(): CommandCounts;
}

export function commandLane(commanders: readonly CommanderConfig[], station: Described, ask: Ask): CommandLane {
  const root = rootOf(station);
  const filter = topicOf("command", station, "+");
  const counts = { taken: 0, refused: 0, unproven: 0, retained: 0, oversized: 0, crowded: 0 };
  let known = readCommandKeys([]);
  let listening: Connection | undefined;
  let waiting = 0;

  async function hear(connection: Connection, { topic, payload, retained }: Incoming): Promise<void> {
    if (retained) return void counts.retained++; // meant for whoever comes later, and so for nobody
    if (payload.length > largest_Bytes) return void counts.oversized++;
    if (waiting >= most_waiting) return void counts.crowded++;
    const text = payload.toString("utf8");
    const key = provenKey(text, root, known.keys);
    if (key === undefined) return void counts.unproven++;
    waiting++;
    const reply = await ask({ text, actor: key.actor, role: key.role, verb: topic.slice(filter.length - 1) });
    counts[reply?.ok === true ? "taken" : "refused"]++;
    if (reply !== undefined && reply.id !== "") {
      await connection.deliver({ topic: topicOf("reply", station, levelOf(reply.id)), payload: () => JSON.stringify(reply), retain: topics.reply.retain });
    }
    waiting--; // not before the broker has the reply: replies that it does not take must not pile up
  }

  return {
    readKeys() {
      known = readCommandKeys(commanders);
    },
    listen(connection) {
      connection
        .listen(filter, (incoming) => void hear(connection, incoming))
        .then(
          () => {
            listening = connection;
          },
          () => {}, // the broker does not let us: the counts say that nobody listens
        );
    },
    counts: () => ({
      listening: listening !== undefined && !listening.over.aborted,
      ...counts,
      keyless: [...known.faults].map(([actor, { message }]) => ({ actor, why: message })),
    }),
  };
}
