/** A case on disk: the recording, and beside it `station.yaml` and `truth.json`. Names appear only once all of it is whole. */
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Document, isMap, isSeq } from "yaml";
import type { StationInput } from "../contracts/station.ts";
import type { Truth } from "../contracts/truth.ts";
import { Fault } from "../core/faults.ts";

export interface CaseText {
  /** Said in the first line of the station file. */
  readonly about: string;
  readonly station: StationInput;
  readonly recording: Iterable<string>;
  /** Asked once the recording is written. */
  readonly truth: () => Truth;
}

/** What a case with this recording consists of. */
export const caseFiles = (recording: string) => ({
  recording,
  station: join(dirname(recording), "station.yaml"),
  truth: join(dirname(recording), "truth.json"),
});

/** Those of its files that are there already. */
export const casePresent = (recording: string): string[] => Object.values(caseFiles(recording)).filter((path) => existsSync(path));

/** @throws Fault spool/unavailable, spool/full: the folder cannot be written. */
export async function writeCase(path: string, { about, station, recording, truth }: CaseText): Promise<void> {
  const files = caseFiles(path);
  const unfinished = (name: string): string => `${name}.unfinished`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw asFault(path, error);
  }
  try {
    const text = Readable.from(inChunks(recording), { objectMode: false });
    const out = createWriteStream(unfinished(path));
    if (path.endsWith(".gz")) await pipeline(text, createGzip(), out);
    else await pipeline(text, out);
    writeFileSync(unfinished(files.station), stationText(about, station));
    writeFileSync(unfinished(files.truth), `${JSON.stringify(truth(), null, 2)}\n`);
    for (const name of Object.values(files)) renameSync(unfinished(name), name);
  } catch (error) {
    for (const name of Object.values(files)) rmSync(unfinished(name), { force: true });
    throw asFault(path, error);
  }
}

function asFault(path: string, error: unknown): unknown {
  const { syscall, code, message } = error as NodeJS.ErrnoException;
  if (error instanceof Fault || syscall === undefined) return error;
  return new Fault(code === "ENOSPC" ? "spool/full" : "spool/unavailable", `${path}: ${message}; name another file with --out`, { cause: error });
}

/** Lines are short: some thousand go into one write. */
function* inChunks(lines: Iterable<string>): Generator<Buffer> {
  let chunk = "";
  for (const line of lines) {
    chunk += line;
    if (chunk.length < 65_536) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  if (chunk !== "") yield Buffer.from(chunk);
}

/** One line for each cell, channel, output, limit and interlock, as people write station files. */
function stationText(about: string, station: StationInput): string {
  const document = new Document(station);
  document.commentBefore = ` ${about}`;
  for (const key of ["cells", "packs", "channels", "limits", "outputs", "interlocks"]) {
    const list = document.get(key);
    if (isSeq(list)) for (const item of list.items) if (isMap(item)) item.flow = true;
  }
  return document.toString({ lineWidth: 0 });
}
