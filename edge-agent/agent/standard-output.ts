/**
 * Standard output that never makes the deciding thread wait and never keeps a stopped agent alive: Node writes to terminals and pipes
 * synchronously, so a terminal on hold (Ctrl-S) or a pipe that nobody reads would stop every decision.
 */
import { closeSync, constants, fstatSync, openSync, write, writeSync } from "node:fs";
import { Socket } from "node:net";

export interface TextOutput {
  write(text: string): void;
}

/** What waits beyond this is not worth keeping: the record is in the spool. */
const MOST_chars = 1_000_000;
const RETRY_ms = 100;

/** A pipe or terminal is opened once more without blocking; a socket (a service manager, a parent in Node) is one already; a file is written in the background. */
export function standardOutput(fd = 1): TextOutput {
  const kind = fstatSync(fd);
  if (kind.isSocket()) return overSocket(new Socket({ fd, readable: false, writable: true }));
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return new Background(fd);
  try {
    return new NonBlocking(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY));
  } catch {
    return new Background(fd);
  }
}

function overSocket(socket: Socket): TextOutput {
  socket.unref();
  socket.on("error", () => {}); // the reader is gone: the agent goes on without a log
  let lost = 0;
  const write = (text: string): void => {
    if (socket.writableLength > MOST_chars) lost += 1;
    else if (!socket.destroyed) socket.write(text);
  };
  socket.on("drain", () => {
    if (lost > 0) write(lossLine(lost));
    lost = 0;
  });
  return { write };
}

const lossLine = (lost: number): string =>
  `${JSON.stringify({ level: 40, time: Date.now(), msg: `${lost} lines of this log were lost while nobody read them` })}\n`;

/** A file: one write at a time, off the deciding thread. What a full disk does not take is lost and counted; nothing is retried at the end. */
class Background implements TextOutput {
  readonly #fd: number;
  #waiting = "";
  #writing = false;
  #lost = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(text: string): void {
    if (this.#waiting.length + text.length > MOST_chars) this.#lost += 1;
    else this.#waiting += text;
    this.#next();
  }

  #next(): void {
    if (this.#writing || this.#waiting === "") return;
    const text = this.#lost > 0 ? `${lossLine(this.#lost)}${this.#waiting}` : this.#waiting;
    this.#lost = 0;
    this.#waiting = "";
    this.#writing = true;
    this.#put(Buffer.from(text));
  }

  #put(bytes: Buffer): void {
    write(this.#fd, bytes, (error, written) => {
      if (error === null && written < bytes.length) return this.#put(bytes.subarray(written));
      this.#writing = false;
      if (error !== null) this.#lost += bytes.toString().split("\n").length - 1;
      this.#next();
    });
  }
}

class NonBlocking implements TextOutput {
  #fd: number | undefined;
  #waiting = Buffer.alloc(0);
  #lost = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(text: string): void {
    if (this.#fd === undefined) return;
    if (this.#waiting.length + text.length > MOST_chars) {
      this.#lost += 1;
      return;
    }
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(text)]);
    this.#flush();
  }

  #flush(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    try {
      while (this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(fd, this.#waiting));
      if (this.#lost > 0) {
        const lost = this.#lost;
        this.#lost = 0;
        this.write(lossLine(lost));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") this.#later();
      else this.#giveUp(fd);
    }
  }

  #later(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#flush(), RETRY_ms);
    this.#retry.unref();
  }

  /** The reader is gone (a closed terminal, `| head`): the agent goes on without a log. */
  #giveUp(fd: number): void {
    this.#fd = undefined;
    this.#waiting = Buffer.alloc(0);
    try {
      closeSync(fd);
    } catch {} // it was no use any more
  }
}
