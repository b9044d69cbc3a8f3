import assert from "node:assert/strict";
import { test } from "node:test";
import { baselines, FULL } from "../../../models/evaluation/baselines.ts";
import type { Evidence } from "../../../models/opinion.ts";
import { replayChannel, station } from "../../support/station.ts";
import { dice, every, sample } from "../evidence.ts";

const at = { pack: "C1" } as const;
const chamber = station({
  channels: [
    replayChannel("C1.t"),
    replayChannel("air", { place: "chamber" }),
    replayChannel("C1.h2", { quantity: "h2", at, source: { driver: "replay", column: "h2", unit: "ppm" } }),
    replayChannel("C1.co", { quantity: "co", at, source: { driver: "replay", column: "co", unit: "ppm" } }),
    replayChannel("C1.p", { quantity: "pressure", at, source: { driver: "replay", column: "p", unit: "kPa" } }),
  ],
  limits: [
    { alarm: "over-pressure", at: { pack: "C1" }, value: "120 kPa", reason: "the vessel" },
    { alarm: "over-temperature", at: { cell: "C1" }, severity: "alarm", value: "150 degC", reason: "planned heating" },
  ],
});

/** What each baseline found present, as `alarm severity`, by baseline; those that found nothing are not named. */
function found(evidence: readonly Evidence[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { name, model } of baselines) {
    const { start, step } = model(chamber) ?? never();
    let state = start();
    const words = new Set<string>();
    for (const moment of evidence) {
      const [next, opinion] = step(state, moment);
      state = next;
      assert.deepEqual(opinion.estimates, []);
      for (const { alarm, severity, present } of opinion.findings) if (present) words.add(`${alarm} ${severity}`);
    }
    if (words.size > 0) all[name] = [...words];
  }
  return all;
}

const never = () => assert.fail("the chamber has a sensor for each baseline");
const once = (channel: string, value: number) => found([{ at_s: 0, samples: [sample(channel, 0, value)] }]);

test("names are unique, and none is the full model's", () => {
  const names = baselines.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  assert.ok(!names.includes(FULL));
});

test("without its sensor a baseline is blind, and says so", () => {
  const gasOnly = { ...chamber, channels: chamber.channels.filter(({ quantity }) => quantity === "co") };
  const blind = baselines.filter(({ model }) => model(gasOnly) === undefined).map(({ name }) => name);
  assert.deepEqual(blind, ["limit-60-80", "rate-1-K-per-s", "limit-h2", "limit-pressure", "self-heating-cusum"]);
});

test("60 and 80 °C on the cell count in the place of the station's limits, in the chamber's air they do not", () => {
  assert.deepEqual(once("C1.t", 59), {});
  assert.deepEqual(once("C1.t", 61), { "limit-60-80": ["over-temperature alarm"] });
  assert.deepEqual(once("C1.t", 81), { "limit-60-80": ["over-temperature trip"] });
  assert.deepEqual(once("C1.t", 151), { "limit-60-80": ["over-temperature trip"], "limit-station": ["over-temperature alarm"] });
  assert.deepEqual(once("air", 130), {});
});

test("H2 and pressure have their own, and the station's limits are all of them", () => {
  assert.deepEqual(once("C1.h2", 2000), { "limit-station": ["flammable-gas warning"], "limit-h2": ["flammable-gas warning"] });
  assert.deepEqual(once("C1.co", 3500)["limit-h2"], undefined);
  assert.deepEqual(once("C1.co", 3500)["limit-station"], ["toxic-gas alarm", "flammable-gas warning"]);
  assert.deepEqual(once("C1.p", 130), { "limit-station": ["over-pressure alarm"], "limit-pressure": ["over-pressure alarm"] });
});

test("2 K/s for 10 s is a runaway to the rate, and to no other below 60 °C", () => {
  const rise = every(1, 0, 10).map((at_s): Evidence => ({ at_s, samples: [sample("C1.t", at_s, 25 + 2 * at_s)] }));
  assert.deepEqual(found(rise), { "rate-1-K-per-s": ["runaway trip"] });
});

test("a slow rise of gas, and of a cell against its chamber, are found by the two CUSUMs alone", () => {
  const { normal } = dice(3);
  const hours = every(10, 0, 6 * 3600).map((at_s): Evidence => {
    const heat_K = at_s < 4 * 3600 ? 0 : ((at_s - 4 * 3600) / 60) * 0.5;
    return {
      at_s,
      samples: [
        sample("C1.t", at_s, 30 + heat_K / 6 + 0.02 * normal()),
        sample("air", at_s, 30 + 0.02 * normal()),
        sample("C1.h2", at_s, 5 + (at_s < 4 * 3600 ? 0 : 100) + normal()),
      ],
    };
  });
  const said = found(hours);
  assert.deepEqual(Object.keys(said)[0], "off-gas-cusum");
  assert.deepEqual(said["off-gas-cusum"], ["gas-rise warning"]);
  assert.deepEqual(
    Object.keys(said).filter((name) => name !== "off-gas-cusum" && name !== "self-heating-cusum"),
    [],
  );
});
