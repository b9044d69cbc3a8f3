/** A part of the bench in a process of its own, so that no measurement inherits another's heap, warmth or leavings. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Room } from "./room.ts";
import type { Figure } from "./table.ts";

export interface Options {
  readonly samples: number;
  readonly trips: number;
  /** Whether what this process mounts is seen by it alone and gone with it. */
  readonly ownMounts: boolean;
}

export interface Bench {
  readonly room: Pick<Room, "after">;
  readonly options: Options;
  progress(text: string): void;
}

type Part = (bench: Bench) => Promise<readonly Figure[]>;
type News = { readonly progress: string } | { readonly figures: readonly Figure[] } | { readonly failed: string };

/** Loaded late: a part pays for its own imports alone. */
const parts: Readonly<Record<string, () => Promise<Part>>> = {
  latency: async () => (await import("./latency.ts")).latency,
  replay: async () => (await import("./replay.ts")).replay,
  model: async () => (await import("./model.ts")).model,
  drain: async () => (await import("./drain.ts")).drain,
  backlog: async () => (await import("./backlog.ts")).backlog,
  sampling: async () => (await import("./sampling.ts")).sampling,
  footprint: async () => (await import("./footprint.ts")).footprint,
  page: async () => (await import("./page.ts")).page,
  "start-up": async () => (await import("./start-up.ts")).startUp,
};
export const partNames = Object.keys(parts);

const unshare = ["unshare", "--mount", "--propagation", "private"] as const;
const [command, ...unshareArgs] = unshare;
export const canMountAlone = (): boolean => process.getuid?.() === 0 && spawnSync(command, [...unshareArgs, "true"]).status === 0;

/** Runs a part; what went wrong in it is one figure that says so. Aborting ends it, with everything that it started. */
export async function runPart(name: string, options: Options, folder: string, stop: AbortSignal, progress: (text: string) => void): Promise<readonly Figure[]> {
  const self = [process.execPath, fileURLToPath(import.meta.url), name, JSON.stringify(options)];
  const [program = "", ...args] = options.ownMounts ? [...unshare, ...self] : self;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], env: { ...process.env, TMPDIR: folder } });
  let figures: readonly Figure[] | undefined;
  let why = "";
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2000);
  });
  child.on("message", (message) => {
    const news = message as News;
    if ("progress" in news) progress(news.progress);
    else if ("figures" in news) figures = news.figures;
    else why = news.failed;
  });
  const end = () => child.kill("SIGTERM");
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  const [code, signal] = await once(child, "close");
  stop.removeEventListener("abort", end);
  return (
    figures ?? [{ name, missing: `failed: ${[why || signal || `exit ${code}`, words.trim().split("\n").at(-1)].filter(Boolean).join("; ")}`, failed: true }]
  );
}

async function runHere(run: () => Promise<Part>, options: Options): Promise<void> {
  const room = new Room();
  const tell = (news: News) => new Promise<void>((told) => (process.connected ? process.send?.(news, () => told()) : told()));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(signal, () => void room.close().then(() => process.exit(1)));
  try {
    const part = await run();
    await tell({ figures: await part({ room, options, progress: (text) => void tell({ progress: text }) }) });
  } catch (error) {
    await tell({ failed: error instanceof Error ? error.message : String(error) });
  }
  await room.close();
  process.exit(0);
}

if (import.meta.main) {
  const [name = "", options = ""] = process.argv.slice(2);
  const part = parts[name];
  if (part === undefined) throw new TypeError(`no part ${name}`);
  await runHere(part, JSON.parse(options) as Options);
}
