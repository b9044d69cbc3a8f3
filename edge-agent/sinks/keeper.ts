/**
 * What the store worker does: commits parcels as they come, drains them into the sinks, keeps house in idle time, and tells how it stands.
 * A disk that refuses is waited for: what is not committed is held, bounded, and tried again.
 */
import type { Reply } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import { Fault } from "../core/faults.ts";
import { sampleAt } from "../spool/block.ts";
import { Holding } from "../spool/holding.ts";
import { type FromWorker, isRecord, type Parcel, sizeOf, type WorkerStatus } from "../spool/parcel.ts";
import { Spool } from "../spool/spool.ts";
import { spoolFault } from "../spool/trouble.ts";
import { Asking } from "./asking.ts";
import { Drain } from "./drain.ts";
import { openSinks } from "./open.ts";
import type { Sink } from "./sink.ts";

export interface KeeperOptions {
  readonly station: Station;
  readonly boot: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly say: (message: FromWorker) => void;
}

const beat_s = 1;
/** Between two steps of housekeeping, so that commits and sinks come first. */
const breath_s = 0.02;
/** What samples give way for, when the disk is full and an alarm or event waits to be written. */
const recordRoom_Bytes = 256 * 1024;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #asking: Asking;
  readonly #spool: Spool;
  readonly #sinks: readonly Sink[];
  readonly #drains: readonly Drain[];
  readonly #waiting = new Holding();
  readonly #stopped = new AbortController();
  #received = 0;
  #dropped = 0;
  #commitDue = false;
  #retrying = false;
  #statusDue = false;
  #trouble: WorkerStatus["trouble"];

  static async open(options: KeeperOptions): Promise<Keeper> {
    const { station, boot, clock, say } = options;
    if (station.spool === undefined) throw new Fault("spool/unavailable", "the station file names no spool");
    const { directory, budget_Bytes } = station.spool;
    const spool = new Spool({ directory, budget_Bytes, station, clock, boot });
    const asking = new Asking(say);
    const sinks = await openSinks(station, spool.boot, clock, asking.ask);
    try {
      spool.attach(sinks);
    } catch (error) {
      throw spoolFault(error, directory) ?? error;
    }
    say({ type: "opened", boot: spool.boot, lastStamp_ns: spool.lastStamp_ns });
    return new Keeper(options, asking, spool, sinks);
  }

  private constructor(options: KeeperOptions, asking: Asking, spool: Spool, sinks: readonly Sink[]) {
    this.#options = options;
    this.#asking = asking;
    this.#spool = spool;
    this.#sinks = sinks;
    const onChange = () => this.#tellSoon();
    this.#drains = sinks.map((sink) => new Drain({ sink, spool, clock: options.clock, random: options.random, onChange }));
    void this.#beats();
    void this.#tidying();
  }

  receive(parcel: Parcel): void {
    this.#received = parcel.seq;
    this.#showLive(parcel);
    this.#dropped += this.#waiting.add(parcel);
    this.#options.say({ type: "received", seq: parcel.seq });
    if (this.#commitDue || this.#retrying) return;
    this.#commitDue = true;
    setImmediate(() => {
      this.#commitDue = false;
      this.#commit();
    });
  }

  answered(number: number, reply: Reply | undefined): void {
    this.#asking.answered(number, reply);
  }

  /** Commits what waits and ends. Sinks are not waited for: what they have not taken stays in the spool. */
  async close(within_s: number): Promise<void> {
    this.#stopped.abort();
    const droppedEarlier = this.#dropped; // the status tells those
    this.#commit();
    const complete = this.#waiting.parcels.length === 0 && this.#dropped === droppedEarlier;
    for (const drain of this.#drains) drain.stop();
    const { clock } = this.#options;
    const ended = Promise.all([...this.#sinks.map((sink) => sink.close()), ...this.#drains.map((drain) => drain.ended)]);
    await Promise.race([ended, clock.sleep(within_s / 2)]).catch(() => {});
    try {
      this.#spool.settle();
      this.#spool.close();
    } catch {
      // cursors are not written: a few entries are sent again
    }
    this.#options.say({ type: "closed", complete });
  }

  #commit(): void {
    const parcels = this.#waiting.takeAll();
    const committed = this.#received;
    try {
      this.#keep(parcels);
      this.#trouble = undefined;
    } catch (error) {
      for (const parcel of parcels) this.#dropped += this.#waiting.add(parcel);
      this.#retryLater(error);
      return;
    }
    this.#options.say({ type: "committed", seq: committed });
    for (const drain of this.#drains) drain.wake();
  }

  /** Where it throws, what is left in `parcels` is not committed, and all else is. */
  #keep(parcels: Parcel[]): void {
    const { directory } = this.#directory;
    try {
      this.#spool.commit(parcels);
    } catch (error) {
      const fault = spoolFault(error, directory);
      if (fault?.code === "spool/full" && parcels.some((parcel) => parcel.entries.some(isRecord))) {
        this.#spool.makeRoom(recordRoom_Bytes);
        this.#spool.commit(parcels);
      } else if (fault === undefined && parcels.length > 1) {
        for (; parcels[0] !== undefined; parcels.shift()) this.#keep([parcels[0]]);
      } else if (fault === undefined && parcels[0] !== undefined) {
        // A bug in the encoder must not stop every later commit.
        this.#dropped += sizeOf(parcels[0]);
        this.#spool.note("spool-set-aside", `${sizeOf(parcels[0])} entries could not be encoded: ${(error as Error).message}`);
      } else throw error;
    }
  }

  #retryLater(error: unknown): void {
    const { clock } = this.#options;
    const fault = spoolFault(error, this.#directory.directory);
    this.#trouble = { code: fault?.code ?? "spool/unavailable", why: fault?.message ?? (error as Error).message };
    this.#tellSoon();
    if (this.#retrying || this.#stopped.signal.aborted) return;
    this.#retrying = true;
    void clock.sleep(beat_s, this.#stopped.signal).then(
      () => {
        this.#retrying = false;
        this.#commit();
      },
      () => {},
    );
  }

  get #directory(): { readonly directory: string } {
    return this.#options.station.spool ?? { directory: "" };
  }

  #showLive(parcel: Parcel): void {
    const live = this.#sinks.filter((sink) => sink.live !== undefined);
    if (live.length === 0) return;
    const { channels } = this.#options.station;
    const nameOf = (channel: number) => channels[channel]?.id ?? parcel.extraChannels[channel - channels.length] ?? "";
    const entries: Entry[] = [...parcel.entries];
    for (const block of parcel.blocks) for (let row = 0; row < block.count; row++) entries.push({ type: "sample", sample: sampleAt(block, row, nameOf) });
    for (const sink of live) sink.live?.(entries);
  }

  /** Once a second: cursors to the disk, the spool's own events, the status. */
  async #beats(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await clock.sleep(beat_s, signal).catch(() => {});
      if (signal.aborted) return;
      if (this.#spool.hasNotices && !this.#retrying) this.#commit();
      this.#tell();
    }
  }

  /** Forgets, joins, shrinks: a short step at a time. */
  async #tidying(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      let more = false;
      try {
        more = this.#spool.settle();
        more = (this.#waiting.parcels.length === 0 && this.#spool.tidy()) || more;
      } catch (error) {
        this.#retryLater(error);
      }
      await clock.sleep(more ? breath_s : beat_s, signal).catch(() => {});
    }
  }

  #tellSoon(): void {
    if (this.#statusDue || this.#stopped.signal.aborted) return;
    this.#statusDue = true;
    setImmediate(() => {
      this.#statusDue = false;
      if (!this.#stopped.signal.aborted) this.#tell();
    });
  }

  #tell(): void {
    try {
      const letters = this.#spool.deadLetters();
      const sinks = this.#drains.map((drain, index) => drain.status(letters.get(this.#sinks[index]?.name ?? "") ?? 0));
      const { evicted, setAside, bytes } = this.#spool;
      const trouble = this.#trouble === undefined ? undefined : { trouble: this.#trouble };
      this.#options.say({ type: "status", status: { spool_Bytes: bytes, evicted, dropped: this.#dropped, setAside, sinks, ...trouble } });
    } catch (error) {
      this.#retryLater(error);
    }
  }
}
