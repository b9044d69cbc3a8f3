/** What a backlog costs on disk, and what a start with it costs in time and memory: read by a process that did not write it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./part.ts";
import { channelCount, type FillFigures, fillBacklog, measureStart, type StartFigures } from "./spool.ts";
import type { Figure } from "./table.ts";

const [BYTES_BAR, START_BAR_s] = [16, 2];

export async function backlog({ options, progress, room }: Bench): Promise<Figure[]> {
  const samples = Math.ceil(options.samples / channelCount) * channelCount; // whole beats
  const directory = join(tmpdir(), "backlog");
  const filled = fillBacklog(directory, samples, (share) => progress(`${samples} samples, ${Math.floor(share * 100)} % written`));
  progress("starting with it");
  const child = fork(import.meta.filename, [directory]);
  room.after(() => child.kill("SIGKILL"));
  const [started] = (await once(child, "message")) as [StartFigures];
  return figuresOf(samples, filled, started);
}

function figuresOf(samples: number, filled: FillFigures, started: StartFigures): Figure[] {
  const n = `${samples} samples`;
  return [
    { name: "backlog on disk", values: { bytes: filled.bytes_per_sample }, unit: "Bytes/sample", bar: { of: "bytes", most: BYTES_BAR }, n },
    { name: "  written", values: { samples: filled.samples_per_s }, unit: "samples/s", n },
    { name: "  memory while writing: at a tenth, at the end", values: { "a tenth": filled.early_MiB, "the end": filled.late_MiB }, unit: "MiB resident", n },
    { name: "  start of the spool with it", values: { start: started.start_s }, unit: "s", bar: { of: "start", most: START_BAR_s }, n },
    { name: "  memory after that start", values: { resident: started.resident_MiB, "of it Node": started.before_MiB }, unit: "MiB resident", n },
  ];
}

if (import.meta.main) process.send?.(measureStart(process.argv[2] ?? ""), () => process.disconnect());
