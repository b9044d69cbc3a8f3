/** Waiting with an end: by the clock, or at once when whoever waits is told to stop. */
import type { Clock } from "../core/clock.ts";

export class Patience {
  readonly #clock: Clock;
  readonly #limits = new Set<AbortController>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What `work` gives, or `late` after `limit_s`. */
  async within<T, L>(limit_s: number, work: Promise<T>, late: L): Promise<T | L> {
    const limit = new AbortController();
    this.#limits.add(limit);
    if (this.#ended) limit.abort();
    const due = this.#clock.sleep(limit_s, limit.signal).then(
      () => late,
      () => late,
    );
    try {
      return await Promise.race([work, due]);
    } finally {
      this.#limits.delete(limit);
      limit.abort();
    }
  }

  /** Nothing is waited for any more: all that waits is late. */
  end(): void {
    this.#ended = true;
    for (const limit of this.#limits) limit.abort();
  }
}
