/** A clock that stands still until it is told to go on: hours of beats in milliseconds, the same on every machine. */
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Clock } from "../../edge-agent/core/clock.ts";

export class VirtualClock implements Clock {
  #now_s = 0;
  readonly #sleepers = new Set<{ readonly at_s: number; readonly wake: () => void }>();

  monotonic_s(): number {
    return this.#now_s;
  }

  wall_ns(): bigint {
    return BigInt(Math.round(this.#now_s * 1e9));
  }

  sleep(delay_s: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { at_s: this.#now_s + delay_s, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets everything happen that is due by `until_s`, in order. */
  async advance(until_s: number): Promise<void> {
    for (;;) {
      await turnOfTheLoop();
      const next = [...this.#sleepers].filter(({ at_s }) => at_s <= until_s).sort((a, b) => a.at_s - b.at_s)[0];
      if (next === undefined) break;
      this.#sleepers.delete(next);
      this.#now_s = Math.max(this.#now_s, next.at_s);
      next.wake();
    }
    this.#now_s = until_s;
  }
}
