/** Questions of the store worker to the deciding thread, each with its answer. */
import type { ProvenCommand, Reply } from "../contracts/command.ts";
import type { FromWorker } from "../spool/parcel.ts";

/** Undefined where nobody answers commands. */
export type Ask = (command: ProvenCommand) => Promise<Reply | undefined>;

export class Asking {
  readonly #say: (message: FromWorker) => void;
  readonly #asked = new Map<number, (reply: Reply | undefined) => void>();
  #last = 0;

  constructor(say: (message: FromWorker) => void) {
    this.#say = say;
  }

  ask: Ask = (command) =>
    new Promise((resolve) => {
      this.#last += 1;
      this.#asked.set(this.#last, resolve);
      this.#say({ type: "asked", number: this.#last, command });
    });

  answered(number: number, reply: Reply | undefined): void {
    this.#asked.get(number)?.(reply);
    this.#asked.delete(number);
  }
}
