/** The spool's own numbers, kept in the table `meta`. What a transaction sets counts only when it commits. */
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "../core/entry.ts";

export type LedgerKey =
  | "boot"
  | "last_stamp_ns"
  | "last_record_stamp_ns"
  | `next_${Lane}`
  | "evicted_samples"
  | "evicted_states"
  | "set_aside_entries"
  | "dead_letters";

export class Ledger {
  readonly #kept: Map<string, bigint>;
  readonly #changed = new Map<string, bigint>();

  constructor(kept: ReadonlyMap<string, bigint> = new Map()) {
    this.#kept = new Map(kept);
  }
  static load(database: DatabaseSync): Ledger {
    const rows = database.prepare("SELECT key, value FROM meta").all();
    return new Ledger(new Map(rows.flatMap(({ key, value }) => (/^-?\d+$/.test(String(value)) ? [[String(key), BigInt(String(value))] as const] : []))));
  }

  get(key: LedgerKey): bigint {
    return this.#changed.get(key) ?? this.#kept.get(key) ?? 0n;
  }
  count(key: LedgerKey): number {
    return Number(this.get(key));
  }
  set(key: LedgerKey, value: bigint | number): void {
    this.#changed.set(key, BigInt(value));
  }
  add(key: LedgerKey, amount: number): void {
    if (amount !== 0) this.set(key, this.get(key) + BigInt(amount));
  }

  /** Writes the changes within the caller's transaction. */
  save(database: DatabaseSync): void {
    if (this.#changed.size === 0) return;
    const statement = database.prepare("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
    for (const [key, value] of this.#changed) statement.run(key, String(value));
  }
  committed(): void {
    for (const [key, value] of this.#changed) this.#kept.set(key, value);
    this.#changed.clear();
  }
  rolledBack(): void {
    this.#changed.clear();
  }
  /** Everything as changed, so that a new file gets all of it. */
  restart(): Ledger {
    const fresh = new Ledger();
    for (const [key, value] of this.#kept) fresh.#changed.set(key, value);
    return fresh;
  }
}
