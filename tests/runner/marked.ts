/**
 * Processes of one test run, known by a variable in their environment, so that none outlives it. A time limit of `node --test` ends a
 * test, not the process of a file that spins or keeps a server; a hung one would hang the whole run.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface Marked {
  readonly pid: number;
  readonly command: string;
}

/** Without options: `node --test` hands a file some forty of its own. */
const commandOf = (cmdline: string): string =>
  cmdline
    .split("\0")
    .filter((word) => word !== "" && !word.startsWith("--"))
    .join(" ");

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // ended meanwhile, or another user's
  }
};

/** Living processes that were started with `mark` (`NAME=value`) in their environment. */
export function markedProcesses(mark: string): Marked[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => read(`/proc/${name}/environ`).split("\0").includes(mark))
    .filter((name) => !/^\S+ \(.*\) Z/s.test(read(`/proc/${name}/stat`)))
    .map((name) => ({ pid: Number(name), command: commandOf(read(`/proc/${name}/cmdline`)) }));
}

export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended by itself
  }
}

/** Looks every 2 s and ends marked processes that are older than `limit_s`; `told` hears of each. Returns the way to stop looking. */
export function endOverdue(mark: string, spared: () => number | undefined, limit_s: number, told: (overdue: Marked) => void): () => void {
  const firstSeen_ms = new Map<number, number>();
  const look = () => {
    const now_ms = performance.now();
    for (const found of markedProcesses(mark)) {
      if (found.pid === spared()) continue;
      const since_ms = firstSeen_ms.get(found.pid) ?? now_ms;
      firstSeen_ms.set(found.pid, since_ms);
      if (now_ms - since_ms < limit_s * 1000) continue;
      told(found);
      end(found.pid);
    }
  };
  const timer = setInterval(look, 2000);
  return () => clearInterval(timer);
}
