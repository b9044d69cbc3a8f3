/** A consumer of a station's topics that checks every payload against its schema, as a page or a flow should. */
import type { TestContext } from "node:test";
import mqtt, { type IClientOptions } from "mqtt";
import { type Payload, type TopicName, topics } from "../../edge-agent/contracts/topics.ts";

export interface Received {
  readonly topic: string;
  readonly name: TopicName;
  readonly retained: boolean;
  /** Undefined for an empty message, which clears a retained one. */
  readonly payload: Record<string, unknown> | undefined;
}

export interface Consumer {
  readonly received: readonly Received[];
  /** What did not fit its schema: a test asserts that it is empty. */
  readonly problems: readonly string[];
  /** The first message of a kind that fits, among those received and those to come. */
  first<T extends TopicName>(name: T, fits?: (payload: Payload<T>) => boolean): Promise<Payload<T>>;
  /** Resolves when `holds` does; asked again at each message. */
  until(holds: (received: readonly Received[]) => boolean): Promise<void>;
  end(): Promise<void>;
}

const patience_ms = 20_000;

export async function consume(t: Pick<TestContext, "after">, url: string, options: IClientOptions = {}, filter = "offgas/#"): Promise<Consumer> {
  const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 50, ...options });
  client.on("error", () => undefined);
  const received: Received[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (topic, bytes, { retain }) => {
    const name = topic.split("/")[3] as TopicName;
    const payload = bytes.length === 0 ? undefined : JSON.parse(bytes.toString("utf8"));
    const parsed = payload && topics[name]?.payload.safeParse(payload);
    if (payload && !parsed?.success) problems.push(`${topic} ${bytes.toString("utf8")}: ${parsed?.error.message}`);
    received.push({ topic, name, retained: retain, payload });
    for (const ask of [...waiting]) ask();
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync(filter, { qos: 1 });
  const end = () => client.endAsync(true);
  t.after(end);

  function until(holds: (received: readonly Received[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`never came; received ${JSON.stringify(received.slice(-10))}`)), patience_ms);
      const ask = () => {
        if (!holds(received)) return;
        clearTimeout(late);
        waiting.delete(ask);
        resolve();
      };
      waiting.add(ask);
      ask();
    });
  }
  return {
    received,
    problems,
    until,
    end,
    async first(name, fits = () => true) {
      type P = Payload<typeof name>;
      const found = () => received.find((one) => one.name === name && one.payload !== undefined && fits(one.payload as P));
      await until(() => found() !== undefined);
      return found()?.payload as P;
    },
  };
}
