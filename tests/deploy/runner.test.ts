/** The test runner itself: what it picks, what it names as left out, and that nothing outlives a run. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { end, endOverdue, markedProcesses } from "../runner/marked.ts";
import { findStrays, leftOut, selectSuites } from "../runner/suites.ts";

const suites = ["tests/pi/a.test.ts", "tests/spool/frame.test.ts", "tests/spool/sub/a.test.ts", "tests/spooling.test.ts", "tests/system/influx.test.ts"].map(
  (file) => ({ file, needs: [] }),
);
const selected = (...asked: string[]) => selectSuites(suites, asked).map(({ file }) => file);

test("a path selects the suites below it, and a word those that have it in their name", () => {
  assert.deepEqual(selected("tests/spool/"), ["tests/spool/frame.test.ts", "tests/spool/sub/a.test.ts"]);
  assert.deepEqual(selected("./tests/spool/frame.test.ts"), ["tests/spool/frame.test.ts"]);
  assert.deepEqual(selected("influx"), ["tests/system/influx.test.ts"]);
  assert.deepEqual(selected("tests/nowhere"), []);
});

test("emulated machines run when they are asked for, and with nothing else", () => {
  assert.deepEqual(selected("tests/pi"), ["tests/pi/a.test.ts"]);
  assert.equal(selected().length, suites.length - 1);
  assert.ok(!selected().includes("tests/pi/a.test.ts"));
});

test("a suite that misses a package is named with the command that brings it", () => {
  const suite = { file: "tests/system/x.test.ts", needs: ["influxdb", "mosquitto"] };
  assert.equal(leftOut(suite, new Set(["influxdb"])), "left out: tests/system/x.test.ts: needs mosquitto (apt-get install mosquitto)");
  assert.equal(leftOut(suite, new Set(["influxdb", "mosquitto"])), undefined);
});

test("files that look like tests and would never run are found", () => {
  const files = ["tests/a.test.ts", "tests/b.spec.ts", "tests/c.test.mjs", "edge-agent/core/d.test.ts", "tests/deep/e_test.ts", "tests/support/contest.ts"];
  assert.deepEqual(findStrays(files), ["tests/b.spec.ts", "tests/c.test.mjs", "edge-agent/core/d.test.ts", "tests/deep/e_test.ts"]);
});

test("a process that outlives its limit is ended, wherever it hides", async (t) => {
  const value = `${process.pid}-${Date.now()}`;
  const mark = `OFFGAS_TRIAL=${value}`;
  const child = spawn(process.execPath, ["-e", "for (;;);"], { env: { OFFGAS_TRIAL: value }, detached: true, stdio: "ignore" });
  t.after(() => child.kill("SIGKILL"));
  await once(child, "spawn");
  const told: number[] = [];
  const stop = endOverdue(
    mark,
    () => undefined,
    1,
    ({ pid }) => told.push(pid),
  );
  const [, signal] = await once(child, "exit");
  stop();
  assert.deepEqual([told, signal], [[child.pid], "SIGKILL"]);
  assert.deepEqual(markedProcesses(mark), []);
});

test("ending a process that has ended is no trouble", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  assert.doesNotThrow(() => end(Number(child.pid)));
});
