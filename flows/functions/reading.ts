/** What one channel says now: its newest point, how old that is by arrival, and which way it goes. Times are this machine's, in ms. */
import type { Payload } from "../../edge-agent/contracts/topics.ts";

export type Trend = "rising" | "falling" | "steady";

interface Point {
  readonly at_ms: number;
  readonly value: number;
}

const trend_ms = 20_000; // a cell that has passed its peak must not be said to rise
const leastTrend_ms = 10_000; // below it a flicker would look like a trend
const recentGaps = 5;
const firstStale_ms = 15_000; // until two points have told the period: three periods of the slowest sensor here
const leastStale_ms = 5_000;

export class Reading {
  #points: readonly Point[] = [];
  #gaps_ms: readonly number[] = [];
  #latest: Payload<"chart"> | undefined;
  #at_ms = 0;

  /** False for a repeat, and for one that was overtaken. */
  take(point: Payload<"chart">, now_ms: number): boolean {
    if (this.#latest !== undefined) {
      if (point.seq <= this.#latest.seq) return false;
      this.#gaps_ms = [...this.#gaps_ms, now_ms - this.#at_ms].slice(-recentGaps);
    }
    this.#latest = point;
    this.#at_ms = now_ms;
    const { value } = point;
    this.#points = [...this.#points.filter(({ at_ms }) => now_ms - at_ms <= trend_ms), ...(value === undefined ? [] : [{ at_ms: now_ms, value }])];
    return true;
  }

  get latest(): Payload<"chart"> | undefined {
    return this.#latest;
  }

  get at_ms(): number {
    return this.#at_ms;
  }

  /** After this long without a message it counts as old: max(5 s, 3 periods), the period being the usual gap between arrivals. */
  get stale_ms(): number {
    const usual_ms = this.#gaps_ms.toSorted((a, b) => a - b)[this.#gaps_ms.length >> 1];
    return usual_ms === undefined ? firstStale_ms : Math.max(leastStale_ms, 3 * usual_ms);
  }

  /** Two points have told how fast they come. */
  get isPaced(): boolean {
    return this.#gaps_ms.length > 0;
  }

  isStale(now_ms: number): boolean {
    return now_ms - this.#at_ms > this.stale_ms;
  }

  /** Change per minute, once there is enough to tell. */
  get perMinute(): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (first === undefined || last === undefined || last.at_ms - first.at_ms < leastTrend_ms) return undefined;
    return ((last.value - first.value) * 60_000) / (last.at_ms - first.at_ms);
  }

  trend(steady: number): Trend | undefined {
    const perMinute = this.perMinute;
    if (perMinute === undefined) return undefined;
    return Math.abs(perMinute) < steady ? "steady" : perMinute > 0 ? "rising" : "falling";
  }
}
