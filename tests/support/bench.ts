/** `npm start` as a person types it: a process group of its own, as a terminal's, what it prints, and the processes that it made. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import type { TestContext } from "node:test";
import { childrenOf, gone } from "./processes.ts";

export interface RunningBench {
  readonly child: ChildProcess;
  /** Everything that it printed. */
  output(): string;
  /** What the pattern found, in what is printed and what will be; rejects when the bench ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Every process below it, with its own. */
  processes(): number[];
  /** As Ctrl-C at its terminal: to the whole group. */
  interrupt(): void;
  readonly ended: Promise<number | null>;
}

export interface BenchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Words before `npm`, such as those that make a machine without a server. */
  readonly under?: readonly string[];
}

export function startBench(t: Pick<TestContext, "after">, args: readonly string[], options: BenchOptions = {}): RunningBench {
  const { env, cwd = resolve(import.meta.dirname, "../.."), under = [] } = options;
  const [command = "npm", ...words] = [...under, "npm", "start", ...(args.length > 0 ? ["--", ...args] : [])];
  const child = spawn(command, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  let over = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const each of [...waiting]) each();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      wake();
    });
  }
  const ended = once(child, "close").then(([code]) => {
    over = true;
    wake();
    return code as number | null;
  });
  const processes = () => everyBelow(child.pid ?? 0);
  t.after(async () => {
    const left = processes();
    for (const pid of left) kill(pid);
    await gone(left);
  });
  return {
    child,
    output: () => output,
    processes,
    ended,
    interrupt: () => process.kill(-(child.pid ?? 0), "SIGINT"),
    says: (pattern) =>
      new Promise((found, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match === null && !over) return;
          waiting.delete(look);
          if (match === null) reject(new Error(`npm start ended without ${pattern}: ${output}`));
          else found(match);
        };
        waiting.add(look);
        look();
      }),
  };
}

const everyBelow = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(everyBelow)];
const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended by itself
  }
};

/** The first of four ports in a row that nobody listens on. */
export async function fourPorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await Promise.all([0, 1, 2, 3].map((more) => isFree(first + more)))).every(Boolean)) return first;
  }
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
