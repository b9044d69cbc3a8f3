/** The deciding process's view of the store worker: it hands entries over and never waits. */
import type { ProvenCommand, Reply } from "../contracts/command.ts";
import type { Entry } from "../core/entry.ts";
import type { FaultCode } from "../core/faults.ts";

/** What became of commands that came over a sink, since the worker began. */
export interface CommandCounts {
  /** The broker lets us hear them. */
  readonly listening: boolean;
  readonly taken: number;
  /** Proven, and answered with a refusal. */
  readonly refused: number;
  /** Without a right MAC. */
  readonly unproven: number;
  readonly retained: number;
  readonly oversized: number;
  /** Dropped, as too many waited. */
  readonly crowded: number;
  /** Whose key could not be read at the last connect, and why: nothing that they send is taken. */
  readonly keyless: readonly { readonly actor: string; readonly why: string }[];
}

export interface SinkStatus {
  readonly name: string;
  readonly state: "taking" | "waiting";
  readonly code?: FaultCode;
  readonly why?: string;
  readonly backlog: number;
  readonly deadLetters: number;
  /** Of a sink that takes commands. */
  readonly commands?: CommandCounts;
}

export interface StoreStatus {
  /** The spool's own trouble, such as a full disk, while it lasts. */
  readonly trouble?: { readonly code: FaultCode; readonly why: string };
  readonly spool_Bytes: number;
  /** Samples since the spool began that the budget pushed out before every sink had them. */
  readonly evicted: number;
  /** Entries that fell out of memory, uncommitted, while the disk stalled or was full, since this start. Never an alarm or event. */
  readonly dropped: number;
  /** Entries in bytes that could not be read back, kept apart, since the spool began. */
  readonly setAside: number;
  /** Entries handed over but not yet committed. */
  readonly uncommitted: number;
  readonly sinks: readonly SinkStatus[];
}

export interface Store {
  /**
   * What the spool remembers: how often an agent has started on it, and the newest stamp it ever took.
   * Rejects with a Fault when the spool cannot be used at all (folder missing or read-only, another agent on it, newer format).
   */
  readonly opened: Promise<{ readonly boot: number; readonly lastStamp_ns: bigint }>;
  /** Returns at once. Held in memory, bounded, while the disk stalls; what falls out is counted, and never an alarm or event. */
  append(entries: readonly Entry[]): void;
  /**
   * Resolves when these entries are committed: for commands, which are answered only then. Alarms and events; samples may fall out of memory
   * while the disk stalls, and nobody is told of a single one.
   */
  journal(entries: readonly Entry[]): Promise<void>;
  status(): StoreStatus;
  /** Who answers commands that come over a sink; until then nobody does. `answer` never rejects. */
  answerCommands(answer: (command: ProvenCommand) => Promise<Reply>): void;
  /**
   * Commits what it has and ends, within `within_s` whatever the disk does. True when nothing was left uncommitted; what fell out
   * earlier is told by `status().dropped` alone.
   * After false the worker may still be inside a disk call, and `process.exit` waits for its threads: a process that must end now kills itself.
   */
  close(within_s: number): Promise<boolean>;
}
