import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quantityNames, quantityOf } from "../../edge-agent/core/quantities.ts";
import { type Reason, reasons } from "../../edge-agent/core/reasons.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { type Judged, QualityRules } from "../../edge-agent/pipeline/quality.ts";

const reading = (at_s: number, raw?: number, more: Partial<Reading> = {}): Reading => ({ channel: 0, at_s, ...(raw !== undefined && { raw }), ...more });

test("each rule gives its own reason", () => {
  const rows: [name: string, readings: Reading[], expected: unknown][] = [
    ["good", [reading(0, 25)], { quality: "good", reason: "none", bound: 0, raw: 25 }],
    ["range", [reading(0, -61)], { quality: "bad", reason: "out-of-range", bound: 0, raw: -61 }],
    ["sentinel", [reading(0, -127)], { quality: "bad", reason: "sentinel", bound: 0, raw: -127 }],
    ["rate", [reading(0, 25), reading(0.1, 200)], { quality: "uncertain", reason: "rate", bound: 0, raw: 200 }],
    ["runaway passes", [reading(0, 25), reading(1, 511)], { quality: "good", reason: "none", bound: 0, raw: 511 }],
    ["stuck", [reading(0, 25), reading(500, 25), reading(901, 25)], { quality: "uncertain", reason: "stuck", bound: 0, raw: 25 }],
    ["not stuck when it moved", [reading(0, 25), reading(500, 25.06), reading(901, 25.06)], { quality: "good", reason: "none", bound: 0, raw: 25.06 }],
    ["not a number", [reading(0, Number.NaN)], { quality: "bad", reason: "malformed", bound: 0 }],
    ["endless", [reading(0, Number.POSITIVE_INFINITY)], { quality: "bad", reason: "malformed", bound: 0 }],
    ["nothing", [reading(0)], { quality: "bad", reason: "no-reply", bound: 0 }],
    ["censored", [reading(0, 1000, { bound: 1 })], { quality: "uncertain", reason: "saturated", bound: 1, raw: 1000 }],
    ["the driver knows better", [reading(0, 25, { reason: "open-circuit" })], { quality: "bad", reason: "open-circuit", bound: 0, raw: 25 }],
    ["same time", [reading(5, 25), reading(5, 26)], "duplicate_time"],
    ["earlier time", [reading(5, 25), reading(4, 26)], "backward_time"],
    ["no time", [reading(Number.NaN, 25)], "malformed"],
  ];
  for (const [name, readings, expected] of rows) {
    const rules = new QualityRules("temperature");
    assert.deepEqual(readings.map((each) => rules.judge(each)).at(-1), expected, name);
  }
});

test("a rule that the table leaves out does not apply: a hydrogen cell may read zero for a year", () => {
  const rules = new QualityRules("h2");
  for (let day = 0; day < 365; day++) assert.equal((rules.judge(reading(day * 86_400, 0)) as { quality: string }).quality, "good");
});

test("whatever arrives, only a finite number inside the table's range is ever good", () => {
  const anyReading = fc.record({ at_s: fc.double(), raw: fc.option(fc.double(), { nil: undefined }), bound: fc.constantFrom(-1, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...quantityNames), fc.array(anyReading, { maxLength: 30 }), (quantity, readings) => {
      const rules = new QualityRules(quantity);
      const { low, high } = quantityOf(quantity);
      let last_s = Number.NEGATIVE_INFINITY;
      for (const { at_s, raw, bound } of readings) {
        const judged = rules.judge(reading(at_s, raw, { bound: bound as -1 | 0 | 1 }));
        if (typeof judged === "string") continue;
        assert.ok(at_s > last_s);
        last_s = at_s;
        assert.equal(judged.quality, reasons[judged.reason].quality);
        if (judged.quality === "good") assert.ok(judged.raw !== undefined && judged.raw >= low && judged.raw <= high);
      }
    }),
  );
});

test("a driver's doubt does not make an impossible number possible", () => {
  const rules = new QualityRules("temperature");
  assert.deepEqual(rules.judge({ channel: 0, at_s: 1, raw: -127, reason: "operating-range" }), { quality: "bad", reason: "sentinel", bound: 0, raw: -127 });
  assert.deepEqual(rules.judge({ channel: 0, at_s: 2, raw: -300, reason: "warming-up" }), { quality: "bad", reason: "out-of-range", bound: 0, raw: -300 });
  assert.deepEqual(rules.judge({ channel: 0, at_s: 3, raw: 90, reason: "operating-range" }), {
    quality: "uncertain",
    reason: "operating-range",
    bound: 0,
    raw: 90,
  });
});

test("a sensor outside its operating range is stuck all the same; one at the end of its range or warming up is what its driver says", () => {
  const readings = (reason: Reason, raw: (at_s: number) => number) => {
    const rules = new QualityRules("temperature");
    return Array.from({ length: 21 }, (_, minute) => rules.judge(reading(60 * minute, raw(60 * minute), { reason }))).map(
      (judged) => (judged as Judged).reason,
    );
  };
  const still = () => 90;
  assert.deepEqual(new Set(readings("operating-range", still).slice(0, 16)), new Set(["operating-range"]));
  assert.deepEqual(new Set(readings("operating-range", still).slice(16)), new Set(["stuck"]));
  assert.deepEqual(new Set(readings("operating-range", (at_s) => 90 + at_s / 1000)), new Set(["operating-range"]));
  for (const reason of ["saturated", "warming-up"] as const) assert.deepEqual(new Set(readings(reason, still)), new Set([reason]));
});

test("what a sensor read outside its operating range counts for the rate, and for how long it has been stuck", () => {
  const jump = new QualityRules("temperature");
  jump.judge(reading(0, 90, { reason: "operating-range" }));
  assert.equal((jump.judge(reading(0.1, 400, { reason: "operating-range" })) as Judged).reason, "rate");
  const stuck = new QualityRules("temperature");
  for (const at_s of [0, 400, 800]) stuck.judge(reading(at_s, 90, { reason: "operating-range" }));
  assert.equal((stuck.judge(reading(1000, 90)) as Judged).reason, "stuck");
});
