import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type TransducerName, transducers } from "../../edge-agent/sensors/transducers.ts";

const loop = (signal_mA: number, keys = {}) => transducers.loop.scale({ shunt: 150, at_4mA: 0, at_20mA: 1000, ...keys })({ raw: (signal_mA / 1000) * 150 });
const near = (found: number | undefined, expected: number) => assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-6, `${found}, not ${expected}`);

/** 62.5 kPa for each mA. */
for (const [signal_mA, value_kPa] of [
  [3.81, -11.875],
  [4, 0],
  [12, 500],
  [20, 1000],
  [20.49, 1030.625],
] as const) {
  test(`a loop of ${signal_mA} mA is ${value_kPa} kPa of 0 to 1000`, () => {
    const { raw, ...doubt } = loop(signal_mA);
    near(raw, value_kPa);
    assert.deepEqual(doubt, {});
  });
}

test("NE 43: a loop between range and fault is a bound, from the fault on no number", () => {
  for (const [signal_mA, reason, bound] of [
    [0, "open-circuit", undefined],
    [3.59, "open-circuit", undefined],
    [3.61, "saturated", -1],
    [3.79, "saturated", -1],
    [20.51, "saturated", 1],
    [20.99, "saturated", 1],
    [21.01, "short-circuit", undefined],
    [22, "short-circuit", undefined],
  ] as const) {
    const measured = loop(signal_mA);
    assert.deepEqual([measured.reason, measured.bound], [reason, bound], `${signal_mA} mA`);
    assert.equal(measured.raw === undefined, bound === undefined);
    assert.match(measured.detail ?? "", /mA: /);
  }
});

test("where the line falls a bound turns round", () => {
  assert.deepEqual(loop(20.7, { at_4mA: 1000, at_20mA: 0 }).bound, -1);
  assert.deepEqual(loop(3.7, { at_4mA: 1000, at_20mA: 0 }).bound, 1);
});

test("another shunt, and an input that ends before the loop does", () => {
  near(transducers.loop.scale({ shunt: 100, at_4mA: 0, at_20mA: 10 })({ raw: 1.2 }).raw, 5);
  const ended = transducers.loop.scale({ shunt: 150, at_4mA: 0, at_20mA: 1000 })({ raw: 2.048, bound: 1, reason: "saturated" });
  near(ended.raw, (2.048 / 0.15 - 4) * 62.5);
  assert.deepEqual([ended.bound, ended.reason], [1, "saturated"]);
  const small = transducers.loop.scale({ shunt: 150, at_4mA: 0, at_20mA: 1000 })({ raw: 0.512, bound: 1, reason: "saturated" });
  assert.equal(small.bound, 1, "the end of a small full scale is no open loop");
});

const ratio = (share: number, supply_V = 5) =>
  transducers.ratio.scale({ low: 0.1, high: 0.9, at_low: 0, at_high: 400 })({ raw: share * supply_V }, { raw: supply_V });

test("a ratiometric part follows its supply: the same share is the same pressure", () => {
  for (const supply_V of [4.5, 5, 5.5]) {
    near(ratio(0.1, supply_V).raw, 0);
    near(ratio(0.5, supply_V).raw, 200);
    near(ratio(0.9, supply_V).raw, 400);
  }
});

test("a ratiometric part just outside its range measures, further out it is a bound, beyond a fault", () => {
  for (const [share, reason, bound] of [
    [0.08, undefined, undefined],
    [0.92, undefined, undefined],
    [0.07, "saturated", -1],
    [0.93, "saturated", 1],
    [0.04, "open-circuit", undefined],
    [0.96, "short-circuit", undefined],
  ] as const)
    assert.deepEqual([ratio(share).reason, ratio(share).bound], [reason, bound], `${share}`);
});

test("without a supply that can be read a ratio is no number", () => {
  const scale = transducers.ratio.scale({ low: 0.1, high: 0.9, at_low: 0, at_high: 400 });
  const input = { raw: 1 };
  for (const supply of [undefined, { raw: 0.02 }, { raw: 3.3, bound: 1, reason: "saturated", detail: "at the supply" }, { reason: "no-reply" }] as const) {
    const { raw, reason } = scale(input, supply);
    assert.ok(raw === undefined && reason !== undefined, `${reason}`);
  }
});

test("an LVDT of 0 to 10 V and 50 mm behind 3:1 gives 12.5 mm at 0.8333 V", () => {
  const scale = transducers.linear.scale({ divider: 3, at_0V: 0, at_10V: 50 });
  near(scale({ raw: 2.5 / 3 }).raw, 12.5);
  const { raw: end, ...doubt } = scale({ raw: 3.3, bound: 1, reason: "saturated", detail: "end" });
  near(end, 49.5);
  assert.deepEqual(doubt, { bound: 1, reason: "saturated", detail: "end" });
  assert.equal(transducers.linear.scale({ divider: 3, at_0V: 50, at_10V: 0 })({ raw: 3.3, bound: 1, reason: "saturated" }).bound, -1);
});

test("whatever stands at an input, a transducer gives a number or a reason, and a bad input stays what it is", () => {
  const keys = { shunt: 150, at_4mA: 0, at_20mA: 1, low: 0.1, high: 0.9, at_low: 0, at_high: 1, divider: 1, at_0V: 0, at_10V: 1 };
  const voltage = fc.double({ min: -6.144, max: 6.144, noNaN: true });
  for (const name of Object.keys(transducers) as TransducerName[]) {
    const scale = transducers[name].scale(keys);
    fc.assert(
      fc.property(voltage, voltage, fc.constantFrom(undefined, -1, 1), (raw, supply, bound) => {
        const measured = scale({ raw, ...(bound !== undefined && { bound, reason: "saturated" as const }) }, { raw: supply });
        assert.ok(measured.raw === undefined ? measured.reason !== undefined : Number.isFinite(measured.raw));
        assert.equal(measured.bound !== undefined, measured.raw !== undefined && measured.reason === "saturated");
      }),
    );
    assert.deepEqual(scale({ reason: "malformed" }, { raw: 1 }), { reason: "malformed" });
  }
});
