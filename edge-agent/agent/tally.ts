/** Counts of a replay → `summary.json`. */
import type { Summary } from "../contracts/timeline.ts";
import type { Entry } from "../core/entry.ts";
import type { Drop } from "../pipeline/quality.ts";

export class Tally {
  rows = 0;
  alarms = 0;
  /** The intake's own counters, read when the summary is made. */
  dropped: Readonly<Record<Drop, number>> = { duplicate_time: 0, backward_time: 0, malformed: 0 };
  #withoutTime = 0;
  #samples = 0;
  readonly #byQuality = { good: 0, uncertain: 0, bad: 0 };
  readonly #first: Summary["first_time_s"] = {};

  row(timed: boolean): void {
    this.rows += 1;
    if (!timed) this.#withoutTime += 1;
  }

  entries(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.type === "sample") {
        this.#samples += 1;
        this.#byQuality[entry.sample.quality] += 1;
      } else if (entry.type === "alarm" && entry.alarm.active) {
        this.alarms += 1;
        this.#first[entry.alarm.severity] ??= entry.alarm.at_s;
      }
    }
  }

  summary(wall_s: number): Summary {
    return {
      v: 1,
      rows_read: this.rows,
      dropped: { no_time: this.#withoutTime, ...this.dropped },
      samples: this.#samples,
      by_quality: this.#byQuality,
      alarms: this.alarms,
      first_time_s: this.#first,
      wall_s,
      samples_per_s: wall_s > 0 ? Math.round(this.#samples / wall_s) : 0,
    };
  }
}
