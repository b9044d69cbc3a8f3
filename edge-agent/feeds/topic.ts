/**
 * One topic as a source: which of its messages become readings. A message is measured when it arrives; nothing in it is believed about time.
 * Subscribed at QoS 0, since a value that a broker sends again later would be a new reading of an old value.
 */
import type { Reading } from "../core/sample.ts";
import { readMessage } from "./message.ts";
import type { TopicPlan } from "./plan.ts";
import { malformed } from "./value.ts";

/** More than any instrument says on one topic: who does floods it, and is not listened to for a while. */
export const most_per_s = 500;

export interface Message {
  readonly payload: Uint8Array;
  /** Kept by the broker and sent because of the subscription: nobody knows how old it is. */
  readonly retained: boolean;
  /** Sent again by a broker, as its flag says. */
  readonly repeated: boolean;
}

export class Topic {
  readonly plan: TopicPlan;
  /** Since it was last asked for. */
  #skipped = 0;
  #taken_s = Number.NEGATIVE_INFINITY;
  #second = { from_s: Number.NEGATIVE_INFINITY, heard: 0 };
  #heard_s = Number.NEGATIVE_INFINITY;

  constructor(plan: TopicPlan) {
    this.plan = plan;
  }

  /** When a message came last that was not retained. */
  get heard_s(): number {
    return this.#heard_s;
  }

  /**
   * Readings of one message. None for what is retained or repeated, and for what comes within half a period of the message before: an instrument
   * that talks faster than its channel says is read at twice the channel's pace at most. "flood" where the topic should be left.
   */
  hear({ payload, retained, repeated }: Message, now_s: number): readonly Reading[] | "flood" {
    if (now_s - this.#second.from_s >= 1) this.#second = { from_s: now_s, heard: 0 };
    if (++this.#second.heard > most_per_s) return "flood";
    if (retained || repeated || now_s - this.#taken_s < this.plan.period_s / 2) {
      this.#skipped++;
      if (!retained) this.#heard_s = now_s;
      return [];
    }
    this.#heard_s = now_s;
    this.#taken_s = now_s;
    return readMessage(this.plan, payload, now_s);
  }

  flooded(at_s: number, pause_s: number): readonly Reading[] {
    const { topic, channels } = this.plan;
    const why = `${topic}: more than ${most_per_s} messages in one second; it is not listened to for ${pause_s} s`;
    return channels.map(({ channel }) => malformed(channel, at_s, why));
  }

  /** Only a retained message, and silence since. */
  outdated(at_s: number): readonly Reading[] {
    const { topic, channels } = this.plan;
    const detail = `${topic}: only a message that the broker had kept, of unknown age: is the publisher running?`;
    return channels.map(({ channel }) => ({ channel, at_s, reason: "stale" as const, detail }));
  }

  takeSkipped(): number {
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }
}
