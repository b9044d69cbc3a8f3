/** The parts of the thermal observer, each by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { correct, independent, variance } from "../../models/kalman.ts";
import type { Evidence } from "../../models/opinion.ts";
import { chemicalGrowth, climb, startClimb } from "../../models/thermal/blind-growth.ts";
import { addReading, closeBlock, isOver, startBlocks } from "../../models/thermal/block.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { A, B, C, D, G, innovationOf, L, leastVariance, N, O, predict, Q, S, T, W } from "../../models/thermal/filter.ts";
import { follow, type GrowthState, growthOf } from "../../models/thermal/growth.ts";
import { normalBelow } from "../../models/thermal/normal.ts";
import { isCarrying, isCollapsed, isOvercharged, isShorted, seeCurrent, seeVoltage, startSigns } from "../../models/thermal/signs.ts";
import { isStuck, seeReading, startRepeats } from "../../models/thermal/stuck.ts";
import { timeToRunaway } from "../../models/thermal/time-to-runaway.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample } from "./evidence.ts";

const R = 8.314462618;
const none = new Array<number>(N).fill(0);
const fresh = () => independent([100, 0.2, Math.log(0.08), 0, 0.02, 0.7, 0.05, 0.3, 0, 0.01, 0.4], [0.1, 0.1, 0.5, 0.05, 0.02, 0.2, 0.05, 0.2, 1.5, 0.01, 0.5]);

test("the filter's prediction is the balance that it states", () => {
  const filter = fresh();
  const drive = { air_degC: 110, wall_degC: 90, current_A2: 4, heater_W: 1 };
  // 40 % of what is shown is still that of a minute before
  const before = { air_degC: 105, wall_degC: 90, current_A2: 1, heater_W: 0 };
  predict(filter, drive, before, 0.1, none);
  const [own_K, wall_K] = [373.15, 363.15];
  const radiation = ((own_K ** 2 + wall_K ** 2) * (own_K + wall_K)) / (4 * 300 ** 3);
  const air_degC = 110 - 0.4 * 5;
  const surroundings = 0.7 * (air_degC - 100) + 0.3 * radiation * (90 - 0.01 * (90 - 25) - 100);
  const expected = 100 + 0.1 * (0.08 * surroundings + 0.02 * (4 - 0.4 * 3) + 0.7 * (1 - 0.4) + 0.2);
  assert.ok(Math.abs((filter.x[T] ?? 0) - expected) < 1e-9);
});

test("a reading draws the state towards it and never widens a variance; what may not learn stays", () => {
  fc.assert(
    fc.property(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: 0.001, max: 4, noNaN: true }), (off, noise2) => {
      for (const learns of [N, Q + 1]) {
        const filter = fresh();
        const drive = { air_degC: 120, wall_degC: 120, current_A2: 1, heater_W: 1 };
        predict(filter, drive, drive, 0.2, none);
        const before = structuredClone(filter);
        const reading = (filter.x[T] ?? 0) + off;
        correct(filter, innovationOf(filter, reading, 120, noise2), leastVariance, (i) => i < learns);
        for (const i of [T, Q, L, B, W, G, C, S, O, A, D]) {
          assert.ok(variance(filter, i) <= variance(before, i) + 1e-9);
          if (i >= learns) assert.equal(filter.x[i], before.x[i]);
        }
        assert.ok(Math.abs(innovationOf(filter, reading, 120, noise2).nu) <= Math.abs(innovationOf(before, reading, 120, noise2).nu) + 1e-9);
      }
    }),
  );
});

test("a block is the mean of its readings, and its noise that of a thermometer about a straight course", () => {
  const { normal } = dice(3);
  const blocks = startBlocks();
  let [closed, degC] = [0, 0];
  for (let at_s = 0; at_s < 4000; at_s++) {
    if (isOver(blocks, at_s)) {
      const block = closeBlock(blocks);
      closed += 1;
      degC = block.degC - (20 + (2 * block.at_s) / 60);
      assert.equal(block.air_degC, 25);
    }
    addReading(blocks, at_s, 20 + (2 * at_s) / 60 + 0.2 * normal(), 25, 0, 0);
  }
  assert.equal(closed, 399);
  assert.ok(Math.abs(degC) < 0.3);
  assert.ok(Math.abs(Math.sqrt(blocks.noise.noise2) - 0.2) < 0.04, `${Math.sqrt(blocks.noise.noise2)}`);
});

test("without exchange the time to runaway is that of R T²/(Ea q)", () => {
  const at_degC = 190; // above it, nothing that is used up first
  const growth = { net_K_per_min: 1, spread_ln: 0.01, E_kJ_per_mol: 135, spreadE_kJ_per_mol: 1, source_K_per_min: 0 };
  const { p05, p50, p95 } = timeToRunaway(growth, { degC: at_degC, drive_K_per_min: 0, exchange_per_min: 0, air_K_per_min: 0 });
  const formula_s = (60 * R * (at_degC + 273.15) ** 2) / 135e3;
  assert.ok(p05 < formula_s && formula_s < p95, `${p05} ${p50} ${p95} ${formula_s}`);
  assert.ok(p50 > 0.5 * formula_s && p50 < 2 * formula_s, `${p50} against ${formula_s}`);
});

test("the time to runaway is in order and finite, whatever is asked", () => {
  const any = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      any(0.01, 1e5),
      any(0, 3),
      any(50, 300),
      any(-20, 700),
      any(-100, 100),
      any(0, 1),
      any(0, 50),
      any(0, 1),
      any(0, 20),
      (net, spread, E, degC, drive, exchange, air, source, heated) => {
        const { p05, p50, p95 } = timeToRunaway(
          { net_K_per_min: net, spread_ln: spread, E_kJ_per_mol: E, spreadE_kJ_per_mol: 30, source_K_per_min: source * net },
          { degC, drive_K_per_min: drive, exchange_per_min: exchange, air_K_per_min: air, ...(heated > 10 && { heated_K_per_min: heated - 10 }) },
        );
        assert.ok(0 <= p05 && p05 <= p50 && p50 <= p95 && Number.isFinite(p95), `${p05} ${p50} ${p95}`);
      },
    ),
    { numRuns: 100, examples: [[0.01, 0, 50, 0, -13.600249218287237, 0, 0, 0, 0]] },
  );
});

test("great heat against great loss is runaway now, and no course that is followed for hours", () => {
  for (const net of [60, 1e3, 1e5]) {
    const { p50 } = timeToRunaway(
      { net_K_per_min: net, spread_ln: 1, E_kJ_per_mol: 230, spreadE_kJ_per_mol: 40, source_K_per_min: 0 },
      { degC: 700, drive_K_per_min: -net, exchange_per_min: 0.2, air_K_per_min: 0 },
    );
    assert.equal(p50, 0);
  }
});

test("faster self-heating leaves less time", () => {
  const left = (net: number) =>
    timeToRunaway(
      { net_K_per_min: net, spread_ln: 0.1, E_kJ_per_mol: 150, spreadE_kJ_per_mol: 25, source_K_per_min: 0 },
      { degC: 150, drive_K_per_min: -0.2, exchange_per_min: 0.08, air_K_per_min: 0 },
    ).p50;
  assert.ok(left(0.5) > left(1) && left(1) > left(3) && left(3) > left(20));
});

test("a heater goes on, and no course under it stands still for hours; a source of a cold cell grows slower than a reaction", () => {
  const own = { net_K_per_min: 2, spread_ln: 0.3, E_kJ_per_mol: 130, spreadE_kJ_per_mol: 30, source_K_per_min: 0 };
  const around = { degC: 140, drive_K_per_min: -1, exchange_per_min: 0.15, air_K_per_min: 0 };
  assert.ok(timeToRunaway(own, around).p95 > 3600);
  assert.ok(timeToRunaway(own, { ...around, heated_K_per_min: 0.7 }).p95 < 3600 * 2);
  const cold = { degC: 50, drive_K_per_min: -0.5, exchange_per_min: 0.05, air_K_per_min: 0 };
  const reaction = timeToRunaway({ ...own, net_K_per_min: 5 }, cold);
  const source = timeToRunaway({ ...own, net_K_per_min: 5, source_K_per_min: 5 }, cold);
  // at 4.5 K/min and growing, 110 K take less than 25 min, and more than at a reaction's growth
  assert.ok(source.p50 > 2 * reaction.p50 && source.p50 < 25 * 60, `${source.p50} ${reaction.p50}`);
});

test("the growth of a reaction gives back its activation energy, as far as the prior lets it", () => {
  let state: GrowthState | null = null;
  const rate = (degC: number) => 0.2 * Math.exp((200e3 / R) * (1 / 403.15 - 1 / (degC + 273.15)));
  for (let degC = 130, at_s = 0; degC < 165; degC += 0.5, at_s += 60) state = follow(state, at_s, degC, rate(degC), 0.02);
  assert.ok(state !== null);
  const { E_kJ_per_mol } = growthOf(state);
  assert.ok(Math.abs(E_kJ_per_mol - 200) < 20, `${E_kJ_per_mol}`);
  assert.ok(Math.abs(Math.exp(state.lnq) / rate(164.5) - 1) < 0.15);
});

test("an oven's warming is no reaction's growth: steady, falling, or just begun", () => {
  for (const rate of [() => 2, (degC: number) => Math.max(0.1, (180 - degC) / 20), (degC: number) => Math.min(3, 3 * (1 - Math.exp(-(degC - 100) / 2)))]) {
    const state = startClimb();
    for (let degC = 90; degC < 150; degC += 0.2) {
      climb(state, degC, rate(degC), 1 / 6);
      assert.equal(chemicalGrowth(state), undefined, `at ${degC} degC`);
    }
  }
});

test("a reaction's growth is known without the air's temperature, at 80 to 250 kJ/mol", () => {
  for (const E of [90e3, 150e3, 250e3]) {
    const state = startClimb();
    let found: number | undefined;
    for (let degC = 110; degC < 200 && found === undefined; degC += 0.2) {
      climb(state, degC, 0.1 * Math.exp((E / R) * (1 / 383.15 - 1 / (degC + 273.15))), 1 / 6);
      if (chemicalGrowth(state) !== undefined) found = degC;
    }
    assert.ok(found !== undefined, `${E}`);
  }
});

test("a voltage that falls at rest is a short; one that relaxes after a load, holds still or follows a current is none", () => {
  const shorted = (volts: (at_s: number) => number, amps: (at_s: number) => number, change_K_per_min = 0) => {
    const { normal } = dice(5);
    const signs = startSigns();
    return every(10, 0, 7200).some((at_s) => {
      seeCurrent(signs, at_s, amps(at_s), 5);
      seeVoltage(signs, at_s, volts(at_s) + 0.0005 * normal());
      return isShorted(signs, change_K_per_min);
    });
  };
  const rest = () => 0;
  assert.ok(shorted((at_s) => 4.3 - 0.001 * (at_s / 60), rest));
  assert.ok(!shorted(() => 4.3, rest));
  const falling = (at_s: number) => 4.3 - 0.0015 * (at_s / 60);
  assert.ok(shorted(falling, rest, 0.3), "a short warms its cell a little");
  assert.ok(!shorted(falling, rest, 5), "5 K/min moves a voltage by 1.5 mV/min at 0.3 mV/K");
  assert.ok(
    !shorted(
      (at_s) => 4.3 + 0.03 * Math.exp(-Math.max(0, at_s - 600) / 900),
      (at_s) => (at_s < 600 ? 5 : 0),
    ),
  );
  assert.ok(
    !shorted(
      (at_s) => 4.3 - 0.002 * (at_s / 60),
      () => -2,
    ),
  );
});

test("a voltage that runs as it does under a load tells of a current that nobody measures; a short's does not", () => {
  const carries = (V_per_min: number) => {
    const signs = startSigns();
    for (const at_s of every(10, 0, 1800)) seeVoltage(signs, at_s, 4.1 + (V_per_min * at_s) / 60);
    return isCarrying(signs);
  };
  assert.ok(carries(-9e-3) && carries(12e-3));
  assert.ok(!carries(-1e-3) && !carries(0));
});

test("overcharge and collapse are read from the voltage; an open input and a discharge are neither", () => {
  const rests = startSigns();
  for (const at_s of every(60, 0, 7200)) seeVoltage(rests, at_s, 4.68 + (at_s % 120 === 0 ? 0.005 : 0));
  assert.ok(!isOvercharged(rests, 7201), "a full lithium-rich cell at rest");
  const charged = startSigns();
  seeCurrent(charged, 0, 5, 5);
  seeVoltage(charged, 0, 4.9);
  seeCurrent(charged, 60, 0, 5);
  assert.ok(isOvercharged(charged, 1) && !isOvercharged(charged, 130), "a voltage of long ago");
  seeVoltage(charged, 1800, 4.8);
  assert.ok(isOvercharged(charged, 1801), "it stands there after its charge");
  seeVoltage(charged, 4000, 4.8);
  assert.ok(!isOvercharged(charged, 4001));
  const unmeasured = startSigns();
  for (const at_s of every(60, 0, 7200)) seeVoltage(unmeasured, at_s, 4.5 + (0.003 * at_s) / 60);
  assert.ok(isOvercharged(unmeasured, 7201), "a slow charge that nobody measures");
  const signs = startSigns();
  seeVoltage(signs, 0, 4.9);
  seeVoltage(signs, 10, 2.5);
  assert.ok(isCollapsed(signs, 11));
  const open = startSigns();
  seeVoltage(open, 0, 0.2);
  seeVoltage(open, 10, 0);
  assert.ok(!isCollapsed(open, 11));
  const loaded = startSigns();
  seeVoltage(loaded, 0, 4.2);
  seeCurrent(loaded, 1, -10, 5);
  seeVoltage(loaded, 2, 3);
  assert.ok(!isCollapsed(loaded, 3));
});

test("a thermometer repeats itself as long as it always did, or is stuck", () => {
  const repeats = startRepeats();
  for (let at_s = 0; at_s < 600; at_s++) seeReading(repeats, at_s, Math.floor(at_s / 5));
  assert.ok(!isStuck(repeats, 600));
  for (let at_s = 600; at_s < 700; at_s++) seeReading(repeats, at_s, 40);
  assert.ok(isStuck(repeats, 700));
});

test("the normal distribution's share", () => {
  for (const [z, share] of [
    [0, 0.5],
    [1, 0.841345],
    [-1.6449, 0.05],
    [2.3263, 0.99],
    [-8, 0],
  ] as const)
    assert.ok(Math.abs(normalBelow(z) - share) < 2e-5, `${z}`);
});

const shortable = station({
  cells: [{ id: "C1", capacity: "5 Ah", mass: "82 g" }],
  channels: [
    replayChannel("T"),
    replayChannel("tab", { place: "tab" }),
    replayChannel("air", { at: { station: true }, place: "chamber" }),
    replayChannel("V", { quantity: "voltage", source: { driver: "replay", column: "V", unit: "V" } }),
  ],
});

/** 25 °C until 600 s; then what the two thermometers and the voltage do. */
const leap = (heat: (since_s: number) => number, tab: (since_s: number) => number, volts: (since_s: number) => number): Evidence[] =>
  every(1, 0, 630).map((at_s) => {
    const since_s = Math.max(0, at_s - 600);
    const wobble = 0.05 * Math.sin(at_s * at_s);
    return {
      at_s,
      samples: [
        sample("air", at_s, 25 + wobble),
        sample("V", at_s, volts(since_s)),
        sample("tab", at_s, 25 - wobble + tab(since_s)),
        sample("T", at_s, 25 + wobble + heat(since_s)),
      ],
    };
  });

test("a hard short is told within seconds, by voltage or by a second thermometer, with one of two thermometers stuck as well", () => {
  const hot = (since_s: number) => 2 * since_s;
  const short = (since_s: number) => (since_s > 0 ? 2 : 4.2);
  const cases: readonly (readonly [string, Evidence[]])[] = [
    ["by voltage, the other stuck", leap(hot, () => 0, short)],
    ["by the other thermometer", leap(hot, hot, () => 4.2)],
  ];
  for (const [what, evidence] of cases) {
    const [first] = raised(run(cellHeat(shortable), evidence)).filter(({ alarm }) => alarm === "self-heating");
    assert.ok(first !== undefined && first.at_s <= 604, `${what}: ${first?.at_s}`);
    const all = run(cellHeat(shortable), evidence).filter(({ alarm, by }) => alarm === "self-heating" && by === first.by);
    assert.ok(
      all.every(({ at_s, present }) => at_s < first.at_s || present),
      "it stands, though the filter has not seen it",
    );
    assert.match(first.why[0] ?? "", /rose by \d+\.\d K in \d s(, and tab|, and T| while its voltage fell from 4\.20 to 2\.00 V)/);
  }
});

test("one thermometer that comes loose, or a voltage lead that does, is no short", () => {
  const loose = leap(
    (since_s) => (since_s > 0 ? 30 : 0),
    () => 0,
    () => 4.2,
  );
  const lead = leap(
    () => 0,
    () => 0,
    (since_s) => (since_s > 0 ? 0 : 4.2),
  );
  for (const evidence of [loose, lead]) assert.deepEqual(raised(run(cellHeat(shortable), evidence)), []);
});

/** A cell in an oven at 2 K/min that heats itself from 110 °C on, once a second; `silent`: when its thermometer says nothing. */
function ovenRun(silent: (at_s: number) => boolean): { readonly evidence: Evidence[]; readonly runaway_s: number } {
  const { normal } = dice(11);
  const evidence: Evidence[] = [];
  let T = 25;
  for (let at_s = 0; ; at_s++) {
    const air = 25 + (2 * Math.max(0, at_s - 1800)) / 60;
    const own = (0.2 / 60) * Math.exp((150e3 / R) * (1 / 403.15 - 1 / (T + 273.15)));
    if (own >= 1) return { evidence, runaway_s: at_s };
    T += own + (0.08 / 60) * (air - T);
    const samples = [sample("air", at_s, air + 0.05 * normal())];
    if (!silent(at_s)) samples.push(sample("T", at_s, T + 0.05 * normal()));
    evidence.push({ at_s, samples });
  }
}

test("a thermometer that drops out for a dozen seconds again and again, as beside a bus that restarts, still tells of self-heating", () => {
  const steady = ovenRun(() => false);
  const torn = ovenRun((at_s) => at_s % 45 < 12);
  const [one, other] = [steady, torn].map(({ evidence }) => raised(run(cellHeat(shortable), evidence)).find(({ alarm }) => alarm === "self-heating")?.at_s);
  assert.ok(one !== undefined && other !== undefined && other < torn.runaway_s - 300, `${one}, ${other} of ${torn.runaway_s}`);
  assert.ok(Math.abs(other - one) < 240);
});

test("a chamber thermometer that freezes while the oven goes on is not believed for long", () => {
  const { normal } = dice(13);
  let T = 25;
  const evidence = every(1, 0, 6000).map((at_s) => {
    const air = 25 + (2 * Math.max(0, at_s - 1800)) / 60;
    T += (0.08 / 60) * (air - T);
    const noisy = air + 0.05 * normal();
    return { at_s, samples: [sample("air", at_s, at_s > 4200 ? 105 : noisy), sample("T", at_s, T + 0.05 * normal())] };
  });
  assert.deepEqual(raised(run(cellHeat(shortable), evidence)), []);
});

test("after a runaway that glows, and once cold again, the numbers are a cell's, and nothing stands for ever", () => {
  const course = (at_s: number) => (at_s < 600 ? 25 : at_s < 660 ? 25 + 16 * (at_s - 600) : 25 + 960 * Math.exp(-(at_s - 660) / 1500));
  for (const step_s of [1, 10]) {
    const stage = cellHeat(shortable);
    let state = stage.start();
    for (const at_s of every(step_s, 0, 12_000))
      [state] = stage.step(state, {
        at_s,
        samples: [sample("air", at_s, 25 + 0.05 * Math.sin(at_s)), sample("T", at_s, course(at_s) + 0.05 * Math.sin(3 * at_s))],
      });
    const { x = [], P = [] } = state.trackers.T?.heating?.filter ?? {};
    assert.ok(x.length === N && [...x, ...P].every(Number.isFinite), `every ${step_s} s: ${x}`);
    assert.ok(Math.abs(x[B] ?? Number.NaN) < 100, `rest ${x[B]}`);
    assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  }
});

test("a current channel that dies is no proof of rest: a discharge then is no self-heating of a cycling cell", () => {
  const cycled = station({
    cells: [{ id: "C1", capacity: "3 Ah", mass: "48 g" }],
    intent: { kind: "cycling", phases: [{ id: "p" }] },
    channels: [
      replayChannel("T"),
      replayChannel("air", { at: { station: true }, place: "chamber" }),
      replayChannel("V", { quantity: "voltage", source: { driver: "replay", column: "V", unit: "V" } }),
      replayChannel("I", { quantity: "current", source: { driver: "replay", column: "I", unit: "A" } }),
    ],
  });
  const { normal } = dice(12);
  let T = 25;
  const evidence = every(1, 0, 7200).map((at_s) => {
    const discharging = at_s > 3600;
    T += ((discharging ? 0.6 : 0) - 0.08 * (T - 25)) / 60;
    const samples = [sample("air", at_s, 25 + 0.05 * normal()), sample("T", at_s, T + 0.05 * normal())];
    samples.push(sample("V", at_s, discharging ? 4.1 - (0.015 * (at_s - 3600)) / 60 : 4.2));
    if (at_s < 3000) samples.push(sample("I", at_s, 0));
    return { at_s, samples };
  });
  assert.deepEqual(raised(run(cellHeat(cycled), evidence)), []);
});
