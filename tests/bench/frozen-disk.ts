/**
 * A disk that stalls on command: an ext4 image on a loop device, frozen for two seconds at a time as a failing SD card stalls. Needs root and
 * mounts of its own. The freezing is done by a shell that ignores signals and always thaws, so that it ends also when this process is killed;
 * the image has no name any more, and the mount belongs to this process's namespace: neither outlives it.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Bench } from "./part.ts";

export const STALL_s = 2;
const freezer = `trap '' INT TERM HUP PIPE
while read -r _; do
  if fsfreeze -f "$1"; then echo frozen; sleep ${STALL_s}; fi
  fsfreeze -u "$1"; echo thawed
done`;

export interface FrozenDisk {
  readonly folder: string;
  /** Freezes once; resolves when it is frozen. */
  freeze(): Promise<void>;
  /** Resolves when it is thawed again. */
  thawed(): Promise<void>;
}

const run = (program: string, ...args: string[]): void => void execFileSync(program, args, { stdio: "pipe" });

/** Rejects with what the system said when a loop device cannot be had. */
export async function openFrozenDisk(room: Bench["room"]): Promise<FrozenDisk> {
  const [image, folder] = [join(tmpdir(), "disk.img"), join(tmpdir(), "disk")];
  mkdirSync(folder);
  run("truncate", "-s", "512M", image);
  run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", image);
  run("mount", "-o", "loop", image, folder);
  room.after(() => run("umount", folder));
  rmSync(image);

  const child = spawn("sh", ["-c", freezer, "sh", folder], { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const exited = once(child, "exit");
  room.after(async () => {
    child.stdin.end();
    await exited;
  });
  const words = said(child);
  return {
    folder,
    async freeze() {
      child.stdin.write("\n");
      if ((await words.next()) !== "frozen") throw new Error("fsfreeze -f did not freeze the disk");
    },
    async thawed() {
      if ((await words.next()) !== "thawed") throw new Error("fsfreeze -u did not thaw the disk");
    },
  };
}

function said(child: ChildProcess): { next(): Promise<string | undefined> } {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return { next: async () => (await lines.next()).value };
}
