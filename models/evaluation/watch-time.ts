/** How long a recording watched a station: a hole in it, or a clock that jumps by years, adds no station-hours that no detector has seen. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import { isEventful } from "../../edge-agent/core/eventful.ts";
import { evaluationParams as p } from "../params/evaluation.ts";

export class WatchTime {
  to_s = Number.NEGATIVE_INFINITY;
  watched_s = 0;
  readonly #gap_s: number;

  constructor({ channels }: Station) {
    const paces_s = channels.filter((channel) => !isEventful(channel)).map(({ every_s }) => every_s);
    this.#gap_s = Math.max(p.gap_s, ...paces_s.map((every_s) => p.gap_periods * every_s));
  }

  /** The time of each row, in any order. */
  see(at_s: number): void {
    const step_s = at_s - this.to_s;
    if (step_s > 0 && step_s <= this.#gap_s) this.watched_s += step_s;
    this.to_s = Math.max(this.to_s, at_s);
  }
}
