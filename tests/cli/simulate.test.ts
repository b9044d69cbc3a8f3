import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { truthSchema } from "../../edge-agent/contracts/truth.ts";
import { scenes } from "../../models/twin/scenes.ts";
import { offgas } from "../support/agent.ts";
import { tempFolder } from "../support/temp.ts";

test("a scene becomes a case that check and replay take; a second time nothing is written over", async (t) => {
  const folder = join(tempFolder(t), "nail");
  const out = join(folder, "run.csv.gz");
  const { code, stdout, stderr } = await offgas("simulate", "nail", "--seed", "4", "--out", out);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /rows in .*C1: runaway/s);
  assert.equal(stderr, "", "silent in a pipe");
  assert.deepEqual(readdirSync(folder).sort(), ["run.csv.gz", "station.yaml", "truth.json"]);
  assert.equal(truthSchema.parse(JSON.parse(readFileSync(join(folder, "truth.json"), "utf8"))).kind, "nail");
  assert.match(gunzipSync(readFileSync(out)).toString(), /^time_s,/);
  const checked = await offgas("check", join(folder, "station.yaml"));
  assert.deepEqual([checked.code, checked.stderr], [0, ""]);
  const replayed = await offgas("replay", "--config", join(folder, "station.yaml"), "--input", out, "--out", join(folder, "out"));
  assert.equal(replayed.code, 0, replayed.stderr);

  const again = await offgas("simulate", "nail", "--seed", "5", "--out", out);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^offgas simulate: .*would be written over; name another folder with --out.*\n$/);
});

test("a station file beside it is not written over either, and nothing is left of the attempt", async (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "station.yaml"), "mine\n");
  const { code, stderr } = await offgas("simulate", "nail", "--out", join(folder, "run.csv"));
  assert.equal(code, 2);
  assert.match(stderr, /station\.yaml would be written over/);
  assert.deepEqual(readdirSync(folder), ["station.yaml"]);
  assert.equal(readFileSync(join(folder, "station.yaml"), "utf8"), "mine\n");
});

test("--list names every scene, as text and as JSON; --json says what was written", async (t) => {
  const { code, stdout } = await offgas("simulate", "--list");
  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]),
    scenes.map(({ name }) => name),
  );
  const listed: { name: string }[] = JSON.parse((await offgas("simulate", "--list", "--json")).stdout);
  assert.equal(listed.length, scenes.length);
  const out = join(tempFolder(t), "run.csv");
  const written = JSON.parse((await offgas("simulate", "hard-short", "--seed", "2", "--out", out, "--json")).stdout);
  assert.equal(readFileSync(out, "utf8").trim().split("\n").length, written.rows + 1);
  assert.ok(written.events.some(({ event }: { event: string }) => event === "runaway"));
});

const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["ovenramp", "--out", "x.csv"], /no scene "ovenramp"; did you mean "oven-ramp"\?/],
  [["ramp", "--out", "x.csv"], /no scene "ramp"; near it: oven-ramp, chamber-ramp/],
  [["earthquake", "--out", "x.csv"], /no scene "earthquake"; scenes are formation, cycling/],
  [["nail"], /--out missing/],
  [["nail", "--out", "x.parquet"], /ends in neither \.csv nor \.csv\.gz/],
  [["nail", "--seed", "1e3", "--out", "x.csv"], /--seed 1e3 is not a whole number/],
];
for (const [args, says] of wrong) {
  test(`wrong usage, exit 2 and one line: simulate ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await offgas("simulate", ...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, says);
    assert.equal(stderr.split("\n").length, 2, stderr);
    assert.ok(!existsSync("x.csv"));
  });
}

test("a folder that cannot be written is a fault with a remedy, and leaves nothing behind", async (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "kept"));
  const { code, stderr } = await offgas("simulate", "nail", "--out", join(folder, "file", "run.csv"));
  assert.equal(code, 1);
  assert.match(stderr, /spool\/unavailable.*name another file with --out/);
  assert.deepEqual(readdirSync(folder).sort(), ["file", "kept"]);
});
