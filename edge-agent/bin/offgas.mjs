#!/usr/bin/env node
/**
 * `offgas` under any Node from 20: runs the command line in the pinned Node 24, which reads TypeScript and fits the compiled addons.
 * Plain JavaScript, since an older Node reads it first.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const PINNED_MAJOR = 24;
/** Tells the command line, started by `startChild`, that its channel leads here. */
const MARK = "OFFGAS_SHIM";

const self = fileURLToPath(import.meta.url);
const major = Number.parseInt(process.versions.node, 10);
const modules = nearestModules(path.dirname(self));
const pinned = [`node-linux-${process.arch}/bin/node`, ".bin/node"]
  .map((name) => path.join(modules ?? "", name))
  .find((file) => modules && fs.existsSync(file));

if (major === PINNED_MAJOR || (major > PINNED_MAJOR && !pinned)) {
  await runHere();
} else if (!pinned) {
  process.stderr.write(
    `offgas: Node ${process.versions.node} is too old and the pinned Node ${PINNED_MAJOR} is not installed: run node deploy/bootstrap.mjs\n`,
  );
  process.exitCode = 1;
} else if (process.execve) {
  process.execve(pinned, [pinned, self, ...process.argv.slice(2)], process.env);
} else {
  startChild(pinned);
}

/** The nearest node_modules, seen from `folder` upwards. */
function nearestModules(folder) {
  const here = path.join(folder, "node_modules");
  if (fs.existsSync(here)) return here;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearestModules(parent);
}

async function runHere() {
  if (process.env[MARK] !== undefined) {
    delete process.env[MARK];
    followParent();
  }
  if (modules) {
    // In the environment, so that bus processes start from it too. A folder of ours: the default below /tmp is anyone's to fill.
    process.env.NODE_COMPILE_CACHE ??= path.join(modules, ".cache", "compile");
    module.enableCompileCache();
  }
  await import("../cli/main.ts");
}

/** Ends when the shim was killed and can no longer forward signals: as if asked to, and by force 5 s later. */
function followParent() {
  const end = () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 5000).unref();
    process.kill(process.pid, "SIGTERM");
  };
  if (!process.connected) return end();
  process.once("disconnect", end);
  process.channel.unref();
}

/** For a Node that cannot replace itself: a child with our streams, our signals and our ending. */
function startChild(node) {
  const stdio = ["inherit", "inherit", "inherit", "ipc"];
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio, env: { ...process.env, [MARK]: "1" } });
  child.on("error", (error) => {
    process.stderr.write(`offgas: ${node} does not start (${error.code}): run node deploy/bootstrap.mjs\n`);
    process.exit(1);
  });
  // A Ctrl-C reaches every process of the terminal's group, so the child has it already; a second one would read as impatience.
  for (const signal of ["SIGINT", "SIGQUIT"]) process.on(signal, () => ownsTerminal() || child.kill(signal));
  for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR2"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Whether this process group is its terminal's foreground group: fields pgrp and tpgid of proc(5) stat. */
function ownsTerminal() {
  const stat = fs.readFileSync("/proc/self/stat", "utf8");
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}
