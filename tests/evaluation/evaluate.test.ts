import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { casesAskedFor, knownScenes } from "../../edge-agent/evaluation/case-ref.ts";
import type { LeadRow, Score } from "../../models/evaluation/score.ts";
import { cli, offgas } from "../support/agent.ts";
import { tempFolder } from "../support/temp.ts";
import { writeCase } from "./small-case.ts";

const cases = new URL("../cases", import.meta.url).pathname;
type Ran = Awaited<ReturnType<typeof offgas>>;

describe("the UL FSRI case, scored through the command line", () => {
  let ran: Ran;
  const out = join(tempFolder({ after }), "score");
  let score: Score;
  before(async () => {
    ran = await offgas("evaluate", cases, "--json", "--out", out);
    assert.equal(ran.code, 0, ran.stderr);
    score = JSON.parse(ran.stdout).score;
  });
  const lead = (detector: string, criterion: string, reference: string): LeadRow | undefined =>
    score.leads.find((row) => row.detector === detector && row.criterion === criterion && row.reference === reference);

  test("says what was scored, and by which files", () => {
    const report = JSON.parse(ran.stdout);
    assert.deepEqual(
      report.cases.map((each: { case: string; kind: string; group: string }) => [each.case, each.kind, each.group]),
      [["ul-fsri", "heater-propagation", "abuse"]],
    );
    assert.equal(new Set(report.files.map(({ sha256 }: { sha256: string }) => sha256)).size, 3);
    assert.deepEqual(report.failed, []);
  });

  test("the rate of 1 K/s is at runaway what the truth is made of: no lead, nine of nine, and none before the vent", () => {
    const { n, missed, median, min } = lead("rate-1-K-per-s", "trip", "runaway") ?? {};
    assert.deepEqual([n, missed, median, min], [9, 0, 0, 0]);
    assert.deepEqual([lead("rate-1-K-per-s", "trip", "vent")?.n, lead("rate-1-K-per-s", "trip", "vent")?.missed], [1, 1]);
  });

  test("gas is found at 1696 s: 68 s before C5 runs away, which is the least of nine leads, and 2 s after the vent", () => {
    const { n, missed, min } = lead("off-gas-cusum", "warning", "runaway") ?? {};
    assert.deepEqual([n, missed, min], [9, 0, 68]);
    assert.equal(lead("off-gas-cusum", "warning", "vent")?.missed, 1);
  });

  test("60 °C was passed early by the heated cell, its heater's doing; 5 of 9 cells were in flames first", () => {
    const { n, missed } = lead("limit-60-80", "alarm", "runaway") ?? {};
    assert.deepEqual([n, missed], [9, 5]);
  });

  test("no H2 in ppm and no pressure was measured: these baselines miss all", () => {
    for (const detector of ["limit-h2", "limit-pressure"]) assert.equal(lead(detector, "advisory", "runaway")?.missed, 9);
  });

  test("one run says nothing about others: no interval of a median", () => {
    assert.ok(score.leads.every(({ median_95 }) => median_95 === undefined));
  });

  test("writes the same score, tables for the model card, and pictures", () => {
    assert.deepEqual(readdirSync(out).sort(), ["leads-heater-propagation.svg", "outcomes.jsonl", "run-heater-propagation.svg", "score.json", "score.md"]);
    assert.deepEqual(JSON.parse(readFileSync(join(out, "score.json"), "utf8")), JSON.parse(ran.stdout));
    const card = readFileSync(join(out, "score.md"), "utf8");
    assert.match(card, /\| off-gas-cusum \| advisory to warning \| runaway \| 0 of 9 \(≤ 28 %\) \| 90 s \|/);
    assert.match(card, /!\[.+\]\(run-heater-propagation\.svg\)/);
    const run = readFileSync(join(out, "run-heater-propagation.svg"), "utf8");
    assert.match(run, /^<svg [^>]*xmlns/);
    for (const text of ["true: vent", "runaway, trip", "gas-rise, warning", "temperature, °C", "gas, ppm"]) assert.ok(run.includes(text), text);
    assert.ok(readFileSync(join(out, "leads-heater-propagation.svg"), "utf8").includes("rate-1-K-per-s (missed 0/9, 0/9)"));
  });
});

/** As in the lean install, which has no library of charts. */
const lean = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", new URL("without-echarts.ts", import.meta.url).href, cli, "evaluate", ...args], { encoding: "utf8" });

test("what cannot be read or drawn is told in a line each, with what to do; the other cases are scored, and the exit is 1", (t) => {
  const root = join(tempFolder(t), "cases");
  const out = join(root, "../score");
  writeCase(join(root, "good"));
  writeCase(join(root, "no-json"), { "truth.json": "{" });
  writeCase(join(root, "no-kind"), { "truth.json": '{"v":1,"healthy":true,"events":[]}' });
  writeCase(join(root, "no-run"), { "run.csv": undefined });
  writeCase(join(root, "two-runs"), { "run.csv": undefined, "a.csv": "time_s\n", "b.csv": "time_s\n" });
  writeCase(join(root, "no-column"), { "run.csv": "time_s,other\n1,2\n" });
  writeCase(join(root, "no-station"), { "station.yaml": undefined });
  writeCase(join(root, "bad-station"), { "station.yaml": "version: 1\ncolour: red\n" });
  const { status, stdout, stderr } = lean(root, "--out", out);
  assert.equal(status, 1);
  const lines = stderr.trim().split("\n");
  assert.equal(lines.length, 8, stderr);
  for (const [name, says] of [
    ["bad-station", /case\/unreadable: .*station\.yaml has \d errors: offgas check .*station\.yaml lists them/],
    ["no-column", /recording\/malformed: .*run\.csv: no column "C1\.t"/],
    ["no-json", /case\/unreadable: .*truth\.json: .*JSON/],
    ["no-kind", /case\/unreadable: .*truth\.json: kind: /],
    ["no-run", /case\/unreadable: .*put run\.csv or run\.csv\.gz beside truth\.json/],
    ["no-station", /config\/unreadable: .*station\.yaml/],
    ["two-runs", /case\/unreadable: .*2 tables; name the recording/],
  ] as const)
    assert.ok(
      lines.some((line) => line.startsWith(`offgas evaluate: ${name}: `) && says.test(line)),
      `${name}: ${stderr}`,
    );
  assert.match(stdout, /^1 cases scored, 7 could not be; 3 files/);
  assert.match(lines.at(-1) ?? "", /without charts: npm install --no-save echarts@6\.1\.0/);
  assert.deepEqual(readdirSync(out).sort(), ["outcomes.jsonl", "score.json", "score.md"]);
  // one alarm in a minute is 60 in an hour; the bound is 4.743865 of them
  assert.match(stdout, /False alarms in healthy runs/);
  assert.match(stdout, /warm +limit-60-80 +1 +0\.0 +1 \(≤ 285000\) +1 \(≤ 285000\) +1 \(≤ 285000\) +0 \(≤ 180000\) +0 \(≤ 180000\)/);
});

test("the version that the line names is the one of package.json", () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const source = readFileSync(new URL("../../edge-agent/cli/score-charts.ts", import.meta.url), "utf8");
  assert.ok(source.includes(`echarts@${devDependencies.echarts} `));
});

test("wrong usage is told in a line, with exit 2, and nothing is written", async (t) => {
  const root = tempFolder(t);
  const { code, stdout, stderr } = await offgas("evaluate", root, "--out", join(root, "out"));
  assert.deepEqual([code, stdout, existsSync(join(root, "out"))], [2, "", false]);
  assert.match(stderr, /^offgas evaluate: no folder at or below .* holds a truth\.json; see offgas evaluate --help\n$/);
});

test("a question that makes no sense is answered by what is wrong with it", (t) => {
  const root = tempFolder(t);
  for (const [words, asked, says] of [
    [[], {}, "name one folder of cases"],
    [["a", "b"], {}, "name one folder of cases"],
    [["nowhere"], {}, "nowhere is no folder"],
    [[root], { seeds: "1" }, "--seeds goes with --scene"],
    [[root], { scene: "storage" }, "give a folder of cases or --scene, not both"],
    [[], { scene: "nothing-such", seeds: "1-2" }, `no scene "nothing-such": ${knownScenes()}`],
  ] as const)
    assert.equal(casesAskedFor(words, asked), says);
});

test("--only scores the detectors that it names, on a simulated run without a file; one that is not there is wrong usage", async () => {
  const ran = await offgas("evaluate", "--scene", "chamber-ramp", "--seeds", "3", "--only", "full", "--only", "limit-60-80", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  const { score } = JSON.parse(ran.stdout) as { score: Score };
  assert.deepEqual([...new Set(score.false_alarms.map(({ detector }) => detector))], ["full", "limit-60-80"]);
  const wrong = await offgas("evaluate", cases, "--only", "fall");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^offgas evaluate: no detector "fall"; there are full, /);
});
