/**
 * Run time → wall stamps. The stamps follow the monotonic clock from one anchor, so that a step of the wall clock neither merges
 * nor reorders samples; within a series they rise strictly, whatever happens, also across restarts.
 */
import { type Clock, neverBefore_ns } from "../core/clock.ts";

/** A wall clock that runs back by less is followed gently; one that is ahead is followed at once. */
const SLEW_ns = 5_000_000n;
/** A larger difference is a step: it is reported, and a backward one is not followed until the wall clock has caught up. */
const STEP_ns = 1_000_000_000n;
const RESTART_GAP_ns = 1_000_000n;
/** How long a step is worth an alarm. */
const STEP_HOLD_s = 60;

export interface ClockState {
  /** Wall clock minus stamps, after any correction that `observe` made. */
  readonly offset_ms: number;
  /** A sentence when the wall clock stepped since the last observation. */
  readonly step?: string;
  /** The wall clock was never set, or was set back and stamps run ahead of it, or it stepped within the last minute. */
  readonly unsure: boolean;
}

export class Stamper {
  readonly #last = new Map<string, bigint>();
  readonly #speed: number;
  #anchor_ns: bigint;
  #anchor_s: number;
  #behind: boolean;
  #stepped_s = Number.NEGATIVE_INFINITY;

  /** `speed`: recorded seconds per wall second; 1 for live sensors. `lastStamp_ns`: the newest stamp that was ever stored. */
  constructor(options: { clock: Pick<Clock, "wall_ns">; at_s: number; lastStamp_ns?: bigint; speed?: number }) {
    const wall_ns = options.clock.wall_ns();
    const earliest_ns = (options.lastStamp_ns ?? 0n) + RESTART_GAP_ns;
    this.#behind = wall_ns < earliest_ns;
    this.#anchor_ns = this.#behind ? earliest_ns : wall_ns;
    this.#anchor_s = options.at_s;
    this.#speed = options.speed ?? 1;
  }

  stamp(series: string, at_s: number): bigint {
    const wanted = this.#at(at_s);
    const last = this.#last.get(series);
    const stamp = last !== undefined && wanted <= last ? last + 1n : wanted;
    this.#last.set(series, stamp);
    return stamp;
  }

  /** Compares with the wall clock and corrects; called about once a second when live, never in a replay. */
  observe(wall_ns: bigint, at_s: number): ClockState {
    const now_ns = this.#at(at_s);
    const offset_ns = wall_ns - now_ns;
    const offset_s = Number(offset_ns) / 1e9;
    if (offset_ns < -STEP_ns) {
      const step = this.#behind
        ? undefined
        : `the wall clock stepped back by ${(-offset_s).toFixed(1)} s; stamps keep running ahead of it until it has caught up`;
      this.#behind = true;
      return this.#state(offset_ns, wall_ns, at_s, step);
    }
    const correction_ns = offset_ns < -SLEW_ns ? -SLEW_ns : offset_ns;
    this.#anchor_ns = now_ns + correction_ns;
    this.#anchor_s = at_s;
    this.#behind = false;
    return this.#state(
      offset_ns - correction_ns,
      wall_ns,
      at_s,
      offset_ns > STEP_ns ? `the wall clock stepped forward by ${offset_s.toFixed(1)} s; stamps follow it` : undefined,
    );
  }

  #state(offset_ns: bigint, wall_ns: bigint, at_s: number, step: string | undefined): ClockState {
    if (step !== undefined) this.#stepped_s = at_s;
    const unsure = this.#behind || wall_ns < neverBefore_ns || at_s - this.#stepped_s < STEP_HOLD_s;
    return { offset_ms: Number(offset_ns) / 1e6, unsure, ...(step !== undefined && { step }) };
  }

  get behind(): boolean {
    return this.#behind;
  }

  #at(at_s: number): bigint {
    return this.#anchor_ns + BigInt(Math.round(((at_s - this.#anchor_s) * 1e9) / this.#speed));
  }
}
