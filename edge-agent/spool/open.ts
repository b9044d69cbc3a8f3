/**
 * The main-thread side of the store. `append` only fills columns; parcels go to the worker on the commit interval, at once when an alarm or
 * event is among them, and wait here, bounded, while the worker does not take them.
 */
import { Worker } from "node:worker_threads";
import type { ProvenCommand, Reply } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { type Entry, laneOf } from "../core/entry.ts";
import { Fault } from "../core/faults.ts";
import { bufferOf } from "./block.ts";
import { Holding } from "./holding.ts";
import { type FromWorker, type Parcel, packed, sizeOf, type ToWorker, type WorkerStatus } from "./parcel.ts";
import { Sorting } from "./sorting.ts";
import type { Store, StoreStatus } from "./store.ts";
import { Underway } from "./underway.ts";

export interface StoreOptions {
  readonly station: Station;
  readonly clock: Clock;
  /** At least once a second while the worker lives, and on every change of its state. */
  readonly onStatus?: (status: StoreStatus) => void;
}

/** Parcels that may be on their way to a worker that has not said it got them: what memory a wedged worker can hold. */
const maxUnreceived = 4;
/** A disk that has not answered for this long is trouble. */
const silent_s = 5;
const restart_s = 1;
/** Draining makes much short-lived garbage: unbounded, the worker grew to 330 MiB with no gain in speed; so, 180 MiB for the whole process. */
const heap = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };
const workerFile = new URL("../sinks/worker.ts", import.meta.url);

/** Opens the spool of `station.spool` in a worker of its own. Trouble with opening is told by `opened`. */
export function openStore(options: StoreOptions): Store {
  return new WorkerStore(options);
}

class WorkerStore implements Store {
  readonly opened: Store["opened"];
  readonly #station: Station;
  readonly #clock: Clock;
  readonly #onStatus: (status: StoreStatus) => void;
  readonly #sorting: Sorting;
  readonly #holding = new Holding();
  readonly #underway = new Underway();
  readonly #journals: { readonly seq: number; readonly resolve: () => void; readonly reject: (why: Error) => void }[] = [];
  readonly #settleOpened: { resolve: (facts: { boot: number; lastStamp_ns: bigint }) => void; reject: (why: Error) => void };
  readonly #ended = Promise.withResolvers<boolean>();
  #worker: Worker | undefined;
  #answer: (command: ProvenCommand) => Promise<Reply | undefined> = async () => undefined;
  #boot: number | undefined;
  #failed: Fault | undefined;
  #status: WorkerStatus = { spool_Bytes: 0, evicted: 0, dropped: 0, setAside: 0, sinks: [] };
  #whyEnded = "the store worker ended";
  #dropped = 0;
  #droppedByEarlierWorkers = 0;
  #flushDue = false;
  #urgent = false;
  #closing = false;

  constructor({ station, clock, onStatus }: StoreOptions) {
    this.#station = station;
    this.#clock = clock;
    this.#onStatus = onStatus ?? (() => {});
    this.#sorting = new Sorting(station.channels.map((channel) => channel.id));
    const { promise, resolve, reject } = Promise.withResolvers<{ boot: number; lastStamp_ns: bigint }>();
    this.opened = promise;
    this.opened.catch(() => {}); // told by status as well; whoever awaits still sees it
    this.#settleOpened = { resolve, reject };
    if (station.spool === undefined)
      this.#fail(new Fault("spool/unavailable", "the station file names no spool; write for example spool: { directory: /var/lib/offgas }"));
    else this.#start();
  }

  append(entries: readonly Entry[]): void {
    if (this.#failed !== undefined || this.#closing) {
      this.#dropped += entries.length;
      return;
    }
    let urgent = false;
    for (const entry of entries) {
      this.#sorting.add(entry);
      urgent ||= laneOf[entry.type] === "record";
    }
    if (this.#sorting.ready) this.#flush();
    else if (urgent) this.#flushSoon();
    else this.#flushLater();
  }

  journal(entries: readonly Entry[]): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (this.#closing) return Promise.reject(new Fault("spool/unavailable", "the store is closing"));
    if (entries.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      for (const entry of entries) this.#sorting.add(entry);
      this.#journals.push({ seq: this.#sorting.seq, resolve, reject });
      this.#flush();
    });
  }

  status(): StoreStatus {
    const uncommitted = this.#sorting.size + this.#holding.size + this.#underway.size;
    const dropped = this.#dropped + this.#droppedByEarlierWorkers + this.#status.dropped;
    const trouble = this.#trouble() ?? this.#status.trouble;
    return { ...this.#status, dropped, uncommitted, ...(trouble === undefined ? undefined : { trouble }) };
  }

  answerCommands(answer: (command: ProvenCommand) => Promise<Reply>): void {
    this.#answer = answer;
  }

  async close(within_s: number): Promise<boolean> {
    if (this.#closing) return this.#ended.promise;
    if (this.#failed === undefined) this.#flush();
    this.#closing = true;
    if (this.#failed !== undefined || this.#worker === undefined) this.#ended.resolve(false);
    for (let parcel = this.#holding.take(); parcel !== undefined; parcel = this.#holding.take()) this.#post(parcel);
    this.#say({ type: "close", within_s });
    const late = new AbortController();
    this.#clock.sleep(within_s, late.signal).then(
      () => this.#ended.resolve(false),
      () => {},
    );
    const complete = await this.#ended.promise;
    late.abort();
    // Not awaited: a thread inside a disk call that never returns cannot be ended.
    void this.#worker?.terminate();
    this.#worker?.unref();
    for (const { reject } of this.#journals.splice(0)) reject(new Fault("spool/unavailable", "the store closed before this was committed"));
    return complete;
  }

  #start(): void {
    const worker = new Worker(workerFile, {
      workerData: { station: this.#station, boot: this.#boot },
      resourceLimits: heap,
    });
    this.#worker = worker;
    worker.on("message", (message: FromWorker) => this.#hear(worker, message));
    worker.on("error", (error) => this.#lost(worker, error.message));
    worker.on("exit", () => this.#lost(worker, this.#whyEnded));
  }

  #say(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #hear(worker: Worker, message: FromWorker): void {
    switch (message.type) {
      case "opened":
        this.#boot = message.boot;
        this.#settleOpened.resolve({ boot: message.boot, lastStamp_ns: message.lastStamp_ns });
        break;
      case "failed":
        if (this.#boot === undefined) this.#fail(new Fault(message.code, message.message));
        else this.#whyEnded = message.message;
        break;
      case "received":
        this.#underway.received(message.seq);
        this.#send();
        break;
      case "committed":
        this.#underway.committed(message.seq);
        while ((this.#journals[0]?.seq ?? Number.POSITIVE_INFINITY) <= message.seq) this.#journals.shift()?.resolve();
        break;
      case "status":
        this.#status = message.status;
        this.#onStatus(this.status());
        break;
      case "asked": {
        const { number, command } = message;
        void this.#answer(command).then((reply) => worker.postMessage({ type: "answered", number, reply } satisfies ToWorker));
        break;
      }
      case "closed":
        this.#ended.resolve(message.complete);
        break;
    }
  }

  #fail(fault: Fault): void {
    this.#failed = fault;
    this.#settleOpened.reject(fault);
    for (const { reject } of this.#journals.splice(0)) reject(fault);
    for (const parcel of this.#holding.takeAll()) this.#dropped += sizeOf(parcel);
    this.#dropped += this.#underway.size;
    this.#underway.lost();
    void this.#worker?.terminate();
  }

  /** The worker died by itself: a bug or memory. Alarms and events that it had not committed are sent again. */
  #lost(worker: Worker, why: string): void {
    if (worker !== this.#worker || this.#failed !== undefined) return;
    this.#worker = undefined;
    this.#droppedByEarlierWorkers += this.#status.dropped;
    this.#status = { ...this.#status, dropped: 0, trouble: { code: "spool/unavailable", why: `${why}; it is started again` } };
    if (this.#closing) {
      this.#ended.resolve(false);
      return;
    }
    const { lost, again } = this.#underway.lost();
    this.#dropped += lost;
    this.#clock.sleep(restart_s).then(() => {
      if (this.#closing) return;
      this.#start();
      this.append(again);
    });
  }

  #trouble(): StoreStatus["trouble"] {
    if (this.#failed !== undefined) return { code: this.#failed.code, why: this.#failed.message };
    const since_s = this.#underway.oldestUnreceived_s;
    const waited_s = since_s === undefined ? 0 : this.#clock.monotonic_s() - since_s;
    if (waited_s < silent_s) return undefined;
    return { code: "spool/unavailable", why: `the spool's disk has not answered for ${Math.round(waited_s)} s: check ${this.#station.spool?.directory}` };
  }

  #flushSoon(): void {
    if (this.#urgent) return;
    this.#urgent = true;
    setImmediate(() => {
      this.#urgent = false;
      this.#flush();
    });
  }

  #flushLater(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#clock.sleep(this.#station.spool?.commit_s ?? 0.25).then(() => {
      this.#flushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    const parcel = this.#sorting.parcel();
    if (parcel !== undefined && this.#failed === undefined) this.#dropped += this.#holding.add(parcel);
    this.#send();
  }

  #send(): void {
    while (this.#underway.unreceived < maxUnreceived && this.#worker !== undefined) {
      const parcel = this.#holding.take();
      if (parcel === undefined) return;
      this.#post(parcel);
    }
  }

  #post(parcel: Parcel): void {
    this.#underway.add(parcel, this.#clock.monotonic_s());
    this.#say({ type: "parcel", parcel: packed(parcel) }, parcel.blocks.map(bufferOf));
  }
}
