import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { Playback } from "../../edge-agent/recording/playback.ts";
import type { PlayOrder } from "../../edge-agent/recording/player.ts";
import { childrenOf, gone } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

interface Played {
  readonly readings: Reading[];
  readonly times: number[];
  readonly end: "ended" | Fault;
}

async function play(t: TestContext, content: string, more: Partial<PlayOrder> = {}): Promise<Played> {
  const path = join(tempFolder(t), "run.csv");
  writeFileSync(path, content);
  const readings: Reading[] = [];
  const times: number[] = [];
  const { promise, resolve } = Promise.withResolvers<"ended" | Fault>();
  const order = {
    path,
    columns: [{ channel: 3, column: "a", factor: 1, offset: -273.15 }],
    speed: 100,
    from_s: Number.NEGATIVE_INFINITY,
    until_s: 1e9,
    ...more,
  };
  const source = await Playback.open(order, resolve, new AbortController().signal);
  t.after(() => source.stop());
  source.start({ readings: (some) => readings.push(...some), time: (at_s) => times.push(at_s), restarted: () => {}, ended: () => resolve("ended") });
  return { readings, times, end: await promise };
}

test("rows arrive in order with the recording's own times, converted, and between far rows time is told", async (t) => {
  const { readings, times, end } = await play(t, "time_s,a\n10,300\n11,>=1000\n12,oops\n40,301\n41,\n");
  assert.equal(end, "ended");
  assert.deepEqual(
    readings.map(({ at_s, channel, bound }) => [at_s, channel, bound]),
    [
      [10, 3, undefined],
      [11, 3, 1],
      [12, 3, undefined],
      [40, 3, undefined],
    ],
  );
  assert.equal(readings[0]?.raw, 300 - 273.15);
  assert.ok(Number.isNaN(readings[2]?.raw));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
    "time never runs back",
  );
  assert.ok(
    times.some((at_s) => at_s > 12 && at_s < 40),
    "a gap of 28 s at 100 times lasts 0.28 s: time is told in it",
  );
  assert.equal(times.at(-1), 41, "a row without a reading still tells the time");
});

test("from and until cut the recording, and a row out of order is handed on for the pipeline to count", async (t) => {
  const { readings } = await play(t, "time_s,a\n1,1\n5,2\n4,3\n6,4\n9,5\n", { from_s: 4, until_s: 6 });
  assert.deepEqual(
    readings.map(({ at_s }) => at_s),
    [5, 4, 6],
  );
});

test("a recording that breaks half-way says so in one line", async (t) => {
  const { readings, end } = await play(t, 'time_s,a\n1,1\n2,"2\n');
  assert.equal(readings.length, 1);
  assert.ok(typeof end === "object" && end.code === "recording/malformed" && !end.message.includes("\n"));
});

test("what cannot be played is said before anything starts", async (t) => {
  await assert.rejects(play(t, "a,b\n1,2\n"), /no time column/);
  await assert.rejects(play(t, "time_s,a\n1,2\n", { from_s: 5 }), /no row with a time from 5 to 1000000000 s/);
});

test("stopped before the first row is found: its reason, and no player is left", async () => {
  const stop = new AbortController();
  const order = { path: "/dev/null", columns: [], speed: 1, from_s: 0, until_s: 1 };
  const opening = Playback.open(order, () => {}, stop.signal);
  stop.abort();
  await assert.rejects(opening, (error) => error === stop.signal.reason);
  await gone(childrenOf(process.pid));
});
