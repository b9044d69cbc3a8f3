/** The agent as a person starts it: a process of its own, told by its command line, heard by its log. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export const cli = fileURLToPath(new URL("../../edge-agent/cli/main.ts", import.meta.url));

/** A line of the agent's log. */
export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly alarm?: string;
  readonly event?: string;
  readonly severity?: string;
  readonly state?: string;
  readonly planned?: boolean;
  readonly at_s?: number;
}

export interface RunningAgent {
  readonly child: ChildProcess;
  readonly log: readonly LogLine[];
  /** Everything that it wrote to stderr. */
  stderr(): string;
  /** The first line that fits, of those written and those to come; rejects when the agent ends without it. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves with the exit code; null after a signal. */
  ended: Promise<number | null>;
}

export function startAgent(t: Pick<TestContext, "after">, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningAgent {
  const child = spawn(process.execPath, [cli, "run", ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  let stderr = "";
  let over = false;
  child.stderr?.on("data", (bytes) => {
    stderr += bytes;
  });
  const ask = () => {
    for (const each of [...waiting]) each();
  };
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    log.push(JSON.parse(line) as LogLine);
    ask();
  });
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(([[code]]) => {
    over = true;
    ask();
    return code as number | null;
  });
  t.after(async () => {
    if (!over) child.kill("SIGKILL");
    await ended;
  });
  return {
    child,
    log,
    stderr: () => stderr,
    ended,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const each = () => {
          const found = log.find(fits);
          if (found === undefined && !over) return;
          waiting.delete(each);
          if (found === undefined) reject(new Error(`the agent ended without that line; stderr: ${stderr}; log: ${JSON.stringify(log.slice(-5))}`));
          else resolve(found);
        };
        waiting.add(each);
        each();
      }),
  };
}

/** One command to its end. */
export async function offgas(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes) => {
    stdout += bytes;
  });
  child.stderr.on("data", (bytes) => {
    stderr += bytes;
  });
  const [code] = await once(child, "close");
  return { code: code as number | null, stdout, stderr };
}
