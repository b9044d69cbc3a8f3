/** Output lines as the kernel's GPIO files are: a write is one byte to an open file, done when the call returns. On tmpfs, so that no disk is in it. */
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { LineBackend } from "../../edge-agent/outputs/line.ts";
import type { Bench } from "./part.ts";

const [low, high] = [Buffer.from("0"), Buffer.from("1")];

export interface FileLines extends LineBackend {
  readonly onMemory: boolean;
  /** Monotonic seconds when the last write that de-energised a line returned. */
  openedAt_s: number;
}

export function fileLines(room: Bench["room"]): FileLines {
  const onMemory = existsSync("/dev/shm");
  const folder = mkdtempSync(join(onMemory ? "/dev/shm" : tmpdir(), "offgas-bench-"));
  room.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines: FileLines = {
    onMemory,
    openedAt_s: Number.NaN,
    async open({ id }) {
      const file = openSync(join(folder, id), "w+");
      const seen = Buffer.alloc(1);
      writeSync(file, low, 0, 1, 0);
      return {
        write(energised) {
          writeSync(file, energised ? high : low, 0, 1, 0);
          if (!energised) lines.openedAt_s = systemClock.monotonic_s();
        },
        readBack: () => readSync(file, seen, 0, 1, 0) === 1 && seen[0] === high[0],
        close: () => closeSync(file),
      };
    },
  };
  return lines;
}
