/**
 * An emulated machine under QEMU: boots the product in a small system, does what it is told over the serial console, and shows its registers.
 * Its time follows its instructions and not the host's clock (decision 0012): nothing here waits for a span, everything for a sign, and gives up
 * with the console's last lines.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { endChild } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";
import { archiveProduct } from "./archive.ts";
import { type LineSocket, lineSocket } from "./line-socket.ts";
import { project, type Stage, stage } from "./stage.ts";

/** For any one sign. Ample, since a host that others use too may emulate ten times slower than an idle one. */
const LIMIT_ms = 300_000;
const TAIL_lines = 40;

/** Each with what QEMU needs for it, and the console's name inside. */
const kinds = {
  raspi3b: ({ dtb }: Stage) => ["-M", "raspi3b", "-dtb", dtb, "-serial", "null", "-serial", "stdio"],
  virt: () => ["-M", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", "768", "-serial", "stdio"],
} as const;
const consoles = { raspi3b: "ttyS1,115200", virt: "ttyAMA0" } as const;

export interface Machine {
  /** The first console line that fits after `skip` others, of those written and those to come; `what` names it if it never comes. */
  line(fits: RegExp, what: string, skip?: number): Promise<RegExpExecArray>;
  /** All lines so far that fit. */
  all(fits: RegExp): RegExpExecArray[];
  /** A shell command to its end: its lines on the console. Throws where it fails. */
  run(command: string): Promise<string[]>;
  /** Starts a shell command and leaves it running. */
  start(command: string): void;
  qmp(execute: string, args?: object): Promise<unknown>;
  /** Register of 32 bit at a physical address. */
  register(address: number): Promise<number>;
  qtest(command: string): Promise<string>;
  /** Asks until it holds. A register tells nobody that it changed. */
  until(holds: () => Promise<boolean>, what: string): Promise<void>;
  /** As a mains plug is pulled: QEMU ends between two instructions. */
  cut(): Promise<void>;
}

/** Boots; resolves when the machine takes commands. `more` are arguments for QEMU. It is ended with the test. */
export async function boot(t: TestContext, kind: keyof typeof kinds, more: readonly string[] = []): Promise<Machine> {
  const made = await stage();
  const folder = tempFolder(t);
  const initrd = join(folder, "initrd");
  const product = join(folder, "product");
  copyFileSync(made.system, initrd);
  await archiveProduct(project, join(folder, "root"), product);
  appendFileSync(initrd, readFileSync(product));
  const socket = (name: string) => join(folder, name);
  const append = `console=${consoles[kind]} rdinit=/tests/pi/guest/init panic=-1 quiet loglevel=3`;
  const args = [
    ...made.qemu.args,
    ...kinds[kind](made),
    ...[
      "-kernel",
      made.kernel,
      "-initrd",
      initrd,
      "-append",
      append,
      "-icount",
      "shift=0,sleep=on",
      "-nic",
      "none",
      "-display",
      "none",
      "-monitor",
      "none",
      "-no-reboot",
    ],
    ...["-qmp", `unix:${socket("qmp")},server=on,wait=off`, "-qtest", `unix:${socket("qtest")},server=on,wait=off`, "-qtest-log", "none"],
    ...more,
  ];
  const qemu = spawn(made.qemu.command, args, { env: made.qemu.env, stdio: ["pipe", "pipe", "pipe"] });
  t.after(() => endChild(qemu, "SIGKILL"));
  const console = readConsole(qemu);
  const [qmp, qtest] = await Promise.all([lineSocket(socket("qmp"), isQmpReply), lineSocket(socket("qtest"), () => true)]).catch(async (error) => {
    throw new Error(`QEMU gave no sockets: ${error}; ${console.tail()}`);
  });
  t.after(() => {
    qmp.close();
    qtest.close();
  });
  const machine = machineOf(qemu, console, qmp, qtest);
  await machine.qmp("qmp_capabilities");
  await machine.line(/^@@ ready$/, "a booted machine");
  await machine.run(`date -s @${Math.floor(Date.now() / 1000)} >/dev/null`); // the Pi has no clock of its own
  return machine;
}

const isQmpReply = (line: string) => !/^\{"(event|timestamp|QMP)"/.test(line);

interface Console extends Pick<Machine, "line" | "all"> {
  /** Lines from the first that fits `from` to the first after it that fits `to`, without both. */
  between(from: RegExp, to: RegExp): string[];
  tail(): string;
  ended(): string | undefined;
}

function readConsole(qemu: ChildProcess): Console {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let ended: string | undefined;
  const look = () => {
    for (const each of [...waiting]) each();
  };
  const tail = () => `the console's last lines:\n${lines.slice(-TAIL_lines).join("\n")}`;
  for (const stream of [qemu.stdout, qemu.stderr]) {
    if (stream === null) throw new Error("QEMU was started without its output");
    createInterface(stream).on("line", (line) => {
      lines.push(line.replaceAll("\r", ""));
      look();
    });
  }
  qemu.on("exit", (code, signal) => {
    ended = `QEMU ended (${code ?? signal})`;
    look();
  });
  return {
    tail,
    ended: () => ended,
    between(from, to) {
      const first = lines.findIndex((line) => from.test(line));
      const last = lines.findIndex((line, at) => at > first && to.test(line));
      return lines.slice(first + 1, last);
    },
    all: (fits) => lines.map((line) => fits.exec(line)).filter((found) => found !== null),
    line(fits, what, skip = 0) {
      let at = 0;
      let left = skip;
      return new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          waiting.delete(each);
          clearTimeout(limit);
          settle();
        };
        const each = () => {
          for (; at < lines.length; at++) {
            const found = fits.exec(lines[at] ?? "");
            if (found !== null && left-- === 0) return done(() => resolve(found));
          }
          if (ended !== undefined) done(() => reject(new Error(`no ${what}: ${ended}; ${tail()}`)));
        };
        const limit = setTimeout(() => done(() => reject(new Error(`no ${what} in ${LIMIT_ms / 1000} s; ${tail()}`))), LIMIT_ms);
        waiting.add(each);
        each();
      });
    },
  };
}

function machineOf(qemu: ChildProcess, console: Console, qmp: LineSocket, qtest: LineSocket): Machine {
  let commands = 0;
  const type = (command: string) => void qemu.stdin?.write(`${command}\n`);
  const asked = async (command: string) => {
    const reply = await qtest.ask(command);
    if (!reply.startsWith("OK")) throw new Error(`QEMU refused "${command}": ${reply}`);
    return reply.slice(3);
  };
  return {
    line: console.line,
    all: console.all,
    start: (command) => type(`${command} 2>&1 | cat &`),
    async run(command) {
      const number = ++commands;
      const [begun, over] = [new RegExp(`^@@ begun ${number}$`), new RegExp(`^@@ over ${number} (\\d+)$`)];
      type(`echo "@@ begun ${number}"; ${command}; echo "@@ over ${number} $?"`);
      const [, code] = await console.line(over, `end of "${command}"`);
      if (code !== "0") throw new Error(`"${command}" ended with ${code}; ${console.tail()}`);
      return console.between(begun, over);
    },
    async qmp(execute, args = {}) {
      const reply = JSON.parse(await qmp.ask(JSON.stringify({ execute, arguments: args }))) as { return?: unknown; error?: object };
      if (reply.error !== undefined) throw new Error(`QEMU refused ${execute} ${JSON.stringify(args)}: ${JSON.stringify(reply.error)}`);
      return reply.return;
    },
    qtest: asked,
    register: async (address) => Number(await asked(`readl 0x${address.toString(16)}`)),
    async until(holds, what) {
      for (const limit = performance.now() + LIMIT_ms; !(await holds()); ) {
        if (performance.now() > limit || console.ended() !== undefined) throw new Error(`never ${what}: ${console.ended() ?? "time is up"}; ${console.tail()}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async cut() {
      const exited = once(qemu, "exit");
      qemu.kill("SIGKILL");
      await exited;
    },
  };
}
