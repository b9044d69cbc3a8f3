/**
 * Contacts on GPIO lines as a source: 1 closed, 0 open, read at each beat and soon after an edge.
 *
 * An edge is answered by one reading, SETTLE_s after it, and only then is the next edge waited for. So a bounce is not seen, and a contact that
 * chatters for ever gives the level that it has then, at most twenty times a second, and costs the deciding process no more than that.
 */
import type { Source, SourceCounters, SourceListener } from "../bus/source.ts";
import type { GpioSource } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";
import type { InputBackend, InputLine } from "../outputs/line.ts";

/** Relays and push buttons bounce for a few milliseconds, large contactors for some tens. */
const SETTLE_s = 0.05;
/** A line that cannot be opened is tried again this often: opening may take the kernel a while, and the deciding process waits for it. */
const REOPEN_s = 30;

export interface Contact {
  /** Index into the station's channels. */
  readonly channel: number;
  readonly every_s: number;
  readonly source: GpioSource;
}

export interface ContactSetup {
  readonly contacts: readonly Contact[];
  readonly backend: InputBackend;
  readonly clock: Clock;
  /** Monotonic seconds at run time 0. */
  readonly origin_s: number;
}

interface Lane {
  readonly contact: Contact;
  line?: InputLine;
  /** Why there is no line. */
  why: string;
  reopen_s: number;
  /** Waits for an edge. */
  armed: boolean;
  /** Ends the wait that goes on. */
  wake: AbortController;
}

export class ContactSource implements Source {
  readonly #setup: ContactSetup;
  readonly #lanes: readonly Lane[];
  #stopped = false;
  #reads = 0;
  #readFaults = 0;
  #reopened = 0;

  constructor(setup: ContactSetup) {
    this.#setup = setup;
    const fresh = { why: "", reopen_s: Number.NEGATIVE_INFINITY, armed: false };
    this.#lanes = setup.contacts.map((contact) => ({ ...fresh, contact, wake: new AbortController() }));
  }

  start(listener: SourceListener): void {
    for (const lane of this.#lanes) void this.#keep(lane, listener);
  }

  counters(): readonly SourceCounters[] {
    return [{ bus: "gpio", reads: this.#reads, read_faults: this.#readFaults, bus_restarts: this.#reopened }];
  }

  stop(): void {
    this.#stopped = true;
    for (const lane of this.#lanes) {
      lane.wake.abort();
      close(lane);
    }
  }

  async #keep(lane: Lane, listener: SourceListener): Promise<void> {
    const { clock } = this.#setup;
    const { every_s } = lane.contact;
    for (let due_s = clock.monotonic_s(); !this.#stopped; ) {
      await this.#open(lane);
      if (this.#stopped) break;
      listener.readings([this.#read(lane)]);
      arm(lane);
      const now_s = clock.monotonic_s();
      if (due_s <= now_s) due_s = due_s + every_s > now_s ? due_s + every_s : now_s + every_s;
      const woken = await this.#wait(lane, due_s - now_s);
      if (!woken || this.#stopped) continue;
      lane.wake = new AbortController();
      await this.#wait(lane, SETTLE_s);
    }
    close(lane);
  }

  async #open(lane: Lane): Promise<void> {
    const { backend, clock } = this.#setup;
    if (lane.line !== undefined || clock.monotonic_s() < lane.reopen_s) return;
    if (lane.why !== "") this.#reopened++;
    try {
      lane.line = await backend.openInput(lane.contact.source);
      lane.armed = false;
    } catch (error) {
      lane.why = messageOf(error);
      lane.reopen_s = clock.monotonic_s() + REOPEN_s;
    }
  }

  /** A line that cannot be read is given up, and opened again at the next beat. */
  #read(lane: Lane): Reading {
    const { contact, line } = lane;
    const { channel, source } = contact;
    const at_s = this.#setup.clock.monotonic_s() - this.#setup.origin_s;
    if (line !== undefined) {
      try {
        const raw = line.isHigh() === (source.active === "high") ? 1 : 0;
        this.#reads++;
        return { channel, at_s, raw };
      } catch (error) {
        lane.why = `${source.chip} line ${source.line} cannot be read: ${messageOf(error)}`;
        close(lane);
      }
    }
    this.#readFaults++;
    return { channel, at_s, reason: "no-reply", detail: lane.why };
  }

  /** True when it was woken before its time. */
  #wait(lane: Lane, delay_s: number): Promise<boolean> {
    return this.#setup.clock.sleep(delay_s, lane.wake.signal).then(
      () => false,
      () => true,
    );
  }
}

/** After each reading: what changed since is an edge at once. */
function arm(lane: Lane): void {
  if (lane.line?.nextEdge === undefined || lane.armed) return;
  lane.wake = new AbortController();
  lane.armed = true;
  lane.line.nextEdge(() => {
    lane.armed = false;
    lane.wake.abort();
  });
}

/** What cannot even be closed is gone. */
function close(lane: Lane): void {
  try {
    lane.line?.close();
  } catch {}
  delete lane.line;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
