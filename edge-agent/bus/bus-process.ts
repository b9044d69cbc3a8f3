/**
 * One bus as a source: forks its process, believes it for as long as it is heard from, ends it and starts another when it is not.
 * A process and no thread, since only a process can be ended while a transfer never returns.
 */
import { type ChildProcess, fork } from "node:child_process";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import type { Reason } from "../core/reasons.ts";
import type { Reading } from "../core/sample.ts";
import { lastWords } from "./last-words.ts";
import { allowance, BEATS_PER_DEADLINE, type ProcessPlan, parseBusMessage } from "./messages.ts";
import { faultKinds } from "./scripted-fault.ts";
import type { Source, SourceCounters, SourceListener } from "./source.ts";

/** Forking, compiling and opening the bus; on a loaded machine seconds, so that the deadline cannot be its measure. */
export const START_UP_s = 10;
const FIRST_WAIT_s = 0.5;
const LONGEST_WAIT_s = 30;
/** A process that lived this long was well: the next failure is a first one again. */
const WELL_AFTER_s = 60;

export interface BusProcessSetup {
  readonly plan: ProcessPlan;
  /** The module that a bus process runs. */
  readonly entry: URL;
  readonly clock: Clock;
  /** Monotonic seconds at run time 0. */
  readonly origin_s: number;
}

/** One bus process, from fork to end. */
interface Life {
  readonly child: ChildProcess | undefined;
  readonly over: AbortController;
  readonly began_s: number;
  readonly mayHear: (now_s: number) => boolean;
  readonly words: () => string;
  /** When the last message came; messages in the pipe do not count yet. */
  heard_s: number;
  /** Aborted by its first message. */
  readonly spoke: AbortController;
}

export class BusProcess implements Source {
  readonly #setup: BusProcessSetup;
  readonly #channels: ReadonlySet<number>;
  readonly #stopped = new AbortController();
  #listener: SourceListener | undefined;
  #life: Life | undefined;
  #failures = 0;
  #lastWhy = "";
  #restarts = 0;
  #reads = 0;
  #readFaults = 0;
  #skipped = 0;

  constructor(setup: BusProcessSetup) {
    this.#setup = setup;
    this.#channels = new Set(setup.plan.sensors.flatMap((sensor) => sensor.channels.map(({ channel }) => channel)));
  }

  /** Of the process that lives now; undefined between two. */
  get pid(): number | undefined {
    return this.#life?.child?.pid;
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    this.#begin();
  }

  counters(): readonly SourceCounters[] {
    const skipped = this.#skipped > 0 ? { skipped_readings: this.#skipped } : {};
    return [{ bus: this.#setup.plan.bus, reads: this.#reads, read_faults: this.#readFaults, bus_restarts: this.#restarts, ...skipped }];
  }

  stop(): void {
    this.#stopped.abort();
    if (this.#life !== undefined) this.#kill(this.#life);
  }

  #begin(): void {
    const { clock, entry } = this.#setup;
    const now_s = clock.monotonic_s();
    const plan = this.#planFor(now_s);
    const child = forked(entry);
    const life: Life = {
      child: child instanceof Error ? undefined : child,
      over: new AbortController(),
      began_s: now_s,
      mayHear: allowance(plan, now_s),
      words: child instanceof Error ? () => child.message : lastWords(child),
      heard_s: now_s,
      spoke: new AbortController(),
    };
    this.#life = life;
    if (child instanceof Error) {
      queueMicrotask(() => this.#end(life, "no-reply", `the bus process cannot be started: ${child.message}`));
      return;
    }
    child.on("message", (message) => this.#hear(life, message));
    child.on("error", (error) => this.#end(life, "no-reply", `the bus process cannot be reached: ${error.message}`));
    child.on("exit", (code, signal) => void this.#exited(life, code === null ? `signal ${signal}` : `exit ${code}`));
    child.send(plan, () => {}); // a failure to send shows as exit or silence
    void this.#watch(life, START_UP_s, `no answer within ${START_UP_s} s of its start`, AbortSignal.any([life.spoke.signal, life.over.signal]));
  }

  /** What struck once has struck: a bus that was ended for it starts without it. */
  #planFor(now_s: number): ProcessPlan {
    const { plan } = this.#setup;
    return { ...plan, faults: plan.faults.filter(({ fault, at_s }) => this.#restarts === 0 || !faultKinds[fault].once || at_s > now_s) };
  }

  #hear(life: Life, input: unknown): void {
    if (life.over.signal.aborted) return;
    const { clock, plan } = this.#setup;
    life.heard_s = clock.monotonic_s();
    if (!life.spoke.signal.aborted) {
      life.spoke.abort();
      void this.#watch(life, plan.deadline_s, `no answer within ${milliseconds(plan.deadline_s)}`, life.over.signal);
    }
    const message = parseBusMessage(input, this.#channels, life.heard_s);
    if (!life.mayHear(life.heard_s)) this.#end(life, "malformed", "the bus process sends far more than its sensors can give");
    else if (message === undefined) this.#end(life, "malformed", "the bus process sent something that is no reading");
    else if (message.kind === "readings") {
      this.#skipped += message.skipped ?? 0;
      this.#pass(message.readings);
    } else if (message.kind === "overdue") this.#end(life, "bus-deadline", `${message.what} took longer than ${milliseconds(plan.deadline_s)}`);
    else if (message.kind === "unusable") this.#end(life, "no-reply", message.why);
  }

  #pass(readings: readonly Reading[]): void {
    const good = readings.filter(({ raw }) => raw !== undefined).length;
    this.#reads += good;
    this.#readFaults += readings.length - good;
    this.#listener?.readings(readings.map((reading) => ({ ...reading, at_s: reading.at_s - this.#setup.origin_s })));
  }

  /**
   * Ends a process that is silent for `limit_s`. Judged behind a turn of the event loop, so that what lies in the pipe is heard first; and when
   * this process itself was late, the bus gets one more heartbeat, since the machine may have been too busy for both.
   */
  async #watch(life: Life, limit_s: number, why: string, until: AbortSignal): Promise<void> {
    const { clock, plan } = this.#setup;
    const heartbeat_s = plan.deadline_s / BEATS_PER_DEADLINE;
    let graced = false;
    for (let due_s = life.heard_s + limit_s; ; ) {
      try {
        await clock.sleep(Math.max(0, due_s - clock.monotonic_s()), until);
      } catch {
        return; // heard from at last, or ended
      }
      await turnOfTheLoop();
      if (until.aborted) return;
      const now_s = clock.monotonic_s();
      const late_s = now_s - due_s;
      if (life.heard_s + limit_s > now_s) [due_s, graced] = [life.heard_s + limit_s, false];
      else if (late_s > heartbeat_s && !graced) [due_s, graced] = [now_s + heartbeat_s, true];
      else return this.#end(life, "bus-deadline", why);
    }
  }

  async #exited(life: Life, how: string): Promise<void> {
    await turnOfTheLoop(); // what it wrote last may still be in the pipe
    this.#end(life, "no-reply", `the bus process ended by itself (${how}${life.words()})`);
  }

  #end(life: Life, reason: Reason, why: string): void {
    if (life.over.signal.aborted) return;
    this.#kill(life);
    const { clock, origin_s, plan } = this.#setup;
    const now_s = clock.monotonic_s();
    this.#failures = now_s - life.began_s >= WELL_AFTER_s ? 1 : this.#failures + 1;
    const again = this.#failures > 1 && why === this.#lastWhy;
    this.#lastWhy = why;
    this.#restarts++;
    this.#readFaults += this.#channels.size;
    const wait_s = Math.min(LONGEST_WAIT_s, FIRST_WAIT_s * 2 ** (this.#failures - 1));
    const detail = `${plan.bus}: ${why}; bus process ended, restart ${this.#restarts} in ${wait_s} s`;
    clock.sleep(wait_s, this.#stopped.signal).then(
      () => this.#begin(),
      () => {}, // stopped meanwhile
    );
    const at_s = now_s - origin_s;
    this.#listener?.readings([...this.#channels].map((channel) => ({ channel, at_s, reason, detail })));
    this.#listener?.restarted(plan.bus, detail, again);
  }

  /** Never waits: a process inside a wedged kernel call may outlive its signal, and must not hold this one. */
  #kill(life: Life): void {
    life.over.abort();
    if (this.#life === life) this.#life = undefined;
    const { child } = life;
    child?.kill("SIGKILL");
    if (child?.connected) child.disconnect();
    child?.stderr?.destroy();
    child?.unref();
  }
}

/** Its own small heap, and none of this process's options: they are not meant for it. */
function forked(entry: URL): ChildProcess | Error {
  try {
    return fork(entry, [], {
      execPath: process.execPath,
      execArgv: ["--max-old-space-size=64", "--max-semi-space-size=1"],
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const milliseconds = (duration_s: number): string => `${Math.round(duration_s * 1000)} ms`;
