/**
 * How many lines a sink may set aside. One bad line must not block the rest; a wrong schema, which spoils every line of a channel, must not
 * empty a backlog into the dead letters. So setting aside is paid for: a hundred at first, one more per thousand lines taken and one per try
 * after a wait. When nothing is left, what is refused stays in the spool and is tried again.
 */
const most = 100;
const takenPerLetter = 1000;

export class Allowance {
  #letters = most;
  #taken = 0;

  /** Lines that the sink has taken in all: the proof that it takes any. */
  get taken(): number {
    return this.#taken;
  }
  /** Lines that may be set aside now. */
  get letters(): number {
    return Math.floor(this.#letters);
  }
  take(entries: number): void {
    this.#taken += entries;
    this.#letters = Math.min(most, this.#letters + entries / takenPerLetter);
  }
  triedAgain(): void {
    this.#letters = Math.min(most, this.#letters + 1);
  }
  setAside(): void {
    this.#letters -= 1;
  }
}
