/**
 * The process that plays a recording at a stated speed: rows leave when they are due, and between rows the time is told,
 * so that the deciding process never reads a disk. What it decides depends on the rows alone, never on the pace.
 */
import { flushCompileCache } from "node:module";
import { systemClock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import type { Reading } from "../core/sample.ts";
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

/** `first` comes before anything else, and then nothing until the word "go". */
export type PlayNews =
  | { readonly type: "first"; readonly at_s: number }
  | { readonly type: "readings"; readonly readings: readonly Reading[]; readonly at_s: number }
  | { readonly type: "time"; readonly at_s: number }
  | { readonly type: "ended" }
  | { readonly type: "failed"; readonly code: string; readonly why: string };

/** Between rows the time is told this often, in wall seconds. */
const TELL_s = 0.1;

async function play(order: PlayOrder, tell: (news: PlayNews) => Promise<void>, go: Promise<void>): Promise<void> {
  const { speed, from_s, until_s, columns } = order;
  const names = columns.map(({ column }) => column);
  let origin_s: number | undefined;
  let last_s = Number.NEGATIVE_INFINITY;
  for await (const row of readRows(order.path, names)) {
    const { at_s } = row;
    if (at_s === undefined || at_s < from_s || at_s > until_s) continue;
    if (origin_s === undefined) {
      await tell({ type: "first", at_s });
      flushCompileCache(); // where the agent has one: this process ends by signal, which would write nothing
      await go;
      origin_s = systemClock.monotonic_s() - at_s / speed;
    }
    for (;;) {
      const wait_s = origin_s + at_s / speed - systemClock.monotonic_s();
      if (wait_s <= 0) break;
      await systemClock.sleep(Math.min(wait_s, TELL_s));
      const now_s = (systemClock.monotonic_s() - origin_s) * speed;
      if (wait_s > TELL_s && now_s > last_s && now_s < at_s) await tell({ type: "time", at_s: now_s });
    }
    last_s = Math.max(last_s, at_s);
    await tell({ type: "readings", readings: readingsOf(row, at_s, columns), at_s });
  }
  if (origin_s === undefined) {
    const why = `${order.path} has no row with a time${from_s > Number.NEGATIVE_INFINITY || until_s < Number.POSITIVE_INFINITY ? ` from ${from_s} to ${until_s} s` : ""}`;
    return tell({ type: "failed", code: "recording/malformed", why });
  }
  await tell({ type: "ended" });
}

if (process.send !== undefined) {
  // resolves when the message has left, so that a stalled parent slows the player instead of filling memory
  const tell = (news: PlayNews) => new Promise<void>((resolve) => process.send?.(news, () => resolve()));
  const { promise: go, resolve } = Promise.withResolvers<void>();
  process.on("disconnect", () => process.exit(0)); // the agent is gone
  process.on("SIGINT", () => {}); // a terminal's Ctrl-C goes to the whole group; the agent decides when to end
  process.on("message", (message: PlayOrder | "go") => {
    if (message === "go") return resolve();
    play(message, tell, go).catch((error: unknown) =>
      tell({ type: "failed", code: isFault(error) ? error.code : "recording/unreadable", why: error instanceof Error ? error.message : String(error) }),
    );
  });
}
