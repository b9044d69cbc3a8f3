/** Where readings come from: a bus process, or a recording. All call-backs run on the deciding thread and must return at once. */
import type { Reading } from "../core/sample.ts";

export interface SourceListener {
  /** Readings of one moment or a few close ones, in time order per channel. */
  readings(readings: readonly Reading[]): void;
  /** Time has come to `at_s` on this source's clock: a recording says so between its rows; a live bus leaves it to the agent's clock. */
  time(at_s: number): void;
  /**
   * The bus process was ended and will be started again: which bus and why, one line for a person. `again`: for the same reason as the last
   * time and soon after it, as with a bus that is not there.
   */
  restarted(bus: string, why: string, again: boolean): void;
  /** The source has no more to give (end of a recording). */
  ended(): void;
}

export interface SourceCounters {
  readonly bus: string;
  readonly reads: number;
  readonly read_faults: number;
  readonly bus_restarts: number;
  /** Only where some were. */
  readonly skipped_readings?: number;
}

export interface Source {
  start(listener: SourceListener): void;
  counters(): readonly SourceCounters[];
  /** Returns at once; never waits for a wedged child, which is killed. */
  stop(): void;
}
