/** Whether processes are there. A zombie that its parent has not yet fetched is gone. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

/** Resolves when none of them runs; rejects after ten seconds with those that do. */
export async function gone(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (!pids.some(isRunning)) return;
    await wait(20);
  }
  throw new Error(`still running: ${pids.filter(isRunning).join(", ")}`);
}

/** Sends `signal` and resolves once the process is gone; one that is not there, or has ended, is fine. */
export async function endChild(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

/** Processes that `pid` started and that run now. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isRunning(Number(name)))
    .map(Number)
    .filter((child) => parentOf(child) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]);
  } catch {
    return undefined; // it ended meanwhile
  }
}
