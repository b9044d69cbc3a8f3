/** Speaks on MQTT as the agent does, with the agent's own payloads and numbering, when and what a test wants. */
import type { TestContext } from "node:test";
import mqtt from "mqtt";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { topicOf, topics } from "../../edge-agent/contracts/topics.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { numbering } from "../../edge-agent/sinks/mqtt-numbering.ts";
import { type Message, payloadsOf } from "../../edge-agent/sinks/payloads.ts";
import { stamp } from "./entries.ts";

export interface PretendAgent {
  birth(): Promise<void>;
  say(entry: Entry): Promise<void>;
  /** A chart point of each channel named. */
  measure(values: Readonly<Record<string, number | undefined>>, more?: Partial<Sample>): Promise<void>;
  reply(id: string, ok: boolean, text: string): Promise<void>;
  /** The next command that comes. */
  command(): Promise<Record<string, unknown>>;
  /** The connection breaks, and the broker tells the will. */
  lose(): Promise<void>;
  end(): Promise<void>;
}

export async function pretendAgent(t: Pick<TestContext, "after">, url: string, station: Station, boot = 1, protocolVersion: 4 | 5 = 5): Promise<PretendAgent> {
  const numbers = numbering(boot);
  const payloads = payloadsOf(station);
  const will = {
    topic: topicOf("status", station),
    payload: Buffer.from(JSON.stringify({ v: 1, boot, state: "offline", why: "lost" })),
    retain: true,
    qos: 1 as const,
  };
  const client = await mqtt.connectAsync(url, { protocolVersion, will, reconnectPeriod: 50 });
  t.after(() => client.endAsync(true));
  const commands: Record<string, unknown>[] = [];
  const waiting: ((command: Record<string, unknown>) => void)[] = [];
  client.on("message", (_topic, bytes) => {
    const command = JSON.parse(bytes.toString("utf8"));
    const next = waiting.shift();
    if (next) next(command);
    else commands.push(command);
  });
  await client.subscribeAsync(topicOf("command", station, "+"), { qos: 1 });
  const send = async ({ name, topic, body }: Message): Promise<void> => {
    const { qos, retain } = topics[name];
    await client.publishAsync(topic, numbers.first(body), { qos, retain });
  };
  return {
    birth: () => send(payloads.birth("0.1.0", stamp())),
    async say(entry) {
      const message = payloads.message(entry);
      if (message) await send(message);
    },
    async measure(values, more = {}) {
      for (const [channel, value] of Object.entries(values)) {
        const sample: Sample = {
          channel,
          at_s: 1,
          stamp_ns: stamp(),
          ...(value === undefined ? {} : { value }),
          bound: 0,
          quality: "good",
          reason: "none",
          ...more,
        };
        const message = payloads.chart(sample);
        if (message) await send(message);
      }
    },
    async reply(id, ok, text) {
      await client.publishAsync(topicOf("reply", station, id), JSON.stringify({ v: 1, id, ok, text }), { qos: 1 });
    },
    command: () => {
      const first = commands.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
    async lose() {
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    end: () => client.endAsync(true),
  };
}
