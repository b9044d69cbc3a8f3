/** The clock of the machine where a wait is longer than one timer can be. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { systemClock } from "../../edge-agent/core/clock.ts";

const longestTimer_ms = 2 ** 31 - 1;

function sleeping(t: TestContext, delay_s: number) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const stop = new AbortController();
  let state = "asleep";
  systemClock.sleep(delay_s, stop.signal).then(
    () => (state = "awake"),
    () => (state = "stopped"),
  );
  const after = async (more_ms: number) => {
    t.mock.timers.tick(more_ms);
    await turnOfTheLoop();
    return state;
  };
  return { stop, after };
}

test("a sleep of a month and more lasts as long as was asked for", async (t) => {
  const { after } = sleeping(t, (2 * longestTimer_ms + 1000) / 1000);
  assert.equal(await after(1), "asleep");
  assert.equal(await after(longestTimer_ms - 1), "asleep");
  assert.equal(await after(longestTimer_ms), "asleep");
  assert.equal(await after(998), "asleep");
  assert.equal(await after(2), "awake");
});

test("a sleep without end goes on until it is stopped, in whichever piece", async (t) => {
  const { stop, after } = sleeping(t, Number.POSITIVE_INFINITY);
  for (let n = 0; n < 3; n++) assert.equal(await after(longestTimer_ms), "asleep");
  stop.abort();
  assert.equal(await after(0), "stopped");
});

test("no timer of the machine is set to more than it can wait", async () => {
  const warnings: Error[] = [];
  const heard = (warning: Error) => warnings.push(warning);
  process.on("warning", heard);
  const stop = new AbortController();
  const slept = systemClock.sleep(40 * 86_400, stop.signal).then(
    () => "awake",
    () => "stopped",
  );
  assert.equal(await Promise.race([slept, systemClock.sleep(0.05)]), undefined, "the short one ends first");
  stop.abort();
  assert.equal(await slept, "stopped");
  process.off("warning", heard);
  assert.deepEqual(warnings, []);
});
