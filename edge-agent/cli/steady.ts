/** Waits until a channel stands still: what a person with a gas bottle in hand would watch a curve for. */
import type { RecentReadings } from "../contracts/command.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";

export type Spread = NonNullable<RecentReadings["raw"]>;

export interface Watch {
  /** Of the last seconds, from the running agent. */
  look(seconds: number): Promise<RecentReadings>;
  readonly clock: Clock;
  readonly of: "raw" | "value";
  readonly window_s: number;
  /** How far the later half of the window may be from the earlier, in the channel's unit. */
  readonly tolerance: number;
  readonly limit_s: number;
  progress(text: string): void;
}

export interface Steady {
  readonly raw: Spread;
  readonly value?: Spread;
  /** Since the gas was there. */
  readonly after_s: number;
  /** Until 90 % of the way from the first look was done, to the second; left out where there was no way to go. */
  readonly t90_s?: number;
}

const LOOK_s = 1;
const LEAST_READINGS = 5;
/** What a calibration is about to mend, or what does not touch the reading itself. */
const harmless: readonly string[] = ["calibration-expired", "calibrated-range", "partner-unsure", "disagreement"];

/**
 * The first whole window since now in which nothing moves; `leave` is a value that it must have left first, with nobody there to say that the gas
 * was changed. Fault `command/refused` when that takes longer than the limit, and when the agent does not keep a whole window.
 */
export async function steady(watch: Watch, leave?: number): Promise<Steady> {
  const { clock, of, window_s, tolerance, limit_s } = watch;
  const began_s = clock.monotonic_s();
  const seen: { readonly at_s: number; readonly latest: number }[] = [];
  for (let told = "no reading yet"; ; ) {
    const found = await watch.look(window_s);
    if (found.covers_s < window_s)
      throw new Fault("command/refused", `of this channel the agent keeps ${amount(found.covers_s)} s, not ${window_s} s: give a shorter --window`);
    const after_s = clock.monotonic_s() - began_s;
    const spread = found[of];
    const { raw, value, doubts } = found;
    const trouble = Object.keys(doubts).filter((reason) => !harmless.includes(reason));
    if (spread !== undefined) {
      seen.push({ at_s: after_s, latest: spread.latest });
      told = `${amount(spread.mean)} ${found.unit}, drift ${amount(spread.drift)}, noise ${amount(spread.sd)}, ${spread.n} readings`;
      const left = leave === undefined || Math.abs(spread.mean - leave) > 4 * tolerance;
      const still = after_s >= window_s && spread.n >= LEAST_READINGS && Math.abs(spread.drift) <= tolerance;
      if (raw !== undefined && still && left && trouble.length === 0) {
        const t90_s = responseOf(seen, spread.mean, tolerance);
        return { raw, ...(value !== undefined && { value }), after_s, ...(t90_s !== undefined && { t90_s }) };
      }
    }
    if (trouble.length > 0) told = `${told}; in doubt: ${trouble.join(", ")}`;
    watch.progress(`${Math.round(after_s)} s: ${told}`);
    if (after_s > limit_s)
      throw new Fault(
        "command/refused",
        `the reading did not settle within ${limit_s} s (${told}); wait longer with --limit, or allow more drift than ${amount(tolerance)} with --stable`,
      );
    await clock.sleep(LOOK_s);
  }
}

function responseOf(seen: readonly { readonly at_s: number; readonly latest: number }[], end: number, tolerance: number): number | undefined {
  const start = seen[0]?.latest ?? end;
  if (Math.abs(end - start) <= 4 * tolerance) return undefined;
  return seen.find(({ latest }) => (latest - start) / (end - start) >= 0.9)?.at_s;
}

export const amount = (value: number): string => String(Number(value.toPrecision(5)));
