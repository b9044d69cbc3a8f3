/** Whether processes are there. A zombie that its parent has not yet fetched is gone. */
import { readFileSync } from "node:fs";
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
