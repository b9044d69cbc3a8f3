/** The command as a person starts it, with a compile cache that is the bench's own, so that first and later starts can be told apart. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Bench } from "./part.ts";

const bin = resolve(import.meta.dirname, "../../edge-agent/bin/offgas.mjs");
const STOP_ms = 10_000;

export interface Offgas {
  readonly child: ChildProcess;
  /** Resolves at the first log line of this event. */
  event(name: string): Promise<void>;
  /** As Ctrl-C; by force when that does not end it. */
  stop(): Promise<void>;
}

const start = (args: readonly string[], cache: string): ChildProcess =>
  spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: cache } });

/** Runs to the end; rejects when that is not a good one. */
export async function toTheEnd(args: readonly string[], cache: string): Promise<void> {
  const child = start(args, cache);
  child.stdout?.resume();
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`offgas ${args.join(" ")} ended with ${signal ?? code}`);
}

export function running(room: Bench["room"], args: readonly string[], cache: string): Offgas {
  const child = start(["run", ...args], cache);
  const exited = once(child, "exit");
  const seen = new Map<string, PromiseWithResolvers<void>>();
  const of = (name: string) => {
    const waiting = seen.get(name) ?? Promise.withResolvers<void>();
    seen.set(name, waiting);
    return waiting;
  };
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const { event } = JSON.parse(line) as { event?: string };
    if (event !== undefined) of(event).resolve();
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGINT");
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_ms);
    await exited;
    clearTimeout(force);
  };
  room.after(stop);
  return {
    child,
    stop,
    event: (name) =>
      Promise.race([
        of(name).promise,
        exited.then(([code, signal]) => {
          throw new Error(`offgas run ended with ${signal ?? code} before "${name}"`);
        }),
      ]),
  };
}
