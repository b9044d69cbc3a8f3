/**
 * `boot` and `seq`: what a consumer drops repeats by. A message from the spool is sent again with the number it had until its batch
 * is taken, and one that was acknowledged while its neighbours were not is not sent again at all.
 */
import type { Message } from "./payloads.ts";

const most_remembered = 20_000; // a batch is far smaller; above it, a repeat may get a new number

export interface Numbered {
  /** With its number: the first call takes the next one. */
  readonly payload: () => string;
  acknowledged: boolean;
}

export interface Numbering {
  /** The payload of a message that is sent for the first time. */
  first(body: object): string;
  again(message: Message): Numbered;
  forget(messages: readonly Message[]): void;
}

export function numbering(boot: number): Numbering {
  let seq = 0;
  const remembered = new Map<string, Numbered>();
  const withHead = (text: string) => `{"v":1,"boot":${boot},"seq":${++seq},${text.slice(1)}`;
  /** Two entries with the same stamp and the same words on one topic are one message. */
  const keyOf = ({ topic, body }: Message) => `${topic} ${JSON.stringify(body)}`;
  return {
    first: (body) => withHead(JSON.stringify(body)),
    again(message) {
      const key = keyOf(message);
      const earlier = remembered.get(key);
      if (earlier) return earlier;
      const text = JSON.stringify(message.body);
      let payload: string | undefined;
      const numbered: Numbered = { payload: () => (payload ??= withHead(text)), acknowledged: false };
      if (remembered.size >= most_remembered) remembered.clear();
      remembered.set(key, numbered);
      return numbered;
    },
    forget(messages) {
      for (const message of messages) remembered.delete(keyOf(message));
    },
  };
}
