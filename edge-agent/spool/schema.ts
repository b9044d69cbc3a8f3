/**
 * The spool's tables and how an older file becomes a newer one. `PRAGMA user_version` is the format; a step is never changed once released.
 * Content columns stand last, so that sequence numbers can be read without their pages.
 */
import type { DatabaseSync } from "node:sqlite";

const steps: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE channel (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, quantity TEXT, cell TEXT, pack TEXT);
   CREATE TABLE record_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
   CREATE TABLE state_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
   CREATE TABLE sample_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
   CREATE TABLE cursor (sink TEXT NOT NULL, lane TEXT NOT NULL, ranges TEXT NOT NULL, PRIMARY KEY (sink, lane)) WITHOUT ROWID;
   CREATE TABLE dead_letter (id INTEGER PRIMARY KEY, sink TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, why TEXT NOT NULL, entry TEXT NOT NULL);
   CREATE TABLE set_aside (id INTEGER PRIMARY KEY, lane TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, why TEXT NOT NULL, content BLOB NOT NULL);`,
  // A channel's name was unique, so a channel that became another quantity took along what still waited of the old one.
  `CREATE TABLE described (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity TEXT, cell TEXT, pack TEXT);
   INSERT INTO described SELECT id, name, quantity, cell, pack FROM channel;
   DROP TABLE channel;
   ALTER TABLE described RENAME TO channel;`,
];

export const newestFormat = steps.length;

export const formatOf = (database: DatabaseSync): number => Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);

/** Brings the file to the newest format within the caller's transaction. */
export function migrate(database: DatabaseSync): void {
  for (let format = formatOf(database); format < newestFormat; format++) {
    database.exec(steps[format] ?? "");
    database.exec(`PRAGMA user_version = ${format + 1}`);
  }
}
