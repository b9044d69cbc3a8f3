#!/usr/bin/env node
/**
 * `npm start`: sets this folder up, then runs the bench under the pinned Node. Plain JavaScript, since any Node from 20 reads it first.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const deploy = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(deploy, "..");
const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(fs.readFileSync(path.join(deploy, "bench/help.txt")));
  process.exit(0);
}
/** What runs now: the set-up, then the bench. */
let running;
let ending = false;
function end(signal) {
  ending = true;
  running?.kill(signal);
}
// Ctrl-C reaches both by itself; here it only must not end the wait for them.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => end(signal));

/** npm runs this through a shell. A killed npm leaves both behind, so the two processes above are watched. */
if (process.env.npm_lifecycle_event) {
  const parentOf = (pid) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    } catch {
      return undefined;
    }
  };
  const above = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const before = above();
  const watch = setInterval(() => {
    if (above() === before) return;
    clearInterval(watch); // once: a second request would read as impatience
    end("SIGTERM");
  }, 500);
}

/** Resolves with its exit code; should this process be killed, the kernel asks it to end. */
function run(...command) {
  running = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...command], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => {
    running.on("error", () => {
      process.stderr.write("npm start: setpriv is missing: install util-linux, and run this again\n");
      resolve(1);
    });
    running.on("exit", (code) => resolve(code ?? 1));
  });
}

const setUp = await run(process.execPath, path.join(deploy, "bootstrap.mjs"));
const node = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);
process.exit(setUp === 0 && !ending ? await run(node, path.join(deploy, "bench/main.ts"), ...args) : setUp || 1);
