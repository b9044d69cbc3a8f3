/** A sink: a pure encoder and a thin send. Trouble that a server can make is an answer, not an exception. */
import type { Entry, Lane } from "../core/entry.ts";
import type { FaultCode } from "../core/faults.ts";
import type { CommandCounts } from "../spool/store.ts";

export type Verdict =
  | { readonly kind: "taken" }
  /** Will never be taken as it is. The drain halves the batch until the offending entry is alone, then sets that one aside. */
  | { readonly kind: "refused"; readonly code: FaultCode; readonly why: string }
  /** May be taken later: the drain waits, with full jitter, and keeps everything. */
  | { readonly kind: "later"; readonly code: FaultCode; readonly why: string; readonly retryAfter_s?: number };

export interface Sink {
  /** Stable over restarts: the spool keeps a cursor under this name. No secret, no password in the address. */
  readonly name: string;
  /** Lanes that this sink takes from the spool, so that each entry arrives at least once. */
  readonly durable: readonly Lane[];
  /** Sends entries of one lane. Resolves when the server has acknowledged or answered; aborting the signal makes it `later`. */
  write(entries: readonly Entry[], signal: AbortSignal): Promise<Verdict>;
  /** Entries as they happen, before they are durable, for sinks that also show live values. Never waits, never throws. */
  live?(entries: readonly Entry[]): void;
  /** Of a sink that takes commands. */
  commands?(): CommandCounts;
  /** Ends at once; what was not acknowledged stays in the spool. */
  close(): Promise<void>;
}
