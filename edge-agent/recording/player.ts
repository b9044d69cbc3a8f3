/**
 * The process that plays a recording at a stated speed: rows leave when they are due, and between rows the time is told,
 * so that the deciding process never reads a disk. What it decides depends on the rows alone, never on the pace.
 */
import { systemClock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import { type ColumnOf, readingsOf } from "./columns.ts";
import { readRows } from "./rows.ts";

export interface PlayOrder {
  readonly path: string;
  readonly columns: readonly ColumnOf[];
  /** Recorded seconds per second. */
  readonly speed: number;
  readonly from_s: number;
  readonly until_s: number;
}

export type PlayNews =
  | { readonly type: "readings"; readonly readings: readonly (readonly [channel: number, raw: number | null, bound: number])[]; readonly at_s: number }
  | { readonly type: "time"; readonly at_s: number }
  | { readonly type: "ended"; readonly rows: number; readonly no_time: number }
  | { readonly type: "failed"; readonly code: string; readonly why: string };

/** Between rows the time is told this often, in wall seconds. */
const TELL_s = 0.1;

async function play(order: PlayOrder, tell: (news: PlayNews) => Promise<void>): Promise<void> {
  const columns = order.columns.map(({ column }) => column);
  let origin_s: number | undefined;
  let last_s = Number.NEGATIVE_INFINITY;
  let rows = 0;
  let no_time = 0;
  for await (const row of readRows(order.path, columns)) {
    rows += 1;
    const { at_s } = row;
    if (at_s === undefined) {
      no_time += 1;
      continue;
    }
    if (at_s < order.from_s || at_s > order.until_s) continue;
    origin_s ??= systemClock.monotonic_s() - at_s / order.speed;
    for (;;) {
      const wait_s = origin_s + at_s / order.speed - systemClock.monotonic_s();
      if (wait_s <= 0) break;
      await systemClock.sleep(Math.min(wait_s, TELL_s));
      const now_s = (systemClock.monotonic_s() - origin_s) * order.speed;
      if (wait_s > TELL_s && now_s > last_s && now_s < at_s) await tell({ type: "time", at_s: now_s });
    }
    last_s = Math.max(last_s, at_s);
    // NaN does not survive JSON: a malformed field travels as null
    const readings = readingsOf(row, at_s, order.columns).map(
      ({ channel, raw = Number.NaN, bound = 0 }) => [channel, Number.isNaN(raw) ? null : raw, bound] as const,
    );
    await tell({ type: "readings", readings, at_s });
  }
  await tell({ type: "ended", rows, no_time });
}

if (process.send !== undefined) {
  // resolves when the message has left, so that a stalled parent slows the player instead of filling memory
  const tell = (news: PlayNews) => new Promise<void>((resolve) => process.send?.(news, () => resolve()));
  process.on("disconnect", () => process.exit(0)); // the agent is gone
  process.on("SIGINT", () => {}); // a terminal's Ctrl-C goes to the whole group; the agent decides when to end
  process.once("message", (order: PlayOrder) => {
    play(order, tell).catch((error: unknown) =>
      tell({ type: "failed", code: isFault(error) ? error.code : "recording/unreadable", why: error instanceof Error ? error.message : String(error) }),
    );
  });
}
