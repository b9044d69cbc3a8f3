import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../edge-agent/agent/assemble.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";

function path(channels = [replayChannel("a"), replayChannel("b", { every: "100 ms" })]) {
  const stamper = new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 });
  const acted: string[] = [];
  const act = (alarm: { id: string }) => {
    acted.push(alarm.id);
    return [];
  };
  return { acted, ...assemble({ station: station({ channels }), stamper, start_s: 0, act, recorded: true, random: () => 0 }) };
}

const reasons = (entries: readonly Entry[]) =>
  entries.flatMap((entry) =>
    entry.type === "sample" && entry.sample.reason !== "none" ? [`${entry.sample.channel} ${entry.sample.reason} ${entry.sample.at_s}`] : [],
  );

test("silences fall due at their own times, whether a reading or the time tells of it", () => {
  const byTime = path();
  byTime.decider.readings([{ channel: 0, at_s: 0, raw: 20 }]);
  const late = reasons(byTime.decider.time(5));
  assert.deepEqual(late, ["b stale 0.30000000000000004", "a stale 3"]);
  const byReading = path();
  byReading.decider.readings([{ channel: 0, at_s: 0, raw: 20 }]);
  assert.deepEqual(reasons(byReading.decider.readings([{ channel: 0, at_s: 5, raw: 20 }])), late);
});

test("a recording that jumps by fifty years costs a few lines, not the memory", () => {
  const { decider } = path();
  decider.readings([{ channel: 0, at_s: 0, raw: 20 }]);
  const entries = decider.readings([{ channel: 0, at_s: 1_577_880_000, raw: 20 }]);
  assert.ok(entries.length < 50, `${entries.length} entries`);
  assert.ok(reasons(entries).includes("a stale 3"));
  assert.ok(reasons(decider.readings([{ channel: 0, at_s: 1e17, raw: 20 }])).length < 50);
});

test("readings of buses that report a little out of step keep their own times, and the model's time never falls", () => {
  const { decider } = path();
  const entries = decider.readings([
    { channel: 0, at_s: 1, raw: 20 },
    { channel: 1, at_s: 0.98, raw: 21 },
  ]);
  assert.deepEqual(
    entries.flatMap((entry) => (entry.type === "sample" ? [entry.sample.at_s] : [])).filter((at_s) => at_s > 0.9),
    [1, 0.98],
  );
});

test("a trip is acted on in the call that brought the reading", () => {
  const { decider, acted } = path([replayChannel("a")]);
  for (let at_s = 0; at_s <= 10; at_s++) decider.readings([{ channel: 0, at_s, raw: at_s <= 5 ? 20 : 20 + 50 * (at_s - 5) }]);
  assert.ok(acted.includes("runaway:C1"), acted.join());
});

test("acknowledging a trip moves no output: it is told, and that is all", () => {
  const { decider, acted } = path([replayChannel("a")]);
  for (let at_s = 0; at_s <= 10; at_s++) decider.readings([{ channel: 0, at_s, raw: at_s <= 5 ? 20 : 20 + 50 * (at_s - 5) }]);
  const before = acted.length;
  const told = decider.acknowledge(9, "runaway:C1").flatMap((entry) => (entry.type === "alarm" ? [entry.alarm] : []));
  assert.deepEqual(
    told.map(({ at_s, state, active }) => [at_s, state, active]),
    [[10, "ack", true]],
    "at the time that the decider has reached",
  );
  assert.equal(acted.length, before);
});

test("a burst is recorded whole and judged by nobody: it trips nothing, and a sensor that fails there is still told", () => {
  const { decider, acted } = path([replayChannel("a"), replayChannel("burst", { every: "event" })]);
  for (let at_s = 0; at_s <= 9; at_s++) decider.readings([{ channel: 0, at_s, raw: 20 }]);
  const burst = Array.from({ length: 1000 }, (_, n) => ({ channel: 1, at_s: 3 + n / 250, raw: 20 + n }));
  const entries = decider.readings([...burst, { channel: 0, at_s: 9.5, raw: 20 }]);
  const kept = entries.flatMap((entry) => (entry.type === "sample" && entry.sample.channel === "burst" ? [entry.sample] : []));
  assert.deepEqual(
    kept.map(({ at_s }) => at_s),
    burst.map(({ at_s }) => at_s),
  );
  assert.deepEqual(acted, []);
  assert.ok(!entries.some((entry) => entry.type === "alarm"));
  const lost = [10, 11, 12].flatMap((at_s) => decider.readings([{ channel: 1, at_s, reason: "no-reply" }]));
  assert.ok(lost.some((entry) => entry.type === "alarm" && entry.alarm.id === "sensor-lost:burst"));
});
