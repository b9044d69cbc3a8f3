/**
 * The end of a file that another program goes on writing. The file is opened anew at each look, so that a share may go and come, and nothing is
 * remembered of it but how far it was read and what stood there.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";

/** Of what came between two looks, the end alone is read where it is more. */
const most_Bytes = 1024 * 1024;
/** No row of an instrument is as long. */
export const longestLine_Bytes = 64 * 1024;
/** What stood before the place where reading goes on; when it is another, the file was rewritten. */
const mark_Bytes = 256;
/** A file that comes into sight was written just now when its time of change is no more than so many periods from this machine's time, before or after. */
const FRESH_PERIODS = 3;
const newline = 10;

export interface Look {
  /** The first line, where the file was begun anew. */
  readonly header?: string;
  /** Complete lines that came since the last look, blank ones left out. */
  readonly lines: readonly string[];
  /** These lines stood there when the file was first seen, or seen again after it could not be, and nobody knows for how long. */
  readonly old: boolean;
  readonly trouble?: { readonly reason: "no-reply" | "malformed"; readonly detail: string };
}

interface Place {
  readonly identity: string;
  readonly offset: number;
  readonly mark: Buffer;
  /** Within a line that was too long. */
  readonly discarding: boolean;
}

const nothing: Look = { lines: [], old: false };

export class CsvTail {
  readonly #path: string;
  readonly #fresh_ms: number;
  readonly #clock: Pick<Clock, "wall_ns">;
  #place: Place | undefined;
  /** The file was never looked at, whether or not it was there. */
  #first = true;
  /** The look before did not find it: a share may have been away, and the file may be years old. */
  #missed = false;

  /** `period_s`: how often a row is expected. */
  constructor(path: string, period_s: number, clock: Pick<Clock, "wall_ns">) {
    this.#path = path;
    this.#fresh_ms = FRESH_PERIODS * period_s * 1000;
    this.#clock = clock;
  }

  async look(): Promise<Look> {
    let file: FileHandle | undefined;
    try {
      // without O_NONBLOCK opening a pipe waits for a writer
      file = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
      const found = await file.stat({ bigint: true });
      if (!found.isFile()) return this.#lost("this is no file");
      const old = this.#first || (this.#missed && Math.abs(Number(this.#clock.wall_ns() / 1_000_000n - found.mtimeMs)) > this.#fresh_ms);
      const look = await this.#read(file, `${found.dev} ${found.ino}`, Number(found.size));
      this.#missed = false;
      return { ...look, old };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "") throw error;
      return this.#lost(causes[code] ?? `it cannot be read (${code})`);
    } finally {
      this.#first = false;
      await file?.close().catch(() => {});
    }
  }

  #lost(detail: string): Look {
    this.#missed = true;
    return { ...nothing, trouble: { reason: "no-reply", detail } };
  }

  async #read(file: FileHandle, identity: string, size: number): Promise<Omit<Look, "old">> {
    const known = this.#place;
    if (
      known !== undefined &&
      known.identity === identity &&
      size >= known.offset &&
      (await piece(file, known.offset - known.mark.length, known.offset)).equals(known.mark)
    )
      return await this.#news(file, known, size);
    this.#place = undefined;
    const head = await piece(file, 0, Math.min(size, longestLine_Bytes));
    const end = head.indexOf(newline);
    if (head[0] === 0xff || head[0] === 0xfe) return malformed("it is UTF-16: let it be exported as UTF-8");
    if (end < 0) return head.length < longestLine_Bytes ? nothing : malformed(`its first line is longer than ${longestLine_Bytes} Bytes`);
    const { lines, trouble } = await this.#news(
      file,
      { identity, offset: end + 1, mark: Buffer.from(head.subarray(Math.max(0, end + 1 - mark_Bytes), end + 1)), discarding: false },
      size,
    );
    return { header: textOf(head.subarray(0, end)), lines, ...(trouble !== undefined && { trouble }) };
  }

  async #news(file: FileHandle, { identity, offset, mark, discarding }: Place, size: number): Promise<Pick<Look, "lines" | "trouble">> {
    let from = offset;
    let bytes = written(await piece(file, from, Math.min(size, from + most_Bytes)));
    if (bytes.length === most_Bytes) {
      from = Math.max(offset, size - most_Bytes);
      bytes = written(await piece(file, from, size));
    }
    const cut = discarding || from > offset; // begins within a line
    const begin = cut ? bytes.indexOf(newline) + 1 : 0;
    const end = bytes.lastIndexOf(newline) + 1;
    const unfinished = bytes.length - end;
    const overlong = unfinished > longestLine_Bytes;
    // an unfinished line is read again at the next look, unless it is none
    const next = overlong ? bytes.length : end;
    const before = from > offset ? bytes.subarray(0, next) : Buffer.concat([mark, bytes.subarray(0, next)]);
    this.#place = {
      identity,
      offset: next === 0 ? offset : from + next,
      mark: next === 0 ? mark : Buffer.from(before.subarray(-mark_Bytes)), // a copy, since a part keeps the whole in memory
      discarding: overlong || (cut && end === 0),
    };
    const lines =
      end > begin
        ? textOf(bytes.subarray(begin, end))
            .split(/\r?\n/)
            .filter((line) => line.trim() !== "")
        : [];
    return overlong && !discarding ? { lines, trouble: { reason: "malformed", detail: `a line is longer than ${longestLine_Bytes} Bytes` } } : { lines };
  }
}

/** Some programs make room in advance: zeros at the end are not written yet. */
function written(bytes: Buffer): Buffer {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return bytes.subarray(0, length);
}

const malformed = (detail: string): Look => ({ ...nothing, trouble: { reason: "malformed", detail } });

const causes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file yet: has the cycler begun its export, and is the share mounted?",
  ENOTDIR: "part of its path is no folder",
  EACCES: "it may not be read by the agent's user",
  ESTALE: "the network share has lost it (ESTALE): mount it again",
  ENOTCONN: "the network share is gone (ENOTCONN): mount it again",
  EHOSTDOWN: "the network share's server does not answer (EHOSTDOWN)",
  EIO: "its disk or share fails (EIO)",
};

/** Shorter where the file ends before. */
async function piece(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Older cyclers write Latin-1, in which every byte is some letter. */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}
