import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { severities } from "../../../edge-agent/core/alarms.ts";
import { criteria } from "../../../models/evaluation/criteria.ts";
import type { CellLeads } from "../../../models/evaluation/leads.ts";
import { groupOf } from "../../../models/evaluation/what-happened.ts";
import { outcome, oven, raise, truth } from "./hand-made.ts";

const C1 = { cell: "C1", pack: "P1" };

describe("leads of a cell that heats itself from 10 000 s and runs away at 20 000 s", () => {
  test("each criterion takes its first alarm, each event its own lead", () => {
    const { leads } = outcome(oven, {
      raises: [raise(12_000, "gas-rise", "warning", { pack: "P1" }), raise(16_000, "self-heating", "alarm", C1), raise(19_990, "runaway", "trip", C1)],
    });
    assert.equal(leads.length, 1);
    assert.deepEqual(leads[0]?.lead_s, {
      advisory: { vent: 7000, runaway: 8000, t3: 8060 },
      warning: { vent: 7000, runaway: 8000, t3: 8060 },
      alarm: { vent: 3000, runaway: 4000, t3: 4060 },
      trip: { vent: null, runaway: 10, t3: 70 },
      "class-runaway": { vent: 3000, runaway: 4000, t3: 4060 },
    });
    // 5000 s from 0.5 K/min to runaway; the warning came before, so that the share is clipped
    assert.deepEqual(leads[0]?.share, { advisory: 1, warning: 1, alarm: 0.8, trip: 0.002, "class-runaway": 0.8 });
  });

  test("an alarm at the event is a lead of 0, one after it is a miss, and so is none", () => {
    const at = outcome(oven, { raises: [raise(20_000, "runaway", "trip", C1)] }).leads[0];
    assert.deepEqual(at?.lead_s.trip, { vent: null, runaway: 0, t3: 60 });
    assert.equal(at?.share.trip, 0);
    assert.deepEqual(outcome(oven, { raises: [raise(20_001, "runaway", "trip", C1)] }).leads[0]?.lead_s.trip, { vent: null, runaway: null, t3: 59 });
    assert.deepEqual(outcome(oven).leads[0]?.lead_s.advisory, { vent: null, runaway: null, t3: null });
  });

  test("another cell's alarm and another pack's is none; the station's is one", () => {
    const others = outcome(oven, {
      raises: [raise(12_000, "over-temperature", "alarm", { cell: "C2", pack: "P1" }), raise(12_000, "gas-rise", "warning", { pack: "P2" })],
    });
    assert.equal(others.leads[0]?.lead_s.advisory.runaway, null);
    assert.equal(outcome(oven, { raises: [raise(12_000, "over-pressure", "alarm")] }).leads[0]?.lead_s.alarm.runaway, 8000);
  });

  test("class runaway more than 300 s before 0.2 K/min is a false alarm and no lead, at any severity; 300 s before it is a lead", () => {
    const early = outcome(oven, { raises: [raise(9699, "self-heating", "alarm", C1)] });
    assert.equal(early.wrongRunaway, 1);
    for (const criterion of criteria) assert.equal(early.leads[0]?.lead_s[criterion].runaway, null);
    const graceful = outcome(oven, { raises: [raise(9700, "self-heating", "alarm", C1)] });
    assert.equal(graceful.wrongRunaway, 0);
    assert.equal(graceful.leads[0]?.lead_s["class-runaway"].runaway, 10_300);
  });

  test("a false alarm that becomes graver when it is true is both: a false alarm, and a lead from then on", () => {
    const first = raise(5000, "self-heating", "alarm", C1);
    const both = outcome(oven, { raises: [first, { ...first, at_s: 17_000, severity: "trip" }] });
    assert.equal(both.wrongRunaway, 1);
    assert.equal(both.leads[0]?.lead_s.trip.runaway, 3000);
    assert.equal(both.leads[0]?.lead_s["class-runaway"].runaway, 3000);
    assert.equal(both.raised["class-runaway"], 1, "one occurrence");
  });

  test("class runaway of a cell that never heated itself is false; over-temperature of it is not of that class", () => {
    const { wrongRunaway } = outcome(oven, {
      raises: [raise(12_000, "self-heating", "alarm", { cell: "C2", pack: "P1" }), raise(12_000, "over-temperature", "alarm", { cell: "C2", pack: "P1" })],
    });
    assert.equal(wrongRunaway, 1);
  });
});

test("where the truth does not date self-heating, an early alarm is undated: no lead, no false alarm", () => {
  const undated = truth("heater", [
    ["C1", "vent", 19_000],
    ["C1", "runaway", 20_000],
  ]);
  const said = outcome(undated, { raises: [raise(400, "self-heating", "alarm", C1), raise(18_800, "runaway-imminent", "alarm", C1)] });
  assert.deepEqual([said.wrongRunaway, said.undatedRunaway], [0, 1]);
  assert.equal(said.leads[0]?.lead_s["class-runaway"].runaway, 1200);
  assert.equal(said.leads[0]?.share["class-runaway"], null, "no share of a time that nobody knows");
});

test("groups follow what happened", () => {
  assert.equal(groupOf(oven), "abuse");
  assert.equal(groupOf(truth("storage", [["C1", "vent", 5]])), "gassing");
  assert.equal(groupOf(truth("storage", [["C1", "swelling-limit", 5]])), "gassing");
  assert.equal(groupOf(truth("oven", [["C1", "self-heating-0.2", 5]])), "near-miss");
  assert.equal(groupOf(truth("cycling", [], true)), "healthy");
});

test("no lead is longer than the time from the first alarm of the recording, no share leaves 0 to 1, and a graver criterion is never earlier", () => {
  const raises = fc.array(
    fc.record({
      at_s: fc.integer({ min: 0, max: 36_000 }),
      alarm: fc.constantFrom("gas-rise", "vent", "self-heating", "runaway-imminent", "runaway", "over-temperature"),
      severity: fc.constantFrom(...severities),
      where: fc.constantFrom({}, { pack: "P1" }, { pack: "P2" }, C1, { cell: "C2", pack: "P1" }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(raises, (drawn) => {
      const sorted = drawn.toSorted((a, b) => a.at_s - b.at_s);
      const [first] = sorted;
      const { leads, raised } = outcome(oven, { raises: sorted.map(({ at_s, alarm, severity, where }) => raise(at_s, alarm, severity, where)) });
      const cell: CellLeads | undefined = leads[0];
      assert.ok(cell !== undefined);
      for (const criterion of criteria) {
        const lead_s: number | null = cell.lead_s[criterion].runaway ?? null;
        const share: number = cell.share[criterion] ?? Number.NaN;
        assert.ok(lead_s === null || (first !== undefined && lead_s >= 0 && lead_s <= 20_000 - first.at_s));
        assert.ok(share >= 0 && share <= 1);
        assert.equal(share > 0, lead_s !== null && lead_s > 0);
      }
      const ordered = severities.map((severity) => cell.lead_s[severity].runaway ?? -1);
      assert.deepEqual(
        ordered,
        ordered.toSorted((a, b) => b - a),
      );
      assert.ok(raised.advisory >= raised.alarm && raised.alarm >= raised["class-runaway"]);
    }),
  );
});
