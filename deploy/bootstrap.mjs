#!/usr/bin/env node
/**
 * Sets this folder up: the packages of package-lock.json, the pinned Node 24 among them. Needs npm and any Node from 20.1, no root.
 *
 * Plain JavaScript without dependencies, since it runs before there are any. `fs` is taken whole, so that an old Node without
 * `statfsSync` reaches the sentence that says it is too old.
 */
import { spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { remedyFor } from "./npm-remedies.mjs";
import { commandsOutside, isFile } from "./search-path.mjs";

/** Raised when a set-up finished by an older version of this file must be done again. */
const VERSION = 1;
/** What node_modules and npm's cache of it take together, with room to build. */
const NEEDED_MB = 1200;
const HELP = `Usage: node deploy/bootstrap.mjs

Installs what package-lock.json pins into node_modules, Node 24 included. Runs again in well under a second when nothing is to be done,
and repairs what an interrupted run left. Settings of npm (registry, proxy, certificates, cache) are used as they are.

Example:
  node deploy/bootstrap.mjs && npm test
`;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const modules = path.join(root, "node_modules");
const lockFile = path.join(root, "package-lock.json");
const stampFile = path.join(modules, ".offgas-ready.json");
const { searchPath, findCommand } = commandsOutside(modules);
/** What node-gyp needs. */
const hasCompiler = () => ["g++", "make", "python3"].every(findCommand);
const runtimeName = `node_modules/node-linux-${process.arch}`;
const runtime = path.join(root, runtimeName);
const pinnedNode = path.join(runtime, "bin", "node");
const COMPILER_ADVICE = "GPIO and I2C are unavailable until a compiler is there: sudo apt-get install build-essential python3, then run this again";

const free_MB = () => Math.floor((fs.statfsSync(root).bavail * fs.statfsSync(root).bsize) / 1e6);

/** Expected trouble: one line, what was found and what to do. `tail` is npm's own last words, where ours would only guess. */
class Trouble extends Error {
  constructor(message, tail = "") {
    super(message);
    this.tail = tail;
  }
}

const say = (line) => process.stdout.write(`${line}\n`);
const attempt = (action) => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
const readJson = (file) => attempt(() => JSON.parse(fs.readFileSync(file, "utf8")));

function checkMachine() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 1)) throw new Trouble(`Node ${process.versions.node} is too old: install Node 20.1 or newer and run this again`);
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    const hint = process.arch === "arm" ? "install the 64-bit system" : "use a 64-bit Linux machine (x64 or arm64)";
    throw new Trouble(`this Node is for ${process.platform} ${process.arch}, which is not supported: ${hint}`);
  }
}

/** The lock file: its packages by folder, those that any supported machine must have, and what marks a set-up as made from it. */
function readLock() {
  const text = attempt(() => fs.readFileSync(lockFile, "utf8"));
  const packages = text === undefined ? undefined : attempt(() => JSON.parse(text).packages);
  if (!packages) throw new Trouble("package-lock.json is missing or damaged: restore it with git checkout -- package-lock.json");
  const installed = Object.entries(packages).filter(([name, entry]) => name.startsWith("node_modules/") && !entry.link);
  const fits = (list, mine) => list === undefined || [list].flat().includes(mine);
  const expected = installed.filter(([, entry]) => fits(entry.os, "linux") && fits(entry.cpu, process.arch) && fits(entry.libc, "glibc"));
  const key = crypto.createHash("sha256").update(`${VERSION} ${process.arch}\n${text}`).digest("hex");
  return { packages, expected, key, node: packages[runtimeName]?.version };
}

const isPresent = ([name]) => fs.existsSync(path.join(root, name, "package.json"));
const nothingMissing = (lock) => isFile(pinnedNode) && lock.expected.every((entry) => entry[1].optional || isPresent(entry));

/** The stamp of a finished set-up that still holds; undefined when there is work to do. */
function finished(lock) {
  const stamp = readJson(stampFile);
  if (stamp?.key !== lock.key || !nothingMissing(lock)) return undefined;
  return !stamp.native && !stamp.compiler && hasCompiler() ? undefined : stamp;
}

/** True when npm finished an install of this very lock file without us, which its own record says. */
function installedByHand(lock) {
  const record = readJson(path.join(modules, ".package-lock.json"))?.packages;
  if (!record || !nothingMissing(lock)) return false;
  return lock.expected.every(([name, entry]) => (name in record ? record[name].integrity === entry.integrity : entry.optional));
}

/** Runs the pinned Node and loads the compiled parts with it. On a full disk npm leaves optional packages out and calls that a success. */
function verify(lock) {
  const run = (...args) => spawnSync(pinnedNode, args, { cwd: root, encoding: "utf8", timeout: 60_000 });
  const version = run("--version");
  if (version.stdout?.trim() !== `v${lock.node}` && free_MB() < NEEDED_MB / 10) throw new Trouble("the disk is full: make room and run this again");
  if (version.error?.code === "ENOENT") throw new Trouble(`npm left out the pinned Node: the registry may lack ${runtimeName.slice(13)} ${lock.node}`);
  if (version.error?.code === "EACCES") throw new Trouble(`${modules} forbids running programs (noexec): move the project to another file system`);
  if (version.stdout?.trim() !== `v${lock.node}`) throw new Trouble(`the pinned Node ${lock.node} does not run on this system`, version.stderr ?? "");
  return { native: run("-e", 'require("epoll"); require("i2c-bus")').status === 0 };
}

function writeStamp(lock, native) {
  const stamp = { key: lock.key, native, compiler: hasCompiler(), node: lock.node };
  fs.writeFileSync(`${stampFile}.new`, JSON.stringify(stamp));
  fs.renameSync(`${stampFile}.new`, stampFile);
  return stamp;
}

/** Whatever would stop npm half-way, said before it has taken anything away. */
function checkFolder() {
  if (process.getuid() === 0 && process.env.SUDO_UID && fs.statSync(root).uid !== 0) throw new Trouble("do not use sudo: run this as the owner of the folder");
  for (const folder of [root, modules, path.join(modules, ".bin")].filter((name) => fs.existsSync(name))) {
    try {
      fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    } catch (error) {
      if (error.code === "EROFS") throw new Trouble(`${folder} is on a read-only file system: remount it or clone elsewhere`);
      throw new Trouble(`${folder} is not yours to write (owner: uid ${fs.statSync(folder).uid}): sudo chown -R "$(id -un)" ${root}`);
    }
  }
  if (!isFile(pinnedNode) && free_MB() < NEEDED_MB) throw new Trouble(`${free_MB()} MB are free for ${root}, ${NEEDED_MB} MB are needed: make room`);
}

/** Environment for npm: the user's own, plus the headers of the Node that will load what is compiled. */
function npmEnvironment(npm) {
  const env = { ...process.env, PATH: searchPath.join(":"), npm_package_config_node_gyp_nodedir: runtime };
  const asked = spawnSync(npm, ["config", "get", "cache"], { cwd: root, env, encoding: "utf8", timeout: 60_000 });
  const version = spawnSync(npm, ["--version"], { cwd: root, env, encoding: "utf8", timeout: 60_000 });
  if (asked.status !== 0 || version.status !== 0) throw new Trouble("npm does not run: reinstall npm", asked.stderr || version.stderr || "");
  // The node-gyp inside older npm knows only this name; npm 12 no longer passes it on.
  if (Number.parseInt(version.stdout, 10) < 12) env.npm_config_nodedir = runtime;
  let cache = asked.stdout.trim();
  while (!fs.existsSync(cache)) cache = path.dirname(cache);
  const writable = attempt(() => fs.accessSync(cache, fs.constants.W_OK) ?? true);
  const ownCache = writable ? undefined : fs.mkdtempSync(path.join(os.tmpdir(), "offgas-npm-cache-"));
  return { env: ownCache ? { ...env, npm_config_cache: ownCache } : env, ownCache };
}

let installing;
/** Runs `npm ci` in a process group of its own, so that an interrupt ends it with all it started. */
async function install(lock, heldLock) {
  const npm = findCommand("npm");
  if (!npm) throw new Trouble("npm is missing: install it (Debian: sudo apt-get install npm) and run this again");
  const { env, ownCache } = npmEnvironment(npm);
  fs.rmSync(stampFile, { force: true });
  const began_ms = Date.now();
  const seconds = () => Math.round((Date.now() - began_ms) / 1000);
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--no-engine-strict", "--no-progress"];
  // npm would try for 70 s where there is no network; with these waits it gives up after a dozen.
  args.push("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=10000");
  // The held lock travels along: should this process be killed, the next run waits for npm to end before it starts its own.
  const child = spawn(npm, args, { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe", heldLock ?? "ignore"] });
  installing = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output = (output + text).slice(-65_536)));
  const draw = () => {
    const present = lock.expected.filter(isPresent).length;
    const step = present < lock.expected.length ? `installing packages: ${present} of ${lock.expected.length}` : "building the native parts";
    process.stdout.write(`\r\x1b[K${step}, ${seconds()} s`);
  };
  const drawing = process.stdout.isTTY ? setInterval(draw, 250) : undefined;
  const status = await new Promise((resolve) => child.on("error", resolve).on("close", resolve));
  installing = undefined;
  clearInterval(drawing);
  if (drawing) process.stdout.write("\r\x1b[K");
  if (ownCache) fs.rmSync(ownCache, { recursive: true, force: true });
  if (interrupted) return;
  if (status !== 0) {
    const words = output.split("\n").filter((line) => line !== "" && !/EBADENGINE|npm notice/.test(line));
    const remedy = remedyFor(words.join("\n"));
    throw remedy ? new Trouble(remedy) : new Trouble(`npm ci ended with ${status}; its last lines follow`, words.slice(-15).join("\n"));
  }
  say(`installed ${lock.expected.filter(isPresent).length} packages (${seconds()} s)`);
}

/** Waits until no other set-up works in this folder. The kernel gives the lock back when its last holder ends, however it ends. */
async function takeTurn() {
  const held = fs.openSync(lockFile, "r");
  const flock = (...args) => ["flock", [...args, "3"], { stdio: ["ignore", "ignore", "ignore", held] }];
  const tried = spawnSync(...flock("--nonblock"));
  if (tried.status === 1) {
    say("another set-up is at work in this folder: waiting for it");
    const waiting = spawn(...flock());
    installing = waiting;
    await new Promise((resolve) => waiting.on("error", resolve).on("close", resolve));
    installing = undefined;
  }
  return held;
}

let interrupted;
function interrupt(signal) {
  interrupted = signal;
  if (!installing) return leave();
  const { pid, spawnargs } = installing;
  const end = (how) => attempt(() => process.kill(spawnargs[0] === "flock" ? pid : -pid, how));
  end("SIGTERM");
  setTimeout(() => end("SIGKILL"), 1000).unref();
}
function leave() {
  process.stderr.write(`${process.stdout.isTTY ? "\r\x1b[K" : ""}set-up: interrupted; run node deploy/bootstrap.mjs again to go on\n`);
  process.exit(128 + os.constants.signals[interrupted]);
}

async function setUp() {
  checkMachine();
  const lock = readLock();
  const stamp = finished(lock) ?? (await work(lock));
  if (interrupted) leave();
  say(`ready: Node ${stamp.node}${stamp.native ? ", GPIO and I2C" : ""}`);
  if (!stamp.native) say(stamp.compiler ? "GPIO and I2C are unavailable: epoll or i2c-bus did not build; npm rebuild epoll i2c-bus says why" : COMPILER_ADVICE);
}

async function work(lock) {
  checkFolder();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupt);
  const held = await takeTurn();
  if (interrupted) leave();
  const meanwhile = finished(lock);
  if (meanwhile) return meanwhile;
  if (installedByHand(lock)) {
    const { native } = verify(lock);
    if (native || !hasCompiler()) return writeStamp(lock, native);
  }
  await install(lock, held);
  if (interrupted) leave();
  return writeStamp(lock, verify(lock).native);
}

const [word, ...more] = process.argv.slice(2);
if (word === "--help" || word === "-h") {
  process.stdout.write(HELP);
} else if (word !== undefined) {
  process.stderr.write(`set-up: unknown argument ${[word, ...more].join(" ")}: it takes none but --help\n`);
  process.exitCode = 2;
} else {
  setUp().catch((error) => {
    if (!(error instanceof Trouble)) throw error;
    process.stderr.write(`set-up: ${error.message}\n${error.tail === "" ? "" : `${error.tail.trimEnd()}\n`}`);
    process.exitCode = 1;
  });
}
