/** A recording as a source of the running agent: the parent's side of the player process. */
import { type ChildProcess, fork } from "node:child_process";
import type { Source, SourceCounters, SourceListener } from "../bus/source.ts";
import { Fault, type FaultCode } from "../core/faults.ts";
import type { PlayNews, PlayOrder } from "./player.ts";

export class Playback implements Source {
  /** Run time of the first row that will be played. */
  readonly first_s: number;
  readonly #child: ChildProcess;
  readonly #failed: (fault: Fault) => void;
  #reads = 0;

  private constructor(child: ChildProcess, first_s: number, failed: (fault: Fault) => void) {
    this.#child = child;
    this.first_s = first_s;
    this.#failed = failed;
  }

  /**
   * Finds the first row and waits there, which takes as long as the rows before `from_s` do. Rejects with the reason of `stop` when that is
   * aborted first. Faults: those of `readRows`, and recording/malformed when no row lies in the window. `failed` is told once when the
   * recording breaks later.
   */
  static open(order: PlayOrder, failed: (fault: Fault) => void, stop: AbortSignal): Promise<Playback> {
    // "advanced", since a malformed field is NaN and an open end is Infinity, which JSON would turn into null
    const child = fork(new URL("./player.ts", import.meta.url), {
      execArgv: ["--max-old-space-size=64", "--max-semi-space-size=1"], // its own small heap: it holds a few rows at a time
      env: { ...process.env, NODE_OPTIONS: "" },
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.send(order);
    return new Promise((resolve, reject) => {
      const settled = () => {
        stop.removeEventListener("abort", stopped);
        child.removeAllListeners();
      };
      const failing = (error: unknown) => {
        settled();
        child.kill("SIGKILL");
        reject(error);
      };
      const stopped = () => failing(stop.reason);
      if (stop.aborted) return stopped();
      stop.addEventListener("abort", stopped);
      child.once("error", (error) => failing(new Fault("recording/unreadable", `the player process failed: ${error.message}`)));
      child.once("exit", (code, signal) => failing(ended(code, signal)));
      child.once("message", (message) => {
        const news = message as PlayNews;
        if (news.type !== "first")
          return failing(news.type === "failed" ? new Fault(news.code as FaultCode, news.why) : new Error(`player began with ${news.type}`));
        settled();
        resolve(new Playback(child, news.at_s, failed));
      });
    });
  }

  start(listener: SourceListener): void {
    const child = this.#child;
    child.on("message", (message) => {
      const news = message as PlayNews;
      if (news.type === "readings") {
        this.#reads += news.readings.length;
        listener.readings(news.readings);
        listener.time(news.at_s);
      } else if (news.type === "time") listener.time(news.at_s);
      else {
        this.stop();
        if (news.type === "failed") this.#failed(new Fault(news.code as FaultCode, news.why));
        else listener.ended();
      }
    });
    child.once("exit", (code, signal) => this.#failed(ended(code, signal)));
    // it may have ended since it found the first row, when nobody listened
    child.once("error", (error) => this.#failed(new Fault("recording/unreadable", `the player process cannot be reached: ${error.message}`)));
    child.send("go");
  }

  counters(): readonly SourceCounters[] {
    return [{ bus: "recording", reads: this.#reads, read_faults: 0, bus_restarts: 0 }];
  }

  stop(): void {
    this.#child.removeAllListeners();
    this.#child.kill("SIGKILL");
  }
}

const ended = (code: number | null, signal: string | null): Fault =>
  new Fault("recording/unreadable", `the player process ended early (${signal ?? `exit ${code}`})`);
