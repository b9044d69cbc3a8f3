/** The `offgas` shim under an older Node: arguments, ending, signals, and no process left behind. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { tempFolder } from "../support/temp.ts";

const shim = resolve(import.meta.dirname, "../../edge-agent/bin/offgas.mjs");
/** Stands for the command line: says who it is once it listens, and does what its first argument asks. */
const commandLine = `
const [what, ...rest] = process.argv.slice(2);
if (what === "exit") process.exitCode = Number(rest[0]);
if (what === "wait") {
  let interrupts: number = 0;
  process.on("SIGINT", () => console.log("interrupt " + ++interrupts));
  process.on("SIGTERM", () => {
    console.log("asked to end");
    process.exit(7);
  });
  setInterval(() => {}, 1000); // the end of its input must not end it
  process.stdin.on("data", () => process.exit(interrupts));
}
console.log(JSON.stringify({ pid: process.pid, node: process.versions.node, rest, marked: "OFFGAS_SHIM" in process.env }));
if (what === "die") process.kill(process.pid, "SIGKILL");
if (what === "echo") process.stdin.pipe(process.stdout);
`;
const pretend = (node: string, withExecve: boolean): string => {
  const hidden = withExecve ? "" : "process.execve = undefined;";
  return `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${node}" } }); ${hidden}`;
};
const old = pretend("20.20.2", false);

/** A project with the shim, the stand-in and, unless left out, a pinned Node. */
function project(t: TestContext, pinned = true): string {
  const folder = tempFolder(t);
  for (const name of ["edge-agent/bin", "edge-agent/cli", `node_modules/node-linux-${process.arch}/bin`]) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(shim, join(folder, "edge-agent/bin/offgas.mjs"));
  writeFileSync(join(folder, "edge-agent/cli/main.ts"), commandLine);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  if (pinned) symlinkSync(process.execPath, join(folder, `node_modules/node-linux-${process.arch}/bin/node`));
  return join(folder, "edge-agent/bin/offgas.mjs");
}

/** Starts a command; `until` waits for its output to match. */
function start(t: TestContext, command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  const until = async (wanted: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = wanted.exec(output);
      if (found) return found;
      if (child.stdout.readableEnded) throw new Error(`ended without ${wanted}: ${output}${errors}`);
      await Promise.race([once(child.stdout, "data"), once(child.stdout, "end")]);
    }
  };
  return { child, until, all: () => output, errors: () => errors };
}

async function ending(child: ChildProcess): Promise<readonly [code: number | null, signal: string | null]> {
  const [code, signal] = await once(child, "close");
  return [code, signal];
}

for (const [what, preload] of [
  ["Node 24", "data:text/javascript,"],
  ["Node 22, which can replace itself", pretend("22.23.0", true)],
  ["Node 20", old],
] as const) {
  test(`${what}: arguments, input, and exit code pass through`, async (t) => {
    const args = ["--import", preload, project(t)];
    const left = start(t, process.execPath, [...args, "exit", "78", "a b", ""]);
    assert.deepEqual(await ending(left.child), [78, null]);
    const said = JSON.parse(left.all());
    assert.deepEqual({ rest: said.rest, marked: said.marked, node: said.node }, { rest: ["78", "a b", ""], marked: false, node: process.versions.node });
    assert.equal(left.errors(), "");
    const echo = start(t, process.execPath, [...args, "echo"]);
    echo.child.stdin.end("some input");
    assert.deepEqual(await ending(echo.child), [0, null]);
    assert.match(echo.all(), /some input$/);
  });

  test(`${what}: a signal to the shim alone reaches the command line, once`, async (t) => {
    const { child, until, all } = start(t, process.execPath, ["--import", preload, project(t), "wait"]);
    await until(/\}\n/);
    child.kill("SIGINT");
    await until(/interrupt 1\n/);
    child.kill("SIGTERM");
    assert.deepEqual(await ending(child), [7, null]);
    assert.doesNotMatch(all(), /interrupt 2/);
  });
}

test("a command line that a signal ended ends the shim by the same signal", async (t) => {
  const { child } = start(t, process.execPath, ["--import", old, project(t), "die"]);
  assert.deepEqual(await ending(child), [null, "SIGKILL"]);
});

test("Ctrl-C at a terminal reaches the command line once", async (t) => {
  // `exec`: a shell that stays would take the Ctrl-C for itself too, and end with 130.
  const line = `exec '${process.execPath}' --import '${old}' '${project(t)}' wait`;
  const { child, until } = start(t, "script", ["--quiet", "--return", "--command", line, "/dev/null"]);
  await until(/\}\r?\n/);
  child.stdin.write("\x03");
  await until(/interrupt 1/);
  child.stdin.write("\n");
  assert.deepEqual(await ending(child), [1, null], "its exit code is the number of interrupts");
});

test("kill -9 of the shim ends the command line, which may tidy up first", async (t) => {
  const { child, until, all } = start(t, process.execPath, ["--import", old, project(t), "wait"]);
  const pid = Number((await until(/"pid":(\d+)/))[1]);
  assert.notEqual(pid, child.pid);
  child.kill("SIGKILL");
  await ending(child); // not before the command line has closed the output that it shares
  assert.match(all(), /asked to end/);
  // The kernel closes a process's files just before it is gone, or waits to be reaped.
  const stat = `/proc/${pid}/stat`;
  while (existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"))) await turnOfTheLoop();
});

test("without the pinned Node an old one says what to run", async (t) => {
  const { child, errors } = start(t, process.execPath, ["--import", old, project(t, false), "exit", "0"]);
  assert.deepEqual(await ending(child), [1, null]);
  assert.equal(errors(), "offgas: Node 20.20.2 is too old and the pinned Node 24 is not installed: run node deploy/bootstrap.mjs\n");
});
