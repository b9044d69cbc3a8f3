/** A door on a socket of its own, and a client that speaks bytes. */
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Door, type DoorOptions, openDoor } from "../../edge-agent/commands/door.ts";
import type { Command, Reply } from "../../edge-agent/contracts/command.ts";
import { replySchema } from "../../edge-agent/contracts/command.ts";
import type { Clock } from "../../edge-agent/core/clock.ts";
import { tempFolder } from "../support/temp.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

export interface Rig {
  readonly path: string;
  readonly clock: VirtualClock;
  /** What happened, in order: "journal arm by ann (operator)", "did arm". */
  readonly log: string[];
  readonly door: Door;
}

export async function rig(t: TestContext, options: Partial<Pick<DoorOptions, "pin" | "journal" | "carryOut">> = {}): Promise<Rig> {
  const path = join(tempFolder(t), "offgas.sock");
  const clock = new VirtualClock();
  const log: string[] = [];
  const door = await openDoor({
    path,
    clock,
    ...(options.pin && { pin: options.pin }),
    journal: async (event) => {
      log.push(`journal ${event.text}`);
      await options.journal?.(event);
    },
    carryOut: async (command, expires_s) => {
      log.push(`did ${command.verb}`);
      return (await options.carryOut?.(command, expires_s)) ?? { v: 1, id: command.id, ok: true, text: `${command.verb} done` };
    },
  });
  t.after(() => door.close());
  return { path, clock, log, door };
}

let ids = 0;
export function command(clock: Clock, more: Partial<Command> & { issued_s?: number; life_s?: number } = {}): string {
  const { issued_s = 0, life_s = 30, ...rest } = more;
  const wall_ms = Number(clock.wall_ns() / 1_000_000n);
  const iso = (after_s: number) => new Date(wall_ms + after_s * 1000).toISOString();
  ids += 1;
  const fields = {
    v: 1,
    id: `id-${ids}`,
    actor: "ann",
    role: "operator",
    issued_at: iso(issued_s),
    expires_at: iso(issued_s + life_s),
    verb: "status",
    args: {},
  };
  return `${JSON.stringify({ ...fields, ...rest })}\n`;
}

/** Connects, waiting while the door's short queue is full. */
export async function enter(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect({ path, allowHalfOpen: true });
    const refused = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", resolve);
    });
    if (refused === undefined) return socket;
    if (refused.code !== "EAGAIN") throw refused;
    await new Promise(setImmediate);
  }
}

/** Every reply until the door closed the connection. A door that has answered closes without taking the rest: that is no error. */
async function replies(socket: Socket): Promise<Reply[]> {
  const received: Buffer[] = [];
  socket.on("data", (chunk) => received.push(chunk));
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  socket.destroy();
  const lines = Buffer.concat(received).toString().split("\n").slice(0, -1);
  return lines.map((line) => replySchema.parse(JSON.parse(line)));
}

/** Sends chunks and ends. */
export async function say(path: string, ...chunks: readonly (string | Uint8Array)[]): Promise<Reply[]> {
  const socket = await enter(path);
  const answered = replies(socket);
  for (const chunk of chunks) socket.write(chunk);
  socket.end();
  return answered;
}

/** Sends chunks and keeps the sending side open. */
export async function hold(path: string, ...chunks: readonly string[]): Promise<{ readonly replies: Promise<Reply[]>; end(): void }> {
  const socket = await enter(path);
  const answered = replies(socket);
  for (const chunk of chunks) socket.write(chunk);
  return { replies: answered, end: () => socket.end() };
}
