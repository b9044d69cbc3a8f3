/**
 * A small project whose npm is a stand-in, to bring the set-up into states that the true npm reaches rarely. The true npm is tried by
 * every run of `.ci/run`.
 */
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { tempFolder } from "./temp.ts";

const runtime = `node_modules/node-linux-${process.arch}`;
const lock = (more: object = {}) =>
  JSON.stringify({
    packages: {
      "": { name: "small" },
      [runtime]: { version: process.versions.node, integrity: "sha512-a", optional: true, os: ["linux"], cpu: [process.arch] },
      "node_modules/zod": { version: "1.0.0", integrity: "sha512-b" },
      "node_modules/epoll": { version: "1.0.0", integrity: "sha512-c", optional: true },
      "node_modules/i2c-bus": { version: "1.0.0", integrity: "sha512-d", optional: true },
      ...more,
    },
  });

/** `ci` does what FAKE_NPM says: `fail` with the words of FAKE_WORDS, `hang` half-way, or install what the lock names. */
const fakeNpm = `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path");
const [word, , key] = process.argv.slice(2);
if (word === "--version") console.log("11.0.0");
if (word === "config") console.log(process.env.FAKE_CACHE);
if (word === "ci") {
  fs.appendFileSync("npm.log", "ci " + process.env.npm_package_config_node_gyp_nodedir + "\\n");
  fs.rmSync("node_modules", { recursive: true, force: true });
  if (process.env.FAKE_NPM === "fail") { console.error("npm warn EBADENGINE noise\\n" + process.env.FAKE_WORDS); process.exit(1); }
  const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
  const native = process.env.FAKE_NATIVE === "yes";
  for (const name of Object.keys(packages).filter((name) => name !== "" && (native || !/epoll|i2c/.test(name)))) {
    fs.mkdirSync(path.join(name, "bin"), { recursive: true });
    fs.writeFileSync(path.join(name, "package.json"), "{}");
    fs.writeFileSync(path.join(name, "index.js"), "");
    if (process.env.FAKE_NPM === "hang") { fs.writeFileSync("npm.pid", String(process.pid)); setInterval(() => {}, 1000); return; }
  }
  fs.symlinkSync(process.execPath, "${runtime}/bin/node");
  fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
}
`;

export interface Ending {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function setUpProject(t: TestContext) {
  const folder = tempFolder(t);
  chmodSync(folder, 0o755);
  for (const name of ["deploy", "commands"]) mkdirSync(join(folder, name));
  for (const name of ["bootstrap.mjs", "npm-remedies.mjs", "search-path.mjs"])
    copyFileSync(resolve(import.meta.dirname, "../../deploy", name), join(folder, "deploy", name));
  const command = (name: string, text = "") => writeFileSync(join(folder, "commands", name), text, { mode: 0o755 });
  command("npm", fakeNpm);
  symlinkSync(process.execPath, join(folder, "commands/node"));
  symlinkSync("/usr/bin/flock", join(folder, "commands/flock"));
  writeFileSync(join(folder, "package-lock.json"), lock());

  function start(env: Readonly<Record<string, string>> = {}, args: readonly string[] = [], preload = "data:text/javascript,") {
    const child = spawn(process.execPath, ["--import", preload, join(folder, "deploy/bootstrap.mjs"), ...args], {
      env: { PATH: join(folder, "commands"), FAKE_CACHE: folder, FAKE_NATIVE: "yes", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    const ended = new Promise<Ending>((done) => child.on("close", (code) => done({ code, out, err })));
    return { child, ended };
  }
  return {
    folder,
    start,
    run: (...how: Parameters<typeof start>): Promise<Ending> => start(...how).ended,
    command,
    relock: (more: object) => writeFileSync(join(folder, "package-lock.json"), lock(more)),
    /** One line for each `npm ci`, with the headers that it was told to compile against. */
    installs: (): string[] => (existsSync(join(folder, "npm.log")) ? readFileSync(join(folder, "npm.log"), "utf8").trim().split("\n") : []),
  };
}
