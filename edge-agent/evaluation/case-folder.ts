/** Cases on disk: `station.yaml`, one recording and `truth.json` in a folder. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { loadStation } from "../config/load.ts";
import type { Station } from "../contracts/station.ts";
import { type Truth, truthSchema } from "../contracts/truth.ts";
import { Fault, isFault } from "../core/faults.ts";
import { replayColumns } from "../recording/columns.ts";
import { readRows } from "../recording/rows.ts";
import type { ScoredCase } from "./scored-case.ts";

export interface CaseFolder {
  readonly folder: string;
  /** From the folder that was searched. */
  readonly name: string;
}

/** Every folder at or below `root` that holds a truth, by name. Fault `case/unreadable` where a folder cannot be listed. */
export function findCaseFolders(root: string): CaseFolder[] {
  const found: CaseFolder[] = [];
  const look = (folder: string): void => {
    const entries = listing(folder);
    if (entries.some((entry) => entry.name === "truth.json")) found.push({ folder, name: relative(root, folder) || basename(resolve(folder)) });
    for (const entry of entries) if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) look(join(folder, entry.name));
  };
  look(root);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Faults: those of `loadStation`, `readRows` and `replayColumns`; `case/unreadable` for the truth, and where it is not clear what the recording is. */
export function openCaseFolder({ folder, name }: CaseFolder): ScoredCase {
  const station = stationOf(join(folder, "station.yaml"));
  const columns = replayColumns(station.channels).map(({ column }) => column);
  const recording = recordingIn(folder);
  const truth = readTruth(join(folder, "truth.json"));
  return { name, station, rows: () => readRows(recording, columns), truth: () => truth };
}

/** An invalid station has a line for each of its errors; among cases one line must do. */
function stationOf(path: string): Station {
  try {
    return loadStation(path);
  } catch (error) {
    if (!isFault(error) || error.code !== "config/invalid") throw error;
    throw new Fault("case/unreadable", `${error.message.split("\n")[0]}: offgas check ${path} lists them`, { cause: error });
  }
}

export interface HashedFile {
  readonly file: string;
  readonly sha256: string;
}

/** The three files of a case, so that a score says what it was made of. */
export function hashesOf({ folder, name }: CaseFolder): HashedFile[] {
  const files = [join(folder, "station.yaml"), recordingIn(folder), join(folder, "truth.json")];
  return files.map((file) => ({ file: `${name}/${basename(file)}`, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") }));
}

function recordingIn(folder: string): string {
  const tables = listing(folder).flatMap(({ name }) => (/\.csv(\.gz)?$/.test(name) ? [name] : []));
  const usual = tables.find((name) => name === "run.csv") ?? tables.find((name) => name === "run.csv.gz");
  const [only, ...more] = tables;
  if (usual !== undefined) return join(folder, usual);
  if (only === undefined) throw new Fault("case/unreadable", `${folder} holds no recording; put run.csv or run.csv.gz beside truth.json`);
  if (more.length > 0) throw new Fault("case/unreadable", `${folder} holds ${tables.length} tables; name the recording run.csv or run.csv.gz`);
  return join(folder, only);
}

function readTruth(path: string): Truth {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Fault("case/unreadable", `${path}: ${error instanceof Error ? error.message : error}; write it as the README's section on cases says`, {
      cause: error,
    });
  }
  const read = truthSchema.safeParse(data);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Fault("case/unreadable", `${path}: ${issue?.path.join(".") || "the file"}: ${issue?.message}; mend it, or leave the case out`);
}

function listing(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault("case/unreadable", `${folder} cannot be listed (${code}); name a folder of cases`, { cause: error });
  }
}
