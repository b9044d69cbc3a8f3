/**
 * Empties the spool into one sink. Alarms and events first; then what is new, so that pages are live at once after an outage; the backlog
 * fills in between, oldest first. Batches are bounded, one is under way at a time, and nothing is forgotten before the sink has it.
 */
import type { Clock } from "../core/clock.ts";
import type { Lane } from "../core/entry.ts";
import type { FaultCode } from "../core/faults.ts";
import type { Portion, Spool } from "../spool/spool.ts";
import type { SinkStatus } from "../spool/store.ts";
import { Allowance } from "./allowance.ts";
import { Backoff } from "./backoff.ts";
import { deliver, type Outcome } from "./delivery.ts";
import type { Sink, Verdict } from "./sink.ts";

const batch: Readonly<Record<Lane, number>> = { record: 500, state: 500, sample: 5000 };
/** A live part longer than this many batches is an outage's: it becomes backlog, and the newest goes on. */
const liveBatches = 2;
/** A sink that answers nothing, not even its own time-out, is left waiting after this. */
const answer_s = 30;
/** Refusals are told as one event per interval. */
const refusalNotice_s = 600;

export interface DrainOptions {
  readonly sink: Sink;
  readonly spool: Spool;
  readonly clock: Clock;
  /** Uniform in [0, 1): passed in so that a test can repeat a run. */
  readonly random: () => number;
  /** The state, or what it waits for, has changed. */
  readonly onChange: () => void;
}

interface Batch {
  readonly lane: Lane;
  readonly live: boolean;
  readonly portion: Portion;
}

interface Held {
  readonly code: FaultCode;
  readonly why: string;
  readonly until_s: number;
  readonly takenBefore: number;
}

type Waiting = { readonly code: FaultCode; readonly why: string };

export class Drain {
  readonly #options: DrainOptions;
  readonly #allowance = new Allowance();
  readonly #backoff: Backoff;
  readonly #heldBackoff: Readonly<Record<Lane, Backoff>>;
  /** Backlogs that the sink refuses to take, until the next try. */
  readonly #held = new Map<Lane, Held>();
  readonly #stopped = new AbortController();
  #waiting: Waiting | undefined;
  #told = "";
  #backlogTurn = false;
  #lastRefusalNotice_s = Number.NEGATIVE_INFINITY;
  #wake = Promise.withResolvers<void>();
  readonly ended: Promise<void>;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#heldBackoff = { record: new Backoff(options.random), state: new Backoff(options.random), sample: new Backoff(options.random) };
    this.ended = this.#run();
  }

  /** New entries are in the spool. */
  wake(): void {
    this.#wake.resolve();
  }

  stop(): void {
    this.#stopped.abort();
    this.wake();
  }

  status(deadLetters: number): SinkStatus {
    const { sink, spool } = this.#options;
    const backlog = sink.durable.reduce((sum, lane) => sum + spool.cursors.of(lane, sink.name).length(spool.head(lane)), 0);
    const trouble = this.#waiting ?? this.#held.values().next().value;
    return {
      name: sink.name,
      state: trouble === undefined ? "taking" : "waiting",
      ...(trouble === undefined ? undefined : { code: trouble.code, why: trouble.why }),
      backlog,
      deadLetters,
      ...(sink.commands && { commands: sink.commands() }),
    };
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        const next = this.#next();
        if (next === undefined) await this.#idle();
        else await this.#send(next);
      } catch (error) {
        // The spool's disk failed under a read: the store worker tells it; here it is only a reason to wait.
        await this.#wait({ kind: "later", code: "spool/unavailable", why: `the spool cannot be read: ${(error as Error).message}` });
      }
      this.#tell();
    }
  }

  async #send({ lane, live, portion }: Batch): Promise<void> {
    const { sink, spool } = this.#options;
    const held = live ? undefined : this.#held.get(lane);
    if (held !== undefined) this.#allowance.triedAgain();
    const takenBefore = this.#allowance.taken;
    const outcome: Outcome = await deliver(
      lane,
      portion,
      {
        write: (entries) => this.#write(entries),
        done: (first, end) => spool.cursors.done(lane, sink.name, first, end),
        setAside: (seq, entry, why) => {
          spool.deadLetter(lane, sink.name, seq, entry, why);
          this.#refusal(why);
        },
      },
      this.#allowance,
      held?.takenBefore,
    );
    if (outcome.kind === "later") return this.#wait(outcome);
    this.#backoff.reset();
    this.#waiting = undefined;
    if (outcome.kind === "taken") {
      if (!live) this.#release(lane);
      return;
    }
    // Live data goes on behind what is held.
    if (live) spool.cursors.jump(lane, sink.name, portion.end);
    const until_s = this.#options.clock.monotonic_s() + this.#heldBackoff[lane].next_s();
    this.#held.set(lane, { code: outcome.code, why: outcome.why, until_s, takenBefore: held?.takenBefore ?? takenBefore });
    this.#refusal(outcome.why);
  }

  #release(lane: Lane): void {
    this.#held.delete(lane);
    this.#heldBackoff[lane].reset();
  }

  /** The sink's answer; an exception is a bug in its encoder and refuses what it met. */
  async #write(entries: Portion["entries"]): Promise<Verdict> {
    const { sink, clock } = this.#options;
    const silence = new AbortController();
    const answered = new AbortController();
    const silent: Promise<Verdict> = clock.sleep(answer_s, answered.signal).then(
      () => {
        silence.abort();
        return { kind: "later", code: "sink/unreachable", why: `${sink.name} has not answered for ${answer_s} s` };
      },
      () => ({ kind: "taken" }), // nobody looks: the answer came
    );
    try {
      return await Promise.race([sink.write(entries, AbortSignal.any([this.#stopped.signal, silence.signal])), silent]);
    } catch (error) {
      return { kind: "refused", code: "sink/refused", why: `cannot be written: ${(error as Error).message}` };
    } finally {
      answered.abort();
    }
  }

  #next(): Batch | undefined {
    this.#backlogTurn = !this.#backlogTurn;
    const rest: Lane[] = ["state", "sample"];
    const live = () => this.#first(rest, (lane) => this.#live(lane));
    const backlog = () => this.#first(rest, (lane) => this.#backlog(lane));
    return this.#backlog("record") ?? this.#live("record") ?? (this.#backlogTurn ? (backlog() ?? live()) : (live() ?? backlog()));
  }

  #first(of: readonly Lane[], pick: (lane: Lane) => Batch | undefined): Batch | undefined {
    for (const lane of of) {
      const found = this.#options.sink.durable.includes(lane) ? pick(lane) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #live(lane: Lane): Batch | undefined {
    const { sink, spool } = this.#options;
    if (!sink.durable.includes(lane)) return undefined;
    const ranges = spool.cursors.of(lane, sink.name);
    const head = spool.head(lane);
    // Alarms and events keep their order: a consumer must not see the older state of an alarm last.
    if (lane !== "record" && head - ranges.frontier > liveBatches * batch[lane]) spool.cursors.jump(lane, sink.name, head - batch[lane]);
    return ranges.frontier < head ? this.#read(lane, true, ranges.frontier, head) : undefined;
  }

  #backlog(lane: Lane): Batch | undefined {
    const { sink, spool, clock } = this.#options;
    if (!sink.durable.includes(lane)) return undefined;
    const oldest = spool.cursors.of(lane, sink.name).backlog[0];
    if (oldest === undefined) {
      if (this.#held.has(lane)) this.#release(lane); // evicted meanwhile
      return undefined;
    }
    if (clock.monotonic_s() < (this.#held.get(lane)?.until_s ?? 0)) return undefined;
    return this.#read(lane, false, oldest.first, oldest.end);
  }

  #read(lane: Lane, live: boolean, first: number, end: number): Batch {
    return { lane, live, portion: this.#options.spool.read(lane, first, end, batch[lane]) };
  }

  async #wait(later: Verdict & { kind: "later" }): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#waiting = { code: later.code, why: later.why };
    this.#tell();
    await this.#sleep(this.#backoff.next_s(later.retryAfter_s), this.#stopped.signal);
  }

  /** Until something is appended, or a held backlog is due again. */
  async #idle(): Promise<void> {
    this.#tell();
    const now_s = this.#options.clock.monotonic_s();
    const due_s = Math.min(...[...this.#held.values()].map((held) => held.until_s));
    const woken = new AbortController();
    this.#wake.promise.then(() => woken.abort());
    if (Number.isFinite(due_s)) await this.#sleep(Math.max(0, due_s - now_s), woken.signal);
    else await this.#wake.promise;
    this.#wake = Promise.withResolvers();
    if (this.#stopped.signal.aborted) this.#wake.resolve();
  }

  async #sleep(delay_s: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(delay_s, signal).catch(() => {});
  }

  #tell(): void {
    const now = JSON.stringify([this.#waiting, [...this.#held.values()].map(({ code, why }) => [code, why])]);
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onChange();
  }

  #refusal(why: string): void {
    const { sink, spool, clock } = this.#options;
    if (clock.monotonic_s() - this.#lastRefusalNotice_s < refusalNotice_s) return;
    this.#lastRefusalNotice_s = clock.monotonic_s();
    spool.note("sink-refused", `${sink.name} refuses lines: ${why}`);
  }
}
