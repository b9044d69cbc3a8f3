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
  /** The command with what it is about, as that stands now. A Fault refuses it before it is journalled. Left out: what the command says. */
  pin?(command: Command): Command;
  /** Resolves when the event is committed; rejects when it cannot be. */
  journal(event: Omit<Event, "at_s">): Promise<void>;
  /** What can be done at once is done before it returns; after `expires_s`, on the monotonic clock, nothing is begun. A Fault becomes the reply. */
  carryOut(command: Command, expires_s: number): Promise<Reply>;
}

/**
 * When a verb is journalled: energising waits for its record; making safe does not wait for a disk; looking leaves none, since alarms,
 * events and commands are never evicted from the spool and a page may ask every second. An acknowledgement is a record of who has seen what:
 * without it the alarm goes on asking, which is the safe side. A trip-test that is on no record proves nothing to anyone. What was journalled before and then not carried out is told in a second entry.
 */
const journalled: Readonly<Record<Verb, "before" | "after" | "never">> = {
  arm: "before",
  disarm: "after",
  status: "never",
  ack: "before",
  "trip-test": "before",
  recent: "never",
  calibration: "before",
};

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
  async answer(asked: Command, expires_s: number, origin = ""): Promise<Reply> {
    let command: Command;
    try {
      command = this.#options.pin?.(asked) ?? asked;
    } catch (error) {
      return failed(asked, error);
    }
    const left_s = () => Math.max(0, expires_s - this.#options.clock.monotonic_s());
    const reply = (ok: boolean, text: string): Reply => ({ v: 1, id: command.id, ok, text });
    const order = journalled[command.verb];

    if (order === "before") {
      const late = "the disk did not take its journal entry before it expired";
      const committed = await this.#patience.within(left_s(), this.#journal(command, origin), late);
      const trouble = committed ?? (left_s() === 0 ? "it expired while it waited for its journal entry" : undefined);
      if (trouble !== undefined) {
        void this.#journal(command, `${origin} was not carried out: ${trouble}`);
        return reply(false, refusalText(`${command.verb} was not carried out: ${trouble}`));
      }
    }
    const done = this.#options.carryOut(command, expires_s).catch((error: unknown) => {
      if (order === "before" && isFault(error)) void this.#journal(command, `${origin} was not carried out: ${error.message}`);
      return failed(command, error);
    });
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

  /** `more` stands behind the actor. Undefined when committed, otherwise why it cannot be. */
  async #journal(command: Command, more: string): Promise<string | undefined> {
    const { id, actor, role } = command;
    try {
      await this.#options.journal({ event: "command", because: id, text: `${deedOf(command)} by ${actor} (${role})${more}` });
      return undefined;
    } catch (error) {
      return `its journal entry cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** An acknowledgement says of what: which raise, and how grave that was. A calibration says what came of it. */
function deedOf(command: Command): string {
  if (command.verb === "trip-test") return `trip-test of ${command.args.output ?? "every permit"}`;
  if (command.verb === "calibration") return `calibration of ${command.args.channel}: ${command.args.text}`;
  if (command.verb !== "ack") return command.verb;
  const { alarm, severity, occurrence } = command.args;
  return `ack ${alarm} (${severity}, occurrence ${occurrence})`;
}

function failed({ id, verb }: Command, error: unknown): Reply {
  const text = isFault(error) ? error.toString() : `${verb} failed inside the agent: ${error instanceof Error ? error.message : String(error)}`;
  return { v: 1, id, ok: false, text };
}
