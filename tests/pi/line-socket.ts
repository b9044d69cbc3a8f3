/** A Unix socket that answers each line with one line, in order: QEMU's QMP and qtest. */
import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";

const LIMIT_ms = 20_000;
const BETWEEN_TRIES_ms = 20;

export interface LineSocket {
  /** Rejects when the other end is gone. */
  ask(line: string): Promise<string>;
  close(): void;
}

/** Connects as soon as somebody listens. Lines that are no `reply` are passed over. */
export async function lineSocket(path: string, isReply: (line: string) => boolean): Promise<LineSocket> {
  const socket = await connected(path);
  const waiting: { readonly resolve: (line: string) => void; readonly reject: (why: Error) => void }[] = [];
  const lines = createInterface(socket).on("line", (line) => {
    if (isReply(line)) waiting.shift()?.resolve(line);
  });
  for (const each of [socket, lines]) each.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${path} closed before it answered`));
  });
  return {
    ask: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        socket.write(`${line}\n`);
      }),
    close: () => void socket.destroy(),
  };
}

async function connected(path: string): Promise<Socket> {
  for (const limit = performance.now() + LIMIT_ms; ; ) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = createConnection(path, () => resolve(socket));
        socket.on("error", reject);
      });
    } catch (error) {
      if (performance.now() > limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_ms));
    }
  }
}
