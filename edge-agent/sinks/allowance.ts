/**
 * How many lines a sink may set aside. One bad line must not block the rest; a wrong schema, which spoils every line of a channel, must not
 * empty a backlog into the dead letters. So setting aside is paid for: a hundred at first, one more per thousand lines taken and one per try
 * after a wait. When nothing is left, what is refused stays in the spool and is tried again.
 */
import type { Entry } from "../core/entry.ts";

const most = 100;
const takenPerLetter = 1000;

export class Allowance {
  #letters = most;
  #taken = 0;
  #witness: Entry | undefined;

  /** Lines that the sink has taken in all: the proof that it takes any. */
  get taken(): number {
    return this.#taken;
  }
  /** Lines that may be set aside now. */
  get letters(): number {
    return Math.floor(this.#letters);
  }
  /** An entry that the sink took before: when it refuses even that, the fault is not a line's. Sending it again changes nothing. */
  get witness(): Entry | undefined {
    return this.#witness;
  }
  take(entries: readonly Entry[]): void {
    this.#witness = entries.at(-1) ?? this.#witness;
    this.#taken += entries.length;
    this.#letters = Math.min(most, this.#letters + entries.length / takenPerLetter);
  }
  triedAgain(): void {
    this.#letters = Math.min(most, this.#letters + 1);
  }
  setAside(): void {
    this.#letters -= 1;
  }
}
