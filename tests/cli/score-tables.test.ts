import assert from "node:assert/strict";
import { test } from "node:test";
import { asMarkdown, asText, duration, tablesOf } from "../../edge-agent/cli/score-tables.ts";
import { scoreOf } from "../../models/evaluation/score.ts";
import { forecast, outcome, oven, raise, truth } from "../models/evaluation/hand-made.ts";

const C1 = { cell: "C1", pack: "P1" };
const day = 86_400;
const tables = tablesOf(
  scoreOf([
    outcome(
      oven,
      {
        raises: [raise(100, "self-heating", "alarm", C1), raise(18_000, "runaway-imminent", "alarm", C1)],
        forecasts: [forecast(19_000, 20_000, [400, 900, 1500])],
      },
      "a",
    ),
    outcome({ ...oven, events: [{ cell: "C1", event: "vent", time_s: 500 }] }, {}, "b"),
    outcome(truth("cycling", [], true), { raises: [raise(5, "gas-rise", "warning", C1)] }, "c"),
    outcome(truth("storage", [["C1", "knee", day]]), { knees: [{ cell: "C1", at_s: 3 * day, knee_s: 2 * day }] }, "d"),
  ]),
);
const rowsOf = (title: string): readonly (readonly string[])[] | undefined => tables.find((table) => table.title === title)?.rows;

test("a kind whose runs end in a runaway or in a vent alone has a table for each", () => {
  assert.deepEqual(
    rowsOf("Leads: oven (abuse), 1 runs")?.filter(([, , to]) => to === "runaway"),
    [
      ["full", "advisory to alarm", "runaway", "0 of 1 (≤ 95 %)", "33.3 min", "33.3 min", "33.3 min", "40 %", "40 %"],
      ["full", "trip", "runaway", "1 of 1 (≤ 100 %)", "–", "–", "–", "0 %", "0 %"],
      ["full", "class-runaway", "runaway", "0 of 1 (≤ 95 %)", "33.3 min", "33.3 min", "33.3 min", "40 %", "40 %"],
    ],
  );
  assert.deepEqual(rowsOf("Leads: oven (gassing), 1 runs"), [["full", "advisory to class-runaway", "vent", "1 of 1 (≤ 100 %)", "–", "–", "–", "–", "–"]]);
});

test("every question that has an answer has its table", () => {
  assert.deepEqual(rowsOf("Class runaway, too early"), [["oven", "full", "1", "1", "0"]]);
  assert.deepEqual(rowsOf("False alarms in healthy runs"), [["cycling", "full", "1", "10.0", "1 (≤ 474)", "1 (≤ 474)", "0 (≤ 300)", "0 (≤ 300)", "0 (≤ 300)"]]);
  assert.deepEqual(
    rowsOf("Near misses, and gas without runaway")?.map((row) => row.slice(0, 6)),
    [
      ["oven", "full", "gassing", "1", "10.0", "0"],
      ["storage", "full", "gassing", "1", "10.0", "0"],
      ["all", "full", "gassing", "2", "20.0", "0"],
    ],
  );
  assert.deepEqual(rowsOf("Time to runaway"), [["oven", "full", "1", "0 %", "100 %", "18.3 min", "122 %", "50 %", "–", "–", "–", "–", "–"]]);
  assert.deepEqual(rowsOf("Swelling")?.[0]?.slice(7), ["1", "0", "0", "0", "0", "48 h", "48 h", "24 h"]);
});

test("columns stand under each other, and Markdown has a rule", () => {
  const table = {
    title: "T",
    note: "n",
    head: ["name", "figure"],
    rows: [
      ["a", "1"],
      ["longer", "100"],
    ],
  };
  assert.equal(asText(table), "T\n  n\n\n  name    figure\n  a            1\n  longer     100\n");
  assert.equal(asMarkdown(table), "### T\n\nn\n\n| name | figure |\n| --- | ---: |\n| a | 1 |\n| longer | 100 |\n");
});

test("durations are said as a person says them", () => {
  assert.deepEqual([0, 68, 299, 300, 7199, 7200, 2 * day, 4 * day, undefined].map(duration), [
    "0 s",
    "68 s",
    "299 s",
    "5 min",
    "120 min",
    "2 h",
    "48 h",
    "4 d",
    "–",
  ]);
});
