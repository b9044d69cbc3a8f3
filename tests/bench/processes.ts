/** What running processes cost, from /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ of proc(5): 100 on every Linux that Node runs on. */
const TICKS_per_s = 100;

export interface ProcessCost {
  readonly pid: number;
  readonly command: string;
  /** Proportional set size: its own pages, and its share of those that it shares. */
  readonly pss_MiB: number;
  /** User and system time of all its threads, so far. */
  readonly cpu_s: number;
}

/** A process and all below it; those that ended meanwhile are left out. */
export function processTree(pid: number): ProcessCost[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").match(/\d+/g) ?? []);
    return [costOf(pid), ...children.flatMap((child) => processTree(Number(child)))];
  } catch {
    return [];
  }
}

function costOf(pid: number): ProcessCost {
  const of = (file: string) => readFileSync(`/proc/${pid}/${file}`, "latin1");
  const pss_KiB = Number(/^Pss:\s+(\d+) kB/m.exec(of("smaps_rollup"))?.[1]);
  const stat = of("stat");
  // counted behind the name, which may hold anything: state is field 3, utime 14, stime 15
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, command: of("cmdline").replaceAll("\0", " ").trim(), pss_MiB: pss_KiB / 1024, cpu_s: ticks / TICKS_per_s };
}
