/** A recording as a source of the running agent: the parent's side of the player process. */
import { type ChildProcess, fork } from "node:child_process";
import type { Source, SourceCounters, SourceListener } from "../bus/source.ts";
import type { Bound, Reading } from "../core/sample.ts";
import type { PlayNews, PlayOrder } from "./player.ts";

export interface PlaybackOutcome {
  readonly rows: number;
  readonly no_time: number;
}

/** `failed` is told once, with the reason in one line, when the recording cannot be played to its end. */
export class Playback implements Source {
  outcome: PlaybackOutcome | undefined;
  readonly #order: PlayOrder;
  readonly #failed: (code: string, why: string) => void;
  #child: ChildProcess | undefined;
  #reads = 0;

  constructor(order: PlayOrder, failed: (code: string, why: string) => void) {
    this.#order = order;
    this.#failed = failed;
  }

  start(listener: SourceListener): void {
    const child = fork(new URL("./player.ts", import.meta.url), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child = child;
    let over = false;
    child.on("message", (message) => {
      const news = message as PlayNews;
      if (news.type === "readings") {
        this.#reads += news.readings.length;
        if (news.readings.length > 0) listener.readings(news.readings.map((reading) => unpack(reading, news.at_s)));
        listener.time(news.at_s);
      } else if (news.type === "time") listener.time(news.at_s);
      else {
        over = true;
        child.disconnect();
        if (news.type === "failed") return this.#failed(news.code, news.why);
        this.outcome = { rows: news.rows, no_time: news.no_time };
        listener.ended();
      }
    });
    child.on("error", (error) => !over && this.#failed("recording/unreadable", `the player process failed: ${error.message}`));
    child.on("exit", (code, signal) => {
      if (over || this.#child === undefined) return;
      this.#failed("recording/unreadable", `the player process ended early (${signal ?? `exit ${code}`})`);
    });
    child.send(this.#order);
  }

  counters(): readonly SourceCounters[] {
    return [{ bus: "recording", reads: this.#reads, read_faults: 0, bus_restarts: 0 }];
  }

  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill("SIGKILL");
  }
}

function unpack([channel, raw, bound]: readonly [number, number | null, number], at_s: number): Reading {
  return { channel, at_s, raw: raw ?? Number.NaN, ...(bound !== 0 && { bound: bound as Bound }) };
}
