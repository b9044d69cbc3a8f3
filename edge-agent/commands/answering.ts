/** An admitted command → its reply, whichever way it came: the journal entry before or after the deed, and an end to every wait. */
import type { Command, Reply, Verb } from "../contracts/command.ts";
import type { Clock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import type { Event } from "../core/judgement.ts";
import { refusalText } from "./admission.ts";
import { Patience } from "./patience.ts";
import { turnstile } from "./turns.ts";

export interface AnsweringOptions {
  readonly clock: Clock;
  /** Resolves when the event is committed; rejects when it cannot be. */
  journal(event: Omit<Event, "at_s">): Promise<void>;
  /** What can be done at once is done before it returns; after `expires_s`, on the monotonic clock, nothing is begun. A Fault becomes the reply. */
  carryOut(command: Command, expires_s: number): Promise<Reply>;
}

/**
 * When a verb is journalled: energising waits for its record; making safe does not wait for a disk; looking leaves none, since alarms,
 * events and commands are never evicted from the spool and a page may ask every second. An acknowledgement is a record of who has seen what:
 * without it the alarm goes on asking, which is the safe side.
 */
const journalled: Readonly<Record<Verb, "before" | "after" | "never">> = { arm: "before", disarm: "after", status: "never", ack: "before" };

export class Answering {
  /** One message per turn of the event loop, whichever way it came. */
  readonly turn = turnstile();
  readonly #options: AnsweringOptions;
  readonly #patience: Patience;

  constructor(options: AnsweringOptions) {
    this.#options = options;
    this.#patience = new Patience(options.clock);
  }

  /** `origin` stands in the journal behind the actor. Never rejects. */
  async answer(command: Command, expires_s: number, origin = ""): Promise<Reply> {
    const left_s = () => Math.max(0, expires_s - this.#options.clock.monotonic_s());
    const reply = (ok: boolean, text: string): Reply => ({ v: 1, id: command.id, ok, text });
    const order = journalled[command.verb];

    if (order === "before") {
      const trouble = await this.#patience.within(left_s(), this.#journal(command, origin), "the disk did not take its journal entry before it expired");
      if (trouble !== undefined) return reply(false, refusalText(`${command.verb} was not carried out: ${trouble}`));
      if (left_s() === 0) return reply(false, refusalText(`${command.verb} was not carried out: it expired while it waited for its journal entry`));
    }
    const done = this.#carryOut(command, expires_s);
    const entry = order === "after" ? this.#journal(command, origin) : Promise.resolve(undefined);
    const late = reply(false, `${command.verb} was begun and not confirmed before it expired; the disk may be stalled: look with \`offgas status\``);
    const answer = await this.#patience.within(left_s(), done, late);
    const trouble = await this.#patience.within(left_s(), entry, "its journal entry is not committed yet");
    return trouble === undefined ? answer : { ...answer, text: `${answer.text} (${trouble})` };
  }

  /** What waits for its journal entry is not carried out. */
  end(): void {
    this.#patience.end();
  }

  async #carryOut(command: Command, expires_s: number): Promise<Reply> {
    try {
      return await this.#options.carryOut(command, expires_s);
    } catch (error) {
      const text = isFault(error) ? error.toString() : `${command.verb} failed inside the agent: ${error instanceof Error ? error.message : String(error)}`;
      return { v: 1, id: command.id, ok: false, text };
    }
  }

  /** Undefined when committed, otherwise why it cannot be. */
  async #journal(command: Command, origin: string): Promise<string | undefined> {
    const { id, actor, role } = command;
    const what = command.verb === "ack" ? `ack ${command.args.alarm}` : command.verb;
    try {
      await this.#options.journal({ event: "command", because: id, text: `${what} by ${actor} (${role})${origin}` });
      return undefined;
    } catch (error) {
      return `its journal entry cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
