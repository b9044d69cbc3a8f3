import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { solve } from "../../edge-agent/core/linear-system.ts";
import type { Reading, Sample } from "../../edge-agent/core/sample.ts";
import { Intake } from "../../edge-agent/pipeline/intake.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { lineEncoder } from "../../edge-agent/sinks/line-protocol.ts";
import { payloadsOf } from "../../edge-agent/sinks/payloads.ts";
import { replayChannel, station } from "../support/station.ts";

const certificate = { id: "CAL-1", date: "2026-09-01" };
const gas = (id: string, quantity: "h2" | "co" | "hf", more: object = {}) =>
  replayChannel(id, { quantity, source: { driver: "replay", column: id, unit: "ppm" }, every: "2 s", calibration: { ...certificate, ...more } });

/** Moments of readings by channel id → the last sample of each channel. */
function last(channels: ReturnType<typeof replayChannel>[], ...moments: Record<string, number | Partial<Reading>>[]): Record<string, Sample> {
  const made = station({ channels });
  const intake = new Intake(made.channels, new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 }), 0, true);
  const found: Record<string, Sample> = {};
  for (const [index, moment] of moments.entries()) {
    const readings = Object.entries(moment).map(([id, given]): Reading => {
      const channel = made.channels.findIndex((each) => each.id === id);
      return { channel, at_s: index + 1, ...(typeof given === "number" ? { raw: given } : given) };
    });
    for (const sample of intake.moment(readings)) found[sample.channel] = sample;
  }
  return found;
}

const told = (sample: Sample | undefined) => sample && [Number(sample.value?.toFixed(6)), sample.quality, sample.reason, sample.bound];

test("a curve takes the place of zero and span, and outside its certificate goes straight on, unsure", () => {
  const channels = [replayChannel("t", { calibration: { ...certificate, polynomial: [1, 1, 0.001], range: [1, 111] } })];
  assert.deepEqual(told(last(channels, { t: 50 }).t), [53.5, "good", "none", 0]);
  assert.deepEqual(told(last(channels, { t: 200 }).t), [231, "uncertain", "calibrated-range", 0], "the slope at 100 is 1.2");
  assert.deepEqual(told(last(channels, { t: -10 }).t), [-9, "uncertain", "calibrated-range", 0], "the slope at 0 is 1");
});

test("a curve that would turn over beyond its certificate still shows a rise", () => {
  const channels = [replayChannel("t", { calibration: { ...certificate, polynomial: [0, 1.5, -0.005], range: [0, 87.5] } })];
  const at = (raw: number) => last(channels, { t: raw }).t?.value ?? 0;
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), fc.double({ min: 0.1, max: 300, noNaN: true }), (raw, more) => at(raw + more) > at(raw)),
  );
});

test("the range of the certificate is of the calibrated value", () => {
  const channels = [replayChannel("t", { calibration: { ...certificate, zero: 10, range: [0, 50] } })];
  assert.deepEqual(told(last(channels, { t: 60 }).t), [50, "good", "none", 0]);
  assert.deepEqual(told(last(channels, { t: 61 }).t), [51, "uncertain", "calibrated-range", 0]);
  assert.deepEqual(told(last(channels, { t: { raw: 61, reason: "warming-up" } }).t), [51, "uncertain", "warming-up", 0], "what is in doubt keeps its reason");
});

test("temperature moves zero and span; an unsure temperature leaves the value and says so", () => {
  const temperature = { channel: "box", reference: "25 degC", zero_per_K: 2, span_per_K: 0.01 };
  const channels = [gas("h2", "h2", { zero: 10, temperature }), replayChannel("box")];
  assert.deepEqual(told(last(channels, { h2: 110, box: 25 }).h2), [100, "good", "none", 0]);
  assert.deepEqual(told(last(channels, { h2: 110, box: 35 }).h2), [88, "good", "none", 0], "(110 - 20 - 10) × 1.1, in the order of the channels");
  assert.deepEqual(told(last(channels, { h2: 110 }).h2), [100, "uncertain", "partner-unsure", 0]);
  assert.deepEqual(told(last(channels, { box: 35 }, {}, {}, { h2: 110 }).h2), [88, "good", "none", 0], "three periods old");
  assert.deepEqual(told(last(channels, { box: 35 }, {}, {}, {}, { h2: 110 }).h2), [100, "uncertain", "partner-unsure", 0], "older");
  assert.deepEqual(told(last(channels, { box: 35 }, { box: { raw: 35, reason: "checksum" }, h2: 110 }).h2), [100, "uncertain", "partner-unsure", 0]);
  assert.deepEqual(told(last(channels, { h2: 110, box: -80 }).h2), [100, "uncertain", "partner-unsure", 0], "out of range is bad");
  assert.deepEqual(told(last([gas("h2", "h2", { temperature: { ...temperature, span_per_K: 0.1 } }), replayChannel("box")], { h2: 110, box: 10 }).h2), [
    140,
    "uncertain",
    "calibrated-range",
    0,
  ]);
});

const mutual = [gas("h2", "h2", { cross: [{ channel: "co", factor: 0.3 }] }), gas("co", "co", { cross: [{ channel: "h2", factor: 0.2 }] })];

test("two sensors that read each other's gas are solved together", () => {
  const found = last(mutual, { h2: 1000 + 0.3 * 500, co: 500 + 0.2 * 1000 });
  assert.deepEqual(told(found.h2), [1000, "good", "none", 0]);
  assert.deepEqual(told(found.co), [500, "good", "none", 0]);
  assert.equal(found.h2?.raw, 1150, "raw is what the sensor gave");
});

test("whatever the factors of three sensors, the truths come back", () => {
  const factor = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  const ppm = fc.double({ min: 0, max: 5000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(factor, { minLength: 6, maxLength: 6 }),
      fc.array(ppm, { minLength: 3, maxLength: 3 }),
      ([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0], truth) => {
        const [h2 = 0, co = 0, hf = 0] = truth;
        const cross = (one: string, factorOfOne: number, other: string, factorOfOther: number) => ({
          cross: [
            { channel: one, factor: factorOfOne },
            { channel: other, factor: factorOfOther },
          ],
        });
        // far above zero, so that no reading leaves the plausible range of its quantity
        const up = 5000;
        const [x, y, z] = [h2 + up, co + up, hf + up];
        const channels = [gas("h2", "h2", cross("co", a, "hf", b)), gas("co", "co", cross("h2", c, "hf", d)), gas("hf", "hf", cross("h2", e, "co", f))];
        const found = last(channels, { h2: x + a * y + b * z, co: y + c * x + d * z, hf: z + e * x + f * y });
        for (const [id, expected] of [["h2", x] as const, ["co", y] as const, ["hf", z] as const]) {
          assert.ok(Math.abs((found[id]?.value ?? 0) - expected) < 1e-6 * expected, `${id}: ${found[id]?.value} for ${expected}`);
          assert.equal(found[id]?.quality, "good");
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a cross-sensitive reading without its partner is unsure, and never waits for it", () => {
  assert.deepEqual(told(last(mutual, { h2: 1150 }).h2), [1150, "uncertain", "partner-unsure", 0], "not heard yet");
  assert.deepEqual(told(last(mutual, { co: 700 }, { h2: 1150 }).h2), [1000, "good", "none", 0], "a second old");
  assert.deepEqual(told(last(mutual, { co: 700 }, {}, {}, {}, {}, {}, {}, { h2: 1150 }).h2), [1150, "uncertain", "partner-unsure", 0], "too old");
  assert.deepEqual(told(last(mutual, { co: { reason: "no-reply" }, h2: 1150 }).h2), [1150, "uncertain", "partner-unsure", 0], "bad");
  assert.deepEqual(told(last(mutual, { co: { raw: 700, reason: "warming-up" }, h2: 1150 }).h2), [1000, "uncertain", "partner-unsure", 0], "in doubt");
});

test("a bound goes through calibration, and a saturated partner leaves no false certainty", () => {
  const scaled = [gas("h2", "h2", { zero: 10, span: 2 })];
  assert.deepEqual(told(last(scaled, { h2: { raw: 1000, bound: 1 } }).h2), [1980, "uncertain", "saturated", 1]);
  const one = [gas("h2", "h2", { cross: [{ channel: "co", factor: 0.3 }] }), gas("co", "co")];
  assert.deepEqual(told(last(one, { h2: { raw: 1000, bound: 1 }, co: 100 }).h2), [970, "uncertain", "saturated", 1]);
  assert.deepEqual(
    told(last(one, { h2: 900, co: { raw: 1000, bound: 1 } }).h2),
    [600, "uncertain", "partner-unsure", 0],
    "at most 600, which must not silence a limit",
  );
  assert.deepEqual(
    told(last(one, { h2: { raw: 1000, bound: 1 }, co: { raw: 1000, bound: 1 } }).h2),
    [700, "uncertain", "saturated", 0],
    "neither least nor most",
  );
  const negative = [gas("h2", "h2", { cross: [{ channel: "co", factor: -0.3 }] }), gas("co", "co")];
  assert.deepEqual(told(last(negative, { h2: 900, co: { raw: 1000, bound: 1 } }).h2), [1200, "uncertain", "partner-unsure", 1], "at least");
});

test("the bound reaches both sinks", () => {
  const made = station({ channels: mutual });
  const { h2: sample } = last(mutual, { h2: { raw: 1000, bound: 1 }, co: 100 });
  assert.ok(sample?.bound === 1);
  assert.match(lineEncoder(made)({ type: "sample", sample }), /,reason=7i,bound=1i /);
  assert.match(JSON.stringify(payloadsOf(made).message({ type: "sample", sample })?.body), /"bound":1,/);
});

test("equations that say the same have no solution", () => {
  assert.equal(
    solve(
      [
        [1, 2],
        [0.5, 1],
      ],
      [1, 0],
    ),
    undefined,
  );
  assert.deepEqual(
    solve(
      [
        [0, 2],
        [4, 0],
      ],
      [6, 8],
    ),
    [2, 3],
    "the largest pivot comes first",
  );
});
