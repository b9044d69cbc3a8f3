/**
 * The spool's one file: `spool.db`, SQLite in WAL mode with a full sync on every commit. The exclusive lock is the kernel's, so it ends with
 * the process that held it, however that ended. A file that SQLite cannot read is moved aside, never deleted by hand.
 */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../core/faults.ts";
import { formatOf, migrate, newestFormat } from "./schema.ts";
import { isCorruption, spoolFault } from "./trouble.ts";

export const pageBytes = 4096;
/** A killed agent's lock ends within its last disk call. */
const lockWait_ms = 1000;
const fileName = "spool.db";
const asidePattern = /^spool\.db\.set-aside-(\d+)$/;

export interface SpoolFile {
  readonly database: DatabaseSync;
  /** Where a file that could not be read was moved to, when that happened. */
  readonly movedAside?: string;
}

/** Opens or begins the spool. Throws a Fault where it cannot be used at all. */
export function openSpoolFile(directory: string, budget_Bytes: number): SpoolFile {
  try {
    makeFolder(directory);
    if (!statSync(directory).isDirectory()) throw new Fault("spool/unavailable", `${directory} is not a folder; name a folder for the spool`);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw spoolFault(error, directory) ?? error;
  }
  try {
    return { database: openDatabase(directory, budget_Bytes) };
  } catch (error) {
    if (!isCorruption(error)) throw spoolFault(error, directory) ?? error;
  }
  const movedAside = moveAside(directory);
  try {
    return { database: openDatabase(directory, budget_Bytes), movedAside };
  } catch (error) {
    throw spoolFault(error, directory) ?? error;
  }
}

/** The last folder of the path is made; more would begin a second spool wherever a path is mistyped or a disk is not mounted. */
function makeFolder(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (!existsSync(parent)) throw new Fault("spool/unavailable", `${parent} does not exist, so there is no place for the spool; make it: mkdir -p ${directory}`);
  mkdirSync(directory, { mode: 0o750 });
}

/** Pages of the write-ahead log before it is folded back: small beside a small budget, SQLite's own default beside a large one. */
export const logPages = (budget_Bytes: number): number => Math.max(16, Math.min(1000, Math.floor(budget_Bytes / pageBytes / 32)));

function openDatabase(directory: string, budget_Bytes: number): DatabaseSync {
  const path = join(directory, fileName);
  if (existsSync(path)) refuseNewer(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${lockWait_ms}`);
    database.exec("PRAGMA locking_mode = EXCLUSIVE"); // before the log is opened, so that no shared-memory file is needed
    database.exec(`PRAGMA page_size = ${pageBytes}`);
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA temp_store = MEMORY");
    database.exec(`PRAGMA wal_autocheckpoint = ${logPages(budget_Bytes)}`);
    database.exec("BEGIN IMMEDIATE");
    migrate(database);
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Looked at read-only first, so that a file of a newer version stays as it is. */
function refuseNewer(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${lockWait_ms}`);
    const format = formatOf(database);
    if (format > newestFormat) {
      throw new Fault("spool/newer", `${path} has format ${format}, this version knows ${newestFormat}; install the newer version or name another folder`);
    }
  } finally {
    database.close();
  }
}

/** Moves the file and its log to `spool.db.set-aside-<n>`. Only the newest is kept, so that the disk stays bounded. */
export function moveAside(directory: string): string {
  const taken = readdirSync(directory).flatMap((name) => asidePattern.exec(name)?.[1] ?? []);
  const target = join(directory, `${fileName}.set-aside-${Math.max(0, ...taken.map(Number)) + 1}`);
  renameSync(join(directory, fileName), target);
  const log = join(directory, `${fileName}-wal`);
  if (existsSync(log)) renameSync(log, `${target}-wal`);
  for (const number of taken) {
    for (const end of ["", "-wal", "-shm"]) rmSync(join(directory, `${fileName}.set-aside-${number}${end}`), { force: true });
  }
  return target;
}

/** Bytes that the spool takes on the disk. */
export function spoolBytes(directory: string): number {
  let bytes = 0;
  for (const name of [fileName, `${fileName}-wal`]) bytes += statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

/** Bytes of files that were moved aside. */
export function setAsideBytes(directory: string): number {
  const aside = readdirSync(directory).filter((name) => name.startsWith(`${fileName}.set-aside-`));
  return aside.reduce((sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
