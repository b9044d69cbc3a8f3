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
  /** How often the broker took the subscription: once for each connection. */
  subscriptions(): number;
  /** The first message of a kind that fits, among those received and those to come. */
  first<T extends TopicName>(name: T, fits?: (payload: Payload<T>) => boolean): Promise<Payload<T>>;
  /** Resolves when `holds` does; asked again at each message and subscription. */
  until(holds: (received: readonly Received[]) => boolean): Promise<void>;
  end(): Promise<void>;
}

const patience_ms = 20_000;

export async function consume(t: Pick<TestContext, "after">, url: string, options: IClientOptions = {}, filter = "offgas/#"): Promise<Consumer> {
  const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 20, resubscribe: false, ...options });
  client.on("error", () => undefined);
  const received: Received[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (topic, bytes, { retain }) => {
    const name = topic.split("/")[3] as TopicName;
    const text = bytes.toString("utf8");
    const payload = text === "" ? undefined : read(text);
    const parsed = topics[name]?.payload.safeParse(payload);
    if (text !== "" && !parsed?.success) problems.push(`${topic} ${text}: ${parsed?.error.message}`);
    received.push({ topic, name, retained: retain, payload });
    for (const ask of [...waiting]) ask();
  });
  let subscriptions = 0;
  // QoS 0: a broker hands such a message on before it acknowledges it to its sender, so that even a killed broker owes nothing.
  client.on("connect", () =>
    client.subscribe(filter, { qos: 0 }, (error) => {
      if (error) return;
      subscriptions++;
      for (const ask of [...waiting]) ask();
    }),
  );
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
  await until(() => subscriptions > 0);
  return {
    received,
    subscriptions: () => subscriptions,
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

function read(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
