import assert from "node:assert/strict";
import { test } from "node:test";
import { runaway } from "../../models/runaway.ts";
import { seeRate, startRate } from "../../models/sustained-rate.ts";
import { replayChannel, station } from "../support/station.ts";
import { every, raised, run, sample } from "./evidence.ts";

/** The first time at which criterion (c) holds. */
function firstHold(times_s: readonly number[], value: (at_s: number) => number): number | undefined {
  const state = startRate();
  return times_s.find((at_s) => seeRate(state, at_s, value(at_s)));
}
const ramp =
  (rate: number, from_s = 100) =>
  (at_s: number) =>
    25 + rate * Math.max(0, at_s - from_s);

test("(c) needs more than 3 s: the fourth step at 1 Hz, soon after 3 s at 10 Hz", () => {
  assert.equal(firstHold(every(1, 0, 200), ramp(1)), 104);
  const fast = firstHold(every(0.1, 0, 200), ramp(2)) ?? 0;
  assert.ok(fast > 102.5 && fast <= 104.2, `${fast}`);
});

test("(c) works at uneven spacing and with jitter, and not below 1 K/s", () => {
  const uneven = every(1, 0, 200).map((at_s, i) => at_s + ([0, 0.03, -0.02, 0.3][i % 4] ?? 0));
  const at_s = firstHold(uneven, ramp(1.2)) ?? 0;
  assert.ok(at_s > 103 && at_s < 106, `${at_s}`);
  assert.equal(firstHold(every(1, 0, 200), ramp(0.99)), undefined);
  assert.equal(firstHold(every(0.1, 0, 200), ramp(0.99)), undefined);
});

test("a pause below 1 K/s begins the count anew", () => {
  const step = (at_s: number) => (at_s <= 103 ? at_s - 100 : at_s - 101) + 25; // one flat second
  assert.equal(firstHold(every(1, 100, 120), step), 108);
});

test("one jump is not sustained, at any spacing", () => {
  for (const step_s of [0.01, 0.1, 0.5, 1, 2, 4, 8])
    assert.equal(
      firstHold(every(step_s, 0, 200), (at_s) => (at_s < 100 ? 25 : 900)),
      undefined,
      `${step_s} s`,
    );
});

test("a repeated time changes nothing, and nothing is sustained across a gap", () => {
  const state = startRate();
  for (const at_s of [0, 1, 1, 1, 2, 2, 3]) assert.equal(seeRate(state, at_s, 25 + 2 * at_s), false);
  assert.equal(seeRate(state, 4, 33), true);
  assert.equal(seeRate(state, 16, 80), false);
});

test("the memory of a 1 kHz thermometer stays small", () => {
  const state = startRate();
  for (const at_s of every(0.001, 0, 20)) seeRate(state, at_s, 25 + 2 * at_s);
  assert.ok(state.recent.length <= 2 * 28, `${state.recent.length}`);
});

const withVoltage = (max?: string) =>
  station({
    cells: [{ id: "C1", ...(max === undefined ? {} : { max_temperature: max }) }],
    channels: [replayChannel("T"), replayChannel("T2"), replayChannel("V", { quantity: "voltage", source: { driver: "replay", column: "V", unit: "V" } })],
  });
const both = (times_s: readonly number[], T: (at_s: number) => number, V: (at_s: number) => number | undefined) =>
  times_s.map((at_s) => ({ at_s, samples: [sample("T", at_s, T(at_s)), sample("V", at_s, V(at_s))] }));

test("(a) and (c): a fast rise with a whole voltage is no runaway, with a quarter lost it is", () => {
  const rise = ramp(3, 600);
  assert.deepEqual(
    raised(
      run(
        runaway(withVoltage()),
        both(every(1, 0, 640), rise, () => 4.1),
      ),
    ),
    [],
  );
  const [found] = raised(
    run(
      runaway(withVoltage()),
      both(every(1, 0, 640), rise, (at_s) => (at_s < 620 ? 4.1 : 3)),
    ),
  );
  assert.equal(found?.at_s, 620);
  assert.match(found?.why.join("; ") ?? "", /\(c\) T rose .*\(a\) V 3.000 V is 27 % below its 4.100 V while calm; no maximum temperature is given for C1$/);
});

test("(b) and (c): the maker's maximum decides where the voltage holds", () => {
  const [found] = raised(
    run(
      runaway(withVoltage("60 degC")),
      both(every(1, 0, 640), ramp(3, 600), () => 4.1),
    ),
  );
  assert.equal(found?.at_s, 612);
  assert.match(found?.why.join("; ") ?? "", /\(b\) C1 reached the maker's maximum of 60 degC/);
});

test("(c) alone decides where no voltage is measured, or none can be compared, and says so", () => {
  const [none] = raised(
    run(
      runaway(station()),
      every(1, 90, 120).map((at_s) => ({ at_s, samples: [sample("C1.t", at_s, ramp(2)(at_s))] })),
    ),
  );
  assert.equal(none?.at_s, 104);
  assert.deepEqual(none?.why.slice(1), ["no voltage is measured at C1", "so (c) alone decided"]);
  const [lost] = raised(
    run(
      runaway(withVoltage()),
      both(every(1, 0, 640), ramp(3, 600), (at_s) => (at_s < 500 ? 4.1 : undefined)),
    ),
  );
  assert.equal(lost?.at_s, 604);
  assert.match(lost?.why.join("; ") ?? "", /V gives no voltage to compare/);
});

test("initial voltage follows a discharge, and holds still while the cell warms", () => {
  const discharge = (at_s: number) => 4.2 - (1.6 * at_s) / 7200;
  const [calm] = raised(run(runaway(withVoltage()), both(every(1, 0, 7200), ramp(3, 7100), discharge)));
  assert.equal(calm, undefined);
  const slowShort = (at_s: number) => (at_s < 600 ? 4 : 4 - (1.2 * (at_s - 600)) / 3000);
  const heated = (at_s: number) => 25 + (5 / 60) * Math.max(0, at_s - 590) + 2 * Math.max(0, at_s - 3600);
  const [found] = raised(run(runaway(withVoltage()), both(every(1, 0, 3640), heated, slowShort)));
  assert.match(found?.why.join("; ") ?? "", /below its 4.00\d V|below its 3.9\d+ V/);
});

test("any one thermometer suffices; bad samples do not count, uncertain ones do", () => {
  const two = (quality: "bad" | "uncertain") =>
    every(1, 90, 120).map((at_s) => ({ at_s, samples: [sample("T", at_s, 25), sample("T2", at_s, ramp(5)(at_s), { quality })] }));
  assert.equal(raised(run(runaway(withVoltage()), two("uncertain"))).length, 1);
  assert.equal(raised(run(runaway(withVoltage()), two("bad"))).length, 0);
});

test("found once though it re-crosses; over only when cool for ten minutes", () => {
  const path = (at_s: number) => (at_s < 200 ? ramp(5)(at_s) : at_s < 300 ? 400 : at_s < 320 ? 400 + 5 * (at_s - 300) : Math.max(30, 500 - (at_s - 320)));
  const said = run(
    runaway(station()),
    every(1, 0, 1600).map((at_s) => ({ at_s, samples: [sample("C1.t", at_s, path(at_s))] })),
  );
  assert.deepEqual(
    raised(said).map(({ at_s }) => at_s),
    [104],
  );
  const over = said.find(({ at_s, present }) => at_s > 104 && !present)?.at_s ?? 0;
  assert.ok(over > 920 && over < 940, `${over}`);
});
