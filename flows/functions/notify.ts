/** Notices → deliveries. What is owed stands in Node-RED's file context, so that a restart neither forgets nor repeats it. */
import { randomUUID } from "node:crypto";
import { type Mail, mailOf } from "./mail.ts";
import { type Notice, type Told, tell } from "./notices.ts";
import { emptyOutbox, type Outbox, type OutboxRules, put, recover, settle, take } from "./outbox.ts";

/** Node-RED's context of a flow, in the store `file`. */
export interface Store {
  get(key: string, store: "file"): unknown;
  set(key: string, value: unknown, store: "file"): void;
}

/** How one way stands, for the page's footer. */
export interface Waiting {
  readonly way: string;
  /** Why it is not used at all. */
  readonly off?: string;
  readonly queued: number;
  readonly dropped: number;
  readonly trouble?: string;
}

interface Owed {
  readonly told: Told;
  readonly outbox: Outbox;
}

export interface Way<M> {
  readonly name: string;
  /** Why this way is off; undefined when it is on. */
  readonly off: string | undefined;
  readonly rules: OutboxRules;
  message(notices: readonly Notice[]): M;
}

/** Of a message under way to Node-RED's sending node, and of the same message when that node is done with it. */
export interface Delivery {
  readonly delivery: string;
}

export class Notifier<M> {
  readonly #way: Way<M>;
  #owed: Owed = { told: {}, outbox: emptyOutbox };
  #store: Store | undefined;

  constructor(way: Way<M>) {
    this.#way = way;
  }

  hear(notice: Notice, store: Store, now_ms: number): void {
    if (this.#way.off !== undefined) return;
    this.#open(store, now_ms);
    const told = tell(this.#owed.told, notice);
    if (told !== undefined) this.#keep({ told, outbox: put(this.#owed.outbox, notice) });
  }

  /** All deliveries that are due. */
  due(store: Store, now_ms: number): (M & Delivery)[] {
    if (this.#way.off !== undefined) return [];
    this.#open(store, now_ms);
    const due: (M & Delivery)[] = [];
    const outbox = recover(this.#owed.outbox, now_ms, false);
    if (outbox !== this.#owed.outbox) this.#keep({ ...this.#owed, outbox });
    for (;;) {
      const delivery = randomUUID();
      const taken = take(this.#owed.outbox, this.#way.rules, delivery, now_ms);
      if (taken === undefined) return due;
      this.#keep({ ...this.#owed, outbox: taken.box });
      due.push({ ...this.#way.message(taken.notices), delivery });
    }
  }

  done({ delivery }: Delivery, trouble: string | undefined, now_ms: number): void {
    this.#keep({ ...this.#owed, outbox: settle(this.#owed.outbox, delivery, trouble, now_ms) });
  }

  get waiting(): Waiting {
    const { queue, underway, dropped, trouble } = this.#owed.outbox;
    const queued = queue.length + underway.reduce((sum, { notices }) => sum + notices.length, 0);
    return {
      way: this.#way.name,
      ...(this.#way.off === undefined ? {} : { off: this.#way.off }),
      queued,
      dropped,
      ...(trouble === undefined ? {} : { trouble }),
    };
  }

  #open(store: Store, now_ms: number): void {
    if (this.#store !== undefined) return;
    this.#store = store;
    const kept = store.get(this.#way.name, "file") as Owed | undefined;
    if (kept !== undefined) this.#owed = { ...kept, outbox: recover(kept.outbox, now_ms, true) };
  }

  #keep(owed: Owed): void {
    this.#owed = owed;
    this.#store?.set(this.#way.name, owed, "file");
  }
}

/** First at once, then at most one every 30 s with the rest in it: an alarm flood must not become a flood of mail. */
export const mailRules: OutboxRules = { together: 100, parallel: 1, pause_ms: 30_000 };
export const webhookRules: OutboxRules = { together: 1, parallel: 2, pause_ms: 0 };

export const asMail = (notices: readonly Notice[]): Mail => mailOf(notices);
export const asWebhook = ([notice]: readonly Notice[]): { payload: object } => {
  if (notice === undefined) throw new TypeError("a call about nothing");
  const { taken_ms: _, ...payload } = notice;
  return { payload };
};
