import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { findCaseFolders, openCaseFolder } from "../../edge-agent/evaluation/case-folder.ts";
import { detectorNames, scoreCase } from "../../edge-agent/evaluation/score-case.ts";
import { type SimulatedRun, simulatedCase } from "../../edge-agent/evaluation/scored-case.ts";
import { traceCase } from "../../edge-agent/evaluation/trace.ts";
import { tempFolder } from "../support/temp.ts";
import { smallRows, smallStation, smallTruth, writeCase } from "./small-case.ts";

/** As a simulation hands it over: its columns in an order of its own, and no truth before its rows have run. */
function simulated(): SimulatedRun {
  let over = false;
  return {
    station: smallStation,
    columns: ["other", "C1.t"],
    *rows() {
      for (const { time_s, values } of smallRows) yield { time_s, values: [7, values[0]] };
      over = true;
    },
    truth() {
      assert.ok(over, "the truth was asked for too early");
      return smallTruth;
    },
  };
}

describe("a case is scored", () => {
  test("from a folder and from a simulation alike, by every detector", async (t) => {
    const folder = writeCase(join(tempFolder(t), "case"));
    const fromFolder = await scoreCase(openCaseFolder({ folder, name: "case" }));
    assert.deepEqual(
      fromFolder.map(({ detector }) => detector),
      detectorNames,
    );
    assert.deepEqual(await scoreCase(simulatedCase("case", simulated)), fromFolder);
    const alarms = Object.fromEntries(fromFolder.map(({ detector, raised }) => [detector, raised.alarm]));
    // 70 °C is above the maker's maximum and above 60 °C, and 45 K in a second is one jump and no rate of 3 s
    assert.deepEqual(alarms, {
      full: 1,
      "limit-60-80": 1,
      "limit-station": 1,
      "rate-1-K-per-s": 0,
      "limit-h2": 0,
      "limit-pressure": 0,
      "off-gas-cusum": 0,
      "self-heating-cusum": 0,
    });
    assert.equal(fromFolder[0]?.hours, 60 / 3600);
  });

  test("one that has no row fails, and says which", async () => {
    const empty = simulatedCase("empty", () => ({ ...simulated(), rows: () => [] }));
    await assert.rejects(scoreCase(empty), /empty has no row with a time/);
  });

  test("its trace has what was measured and what was said", async () => {
    const trace = await traceCase(simulatedCase("case", simulated), undefined);
    assert.deepEqual([trace.cell, trace.kind], ["C1", "warm"]);
    assert.deepEqual(
      trace.temperatures_degC.map(({ name, points }) => [name, points.length, points[29], points[30]]),
      [["C1.t", 61, [29, 25], [30, 70]]],
    );
    assert.deepEqual(
      trace.raises.map(({ alarm, at_s }) => [alarm, at_s]),
      [["over-temperature", 31]],
    );
  });
});

test("cases are found at any depth, by name, and hidden folders are passed over", (t) => {
  const root = tempFolder(t);
  writeCase(join(root, "b/deep/er"));
  writeCase(join(root, "a"));
  writeCase(join(root, ".hidden"));
  assert.deepEqual(
    findCaseFolders(root).map(({ name }) => name),
    ["a", "b/deep/er"],
  );
  assert.deepEqual(findCaseFolders(join(root, "a")), [{ folder: join(root, "a"), name: "a" }]);
});
