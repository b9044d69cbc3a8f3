/** The bench's own folder: made, proved writable, and held by one bench at a time. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { explained, Trouble } from "./trouble.ts";

/** The spool's budget, and as much again for databases and logs. */
const NEEDED_MB = 500;
/** The servers of a bench that was killed need a moment to end. */
const PATIENCE_s = 10;

/**
 * Makes `folder` and takes its lock. The open file that is returned is handed to every server: the kernel gives the lock back when the
 * last of them has ended, however it ended. Throws Trouble.
 */
export function holdFolder(folder: string): number {
  let lock: number;
  try {
    for (const name of ["", "log", "spool", "influxdb", "mosquitto", "node-red", "grafana"]) make(join(folder, name));
    lock = openSync(join(folder, "lock"), "w", 0o600);
  } catch (error) {
    throw explained(error, `cannot keep data in ${folder}`);
  }
  const { bavail, bsize } = statfsSync(folder);
  const free_MB = Math.floor((bavail * bsize) / 1e6);
  if (free_MB < NEEDED_MB)
    throw new Trouble(`${free_MB} MB are free for ${folder} and ${NEEDED_MB} MB are needed: make room, or name another folder with --data DIR`);
  const taken = spawnSync("flock", ["--timeout", String(PATIENCE_s), "3"], { stdio: ["ignore", "ignore", "ignore", lock] });
  if (taken.status === 1) throw new Trouble(`another bench uses ${folder}: stop it with Ctrl-C, or name another folder with --data DIR`);
  if (taken.status !== 0) throw new Trouble("flock is missing: install util-linux, and run this again");
  return lock;
}

/** One level: Node's recursive way never returns where the parent can hold no folder, as in procfs. */
function make(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}
