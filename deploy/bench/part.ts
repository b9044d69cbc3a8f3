/** A server of the bench: a process that ends with it, whatever happens, and is started again when it ends alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, closeSync, constants, openSync, renameSync, writeSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Trouble } from "./trouble.ts";

export interface PartOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What it writes goes to `log/<name>.log` in here. */
  readonly data: string;
  readonly lock: number;
  /** True once it answers. */
  ready(): Promise<boolean>;
  /** Hears what it writes to stdout. */
  heard?(text: string): void;
  /** What a first start that ended with this code means, where that can be said better than by its log. */
  refusal?(code: number | null): string | undefined;
  /** It answered once, and ended by itself. Returns after how many seconds it is to be started again. */
  ended(code: number | null): number;
}

const READY_LIMIT_s = 60;
const END_LIMIT_s = 5;

export class Part {
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;
  #stopping = false;
  /** One that never answered is not tried for ever: its start has said why. */
  #answered = false;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  get log(): string {
    return join(this.#options.data, "log", `${this.#options.name}.log`);
  }

  /** Resolves when it answers. Throws Trouble when it ends first or never does. */
  async start(): Promise<void> {
    const { name, ready, refusal } = this.#options;
    if (this.#stopping) return;
    const child = this.#spawn();
    for (const began_ms = performance.now(); !(await ready()); await wait(50)) {
      if (this.#stopping || child !== this.#child) return;
      if (child.exitCode !== null || child.signalCode !== null) throw new Trouble(refusal?.(child.exitCode) ?? `${name} ended at once: ${this.log} says why`);
      if (performance.now() - began_ms > READY_LIMIT_s * 1000) throw new Trouble(`${name} does not answer after ${READY_LIMIT_s} s: ${this.log} may say why`);
    }
    this.#answered = true;
  }

  /** Asks it to end, and ends it by force when it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_s * 1000);
    await exited;
    clearTimeout(force);
  }

  /** At once. */
  kill(): void {
    this.#stopping = true;
    this.#child?.kill("SIGKILL");
  }

  #spawn(): ChildProcess {
    const { command, args, env, lock, heard } = this.#options;
    try {
      renameSync(this.log, `${this.log}.1`);
    } catch {
      // the first one
    }
    const log = openSync(this.log, "w", 0o600);
    // In a session of its own, so that Ctrl-C reaches the bench alone, which ends its parts in order.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", heard ? "pipe" : log, log, lock],
      detached: true,
    });
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      try {
        writeSync(log, text);
      } catch {
        // a full disk: the agent says so itself, and its words reach the terminal all the same
      }
      heard?.(text);
    });
    child.on("close", () => closeSync(log));
    child.on("error", () => {}); // setpriv is there: the bench itself was started through it
    child.on("exit", (code) => {
      if (this.#stopping || !this.#answered) return;
      const again_s = this.#options.ended(code);
      setTimeout(() => this.#stopping || void this.start().catch(() => {}), again_s * 1000);
    });
    return child;
  }
}

/** The path of an installed command; Debian keeps servers where the PATH of most people does not lead. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
