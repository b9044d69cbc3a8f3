/** What a person may get wrong before the agent runs: one clear line each, the right exit code, no stack trace. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { offgas, startAgent } from "../support/agent.ts";
import { writeStation } from "../support/agent-station.ts";
import { tempFolder } from "../support/temp.ts";
import { tenErrors } from "../support/ten-errors.ts";

/** Runs to the end; stderr must be these lines and nothing more. */
async function fails(args: readonly string[], code: number, ...lines: readonly RegExp[]): Promise<void> {
  const ended = await offgas(...args);
  const said = ended.stderr.trimEnd().split("\n");
  const about = `offgas ${args.join(" ")}: ${ended.stderr}${ended.stdout}`;
  assert.equal(ended.code, code, about);
  assert.equal(said.length, lines.length, about);
  for (const [index, line] of lines.entries()) assert.match(said[index] ?? "", line);
  assert.ok(!/\bat .*:\d+:\d+\)?$/m.test(ended.stderr), "no stack trace");
}

const recorded = (folder: string, more = "") => {
  const path = join(folder, "recorded.yaml");
  writeFileSync(
    path,
    `version: 1
site: lab
station: recorded
cells: [{ id: C1, max_temperature: 60 degC }]
channels:
  - { id: C1.t, quantity: temperature, at: { cell: C1 }, source: { driver: replay, column: t, unit: degC }, every: 1 s }
${more}`,
  );
  return path;
};

describe("what is wrong is said in one line, with the exit code for it", { concurrency: 4 }, () => {
  test("the command line", async (t) => {
    const { path } = writeStation(tempFolder(t));
    await fails(["rnu"], 2, /^offgas: no command "rnu"; commands are run, check/);
    await fails(["run"], 2, /^offgas run: --config missing; see offgas run --help$/);
    await fails(["run", "--confg", path], 2, /^offgas run: Unknown option '--confg'.*; see offgas run --help$/);
    await fails(["run", "--config", path, "--fault", "i2c-1/0x67:hang@1s"], 2, /^offgas run: --fault needs --simulated; see/);
    await fails(["run", "--config", path, "--simulated", "--fault", "hang"], 2, /^offgas run: fault "hang": write <bus>\/<address>:<fault>@<time>, such as/);
    await fails(["run", "--config", path, "--speed", "fast"], 2, /^offgas run: --speed fast is not a number above 0/);
  });

  test("the station file", async (t) => {
    const folder = tempFolder(t);
    const path = join(folder, "ten.yaml");
    writeFileSync(path, tenErrors);
    const place = /ten\.yaml:\d+:\d+: \S/;
    for (const command of ["run", "check"]) {
      const { code, stdout, stderr } = await offgas(...(command === "run" ? ["run", "--config", path] : ["check", path]));
      const errors = `${stdout}${stderr}`.split("\n").filter((line) => place.test(line) && !line.includes("warning:"));
      assert.deepEqual([code, errors.length], [78, 10], `${command}: ${stdout}${stderr}`);
    }
    await fails(["run", "--config", join(folder, "none.yaml")], 78, /^offgas run: config\/unreadable: .*none\.yaml: there is no such file$/);
    await fails(["run", "--config", folder], 78, /^offgas run: config\/unreadable: .*: this is not a file; name the station file itself$/);
    const table = "  - { id: C1.V, quantity: voltage, at: { cell: C1 }, source: { driver: csv-tail, file: a.csv, column: V, unit: V } }\n";
    await fails(
      ["run", "--config", recorded(folder, table)],
      78,
      /config\/invalid: channel C1\.t reads a recording and C1\.V a live device; a station runs on one clock: keep one kind, or try it with --simulated$/,
    );
    const long = join(folder, "x".repeat(90));
    await fails(
      ["run", "--config", writeStation(join(folder, "long"), { spool: long }).path, "--simulated"],
      78,
      /config\/invalid: .*\d+ Bytes and Linux allows 107/,
    );
  });

  test("the recording", async (t) => {
    const folder = tempFolder(t);
    const config = recorded(folder);
    const run = (name: string, content?: string | Buffer) => {
      const input = join(folder, name);
      if (content !== undefined) writeFileSync(input, content);
      return ["run", "--config", config, "--input", input];
    };
    await fails(run("none.csv"), 1, /^offgas run: recording\/unreadable: .*none\.csv: no such file; name a \.csv or \.csv\.gz recording with --input$/);
    await fails(
      run("column.csv", "time_s,a\n1,2\n"),
      1,
      /^offgas run: recording\/malformed: .*: no column "t", which the station file names; the recording has/,
    );
    await fails(run("clock.csv", "t\n2\n"), 1, /^offgas run: recording\/malformed: .*: no time column; name one of/);
    await fails(run("empty.csv", ""), 1, /^offgas run: recording\/malformed: .*empty\.csv: empty; the first line must name the columns$/);
    await fails(run("header.csv", "time_s,t\n"), 1, /^offgas run: recording\/malformed: .*header\.csv has no row with a time$/);
    await fails(run("words.csv", "time_s,t\nnoon,20\n"), 1, /^offgas run: recording\/malformed: .*words\.csv has no row with a time$/);
    await fails(run("quote.csv", 'time_s,t\n"1,20\n'), 1, /^offgas run: recording\/malformed: .*quote\.csv: /);
    await fails(run("cut.csv.gz", gzipSync("time_s,t\n1,20\n").subarray(0, 20)), 1, /^offgas run: recording\/unreadable: .*cut\.csv\.gz: damaged or not gzip/);
  });

  test("a recording that breaks while it plays ends the agent with 1, after what was read is stored", async (t) => {
    const folder = tempFolder(t);
    mkdirSync(join(folder, "spool"));
    const config = recorded(folder, "spool: { directory: spool, budget: 20 MB }\n");
    const input = join(folder, "breaks.csv");
    writeFileSync(input, 'time_s,t\n0,20\n0.1,21\n0.2,"22\n');
    const agent = startAgent(t, ["--config", config, "--input", input]);
    assert.equal(await agent.ended, 1);
    assert.match(agent.stderr(), /^offgas run: recording\/malformed: .*breaks\.csv: [^\n]*\n$/);
    assert.deepEqual(
      agent.log.map(({ event }) => event),
      ["agent-start", "agent-stop"],
    );
    assert.match(agent.log.at(-1)?.msg ?? "", /^agent stops: recording\/malformed: .*; permit outputs are open$/);
  });

  test("the spool's folder", async (t) => {
    const folder = tempFolder(t);
    const made = writeStation(join(folder, "made"));
    const agent = startAgent(t, ["--config", made.path, "--simulated"]);
    await agent.line(({ event }) => event === "agent-start");
    assert.equal(statSync(made.spool).mode & 0o027, 0, "made, and closed to others");
    await fails(["run", "--config", made.path, "--simulated"], 1, /^offgas run: spool\/in-use: another agent uses the spool in .*; stop it or give this one/);
    agent.child.kill("SIGTERM");
    assert.equal(await agent.ended, 0, "the first agent does not mind the second");

    const nowhere = writeStation(join(folder, "nowhere"), { spool: join(folder, "disk", "offgas") });
    await fails(
      ["run", "--config", nowhere.path, "--simulated"],
      1,
      /^offgas run: spool\/unavailable: .*disk does not exist, .*; make it: mkdir -p .*disk\/offgas$/,
    );
    assert.ok(!existsSync(dirname(nowhere.spool)), "nothing is made where a disk may be missing");

    const file = writeStation(join(folder, "file"));
    writeFileSync(file.spool, "notes");
    await fails(["run", "--config", file.path, "--simulated"], 1, /^offgas run: spool\/unavailable: .*spool is not a folder; name a folder/);
    assert.equal(readFileSync(file.spool, "utf8"), "notes");
  });
});
