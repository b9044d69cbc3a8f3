import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Dimension, measure } from "../../edge-agent/contracts/measure.ts";
import { nearest } from "../../edge-agent/contracts/nearest.ts";
import { parseField, parseTime, timeColumns } from "../../edge-agent/contracts/recording.ts";
import { splitMeasure } from "../../edge-agent/core/measured.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // -0 is written as 0
const moderate = fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map((value) => value + 0);
const blanks = fc.stringMatching(/^[ \t]{0,3}$/);

test("a number in a recording reads as itself, whatever stands around it", () => {
  fc.assert(
    fc.property(finite, blanks, blanks, (value, before, after) => {
      assert.deepEqual(parseField(`${before}${value}${after}`), { value, bound: 0 });
      assert.deepEqual(parseField(`${before}>=${after}${value}`), { value, bound: 1 });
      assert.deepEqual(parseField(`${before}<=${value}${after}`), { value, bound: -1 });
    }),
  );
});

test("a field of a recording is blank, malformed, or a finite number: never NaN, never an exception", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const field = parseField(text);
      if (text.trim() === "") assert.equal(field, undefined);
      else assert.ok(field === "malformed" || (field !== undefined && Number.isFinite(field.value)), text);
    }),
  );
});

test("these are no numbers", () => {
  for (const text of ["NaN", "Infinity", "1e999", "0x10", "-0b1", "1,5", ">=", ">= ", "<=x", ">1000", "1 2", "null", "--1"])
    assert.equal(parseField(text), "malformed", text);
});

test("a time is a finite number of seconds or nothing", () => {
  fc.assert(
    fc.property(fc.constantFrom(...timeColumns), fc.string(), (column, text) => {
      const seconds = parseTime(column, text);
      assert.ok(seconds === undefined || Number.isFinite(seconds));
    }),
  );
  assert.equal(parseTime("time", "2026-09-21T14:13:20.250Z"), 1_790_000_000.25);
  assert.equal(parseTime("unix_time_s", " 12.5 "), 12.5);
});

const units: readonly [Dimension, string, number][] = [
  ["duration_s", "ms", 1e-3],
  ["duration_s", "h", 3600],
  ["capacity_Ah", "mAh", 1e-3],
  ["mass_g", "kg", 1e3],
  ["volume_L", "m3", 1e3],
  ["rate_per_h", "/min", 60],
  ["bytes", "GiB", 2 ** 30],
  ["temperature_degC", "degC", 1],
];

test("a measure written with any unit and blanks comes back in the first unit of its dimension", () => {
  fc.assert(
    fc.property(fc.constantFrom(...units), moderate, blanks, ([dimension, unit, factor], value, blank) => {
      assert.equal(measure(dimension).parse(`${blank}${value}${blank}${unit}`), value * factor);
    }),
  );
});

test("a measure never throws, never yields what is not finite, and never takes a bare number", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), finite, finite.map(String), fc.anything()), (input) => {
      const parsed = measure("duration_s", 0).safeParse(input);
      if (parsed.success) assert.ok(Number.isFinite(parsed.data) && typeof input === "string" && !Number.isFinite(Number(input)));
      else assert.match(parsed.error.issues[0]?.message ?? "", /^found /);
    }),
  );
});

test("a split measure is a finite number and a unit that is no number", () => {
  for (const text of ["130", "1e5", "1.5.2", "12-3", "", " ", "degC", "1 2"]) assert.equal(splitMeasure(text), undefined, text);
  assert.deepEqual(splitMeasure("-1.5e3kPa"), { value: -1500, unit: "kPa" });
  assert.deepEqual(splitMeasure("0.5 /h"), { value: 0.5, unit: "/h" });
});

test("one slip of the finger is always seen through; a stranger is not", () => {
  const words = ["every", "essential", "calibration", "quantity", "source"];
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.nat(), fc.constantFrom("drop", "double", "swap", "replace"), (word, place, slip) => {
      const at = place % (word.length - 1);
      const [head, a = "", b = "", tail] = [word.slice(0, at), word[at], word[at + 1], word.slice(at + 2)];
      const slips = { drop: head + b + tail, double: head + a + a + b + tail, swap: head + b + a + tail, replace: `${head}#${b}${tail}` };
      assert.equal(nearest(slips[slip as keyof typeof slips], words), word);
    }),
  );
  assert.equal(nearest("xylophone", words), undefined);
  assert.equal(nearest("", words), undefined);
  assert.equal(nearest("e".repeat(1e6), words), undefined);
});
