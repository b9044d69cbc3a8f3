/** Someone who commands a station over MQTT: makes envelopes, signs them, sends them, and hears replies. */
import { createHmac } from "node:crypto";
import type { TestContext } from "node:test";
import mqtt from "mqtt";
import { ulid } from "ulid";
import { type Reply, replySchema } from "../../edge-agent/contracts/command.ts";

export interface Order {
  readonly id?: string;
  readonly actor?: string;
  readonly role?: string;
  readonly verb: string;
  readonly args?: object;
  readonly issued_at?: string;
  readonly expires_at?: string;
}

export interface Envelope {
  readonly id: string;
  readonly text: string;
}

/** Not with the agent's own code: as someone would who has only the contract. `args` in the order of their keys. */
export function envelope(keyHex: string, root: string, { verb, args = {}, ...more }: Order): Envelope {
  const now_ms = Date.now();
  const iso = (ms: number) => new Date(ms).toISOString();
  const fields = { id: ulid(), actor: "page", role: "operator", issued_at: iso(now_ms), expires_at: iso(now_ms + 60_000), ...more };
  const { id, actor, role, issued_at, expires_at } = fields;
  const signed = JSON.stringify([root, 1, id, actor, role, issued_at, expires_at, verb, args]);
  const mac = createHmac("sha256", Buffer.from(keyHex, "hex")).update(signed).digest("hex");
  return { id, text: JSON.stringify({ v: 1, ...fields, verb, args, mac }) };
}

export interface Commander {
  send(verb: string, text: string | Buffer, retain?: boolean): Promise<void>;
  /** Sends and waits for the reply. */
  ask(verb: string, envelope: Envelope): Promise<Reply>;
  /** All replies so far, in order. */
  readonly replies: readonly Reply[];
}

export async function commander(t: Pick<TestContext, "after">, url: string, root: string, protocolVersion: 4 | 5 = 5): Promise<Commander> {
  const client = await mqtt.connectAsync(url, { protocolVersion, reconnectPeriod: 20 });
  client.on("error", () => undefined);
  t.after(() => client.endAsync(true));
  const replies: Reply[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (topic, bytes) => {
    const reply = replySchema.parse(JSON.parse(bytes.toString("utf8")));
    if (topic !== `${root}/reply/${reply.id}`) throw new Error(`reply ${reply.id} on ${topic}`);
    replies.push(reply);
    for (const look of [...waiting]) look();
  });
  await client.subscribeAsync(`${root}/reply/+`, { qos: 1 });
  const send = async (verb: string, text: string | Buffer, retain = false) =>
    void (await client.publishAsync(`${root}/command/${verb}`, text, { qos: 1, retain }));
  return {
    replies,
    send,
    async ask(verb, { id, text }) {
      const before = replies.length;
      const replied = new Promise<Reply>((resolve) => {
        const look = () => {
          const reply = replies.slice(before).find((each) => each.id === id);
          if (reply === undefined) return;
          waiting.delete(look);
          resolve(reply);
        };
        waiting.add(look);
      });
      await send(verb, text);
      return replied;
    },
  };
}
