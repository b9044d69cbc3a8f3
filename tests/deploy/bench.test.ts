/** What the bench makes of its command line, its folder and its ports, before any server is started. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { narrator } from "../../deploy/bench/narrator.ts";
import { orderOf, WrongUsage } from "../../deploy/bench/order.ts";
import { openSecrets } from "../../deploy/bench/secrets.ts";
import { table } from "../../deploy/bench/table.ts";
import { fourPorts } from "../support/bench.ts";
import { tempFolder } from "../support/temp.ts";

const main = resolve(import.meta.dirname, "../../deploy/bench/main.ts");
const example = resolve(import.meta.dirname, "../../deploy/examples/two-buses.yaml");
const bench = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

const played = (...args: string[]) => {
  const { plays } = orderOf(args);
  assert.ok("recording" in plays);
  return [plays.name, plays.from_s, plays.until_s, plays.speed];
};

test("without words it plays the heated cells from 1500 s", () => {
  assert.deepEqual(played(), ["ul-fsri", 1500, 2100, 1]);
  assert.equal(orderOf([]).port, 18_800);
});

test("a part of the recording and a speed can be asked for", () => {
  assert.deepEqual(played("--speed", "10", "--from", "1700", "--until", "1800"), ["ul-fsri", 1700, 1800, 10]);
});

test("a station of one's own takes the place of a recording", () => {
  const { plays } = orderOf(["--config", example, "--simulated"]);
  assert.deepEqual(plays, { station: example, simulated: true });
});

for (const [args, says] of [
  [["--scene", "ul-fsi"], /no scene "ul-fsi"; did you mean "ul-fsri"\? scenes: .*ul-fsri/],
  [["--scene", "../ul-fsri"], /no scene "\.\.\/ul-fsri"/],
  [["--config", "none.yaml"], /--config none\.yaml does not exist/],
  [["--config", example, "--speed", "2"], /--speed is for a recording, and --config names a station of your own/],
  [["--simulated"], /--simulated needs --config/],
  [["--speed", "0"], /--speed 0 is not above 0/],
  [["--speed", "fast"], /--speed fast is not a number/],
  [["--speed", ""], /--speed {2}is not a number/],
  [["--from", "10", "--until", "5"], /--from 10 is not below --until 5/],
  [["--port", "80"], /--port 80 is not a whole number from 1024 to 65532/],
  [["--port", "65533"], /--port 65533 is not/],
  [["--prot", "2000"], /Unknown option '--prot'/],
  [["extra"], /Unexpected argument 'extra'/],
] as const) {
  test(`wrong usage: ${args.join(" ")}`, () => {
    assert.throws(
      () => orderOf(args),
      (error) => error instanceof WrongUsage && says.test(error.message),
    );
  });
}

test("wrong usage is one line and exit code 2", () => {
  const { status, stdout, stderr } = bench(["--speed", "0"]);
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^npm start: --speed 0 [^\n]+; see npm start -- --help\n$/);
});

test("--help has examples, also before anything is installed", () => {
  const { status, stdout } = bench(["--help"]);
  assert.equal(status, 0);
  assert.match(stdout, /examples:\n {2}npm start\n/);
  const start = spawnSync(process.execPath, [resolve(main, "../../start.mjs"), "--help"], { encoding: "utf8" });
  assert.equal(start.stdout, stdout);
});

const oneLine = (stderr: string, says: RegExp) => {
  assert.match(stderr, says);
  assert.match(stderr, /^npm start: [^\n]+\n$/);
};

test("a port that is taken is one line that names it, and nothing is started", async (t) => {
  const first = await fourPorts();
  const other = createServer().listen(first + 1, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const { status, stderr } = bench(["--port", String(first), "--data", join(tempFolder(t), "data")]);
  assert.equal(status, 1);
  oneLine(stderr, new RegExp(`port ${first + 1} \\(broker\\) is taken by another program: stop it, or choose others with --port`));
});

test("a folder that cannot be made is one line", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "file"), "");
  oneLine(bench(["--data", join(folder, "none", "data")]).stderr, /the folder above it does not exist/);
  oneLine(bench(["--data", join(folder, "file")]).stderr, /a file is in the way/);
});

test("passwords are made once, for their owner alone; the page's own is kept nowhere", (t) => {
  const folder = tempFolder(t);
  const first = openSecrets(folder, false);
  const file = join(folder, "secrets.json");
  assert.ok(first.password);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(readFileSync(file, "utf8"), new RegExp(first.password));
  const again = openSecrets(folder, false);
  assert.deepEqual(again, { secrets: first.secrets });
  const renewed = openSecrets(folder, true);
  assert.ok(renewed.password && renewed.password !== first.password);
  assert.deepEqual({ ...renewed.secrets, page_hash: "" }, { ...first.secrets, page_hash: "" }, "the databases open as before");
  assert.notEqual(renewed.secrets.page_hash, first.secrets.page_hash);
  writeFileSync(file, "{}");
  assert.throws(() => openSecrets(folder, false), /secrets\.json is damaged/);
});

test("the table's columns are as wide as their words", () => {
  assert.equal(
    table([
      { part: "page", state: "up", address: "http://127.0.0.1:1/" },
      { part: "InfluxDB", state: "not installed" },
    ]),
    "  part      state          address\n  page      up             http://127.0.0.1:1/\n  InfluxDB  not installed",
  );
});

test("alarms and outputs are told as they come, cut to their first reason; other lines, and halves of lines, are not", () => {
  const said: string[] = [];
  const hear = narrator((text) => said.push(text));
  const line = (facts: object) => `${JSON.stringify({ level: 30, time: 0, ...facts })}\n`;
  const alarm = line({ alarm: "runaway:C5", severity: "trip", msg: "raised: it rose; and more" });
  hear(alarm.slice(0, 20));
  hear(alarm.slice(20) + line({ event: "output-open", msg: "cycler-permit de-energised: runaway:C5" }) + line({ event: "agent-start", msg: "agent" }));
  hear("no JSON\n");
  assert.deepEqual(
    said.map((text) => text.slice(10)),
    ["trip      runaway:C5 raised: it rose", "          cycler-permit de-energised: runaway:C5"],
  );
});
