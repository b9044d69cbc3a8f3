/** Readings → samples: calibrated, judged, stamped; and silence → samples that say "stale". */
import { derivedOf } from "../contracts/derived.ts";
import type { Channel } from "../contracts/station.ts";
import { isEventful } from "../core/eventful.ts";
import { reasons } from "../core/reasons.ts";
import type { Reading, Sample } from "../core/sample.ts";
import { Calibrations, type Taken } from "./calibration.ts";
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
  /** Has been said to be stale since its last reading. */
  said: boolean;
  /** End of the last day on which the calibration holds. */
  readonly expires_ns: bigint | undefined;
}

export class Intake {
  readonly dropped: Record<Drop, number> = { duplicate_time: 0, backward_time: 0, malformed: 0 };
  readonly #lanes: readonly Lane[];
  readonly #calibrations: Calibrations;
  readonly #stamper: Stamper;
  /** Never later than the true next due time, so that looking at it is enough on most beats. */
  #nextSilence_s: number;

  /**
   * `recorded`: calibrations do not expire, since the day of a replay says nothing of the day of the test. `firstWithin_s`: how long after the start
   * a channel may be silent before that means anything; it has given nothing yet, and whoever needs it must wait.
   */
  constructor(channels: readonly Channel[], stamper: Stamper, start_s: number, recorded: boolean, firstWithin_s: (channel: Channel) => number = () => 0) {
    this.#lanes = channels.map((channel) => ({
      channel,
      rules: new QualityRules(channel.quantity, isEventful(channel)),
      // nobody reads a derived channel: it speaks when its inputs do, also of their silence
      silent_s: derivedOf(channel) === undefined ? start_s + Math.max(patience_s(channel), firstWithin_s(channel)) : Number.POSITIVE_INFINITY,
      said: false,
      expires_ns: recorded ? undefined : expiry_ns(channel),
    }));
    this.#calibrations = new Calibrations(channels);
    this.#stamper = stamper;
    this.#nextSilence_s = Math.min(...this.#lanes.map((lane) => lane.silent_s));
  }

  /** One reading → its sample; undefined when it was dropped (and counted) for its time. */
  take(reading: Reading): Sample | undefined {
    return this.moment([reading])[0];
  }

  /** The readings of one moment, together, since one may correct another → samples of those that were not dropped. */
  moment(readings: readonly Reading[]): Sample[] {
    const taken: (Taken & { readonly id: string; readonly stamp_ns: bigint })[] = [];
    for (const reading of readings) {
      const lane = this.#lanes[reading.channel];
      if (lane === undefined) continue;
      const judged = lane.rules.judge(reading);
      if (typeof judged === "string") {
        this.dropped[judged] += 1;
        continue;
      }
      lane.silent_s = reading.at_s + patience_s(lane.channel);
      lane.said = false;
      this.#nextSilence_s = Math.min(this.#nextSilence_s, lane.silent_s);
      const { id } = lane.channel;
      const stamp_ns = this.#stamper.stamp(id, reading.at_s);
      const expired = judged.reason === "none" && lane.expires_ns !== undefined && stamp_ns > lane.expires_ns;
      taken.push({ channel: reading.channel, id, at_s: reading.at_s, stamp_ns, judged: expired ? { ...judged, ...expiredCalibration } : judged });
    }
    return this.#calibrations.moment(taken).map(({ value, bound, quality, reason }, index) => {
      const { id, at_s, stamp_ns, judged } = taken[index] as (typeof taken)[number];
      return {
        channel: id,
        at_s,
        stamp_ns,
        ...(value !== undefined && { value }),
        // a bad reading keeps what the sensor gave for the record
        ...(judged.raw !== undefined && { raw: judged.raw }),
        bound,
        quality,
        reason,
      };
    });
  }

  /** When `silences` next has something to say. */
  get nextSilence_s(): number {
    return this.#nextSilence_s;
  }

  /** Repeats no silence before `at_s`: across a long gap, a channel is stale once at its beginning and once at its end. */
  passOver(at_s: number): void {
    for (const lane of this.#lanes) if (lane.said) lane.silent_s = Math.max(lane.silent_s, at_s);
    this.#nextSilence_s = Math.min(...this.#lanes.map((lane) => lane.silent_s));
  }

  /** Samples of the channels that have been silent too long at `at_s`. */
  silences(at_s: number): Sample[] {
    if (at_s < this.#nextSilence_s) return [];
    const silent: Sample[] = [];
    for (const lane of this.#lanes) {
      if (at_s < lane.silent_s) continue;
      lane.silent_s = at_s + Math.max(STALE_REPEAT_s, lane.channel.every_s);
      lane.said = true;
      const { id } = lane.channel;
      silent.push({ channel: id, at_s, stamp_ns: this.#stamper.stamp(id, at_s), bound: 0, quality: "bad", reason: "stale" });
    }
    this.#nextSilence_s = Math.min(...this.#lanes.map((lane) => lane.silent_s));
    return silent;
  }
}

const expiredCalibration = { quality: reasons["calibration-expired"].quality, reason: "calibration-expired" } as const;

const DAY_ns = 86_400_000_000_000n;
const expiry_ns = ({ calibration }: Channel): bigint | undefined =>
  calibration?.expires === undefined ? undefined : BigInt(Date.parse(calibration.expires)) * 1_000_000n + DAY_ns;

const patience_s = (channel: Channel): number => STALE_PERIODS * channel.every_s;
