/** Readings → samples: calibrated, judged, stamped; and silence → samples that say "stale". */
import type { Channel } from "../contracts/station.ts";
import type { Reading, Sample } from "../core/sample.ts";
import { type Drop, QualityRules } from "./quality.ts";
import type { Stamper } from "./stamper.ts";

/** A channel is stale after three periods without any reading. */
const STALE_PERIODS = 3;
/** A stale channel is said to be stale again this often, so that no query window is silent about it. */
const STALE_REPEAT_s = 10;

interface Lane {
  readonly channel: Channel;
  readonly rules: QualityRules;
  /** When the silence becomes worth a sample. */
  silent_s: number;
}

export class Intake {
  readonly dropped: Record<Drop, number> = { duplicate_time: 0, backward_time: 0, malformed: 0 };
  readonly #lanes: readonly Lane[];
  readonly #stamper: Stamper;
  /** Never later than the true next due time, so that looking at it is enough on most beats. */
  #nextSilence_s: number;

  constructor(channels: readonly Channel[], stamper: Stamper, start_s: number) {
    this.#lanes = channels.map((channel) => ({ channel, rules: new QualityRules(channel.quantity), silent_s: start_s + patience_s(channel) }));
    this.#stamper = stamper;
    this.#nextSilence_s = Math.min(...this.#lanes.map((lane) => lane.silent_s));
  }

  /** One reading → its sample; undefined when it was dropped (and counted) for its time. */
  take(reading: Reading): Sample | undefined {
    const lane = this.#lanes[reading.channel];
    if (lane === undefined) return undefined;
    const judged = lane.rules.judge(reading);
    if (typeof judged === "string") {
      this.dropped[judged] += 1;
      return undefined;
    }
    lane.silent_s = reading.at_s + patience_s(lane.channel);
    const { raw, bound, quality, reason } = judged;
    const { id, calibration } = lane.channel;
    return {
      channel: id,
      at_s: reading.at_s,
      stamp_ns: this.#stamper.stamp(id, reading.at_s),
      // a bad reading keeps what the sensor gave for the record, and no value for anyone to use
      ...(raw !== undefined && quality !== "bad" && { value: calibration === undefined ? raw : (raw - calibration.zero) * calibration.span }),
      ...(raw !== undefined && { raw }),
      bound,
      quality,
      reason,
    };
  }

  /** When `silences` next has something to say. */
  get nextSilence_s(): number {
    return this.#nextSilence_s;
  }

  /** Samples of the channels that have been silent too long at `at_s`. */
  silences(at_s: number): Sample[] {
    if (at_s < this.#nextSilence_s) return [];
    const silent: Sample[] = [];
    for (const lane of this.#lanes) {
      if (at_s < lane.silent_s) continue;
      lane.silent_s = at_s + Math.max(STALE_REPEAT_s, lane.channel.every_s);
      const { id } = lane.channel;
      silent.push({ channel: id, at_s, stamp_ns: this.#stamper.stamp(id, at_s), bound: 0, quality: "bad", reason: "stale" });
    }
    this.#nextSilence_s = Math.min(...this.#lanes.map((lane) => lane.silent_s));
    return silent;
  }
}

const patience_s = (channel: Channel): number => STALE_PERIODS * channel.every_s;
