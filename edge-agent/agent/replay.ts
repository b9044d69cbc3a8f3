/** The agent's decisions over a recording, in this process and on the recording's clock: rows in, timeline and summary out. */
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Model } from "../../models/opinion.ts";
import type { Station } from "../contracts/station.ts";
import type { Summary } from "../contracts/timeline.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import { Fault } from "../core/faults.ts";
import type { Event } from "../core/judgement.ts";
import { readingsOf, replayColumns } from "../recording/columns.ts";
import { readRows } from "../recording/rows.ts";
import { openRecordedPath, type RecordedPath } from "./recorded-path.ts";
import { Tally } from "./tally.ts";
import { timelineOf } from "./timeline.ts";

export interface ReplayOrder {
  readonly station: Station;
  readonly input: string;
  /** Folder; gets `timeline.jsonl` and `summary.json`. */
  readonly out: string;
  /** Recorded seconds per second; Infinity: as fast as it goes. */
  readonly speed: number;
  readonly clock: Clock;
  /** In the place of the full model, for comparison. */
  readonly model?: Model;
  progress(rows: number, alarms: number): void;
}

/** Faults: recording/… for the input, spool/… for the output folder. A timeline has its name only once it is whole. */
export async function replayRecording(order: ReplayOrder): Promise<Summary> {
  const { out, clock } = order;
  const path = join(out, "timeline.jsonl");
  const unfinished = `${path}.unfinished`;
  const started_s = clock.monotonic_s();
  const tally = new Tally();
  try {
    mkdirSync(out, { recursive: true });
    await pipeline(timelineText(order, tally), createWriteStream(unfinished));
    const summary = tally.summary(clock.monotonic_s() - started_s);
    renameSync(unfinished, path);
    writeFileSync(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  } catch (error) {
    const { syscall, code, message } = error as NodeJS.ErrnoException;
    if (error instanceof Fault || syscall === undefined) throw error;
    throw new Fault(code === "ENOSPC" ? "spool/full" : "spool/unavailable", `${out}: ${message}; name another folder with --out`, { cause: error });
  }
}

async function* timelineText(order: ReplayOrder, tally: Tally): AsyncGenerator<string> {
  const { station, input, speed, clock, model, progress } = order;
  const columns = replayColumns(station.channels);
  const names = columns.map(({ column }) => column);
  const begun_s = clock.monotonic_s();
  let path: RecordedPath | undefined;
  for await (const row of readRows(input, names)) {
    tally.row(row.at_s !== undefined);
    const { at_s } = row;
    if (at_s === undefined) continue;
    const opened = path === undefined;
    path ??= await openRecordedPath(station, at_s, model);
    tally.dropped = path.dropped;
    const ahead_s = (at_s - path.start_s) / speed - (clock.monotonic_s() - begun_s);
    if (ahead_s > 0) await clock.sleep(ahead_s);
    const entries = [...path.decider.readings(readingsOf(row, at_s, columns)), ...path.decider.time(at_s)];
    tally.entries(entries);
    progress(tally.rows, tally.alarms);
    const text = textOf(opened ? [...path.events.map(asEntry), ...entries] : entries);
    if (text !== "") yield text;
  }
}

const asEntry = (event: Event): Entry => ({ type: "event", stamp_ns: 0n, event });

function textOf(entries: readonly Entry[]): string {
  let text = "";
  for (const entry of entries) {
    const line = timelineOf(entry);
    if (line !== undefined) text += `${JSON.stringify(line)}\n`;
  }
  return text;
}
