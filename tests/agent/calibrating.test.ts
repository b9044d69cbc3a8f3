/** A person, or a script with a gas mixer, calibrates a channel of the agent that runs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { offgas, startAgent } from "../support/agent.ts";
import { statusWhen, stored, writeStation } from "../support/agent-station.ts";
import { tempFolder } from "../support/temp.ts";

test("one point moves the zero, is printed, recorded and journalled; a pipe asks nobody", async (t) => {
  const folder = tempFolder(t);
  const { path, spool, socket } = writeStation(folder);
  const agent = startAgent(t, ["--config", path, "--simulated"]);
  await statusWhen(socket, () => true);
  const out = join(folder, "record.json");
  const calibrate = (...args: string[]) => offgas("calibrate", "C1.surface", "--config", path, ...args);

  const piped = await calibrate("--point", "0", "--out", out);
  assert.equal(piped.code, 2);
  assert.match(piped.stderr, /nobody is there to apply the gas.*--yes/);
  assert.match((await calibrate("--point", "0", "--yes")).stderr, /--stable must be a number above 0/);
  assert.match((await calibrate("--point", "0 ppm", "--yes", "--stable", "1")).stderr, /unit of temperature: degC, K, degF/);

  for (const expires of ["2026-01-01", "next year", "2999-02-30"])
    assert.match(
      (await calibrate("--point", "30 degC", "--yes", "--stable", "20", "--expires", expires)).stderr,
      /--expires must be a date after today, such as \d/,
    );
  const renewed = await calibrate("--point", "30", "--bump", "--yes", "--expires", "2999-01-31");
  assert.deepEqual([renewed.code, /a bump test renews no calibration/.test(renewed.stderr)], [2, true]);

  const made = await calibrate(
    "--point",
    "30 degC",
    "--yes",
    "--stable",
    "20",
    "--window",
    "6",
    "--out",
    out,
    "--certificate",
    "bath 7",
    "--id",
    "CAL-7",
    "--expires",
    "2999-01-31",
  );
  assert.equal(made.code, 0, made.stderr);
  const record = JSON.parse(readFileSync(out, "utf8"));
  const { id, kind, channel, certificate, points, before, after } = record;
  assert.deepEqual([id, kind, channel, certificate, before, after.span], ["CAL-7", "calibration", "C1.surface", "bath 7", { zero: 0, span: 1 }, 1]);
  assert.equal(after.expires, "2999-01-31");
  assert.ok(Math.abs(after.zero - (points[0].raw.mean - 30)) < 1e-3, JSON.stringify(record));
  assert.match(made.stdout, /in the station file, below C1\.surface:\n {4}calibration: \{ id: CAL-7, date: \S+, expires: 2999-01-31, zero: /);
  assert.equal((await calibrate("--point", "30", "--yes", "--out", out)).code, 2, "a record is never overwritten");

  const bump = await calibrate("--point", "900", "--bump", "--yes", "--stable", "20", "--window", "6", "--out", join(folder, "bump.json"));
  assert.equal(bump.code, 1);
  assert.match(bump.stdout, /bump test failed: \S+ for 900/);

  agent.child.kill("SIGINT");
  assert.equal(await agent.ended, 0, agent.stderr());
  const { record: journal } = stored(spool);
  const told = journal.flatMap((entry) => (entry.type === "event" && entry.event.event === "command" ? [entry.event.text] : []));
  assert.match(told[0] ?? "", /^calibration of C1\.surface: CAL-7: zero \S+ \(was 0\), span 1 \(was 1\) by \S+ \(operator\)$/);
  assert.match(told[1] ?? "", /bump test failed/);
});
