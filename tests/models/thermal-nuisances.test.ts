/** What looks like self-heating for a while and is none, and the short that no voltage shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../models/opinion.ts";
import { chemicalGrowth, climb, startClimb } from "../../models/thermal/blind-growth.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { B, L } from "../../models/thermal/filter.ts";
import { type Heating, startHeating } from "../../models/thermal/heating-state.ts";
import { judge } from "../../models/thermal/judging.ts";
import { heatOf } from "../../models/thermal/sentences.ts";
import { startTracker, watchesOf } from "../../models/thermal/tracker.ts";
import { isUpturn, seeUpturn, startUpturns } from "../../models/thermal/upturn.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample } from "./evidence.ts";

const pouch = station({
  intent: { kind: "abuse", phases: [{ id: "abuse" }] },
  cells: [{ id: "C1", mass: "82 g", capacity: "5 Ah" }],
  channels: [replayChannel("T"), replayChannel("tab", { place: "tab" }), replayChannel("air", { at: { station: true }, place: "chamber" })],
});
const told = (evidence: readonly Evidence[]) => raised(run(cellHeat(pouch), evidence)).filter(({ alarm }) => alarm === "self-heating");

test("without the air's temperature, a cell that boiled and catches up with its oven has not grown; one that goes on beyond it has", () => {
  const state = startClimb();
  const rate = (degC: number) => {
    if (degC < 115) return 1.5;
    if (degC < 125) return 1.5 - (degC - 115) / 20;
    return degC < 150 ? 1 : Math.min(1.8, 1 + (degC - 150) / 10);
  };
  for (let degC = 80; degC < 185; degC += 0.2) {
    climb(state, degC, rate(degC), 1 / 6);
    assert.equal(chemicalGrowth(state), undefined, `at ${degC.toFixed(1)} degC`);
  }
  for (let degC = 185; degC < 193; degC += 0.2) climb(state, degC, 1.8 * Math.exp((degC - 185) / 10), 1 / 6);
  assert.ok((chemicalGrowth(state) ?? 0) > 1.3);
});

/** What `judge` makes of one more block, four of which tell; `of`: what thermometer and air did, in K/min and K. */
function judged(
  seen: Partial<Heating>,
  of: { readonly rate: number; readonly before: number; readonly gap_K: number; readonly gapBefore_K?: number; readonly boiled_s?: number },
) {
  const { degC = 120, at_s = 7200 } = seen;
  const block = { at_s: 0, degC, noise2: 0.01, air_degC: degC + of.gap_K, current_A2: 0, heater_W: 0 };
  const heating = startHeating(block, { mass_g: 82, capacity_Ah: 5 });
  Object.assign(heating.lately, { rate_K_per_min: of.rate, gap_K: of.gap_K });
  Object.assign(heating.longer, { rate_K_per_min: of.before, gap_K: of.gapBefore_K ?? of.gap_K });
  heating.at_s = at_s;
  const tracker = { ...startTracker(), heating, boiled_s: of.boiled_s ?? null, above: 3 };
  const watch = new Map(watchesOf(pouch, pouch.cells[0] as (typeof pouch.cells)[number])).get("T");
  assert.ok(watch !== undefined);
  const whole = { at_s, degC, rate_K_per_min: of.rate, net_K_per_min: 1, u_K_per_min: 0.2, least_K_per_min: 0.5, explained_K_per_min: 0, ...seen };
  judge(watch, tracker, whole, { trackers: { T: tracker }, signs: {}, drives: {} });
  return tracker;
}

test("what stands still and is no hotter than its surroundings has no heat of its own, whatever the balance makes of it", () => {
  assert.match(judged({}, { rate: 0.01, before: 0.02, gap_K: -1 }).heldBack ?? "", /stands still/);
  for (const moves of [
    { rate: 0.2, before: 0.02, gap_K: -1 },
    { rate: 0.01, before: 0.02, gap_K: -4 },
  ])
    assert.equal(judged({}, moves).present, true, JSON.stringify(moves));
});

test("a cell below 130 °C that warms towards its oven slower and slower is between plates, likelier than reacting a little", () => {
  const slower = { rate: 0.5, before: 0.8, gap_K: 5 };
  assert.match(judged({ least_K_per_min: 0.2 }, slower).heldBack ?? "", /slower and slower/);
  for (const [seen, moves] of [
    [{ least_K_per_min: 0.3 }, slower],
    [{ least_K_per_min: 0.2 }, { ...slower, rate: 0.9 }],
    [{ least_K_per_min: 0.2 }, { ...slower, gap_K: -5 }],
    [{ least_K_per_min: 0.2, degC: 140 }, slower],
  ] as const)
    assert.equal(judged(seen, moves).present, true, JSON.stringify([seen, moves]));
});

test("behind boiling nothing less than full certainty tells", () => {
  const rising = { rate: 1, before: 0.9, gap_K: 2, gapBefore_K: 8 };
  const unsure = { degC: 150, net_K_per_min: 0.5, u_K_per_min: 0.25, least_K_per_min: 0.09 };
  assert.equal(judged(unsure, rising).present, true);
  assert.equal(judged(unsure, { ...rising, boiled_s: 7200 - 600 }).present, false);
  assert.equal(judged({ ...unsure, least_K_per_min: 0.2 }, { ...rising, boiled_s: 7200 - 600 }).present, true);
});

/** Two thermometers at 25 °C that rise together for five seconds from 600 s on, and then stand. */
const edge = (rise_K_per_s: number): Evidence[] =>
  every(1, 0, 640).map((at_s) => {
    const rise = rise_K_per_s * Math.max(0, Math.min(5, at_s - 600));
    const wobble = 0.05 * Math.sin(at_s * at_s);
    return { at_s, samples: [sample("air", at_s, 25), sample("tab", at_s, 25 + rise - wobble), sample("T", at_s, 25 + rise + wobble)] };
  });

test("a heater's edge under two cold thermometers is no leap; a short's heat is", () => {
  assert.deepEqual(told(edge(0.8)), []);
  assert.ok(told(edge(1.5)).length > 0);
});

/** A cell in a room of 25 °C that exchanges `k_per_min`; `heat` in K/min by minutes. Until it has warmed by 45 K; readings every `every_s`. */
function resting(heat: (t_min: number) => number, k_per_min = 0.15, every_s = 5, noise_K = 0.1, seed = 5): Evidence[] {
  const { normal } = dice(seed);
  const evidence: Evidence[] = [];
  for (let [at_s, T] = [0, 25]; T < 70 && at_s < 4 * 3600; at_s += every_s) {
    for (let s = 0; s < every_s; s++) T += (heat((at_s + s) / 60) - k_per_min * (T - 25)) / 60;
    const shown = [sample("T", at_s, T + noise_K * normal()), sample("tab", at_s, T - 0.3 + noise_K * normal())];
    evidence.push({ at_s, samples: [sample("air", at_s, 25.8 + 0.05 * normal()), ...shown] });
  }
  return evidence;
}

test("an internal short of a cold cell is told in an abuse test, though no voltage is measured", () => {
  for (const tau of [6, 12, 20, 35]) {
    const own = (t_min: number) => 0.02 * Math.exp(t_min / tau);
    const [first] = told(resting(own));
    assert.ok(first !== undefined && own(first.at_s / 60) < 4, `e-fold in ${tau} min: ${first && own(first.at_s / 60)} K/min`);
  }
});

/** Of a plate that follows its set point by `lag_per_min`, which ramps by 3 K/min from 45 min on. */
function plate(lag_per_min: number, contact_per_min: number): (t_min: number) => number {
  let [plate_K, last_min] = [0, 0];
  return (t_min) => {
    plate_K += (t_min - last_min) * lag_per_min * (3 * Math.max(0, t_min - 45) - plate_K);
    last_min = t_min;
    return contact_per_min * plate_K;
  };
}

test("a cold cell that a pad, a plate or a room warms is told of nothing, at whatever pace the heat grows and however it is recorded", () => {
  for (const k of [0.03, 0.045, 0.08]) {
    const heats: [string, (t_min: number) => number][] = [
      ["power that rises by 0.5 K/min a minute", (t) => Math.min(6, Math.max(0, t - 45) / 2)],
      ["power that rises by 0.2 K/min a minute", (t) => Math.min(6, Math.max(0, t - 45) / 5)],
      ["stairs", (t) => (t < 45 ? 0 : Math.min(5, Math.ceil((t - 45) / 2) / 2))],
      ["pulses", (t) => (t > 45 && t % 10 < 4 ? 4 : 0)],
      ["a plate that follows at once", plate(0.3, k)],
      ["a plate that follows late", plate(0.05, k)],
      ["a room that warms", (t) => 0.002 * t],
    ];
    for (const [what, heat] of heats) assert.deepEqual(told(resting(heat, k)), [], `${what}, exchange ${k}/min`);
  }
  for (let seed = 1; seed <= 4; seed++) assert.deepEqual(told(resting(() => 0.3, 0, 60, 0.25, seed)), [], `one rate, a value a minute, ${seed}`);
});

test("a rate turns up that grows by one factor again and again, of spans of enough readings", () => {
  const turned = (course: (t_min: number) => number, every_s: number): boolean => {
    const states = startUpturns(0);
    let any = false;
    for (const at_s of every(every_s, every_s, 3 * 3600)) {
      const block = { at_s, degC: course(at_s / 60), noise2: 0.0025, air_degC: 25, current_A2: 0, heater_W: 0 };
      for (const state of states) {
        seeUpturn(state, block, every_s / 60, true);
        any ||= isUpturn(state);
      }
    }
    return any;
  };
  const growing = (t_min: number) => 25 + 0.05 * Math.exp(t_min / 20);
  assert.equal(turned(growing, 10), true);
  assert.equal(turned(growing, 60), true);
  assert.equal(turned(growing, 100), false);
  assert.equal(
    turned((t) => 25 + 0.01 * t * t, 10),
    false,
  );
  assert.equal(
    turned((t) => 25 + 1e-4 * t ** 3, 10),
    false,
  );
});

/** A cell that rests at 24 °C beside an oven of `oven_degC` for `outside_s`, and is then put in. `own_K_per_min`: of its temperature. */
function putIn(oven_degC: number, outside_s: number, own_K_per_min: (degC: number) => number = () => 0) {
  const { normal } = dice(8);
  const evidence: Evidence[] = [];
  let runaway_s: number | undefined;
  for (let [at_s, T] = [0, 24]; at_s < outside_s + 3 * 3600 && T < 300; at_s += 2) {
    T += ((at_s < outside_s ? 0 : 0.1 * (oven_degC - T)) + Math.min(200, own_K_per_min(T))) / 30;
    if (own_K_per_min(T) > 60) runaway_s ??= at_s;
    const air = sample("air", at_s, oven_degC + 0.3 * Math.sin(at_s / 90) + 0.05 * normal());
    evidence.push({ at_s, samples: [sample("T", at_s, T + 0.1 * normal()), sample("tab", at_s, T + 0.1 * normal()), air] });
  }
  return { evidence, runaway_s };
}

test("a cell that rests beside an oven heated beforehand teaches nothing; put in, it is told when it reacts, and not before", () => {
  const { evidence } = putIn(150, 1800);
  assert.deepEqual(told(evidence), []);
  const stage = cellHeat(pouch);
  let state = stage.start();
  for (const moment of evidence) {
    [state] = stage.step(state, moment);
    if (moment.at_s === 1200) assert.match(heatOf(state, ["T"]).reasons.join("; "), /no chamber temperature.*it does not follow: it is not in there yet/);
  }
  const exchange = Math.exp(state.trackers.T?.heating?.filter.x[L] ?? 0);
  assert.ok(exchange > 0.05 && exchange < 0.15, `${exchange} of 0.1`);
  const reacts = putIn(150, 1800, (degC) => 0.25 * Math.exp((140e3 / 8.314) * (1 / 413.15 - 1 / (degC + 273.15))));
  const [first] = told(reacts.evidence);
  assert.ok(
    first !== undefined && reacts.runaway_s !== undefined && first.at_s > 1800 + 300 && first.at_s < reacts.runaway_s - 300,
    `${first?.at_s} of ${reacts.runaway_s}`,
  );
});

test("a hot cell that boils in its oven, and stands still for it, is not taken out of it: a reaction behind that is told", () => {
  const { normal } = dice(12);
  const evidence: Evidence[] = [];
  let runaway_s: number | undefined;
  let boils_K = 14;
  for (let [at_s, T] = [0, 25]; T < 300 && at_s < 4 * 3600; at_s++) {
    const own = Math.min(200, 0.28 * Math.exp((140e3 / 8.314) * (1 / 403.15 - 1 / (T + 273.15))));
    const taken = T > 128 && boils_K > 0 ? 7 / 60 : 0;
    boils_K -= taken;
    T += (0.03 * (Math.min(180, 25 + at_s / 20) - T) + own) / 60 - taken;
    if (own > 60) runaway_s ??= at_s;
    const air = sample("air", at_s, Math.min(180, 25 + at_s / 20) + 0.05 * normal());
    evidence.push({ at_s, samples: [air, sample("T", at_s, T + 0.1 * normal()), sample("tab", at_s, T + 0.1 * normal())] });
  }
  const [first] = told(evidence);
  assert.ok(boils_K <= 0 && first !== undefined && runaway_s !== undefined && first.at_s < runaway_s - 8 * 60, `${first?.at_s} of ${runaway_s}`);
});

test("a recorder that writes the cell before its chamber makes the rest no less known; minutes without the chamber do", () => {
  const rest = (blindFor_s: number) => {
    const stage = cellHeat(pouch);
    let state = stage.start();
    for (const at_s of every(10, 0, blindFor_s + 60)) {
      const air = at_s < blindFor_s ? [] : [sample("air", at_s, 25)];
      [state] = stage.step(state, { at_s, samples: [sample("T", at_s, 25 + 0.05 * Math.sin(at_s)), ...air] });
    }
    const { P = [], x = [] } = state.trackers.T?.heating?.filter ?? {};
    return Math.sqrt(P[B * x.length + B] ?? 0);
  };
  assert.ok(rest(0) < 0.06, `${rest(0)} K/min`);
  assert.ok(rest(300) > 0.15, `${rest(300)} K/min`);
});
