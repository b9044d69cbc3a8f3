#!/usr/bin/env node
/**
 * `npm start`: sets this folder up, then runs the bench under the pinned Node. Plain JavaScript, since any Node from 20 reads it first.
 */
import { spawn, spawnSync } from "node:child_process";
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
const setUp = spawnSync(process.execPath, [path.join(deploy, "bootstrap.mjs")], { stdio: "inherit" });
if (setUp.status !== 0) process.exit(setUp.status ?? 1);

const node = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);
// Should this process be killed, the kernel asks the bench to end, and it takes its servers along.
const bench = spawn("setpriv", ["--pdeathsig", "TERM", "--", node, path.join(deploy, "bench/main.ts"), ...args], { cwd: root, stdio: "inherit" });
bench.on("error", () => {
  process.stderr.write("npm start: setpriv is missing: install util-linux, and run this again\n");
  process.exit(1);
});
// Ctrl-C reaches the bench by itself; here it only must not end the wait for it.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => bench.kill(signal));
bench.on("exit", (code) => process.exit(code ?? 1));

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
  setInterval(() => above() === before || bench.kill("SIGTERM"), 500);
}
