import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bound, Quality } from "../../edge-agent/core/sample.ts";
import { fixedLimits } from "../../models/fixed-limit.ts";
import { limitRules } from "../../models/limit-rules.ts";
import { chamberOf, thermometersOf } from "../../models/station-map.ts";
import { replayChannel, station } from "../support/station.ts";
import { run, sample } from "./evidence.ts";

const ovenRamp = station({
  channels: [replayChannel("C1.t", { place: "surface" })],
  limits: [{ alarm: "over-temperature", at: { cell: "C1" }, severity: "alarm", value: "130 degC", reason: "planned oven ramp to 230 degC" }],
});
const gases = (more = {}) =>
  station({
    channels: ["hf", "h2", "o2", "co"].map((quantity) =>
      replayChannel(quantity, {
        quantity: quantity as "hf",
        at: { station: true },
        source: { driver: "replay", column: quantity, unit: quantity === "o2" ? "pct" : "ppm" },
        ...more,
      }),
    ),
  });

const say = (of: ReturnType<typeof station>, channel: string, values: readonly (readonly [value: number, bound?: Bound, quality?: Quality])[]) =>
  run(
    fixedLimits(of),
    values.map(([value, bound = 0, quality = "good"], at_s) => ({ at_s, samples: [sample(channel, at_s, value, { bound, quality })] })),
  );

test("says value, limit and reason; the station's limit replaces the maker's maximum", () => {
  const said = say(ovenRamp, "C1.t", [[129.9], [131.2]]);
  assert.deepEqual(
    said.map(({ present, scope, why }) => [present, scope.id, why[0]]),
    [
      [false, "C1", undefined],
      [true, "C1", "C1.t 131.2 degC above 130 degC (planned oven ramp to 230 degC)"],
    ],
  );
});

test("without a station's limit the maker's maximum holds, on the cell and not on the air around it", () => {
  const bare = station({ channels: [replayChannel("C1.t"), replayChannel("C1.air", { place: "chamber" })] });
  assert.deepEqual(
    limitRules(bare).map(({ alarm, channel, scope, levels }) => [alarm, channel.id, scope.kind, levels.map(({ limit }) => limit)]),
    [["over-temperature", "C1.t", "cell", [60]]],
  );
});

test("a set-point is no temperature: no limit is laid on it, and it is not taken for the chamber's air or the cell's surface", () => {
  const asked = station({ channels: [replayChannel("C1.asked", { place: "set-point" }), replayChannel("C1.t")] });
  assert.deepEqual(
    limitRules(asked).map(({ channel }) => channel.id),
    ["C1.t"],
  );
  assert.deepEqual([thermometersOf(asked, "C1").map(({ id }) => id), chamberOf(asked, "C1")], [["C1.t"], undefined]);
});

test("a cell's limit is not laid on the air thermometer beside it, a channel's limit is", () => {
  const limit = (at: { cell: string } | { channel: string }) => ({ alarm: "over-temperature" as const, at, value: "130 degC", reason: "why" });
  const rules = (at: { cell: string } | { channel: string }) =>
    limitRules(station({ channels: [replayChannel("air", { place: "chamber" })], limits: [limit(at)] })).map(({ scope }) => scope.id);
  assert.deepEqual(rules({ cell: "C1" }), []);
  assert.deepEqual(rules({ channel: "air" }), ["air"]);
});

test("a limit of another severity stands beside the default, and the narrowest scope holds", () => {
  const limit = (at: object, value: string, severity: "warning" | "alarm") => ({
    alarm: "over-temperature" as const,
    at: at as { cell: string },
    severity,
    value,
    reason: "why",
  });
  const rules = limitRules(
    station({
      cells: [
        { id: "C1", pack: "P", max_temperature: "60 degC" },
        { id: "C2", pack: "P" },
      ],
      channels: [replayChannel("a"), replayChannel("b", { at: { cell: "C2" } }), replayChannel("c", { at: { cell: "C2" } })],
      limits: [limit({ channel: "c" }, "350 K", "alarm"), limit({ pack: "P" }, "90 degC", "alarm"), limit({ cell: "C1" }, "50 degC", "warning")],
    }),
  );
  assert.deepEqual(
    rules.map(({ channel, scope, levels }) => [channel.id, scope.id, levels.map((level) => [Math.round(100 * level.limit) / 100, level.severity])]),
    [
      [
        "a",
        "C1",
        [
          [90, "alarm"],
          [50, "warning"],
        ],
      ],
      ["b", "C2", [[90, "alarm"]]],
      ["c", "c", [[76.85, "alarm"]]],
    ],
  );
});

test("deadband: 2 % of 130 degC must be won back before it ends", () => {
  const said = say(ovenRamp, "C1.t", [[130], [127.5], [127.3], [128], [130]]);
  assert.deepEqual(
    said.map(({ present }) => present),
    [true, true, false, false, true],
  );
  assert.match(said[1]?.why[0] ?? "", /not yet back from 130 degC/);
});

test("severity follows the gravest level reached", () => {
  const said = say(gases(), "hf", [[2], [4], [31], [29], [26], [2]]);
  assert.deepEqual(
    said.map(({ present, severity }) => (present ? severity : "none")),
    ["none", "alarm", "trip", "trip", "alarm", "none"],
  );
});

test("oxygen alarms below, and a gas alarm says whether its sensor protects people", () => {
  const low = say(gases(), "o2", [[20.9], [19.5], [19.4], [19.8], [19.95]]);
  assert.deepEqual(
    low.map(({ present }) => present),
    [false, false, true, true, false],
  );
  assert.match(low[2]?.why[0] ?? "", /19.4 pct below 19.5 pct/);
  assert.match(low[2]?.why[1] ?? "", /not rated for personal safety: this is no personnel alarm/);
  const rated = say(gases({ rated_for_personal_safety: true }), "hf", [[5]]);
  assert.match(rated[0]?.why[1] ?? "", /is rated by its maker for personal safety/);
});

test("a censored value counts for what it proves and for no more", () => {
  const saturated = say(gases(), "h2", [
    [1000, 1, "uncertain"],
    [1700, 1, "uncertain"],
    [1000, 1, "uncertain"],
    [1000, 0],
  ]);
  assert.deepEqual(
    saturated.map(({ at_s, present }) => [at_s, present]),
    // at least 1000 ppm says nothing of 1700 ppm, neither before nor after
    [
      [1, true],
      [2, true],
      [3, false],
    ],
  );
  assert.match(saturated[0]?.why[0] ?? "", /h2 at least 1700 ppm at 1700 ppm/);
  assert.deepEqual(say(gases(), "h2", [[2000, -1]]), [], "at most 2000 ppm may be 0 ppm");
  const least = say(gases(), "o2", [
    [19.5, -1],
    [19, 1, "uncertain"],
  ]);
  assert.deepEqual(
    least.map(({ present }) => present),
    [true, true],
  );
});

test("uncertain samples count, bad ones and missing values do not", () => {
  assert.equal(say(ovenRamp, "C1.t", [[200, 0, "uncertain"]])[0]?.present, true);
  assert.deepEqual(say(ovenRamp, "C1.t", [[200, 0, "bad"]]), []);
  assert.deepEqual(run(fixedLimits(ovenRamp), [{ at_s: 0, samples: [sample("C1.t", 0, undefined)] }]), []);
  assert.deepEqual(run(fixedLimits(ovenRamp), [{ at_s: 0, samples: [sample("nobody", 0, 500)] }]), []);
});

test("a limit on the thickness is the cell's swelling; without one none is laid on it", () => {
  const jig = { quantity: "thickness", place: "jig", source: { driver: "replay", column: "C1.thickness", unit: "um" } } as const;
  const channels = [replayChannel("C1.thickness", jig)];
  assert.deepEqual(limitRules(station({ channels })), []);
  for (const at of [{ cell: "C1" }, { channel: "C1.thickness" }]) {
    const said = say(station({ channels, limits: [{ alarm: "swelling", at, value: "0.5 mm", reason: "8 % of 6.2 mm" }] }), "C1.thickness", [[0.49], [0.51]]);
    assert.deepEqual(
      said.map(({ alarm, present, scope }) => [alarm, present, scope.id]),
      [
        ["swelling", false, "C1"],
        ["swelling", true, "C1"],
      ],
    );
  }
});

test("a channel may be called constructor", () => {
  const odd = station({ channels: [replayChannel("constructor"), replayChannel("toString")] });
  assert.equal(say(odd, "constructor", [[61]])[0]?.present, true);
});
