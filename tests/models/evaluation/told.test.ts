import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alarm, Estimate } from "../../../edge-agent/core/judgement.ts";
import { plainTimeToRunaway } from "../../../models/evaluation/interval.ts";
import { Hearing } from "../../../models/evaluation/told.ts";
import { WatchTime } from "../../../models/evaluation/watch-time.ts";
import { replayChannel, station } from "../../support/station.ts";
import { sample } from "../evidence.ts";

const chamber = station({ channels: [replayChannel("C1.t"), replayChannel("C1.tab", { place: "tab" }), replayChannel("air", { place: "chamber" })] });

function hearing() {
  const ears = new Hearing(chamber);
  return {
    ears,
    warm: (channel: string, at_s: number, value_degC: number) => ears.hear({ type: "sample", sample: sample(channel, at_s, value_degC) }),
    estimate: (at_s: number, more: Partial<Estimate>) =>
      ears.hear({ type: "estimate", stamp_ns: 0n, estimate: { at_s, cell: "C1", stage: "normal", reasons: [], ...more } }),
    alarm: (at_s: number, more: Partial<Alarm>) => {
      const scope = { kind: "cell", id: "C1", cell: "C1" } as const;
      const alarm: Alarm = {
        at_s,
        id: "x",
        occurrence: "1",
        alarm: "vent",
        scope,
        severity: "warning",
        active: true,
        state: "unack",
        planned: false,
        why: [],
        ...more,
      };
      ears.hear({ type: "alarm", stamp_ns: 0n, alarm });
    },
  };
}

test("an occurrence is told when it is raised and when it becomes graver, and not for its end or for a machine's trouble", () => {
  const { ears, alarm } = hearing();
  alarm(1, {});
  alarm(2, { why: ["once more"] });
  alarm(3, { severity: "trip" });
  alarm(4, { severity: "trip", active: false });
  alarm(5, { occurrence: "2" });
  alarm(6, { occurrence: "3", alarm: "sensor-lost" });
  assert.deepEqual(
    ears.told({ to_s: 10, watched_s: 10 }).raises.map(({ at_s, occurrence, severity }) => [at_s, occurrence, severity]),
    [
      [1, "1", "warning"],
      [3, "1", "trip"],
      [5, "2", "warning"],
    ],
  );
});

test("a time to runaway stands until the next estimate, and the plain one is of the cell's hottest thermometer", () => {
  const { ears, warm, estimate } = hearing();
  const left = { p05: 10, p50: 20, p95: 30 };
  warm("air", 0, 300);
  warm("C1.t", 0, 127);
  warm("C1.tab", 0, 120);
  estimate(10, { time_to_runaway_s: left, self_heating_K_per_min: { value: 0.66 } });
  estimate(25, {});
  estimate(30, { time_to_runaway_s: left });
  estimate(35, { time_to_runaway_s: { ...left, p95: Number.POSITIVE_INFINITY } });
  estimate(40, { time_to_runaway_s: left });
  assert.deepEqual(ears.told({ to_s: 99, watched_s: 99 }).forecasts, [
    { cell: "C1", at_s: 10, until_s: 25, left, plain: plainTimeToRunaway(127, 0.66) },
    { cell: "C1", at_s: 30, until_s: 35, left },
    { cell: "C1", at_s: 40, until_s: 99, left },
  ]);
});

test("forecasts of swelling are taken every ten minutes, a knee when it is first told", () => {
  const { ears, estimate } = hearing();
  const left = { p05: 1e5, p50: 2e5, p95: 3e5 };
  for (let at_s = 0; at_s <= 1300; at_s += 10) estimate(at_s, { time_to_swelling_limit_s: left, ...(at_s >= 500 && { swelling_knee_s: at_s - 400 }) });
  const { swelling, knees } = ears.told({ to_s: 1300, watched_s: 1300 });
  assert.deepEqual(
    swelling.map(({ at_s }) => at_s),
    [0, 600, 1200],
  );
  assert.deepEqual(knees, [{ cell: "C1", at_s: 500, knee_s: 100 }]);
});

test("holes, repeats and steps back add no hours", () => {
  const watch = new WatchTime(chamber);
  for (const at_s of [100, 101, 101, 90, 102, 700, 1400, 1_000_000_000, 1_000_000_060]) watch.see(at_s);
  assert.deepEqual([watch.watched_s, watch.to_s], [1 + 1 + 598 + 60, 1_000_000_060]);
  const hourly = new WatchTime(station({ channels: [replayChannel("C1.t", { every: "1 h" }), replayChannel("C1.burst", { every: "event" })] }));
  for (const at_s of [0, 3600, 39_600, 80_000]) hourly.see(at_s);
  assert.equal(hourly.watched_s, 39_600, "a slow station has long steps and no holes");
});
