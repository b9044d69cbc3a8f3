/** What the observer makes of noise, and of heat from outside that no channel measures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../models/opinion.ts";
import { climb, growthOver, startClimb } from "../../models/thermal/blind-growth.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { exchange_per_min, L, O } from "../../models/thermal/filter.ts";
import { seeBlock, startHeating } from "../../models/thermal/net-heating.ts";
import { isRisingSteadily, seeRate, startRise } from "../../models/thermal/steady-rise.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample } from "./evidence.ts";

const exchange = 0.12;

test("an oven that climbs in steps teaches no exchange, no offset and no self-heating that is none, however long it waits", () => {
  const { normal } = dice(11);
  let air = 25;
  let T = 25;
  const block = (at_s: number) => ({ at_s, degC: T + 0.2 * normal(), noise2: 0.04, air_degC: air + 0.05 * normal(), current_A2: 0, heater_W: 0 });
  const cell = { mass_g: 82, capacity_Ah: 5 };
  const state = startHeating(block(0), cell);
  let worst = 0;
  for (const at_s of every(10, 10, 16 * 3600)) {
    const set = 80 + 5 * Math.floor(at_s / 2700);
    air += (set - air) * (1 - Math.exp(-10 / 60));
    T += (air - T) * (1 - Math.exp((-exchange * 10) / 60));
    const seen = seeBlock(state, block(at_s), cell, false);
    if (at_s > 4 * 3600) worst = Math.max(worst, seen.least_K_per_min);
  }
  assert.ok(worst < 0.12, `passed with 99 %: ${worst}`);
  const learned = exchange_per_min(state.filter, state.wall_degC ?? 0);
  assert.ok(Math.abs(Math.log(learned / exchange)) < 0.7, `exchange ${learned} of ${exchange}, ln k ${state.filter.x[L]}`);
  assert.ok(Math.abs(state.filter.x[O] ?? 0) < 1, `offset ${state.filter.x[O]}`);
});

/** Rates every 10 s of something switched on at once, behind lags of so many minutes. */
function behind(lags_min: readonly number[], heat: (t_min: number) => number, to_min: number): number[] {
  const levels = lags_min.map(() => 0);
  const rates: number[] = [];
  for (let t_s = 0; t_s < 60 * to_min; t_s++) {
    let into = heat(t_s / 60);
    lags_min.forEach((lag, i) => {
      levels[i] = (levels[i] ?? 0) + (into - (levels[i] ?? 0)) / (60 * lag);
      into = levels[i] ?? 0;
    });
    if (t_s % 10 === 0) rates.push(into);
  }
  return rates;
}

test("a heater that is switched on rises no rate steadily, behind any lags up to minutes; heat that grows does", () => {
  for (const mat of [0.5, 1, 2, 3, 4])
    for (const cell of [0.3, 0.8, 1])
      for (const K_per_min of [1, 3, 10]) {
        const state = startRise();
        behind([mat, cell, 2], () => K_per_min, 40).forEach((rate, i) => {
          seeRate(state, 10 * i, rate);
          assert.ok(!isRisingSteadily(state), `lags ${mat}, ${cell} min, ${K_per_min} K/min, after ${10 * i} s: ${state.rates}`);
        });
      }
  const state = startRise();
  const found = behind([1, 2], (t_min) => 1 + 0.6 * Math.max(0, t_min - 10), 30).findIndex((rate, i) => {
    seeRate(state, 10 * i, rate);
    return isRisingSteadily(state);
  });
  assert.ok(found > 60 && found < 100, `after ${10 * found} s`);
});

test("a gap forgets what rose before it", () => {
  const state = startRise();
  for (const i of every(1, 0, 20)) seeRate(state, 10 * i, 1 + 0.1 * i);
  seeRate(state, 500, 9);
  assert.deepEqual(state.rates, [500, 9]);
  assert.ok(!isRisingSteadily(state));
});

const told = (evidence: readonly Evidence[]) =>
  run(
    cellHeat(
      station({
        intent: { kind: "abuse", phases: [{ id: "abuse", planned: [], stop_test_on: [], protect: "default" }] },
        cells: [{ id: "C1", mass: "82 g", capacity: "5 Ah" }],
        channels: [replayChannel("T"), replayChannel("air", { at: { station: true }, place: "chamber" })],
      }),
    ),
    evidence,
  );

/** A cell in a room of 25 °C; `heat` in K/min by minutes. */
function heated(heat: (t_min: number) => number, to_s: number): Evidence[] {
  const { normal } = dice(2);
  let T = 25;
  return every(5, 0, to_s).map((at_s) => {
    T += (5 / 60) * (heat(at_s / 60) - 0.06 * (T - 25));
    return { at_s, samples: [sample("air", at_s, 25 + 0.03 * normal()), sample("T", at_s, T + 0.1 * normal())] };
  });
}

test("a cold cell that an unmeasured charger warms faster and faster is told, and stands until it cools", () => {
  const charge = (t_min: number) => (t_min < 20 ? 0 : t_min < 70 ? 1.2 + 0.5 * Math.max(0, t_min - 25) * (t_min < 40 ? 1 : 0) : 0);
  const evidence = heated(charge, 3 * 3600);
  const found = told(evidence);
  const [first] = raised(found).filter(({ alarm }) => alarm === "self-heating");
  assert.ok(first !== undefined && first.at_s > 25 * 60 && first.at_s < 35 * 60, `${first?.at_s}`);
  assert.match(first.why.join("; "), /heat that no channel measures warms it; its rate rose from .* K\/min within minutes and goes on rising/);
});

test("a pad that nobody measures, at one power or at one rate, is no self-heating", () => {
  for (const heat of [
    (t_min: number) => (t_min < 15 ? 0 : 4 * (1 - Math.exp(-(t_min - 15) / 2))),
    (t_min: number) => (t_min < 15 ? 0 : 2 + 0.06 * 2 * Math.min(60, t_min - 15)),
  ])
    assert.deepEqual(
      raised(told(heated(heat, 75 * 60))).filter(({ alarm }) => alarm === "self-heating"),
      [],
    );
});

test("a thermometer that breaks to the end of its range has not grown", () => {
  const state = startClimb();
  for (let degC = 20; degC < 30; degC += 0.3) climb(state, degC, 0.1);
  climb(state, 1372, 700);
  assert.equal(growthOver(state, 8), undefined);
  const evidence = heated(() => 0, 3600).map(({ at_s, samples }) => ({
    at_s,
    samples: samples.map((one) => (one.channel === "T" && at_s > 1800 ? sample("T", at_s, 1372) : one)),
  }));
  assert.deepEqual(
    raised(told(evidence)).filter(({ alarm }) => alarm === "self-heating"),
    [],
  );
});
