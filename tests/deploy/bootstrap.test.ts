import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setUpProject } from "../support/set-up-project.ts";

const ready = `ready: Node ${process.versions.node}`;
const define = (what: string, value: string) => `data:text/javascript,Object.defineProperty(process, "${what}", { value: ${value} });`;
const unprivileged = "data:text/javascript,if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }";

/** Resolves once the stand-in npm is half-way through its work. */
async function halfWay(folder: string): Promise<number> {
  const written = () => existsSync(join(folder, "npm.pid")) && readFileSync(join(folder, "npm.pid"), "utf8");
  for await (const _ of wakes(folder)) if (written()) return Number(written());
  throw new Error("npm did not start");
}
async function* wakes(folder: string): AsyncGenerator<void> {
  const watcher = watch(folder);
  try {
    for (;;) {
      yield;
      await new Promise((resolve) => watcher.once("change", resolve));
    }
  } finally {
    watcher.close();
  }
}

test("the first run installs against the pinned headers, the second does nothing, a new lock file installs again", async (t) => {
  const project = setUpProject(t);
  const first = await project.run();
  assert.deepEqual([first.code, first.err], [0, ""]);
  assert.match(first.out, new RegExp(`^installed 4 packages \\(\\d+ s\\)\n${ready}, GPIO and I2C\n$`));
  assert.deepEqual(await project.run(), { code: 0, out: `${ready}, GPIO and I2C\n`, err: "" });
  assert.deepEqual(project.installs(), [`ci ${project.folder}/node_modules/node-linux-${process.arch}`]);
  project.relock({ "node_modules/yaml": { version: "1.0.0", integrity: "sha512-e" } });
  assert.match((await project.run()).out, /^installed 5 packages/);
  assert.equal(project.installs().length, 2);
});

test("a package that somebody took away is put back", async (t) => {
  const project = setUpProject(t);
  await project.run();
  rmSync(join(project.folder, "node_modules/zod"), { recursive: true });
  await project.run();
  assert.ok(existsSync(join(project.folder, "node_modules/zod")));
});

test("what npm installed by hand from this lock file is kept", async (t) => {
  const project = setUpProject(t);
  await project.run();
  rmSync(join(project.folder, "node_modules/.offgas-ready.json"));
  assert.equal((await project.run()).out, `${ready}, GPIO and I2C\n`);
  assert.equal(project.installs().length, 1);
});

test("without a compiler it says what is missing and goes on; once there is one it builds", async (t) => {
  const project = setUpProject(t);
  const advice = `${ready}\nGPIO and I2C are unavailable until a compiler is there: sudo apt-get install build-essential python3, then run this again\n`;
  const first = await project.run({ FAKE_NATIVE: "no" });
  assert.deepEqual([first.code, first.out.replace(/^installed.*\n/, "")], [0, advice]);
  assert.equal((await project.run({ FAKE_NATIVE: "no" })).out, advice);
  assert.equal(project.installs().length, 1);
  for (const name of ["g++", "make", "python3"]) project.command(name);
  assert.match((await project.run()).out, /GPIO and I2C\n$/);
  assert.equal(project.installs().length, 2);
});

test("killed half-way with all that it started, it repairs itself", async (t) => {
  const project = setUpProject(t);
  const { child, ended } = project.start({ FAKE_NPM: "hang" });
  const npm = await halfWay(project.folder);
  child.kill("SIGKILL");
  process.kill(npm, "SIGKILL");
  await ended;
  assert.match((await project.run()).out, /^installed 4 packages/);
});

test("killed alone, it leaves an npm that the next run waits for", async (t) => {
  const project = setUpProject(t);
  const { child, ended } = project.start({ FAKE_NPM: "hang" });
  const npm = await halfWay(project.folder);
  child.kill("SIGKILL");
  const next = project.start();
  await new Promise((told) => next.child.stdout?.once("data", told));
  assert.equal(project.installs().length, 1, "npm is not started beside the old one");
  process.kill(npm, "SIGKILL");
  await ended;
  assert.match((await next.ended).out, /^another set-up is at work in this folder: waiting for it\ninstalled 4 packages/);
});

test("an interrupt ends npm and says how to go on", async (t) => {
  const project = setUpProject(t);
  const { child, ended } = project.start({ FAKE_NPM: "hang" });
  const npm = await halfWay(project.folder);
  child.kill("SIGINT");
  assert.deepEqual(await ended, { code: 130, out: "", err: "set-up: interrupted; run node deploy/bootstrap.mjs again to go on\n" });
  assert.throws(() => process.kill(npm, 0), { code: "ESRCH" });
});

test("after npm failed nothing counts as set up", async (t) => {
  const project = setUpProject(t);
  await project.run();
  project.relock({ "node_modules/yaml": { version: "1.0.0", integrity: "sha512-e" } });
  assert.equal((await project.run({ FAKE_NPM: "fail", FAKE_WORDS: "npm error code ENOSPC" })).code, 1);
  assert.match((await project.run()).out, /^installed 5 packages/);
});

const failing = (words: string) => ({ FAKE_NPM: "fail", FAKE_WORDS: words });
const troubles: readonly (readonly [
  what: string,
  found: RegExp,
  run: (project: ReturnType<typeof setUpProject>, t: TestContext) => Promise<{ code: number | null; err: string }>,
])[] = [
  ["no network", /registry cannot be reached: connect/, (project) => project.run(failing("npm error code ENOTFOUND"))],
  ["a full disk", /disk is full: make room/, (project) => project.run(failing("npm error ENOSPC: no space left on device, write"))],
  [
    "a certificate of the network's own",
    /certificate is not trusted: set npm's cafile/,
    (project) => project.run(failing("npm error code SELF_SIGNED_CERT_IN_CHAIN")),
  ],
  ["an old Node", /Node 18\.19\.0 is too old: install Node 20/, (project) => project.run({}, [], define("versions", '{ node: "18.19.0" }'))],
  ["a 32-bit Node", /linux arm, which is not supported: install the 64-bit system/, (project) => project.run({}, [], define("arch", '"arm"'))],
  ["another system", /darwin .*: use a 64-bit Linux machine/, (project) => project.run({}, [], define("platform", '"darwin"'))],
  ["a folder of somebody else", /is not yours to write .*sudo chown/, (project) => project.run({}, [], unprivileged)],
  [
    "no npm",
    /npm is missing: install it/,
    (project) => {
      renameSync(join(project.folder, "commands/npm"), join(project.folder, "npm"));
      return project.run();
    },
  ],
  [
    "no lock file",
    /package-lock\.json is missing or damaged: restore it/,
    (project) => {
      rmSync(join(project.folder, "package-lock.json"));
      return project.run();
    },
  ],
];
for (const [what, found, run] of troubles) {
  test(`one line and exit code 1: ${what}`, async (t) => {
    const { code, err } = await run(setUpProject(t), t);
    assert.equal(code, 1);
    assert.match(err, found);
    assert.match(err, /^set-up: [^\n]+\n$/, "one line");
  });
}

test("where it cannot tell what happened it shows npm's last words, without the noise", async (t) => {
  const { code, err } = await setUpProject(t).run(failing("npm error something new"));
  assert.deepEqual([code, err], [1, "set-up: npm ci ended with 1; its last lines follow\nnpm error something new\n"]);
});

test("--help explains; any other argument is wrong usage", async (t) => {
  const project = setUpProject(t);
  const help = await project.run({}, ["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /^Usage: node deploy\/bootstrap\.mjs\n/);
  assert.equal((await project.run({}, ["--force"])).code, 2);
  assert.deepEqual(project.installs(), []);
});
