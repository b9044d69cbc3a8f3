/** What is known of one channel at one moment. Shapes only: no behaviour, no imports but the tables. */
import type { Reason } from "./reasons.ts";

export const qualities = ["bad", "uncertain", "good"] as const;
export type Quality = (typeof qualities)[number];
/** The integers that InfluxDB stores: 0 bad, 1 uncertain, 2 good. */
export const qualityCode: Readonly<Record<Quality, number>> = { bad: 0, uncertain: 1, good: 2 };

/** 0: the value is exact; 1: the truth is at least the value (sensor at its top); -1: at most. */
export type Bound = -1 | 0 | 1;

export interface Sample {
  readonly channel: string;
  /** Monotonic run time in seconds: the only time that models and alarms see. */
  readonly at_s: number;
  /** Wall time in nanoseconds since 1970, strictly rising within a channel: for sinks and people. */
  readonly stamp_ns: bigint;
  /** Calibrated, in the quantity's canonical unit. No key when nothing was measured: never 0, never NaN. */
  readonly value?: number;
  /** As the sensor gave it, before calibration, in the same unit. */
  readonly raw?: number;
  readonly bound: Bound;
  readonly quality: Quality;
  readonly reason: Reason;
}

/** What a source hands over, before calibration and quality. Either a number or the reason why there is none. */
export interface Reading {
  /** Index into the station's channel list. */
  readonly channel: number;
  readonly at_s: number;
  readonly raw?: number;
  readonly bound?: Bound;
  /** Set by the driver where it knows better than the rules: a checksum, an open thermocouple, warm-up. */
  readonly reason?: Reason;
  /** One line for a person, such as "i2c-1 0x67: no acknowledge". */
  readonly detail?: string;
}
