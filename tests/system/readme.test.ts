// needs: influxdb mosquitto chromium
/**
 * The README as its reader follows it: a clean copy, an empty home, each command exactly as printed, in order. What it costs in seconds is
 * told, not asserted.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { canvasOf, openBrowser } from "../support/chromium.ts";
import { childrenOf, gone } from "../support/processes.ts";
import { commandsIn, fenced } from "../support/readme.ts";
import { tempFolder } from "../support/temp.ts";

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** What git knows of and what it would take: no packages, no data, nothing that a person left here. */
function cleanCopy(t: TestContext): { readonly folder: string; readonly env: NodeJS.ProcessEnv } {
  const folder = join(tempFolder(t), "offgas");
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" }).stdout;
  for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  const home = join(dirname(folder), "home");
  mkdirSync(home);
  // as a login shell has it: nothing of this run of npm, and no package of this copy on the PATH
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE|INIT_CWD|OFFGAS_CI)/.test(name)));
  const path = (process.env.PATH ?? "").split(":").filter((each) => !each.includes("node_modules"));
  return { folder, env: { ...env, HOME: home, PATH: path.join(":") } };
}

test("every command of the README, as printed", async (t) => {
  const { folder, env } = cleanCopy(t);

  /** A line at a shell; everything that it prints. */
  function type(line: string) {
    const child = spawn("sh", ["-c", line], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const all = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(all)];
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    const ended = once(child, "close").then(([code]) => code as number | null);
    t.after(async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), "SIGTERM");
      await ended;
    });
    async function until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        assert.ok(child.exitCode === null && child.signalCode === null, `${line}: ${output}`);
        await wait(50);
      }
    }
    async function interrupt(): Promise<void> {
      const pids = all(child.pid ?? 0);
      process.kill(-(child.pid ?? 0), "SIGINT");
      await ended;
      await gone(pids);
    }
    return { until, interrupt, ended, output: () => output };
  }

  /** `npm start`: curves that move in a browser, then Ctrl-C. */
  async function seen(line: string, cell: string): Promise<void> {
    for (const time of ["first", "second"]) {
      const began_ms = performance.now();
      const bench = type(line);
      const [, url = ""] = await bench.until(/page +up: Node-RED +(\S+)/);
      const [, password] = await bench.until(/user offgas, (?:password (\S+) \(shown this once\)|with the password)/);
      passwords[0] ??= password ?? "";
      const { page, problems, context } = await openBrowser(t, { url, credentials: { username: "offgas", password: passwords[0] } });
      await page.getByText(cell, { exact: true }).first().waitFor();
      const before = await canvasOf(page, "body");
      for (let now = before; now.digest === before.digest || now.colours < 3; now = await canvasOf(page, "body")) await wait(200);
      t.diagnostic(`${line}: moving curves ${((performance.now() - began_ms) / 1000).toFixed(1)} s after the ${time} start`);
      assert.deepEqual(problems, []);
      await context.close();
      await bench.interrupt();
    }
  }
  const passwords: string[] = [];

  const ends = async (line: string, code: number, says: RegExp): Promise<void> => {
    const command = type(line);
    assert.equal(await command.ended, code, `${line}: ${command.output()}`);
    assert.match(command.output(), says, line);
  };

  const followed: Readonly<Record<string, (line: string) => Promise<void>>> = {
    "npm start": (line) => seen(line, "C5"),
    "npx offgas replay --config tests/cases/ul-fsri/station.yaml --input tests/cases/ul-fsri/run.csv.gz --out out": async (line) => {
      await ends(line, 0, /samples/);
      assert.match(readFileSync(join(folder, "out/timeline.jsonl"), "utf8"), /"id":"runaway:C5"/);
    },
    "npx offgas check station.yaml": (line) => ends(line, 0, /my-lab\/chamber-1: 1 cell/),
    // no machine of the tests has such a bus: the reader at a desk sees the same
    "npx offgas doctor --config station.yaml": (line) => ends(line, 1, /bus i2c-1 +\/dev\/i2c-1 is not there/),
    "npm start -- --config station.yaml --simulated": (line) => seen(line, "C1"),
    "npx offgas run --config station.yaml": async (line) => {
      const agent = type(line);
      await agent.until(/agent my-lab\/chamber-1 started/);
      await agent.interrupt();
    },
    // the run that this test belongs to began with them
    "npm test": async () => assert.match(readFileSync(join(root, ".ci/run"), "utf8"), /npm test/),
    "npm run check": async () => assert.match(readFileSync(join(root, ".ci/run"), "utf8"), /npm run .*check/),
  };

  const [station = ""] = fenced(readme, "yaml");
  assert.equal(station.trimEnd().split("\n").length, 10, "the station file has ten lines");
  const printed = commandsIn(readme);
  assert.deepEqual(printed.filter((line) => !Object.hasOwn(followed, line)).concat(Object.keys(followed).filter((line) => !printed.includes(line))), []);
  for (const line of printed) {
    if (line.includes("station.yaml") && !line.includes("tests/cases")) writeFileSync(join(folder, "station.yaml"), station);
    await followed[line]?.(line);
  }
});
