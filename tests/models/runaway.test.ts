import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../models/opinion.ts";
import { isWarmedByAir } from "../../models/oven-air.ts";
import { runaway } from "../../models/runaway.ts";
import { countsRise, startSpikes } from "../../models/spikes.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised as raisedOfAny, run, sample } from "./evidence.ts";

const raised = (findings: Parameters<typeof raisedOfAny>[0]) => raisedOfAny(findings.filter(({ alarm }) => alarm === "runaway"));
const ramp =
  (rate: number, from_s = 100) =>
  (at_s: number) =>
    25 + rate * Math.max(0, at_s - from_s);

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
        runaway(withVoltage("200 degC")),
        both(every(1, 0, 640), rise, () => 4.1),
      ),
    ),
    [],
  );
  const [found] = raised(
    run(
      runaway(withVoltage("200 degC")),
      both(every(1, 0, 640), rise, (at_s) => (at_s < 620 ? 4.1 : 3)),
    ),
  );
  assert.equal(found?.at_s, 620);
  assert.match(found?.why.join("; ") ?? "", /\(c\) T rose .*\(a\) V 3.000 V is 27 % below its 4.100 V while calm$/);
});

test("(c) alone is told as self-heating until it is over, or runaway", () => {
  const told = (at_s: readonly number[], max: string) =>
    run(
      runaway(withVoltage(max)),
      both(
        at_s,
        (now) => 25 + 3 * Math.max(0, Math.min(now, 640) - 600),
        () => 4.1,
      ),
    ).filter(({ alarm }) => alarm === "self-heating");
  const over = told(every(1, 0, 900), "200 degC");
  assert.deepEqual([over[0]?.at_s, over[0]?.severity, over.at(-1)?.present, over.at(-1)?.at_s], [604, "alarm", false, 701]);
  assert.match(
    over[0]?.why.join("; ") ?? "",
    /V has not fallen by 25 % and 200 degC are not reached: no runaway by GB 38031-2025; unless its thermometer was moved, the cell heats itself$/,
  );
  const grave = told(every(1, 0, 900), "60 degC");
  assert.deepEqual([grave[0]?.at_s, grave.at(-1)?.present, grave.at(-1)?.at_s], [604, false, 612]);
});

test("(c) alone is taken back by runaway, though its readings are lost meanwhile", () => {
  const evidence = every(1, 0, 900).map((at_s) => ({
    at_s,
    samples: ["T", "V"].map((id) => (at_s < 607 ? sample(id, at_s, id === "V" ? 4.1 : ramp(3, 600)(at_s)) : sample(id, at_s, undefined, { quality: "bad" }))),
  }));
  const said = run(runaway(withVoltage("200 degC")), evidence);
  const last = (alarm: string) => said.findLast((finding) => finding.alarm === alarm)?.present;
  assert.deepEqual([last("self-heating"), last("runaway")], [false, true]);
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
      runaway(withVoltage("200 degC")),
      both(every(1, 0, 640), ramp(3, 600), (at_s) => (at_s < 500 ? 4.1 : undefined)),
    ),
  );
  assert.equal(lost?.at_s, 604);
  assert.match(lost?.why.join("; ") ?? "", /V gives no voltage to compare/);
});

test("initial voltage follows a discharge, and holds still while the cell warms", () => {
  const discharge = (at_s: number) => 4.2 - (1.6 * at_s) / 7200;
  const [calm] = raised(run(runaway(withVoltage("400 degC")), both(every(1, 0, 7200), ramp(3, 7100), discharge)));
  assert.equal(calm, undefined);
  const slowShort = (at_s: number) => (at_s < 600 ? 4 : 4 - (1.2 * (at_s - 600)) / 3000);
  const heated = (at_s: number) => 25 + (5 / 60) * Math.max(0, at_s - 590) + 2 * Math.max(0, at_s - 3600);
  const [found] = raised(run(runaway(withVoltage("400 degC")), both(every(1, 0, 3640), heated, slowShort)));
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

const why = (said: readonly { readonly why: readonly string[] }[]) => said[0]?.why.join("; ") ?? "";

test("a voltage that cannot tell hides nothing: frozen, unconnected or reversed", () => {
  const rise = (at_s: number) => Math.min(800, ramp(20, 600)(at_s));
  const frozen = raised(
    run(
      runaway(withVoltage()),
      both(every(1, 0, 700), rise, () => 4.1),
    ),
  );
  assert.deepEqual(
    frozen.map(({ at_s }) => at_s),
    [604],
  );
  assert.match(why(frozen), /\(a\) does not hold: V 4.100 V, 4.100 V while calm; no maximum temperature is given for C1; so \(c\) alone decided$/);
  for (const max of [undefined, "200 degC"])
    for (const unconnected_V of [0, 0.4, -4.1]) {
      const found = raised(
        run(
          runaway(withVoltage(max)),
          both(every(1, 0, 700), rise, () => unconnected_V),
        ),
      );
      assert.equal(found[0]?.at_s, 604, `${unconnected_V} V, maximum ${max}`);
      assert.match(why(found), /V gives no voltage to compare with a plausible learned one; .*so \(c\) alone decided$/);
    }
});

test("a thermometer that dies between (c) and the maximum hides nothing, noisily or silently", () => {
  const dying = (dead: Evidence["samples"]): Evidence[] =>
    every(1, 0, 660).map((at_s) => ({
      at_s,
      samples: [...(at_s <= 610 ? [sample("T", at_s, ramp(5, 600)(at_s))] : dead), sample("T2", at_s, 25), sample("V", at_s, 4.1)].map((one) => ({
        ...one,
        at_s,
      })),
    }));
  for (const dead of [[], [sample("T", 0, undefined, { quality: "bad" })]]) {
    const found = raised(run(runaway(withVoltage("200 degC")), dying(dead)));
    assert.equal(found[0]?.at_s, 620);
    assert.match(why(found), /T fell silent below 200 degC; so \(c\) alone decided$/);
  }
});

test("(c) is found at the pace of the thermometer, however slow", () => {
  for (const every_s of [0.1, 1, 5, 9, 11, 20, 60]) {
    for (const max of [undefined, "200 degC"]) {
      const slow = station({
        cells: [{ id: "C1", ...(max === undefined ? {} : { max_temperature: max }) }],
        channels: [replayChannel("T", { every: `${every_s} s` })],
      });
      const moments = every(every_s, 0, 1000).map((at_s) => ({ at_s, samples: [sample("T", at_s, ramp(5, 600)(at_s))] }));
      const found = raised(run(runaway(slow), moments))[0]?.at_s ?? Number.POSITIVE_INFINITY;
      assert.ok(found <= 604 + 3 * every_s, `every ${every_s} s: ${found}`);
    }
  }
});

test("a thermometer that burnt hot holds runaway no longer than its cell is hot; unseen is not cool", () => {
  const burnt = (other: readonly Evidence["samples"][number][]): Evidence[] =>
    every(1, 0, 3000).map((at_s) => ({
      at_s,
      samples: [at_s < 200 ? sample("T", at_s, ramp(5)(at_s)) : sample("T", at_s, undefined, { quality: "bad" }), ...other.map((one) => ({ ...one, at_s }))],
    }));
  const withCool = run(runaway(withVoltage()), burnt([sample("T2", 0, 30)]));
  assert.deepEqual(
    raised(withCool).map(({ at_s }) => at_s),
    [104],
  );
  const over = withCool.find(({ at_s, present }) => at_s > 104 && !present)?.at_s ?? 0;
  assert.ok(over > 790 && over < 810, `${over}`);
  for (const other of [[sample("T2", 0, 90)], [sample("V", 0, 4)], []]) assert.equal(run(runaway(withVoltage()), burnt(other)).at(-1)?.present, true);
});

test("a cold cell in a hot oven warms by the air; what is faster than air can be is runaway", () => {
  const inOven = station({
    cells: [{ id: "C1" }],
    channels: [replayChannel("T"), replayChannel("air", { at: { station: true }, place: "chamber" })],
  });
  const heated = (air_degC: number | undefined, rate_K_per_s: number) =>
    raised(
      run(
        runaway(inOven),
        every(1, 0, 640).map((at_s) => ({
          at_s,
          samples: [...(air_degC === undefined ? [] : [sample("air", at_s, air_degC)]), sample("T", at_s, 25 + rate_K_per_s * Math.max(0, at_s - 600))],
        })),
      ),
    ).map(({ at_s }) => at_s);
  assert.deepEqual([heated(190, 1.5), heated(26, 1.5), heated(undefined, 1.5), heated(190, 8)], [[], [604], [604], [604]]);
  // a bead on the tab of a cell that has just been put in
  assert.ok(isWarmedByAir(148, 47, 5.5) && !isWarmedByAir(148, 90, 5.5));
});

test("a thermometer that is put back on a cell a few kelvins warmer is no alarm where the voltage holds", () => {
  const putBack = (rise_K: number) =>
    run(
      runaway(withVoltage("200 degC")),
      both(
        every(1, 0, 900),
        (at_s) => 25 + Math.min(rise_K, 1.5 * Math.max(0, at_s - 600)),
        () => 4.1,
      ),
    ).some(({ present }) => present);
  assert.deepEqual([putBack(7), putBack(30)], [false, true]);
});

test("no air, hot, in flames or wrong, hides a cell whose voltage falls, and none hides a fast rise", () => {
  const inOven = station({
    cells: [{ id: "C1", max_temperature: "60 degC" }],
    channels: [
      replayChannel("T"),
      replayChannel("V", { quantity: "voltage", source: { driver: "replay", column: "V", unit: "V" } }),
      replayChannel("air", { at: { station: true }, place: "chamber" }),
    ],
  });
  const found = (air_degC: (at_s: number) => number, from_degC: number, rate_K_per_s: number, falls: boolean) =>
    raised(
      run(
        runaway(inOven),
        every(1, 0, 700).map((at_s) => ({
          at_s,
          samples: [
            sample("air", at_s, air_degC(at_s)),
            sample("V", at_s, falls && at_s >= 603 ? 0.1 : 4.1),
            sample("T", at_s, from_degC + rate_K_per_s * Math.max(0, at_s - 600)),
          ],
        })),
      ),
    )[0]?.at_s;
  const soon = (at_s: number | undefined) => at_s !== undefined && at_s <= 606;
  assert.ok(soon(found(() => 250, 165, 1.5, true)), "a hot oven");
  assert.ok(soon(found((at_s) => (at_s < 600 ? 140 : 450), 140, 6, false)), "a flame");
  assert.ok(soon(found(() => 1370, 180, 20, false)), "a broken thermometer");
  assert.ok(soon(found(() => 200, 130, 2, true)), "a frozen one");
});

test("a slow and noisy runaway is told beside a voltage that does not fall", () => {
  const { normal } = dice(31);
  const said = run(
    runaway(withVoltage("500 degC")),
    both(
      every(1, 0, 760),
      (at_s) => 140 + 1.2 * Math.max(0, at_s - 600) + 0.06 * normal(),
      () => 4.1,
    ),
  );
  assert.ok((said.find(({ present }) => present)?.at_s ?? Number.POSITIVE_INFINITY) < 640);
});

test("behind a spike a rise counts once it has outlasted one; the first of its kind, or beside a lost voltage, at once", () => {
  const lone = station({ cells: [{ id: "C1" }], channels: [replayChannel("T")] });
  const told = (of: typeof lone, values: readonly Evidence[]) => raised(run(runaway(of), values)).map(({ at_s }) => at_s);
  const alone = (value: (at_s: number) => number | undefined, step_s = 2, to_s = 2000) =>
    every(step_s, 0, to_s).map((at_s) => ({ at_s, samples: [sample("T", at_s, value(at_s))] }));
  const spikes = (at: Readonly<Record<number, number>>) => (at_s: number) => at[at_s] ?? 25;
  const pair = { 1000: 93, 1002: 273 };
  assert.deepEqual(told(lone, alone(spikes(pair))), [1002], "nothing can tell these two from a nail");
  for (const before of [{ 400: 120 }, { 400: -150, 402: 60 }, { 400: 300, 402: -60, 404: 200 }])
    assert.deepEqual(told(lone, alone(spikes({ ...before, ...pair, 1200: 90, 1202: 200, 1204: 270 }))), [], JSON.stringify(before));
  // nails of every steepness: no later than four readings
  for (const step_s of [1, 2, 5, 10])
    for (const rate of [1.5, 20, 100, 600]) {
      const nail = (at_s: number) => 25 + Math.min(600, rate * Math.max(0, at_s - 1000));
      const [first = Number.NaN] = told(lone, alone(nail, step_s, 1500));
      assert.deepEqual(
        told(
          lone,
          alone((at_s) => (at_s === 400 ? 120 : nail(at_s)), step_s, 1500),
        ),
        Number.isNaN(first) ? [] : [first + 4 * step_s],
        `${rate} K/s every ${step_s} s`,
      );
    }
  const rises = (at_s: number) => (at_s === 400 ? 120 : 25 + 30 * Math.max(0, at_s - 1000));
  assert.deepEqual(
    told(
      lone,
      alone((at_s) => (at_s > 1004 ? undefined : rises(at_s))),
    ),
    [1008],
    "it burns out",
  );
  assert.deepEqual(
    told(
      lone,
      alone((at_s) => (at_s === 1004 ? undefined : spikes({ 400: 120, ...pair })(at_s))),
    ),
    [],
    "a spike beyond what it can read",
  );
  assert.deepEqual(
    told(
      lone,
      alone((at_s) => (at_s === 1008 ? 25 : rises(at_s))),
    ),
    [1014],
    "it drops out once",
  );
  assert.deepEqual(
    told(
      lone,
      alone((at_s) => (at_s === 800 ? 0 : at_s < 900 ? 25 : rises(at_s))),
    ),
    [1004],
    "it dropped out before",
  );
  const shorted = both(every(2, 0, 1100), rises, (at_s) => (at_s < 1002 ? 4.1 : 2));
  assert.deepEqual(told(withVoltage("200 degC"), shorted), [1004]);
  assert.deepEqual(
    told(
      lone,
      alone((at_s) => (at_s === 400 ? 120 : 25 + 3 * Math.max(0, at_s - 11_300)), 2, 11_400),
    ),
    [11_304],
    "three hours later",
  );
});

test("a cell that is heated, shorted or vented makes no spike", () => {
  const shapes: Record<string, (at_s: number) => number> = {
    "a runaway": (at_s) => Math.min(500, 25 + 60 * Math.max(0, at_s - 100)),
    "one that cools again": (at_s) => (at_s < 110 ? 25 + 15 * Math.max(0, at_s - 100) : 25 + 150 * Math.exp((110 - at_s) / 60)),
    "a thermometer that falls off": (at_s) => (at_s < 100 ? 150 : 25 + 125 * Math.exp((100 - at_s) / 5)),
    "a puff of hot gas": (at_s) => (at_s > 100 && at_s < 120 ? 160 : 130),
    flames: (at_s) => 300 + (at_s % 4 < 2 ? 60 : -60),
  };
  for (const [name, shape] of Object.entries(shapes))
    for (const step_s of [0.5, 1, 2, 10]) {
      const state = startSpikes();
      for (const at_s of every(step_s, 0, 300)) countsRise(state, at_s, shape(at_s), undefined);
      assert.equal(state.spiked_s, null, `${name}, every ${step_s} s`);
    }
});
