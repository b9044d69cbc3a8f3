/** Expected trouble: one line, what was found and what to do. Ends the bench with exit code 1. */
export class Trouble extends Error {}

/** What a system call's error means for a person, `doing` being what was tried. */
export function explained(error: unknown, doing: string): Trouble {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = {
    EACCES: "its folder is not yours to write: name another with --data DIR",
    EPERM: "its folder is not yours to write: name another with --data DIR",
    EROFS: "it is on a read-only file system: name another folder with --data DIR",
    ENOSPC: "the disk is full: make room, or name a folder on another disk with --data DIR",
    EDQUOT: "your disk quota is used up: make room, or name another folder with --data DIR",
    ENOENT: "the folder above it does not exist: make it, or name another with --data DIR",
    ENOTDIR: "a file is in the way: name another folder with --data DIR",
    EEXIST: "a file is in the way: name another folder with --data DIR",
  }[code ?? ""];
  return new Trouble(`${doing}: ${remedy ?? message}`, { cause: error });
}
