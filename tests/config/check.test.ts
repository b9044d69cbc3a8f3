import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { tempFolder } from "../support/temp.ts";
import { base } from "./base.ts";

const main = join(import.meta.dirname, "../../edge-agent/cli/main.ts");

function check(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "check", ...argv], { encoding: "utf8", env: { ...inherited, ...environment } });
  return { status, stdout, stderr };
}

test("a good file is explained on standard output, and only its warnings go to standard error", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  writeFileSync(path, stringify(base()));
  const { status, stdout, stderr } = check([path]);
  assert.equal(status, 0);
  assert.match(stdout, /^lab\/chamber-1: 2 cells, 2 packs, 3 channels\n/);
  assert.match(stderr, /^\S+station\.yaml:\d+:\d+: warning: sinks\[0\]\.password_file: .*\n$/);
});

test("of several files each is told; one bad file is enough for 78", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "good.yaml"), stringify(base()));
  writeFileSync(join(folder, "bad.yaml"), stringify({ ...base(), site: "Lab", colour: "red" }));
  const { status, stdout, stderr } = check(["good.yaml", "bad.yaml", "none.yaml"].map((file) => join(folder, file)));
  assert.equal(status, 78);
  assert.match(stdout, /^lab\/chamber-1: /);
  assert.match(stderr, /bad\.yaml:2:7: site: found "Lab"/);
  assert.match(stderr, /bad\.yaml:\d+:1: colour: unknown key "colour"/);
  assert.match(stderr, /none\.yaml:1:1: there is no such file/);
});

test("--json is one object for a machine, with the same exit code and nothing on standard error", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  writeFileSync(path, stringify({ ...base(), colour: "red" }));
  const { status, stdout, stderr } = check(["--json", path]);
  assert.equal(status, 78);
  assert.equal(stderr, "");
  const { v, files } = JSON.parse(stdout);
  assert.equal(v, 1);
  assert.equal(files.length, 1);
  assert.equal(files[0].ok, false);
  assert.equal(files[0].file, path);
  const colour = files[0].problems.find((problem: { path: string }) => problem.path === "colour");
  assert.deepEqual({ ...colour, message: "" }, { severity: "error", line: colour.line, column: 1, path: "colour", message: "" });
});

test("wrong usage is 2, help is 0 and shows examples", () => {
  assert.equal(check([]).status, 2);
  assert.equal(check(["--jsn", "x"]).status, 2);
  const { status, stdout } = check(["--help"]);
  assert.equal(status, 0);
  assert.match(stdout, /examples:\n {2}offgas check station\.yaml\n/);
});

test("a pipe gets no colours; a wish for colours is heard, and NO_COLOR", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  writeFileSync(path, "");
  const colour = "\u001b";
  assert.ok(!check([path]).stderr.includes(colour));
  assert.ok(check([path], { FORCE_COLOR: "1" }).stderr.includes(colour));
  assert.ok(!check([path], { NO_COLOR: "1" }).stderr.includes(colour));
});
