/** What the observer makes of noise, and of heat from outside that no channel measures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../models/opinion.ts";
import { climb, growthOver, startClimb } from "../../models/thermal/blind-growth.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { exchange_per_min, L, offset_K } from "../../models/thermal/filter.ts";
import { startHeating } from "../../models/thermal/heating-state.ts";
import { seeBlock } from "../../models/thermal/net-heating.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample } from "./evidence.ts";

const exchange = 0.12;

test("an oven that climbs in steps teaches no manifold exchange, no offset and no self-heating that is none, however long it waits", () => {
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
  assert.ok(Math.abs(Math.log(learned / exchange)) < 1, `exchange ${learned} of ${exchange}, ln k ${state.filter.x[L]}`);
  assert.ok(Math.abs(offset_K(state.filter.x, air)) < 1, `offset ${offset_K(state.filter.x, air)}`);
});

const pouch = station({
  intent: { kind: "abuse", phases: [{ id: "abuse" }] },
  cells: [{ id: "C1", mass: "82 g", capacity: "5 Ah" }],
  channels: [replayChannel("T"), replayChannel("air", { at: { station: true }, place: "chamber" })],
});
const told = (evidence: readonly Evidence[]) => raised(run(cellHeat(pouch), evidence)).filter(({ alarm }) => alarm === "self-heating");

/** A cell in a room of 25 °C; `heat` in K/min by minutes. */
function heated(heat: (t_min: number) => number, to_s: number): Evidence[] {
  const { normal } = dice(2);
  let T = 25;
  return every(5, 0, to_s).map((at_s) => {
    T += (5 / 60) * (heat(at_s / 60) - 0.06 * (T - 25));
    return { at_s, samples: [sample("air", at_s, 25 + 0.03 * normal()), sample("T", at_s, T + 0.1 * normal())] };
  });
}

test("a pad that nobody measures, at one power, at one rate, or raised while the cell is cold, is no self-heating", () => {
  for (const heat of [
    (t_min: number) => (t_min < 15 ? 0 : 4 * (1 - Math.exp(-(t_min - 15) / 2))),
    (t_min: number) => (t_min < 15 ? 0 : 2 + 0.06 * 2 * Math.min(60, t_min - 15)),
    (t_min: number) => (t_min < 15 ? 0 : Math.min(6, (t_min - 15) / 2)),
    (t_min: number) => (t_min < 15 ? 0 : Math.min(5, Math.ceil((t_min - 15) / 2))),
  ])
    assert.deepEqual(told(heated(heat, 75 * 60)), []);
});

/** Its own heating in K/min: 0.2 at 125 °C, 140 kJ/mol. */
const reaction = (degC: number): number => 0.2 * Math.exp((140e3 / 8.314) * (1 / 398.15 - 1 / (degC + 273.15)));

/** Until 300 °C: a pad of some power, switched on after a quarter of an hour, and the cell's own. */
function padded(pad_K_per_min: number, exchange_per_min: number): { readonly evidence: Evidence[]; readonly runaway_s: number } {
  const { normal } = dice(3);
  const evidence: Evidence[] = [];
  let [T, pad, at_s, runaway_s] = [25, 0, 0, 0];
  for (; T < 300; at_s++) {
    pad += ((at_s > 900 ? pad_K_per_min : 0) - pad) / 60;
    T += (pad - exchange_per_min * (T - 25) + reaction(T)) / 60;
    if (runaway_s === 0 && reaction(T) >= 60) runaway_s = at_s;
    evidence.push({ at_s, samples: [sample("air", at_s, 25 + 0.03 * normal()), sample("T", at_s, T + 0.1 * normal())] });
  }
  return { evidence, runaway_s };
}

test("a reaction is told under a pad of one power that nobody measures, though the pad's own rate falls as the cell warms", () => {
  for (const [pad, exchange_per_min] of [
    [5, 0.045],
    [8, 0.06],
    [10, 0.06],
  ] as const) {
    const { evidence, runaway_s } = padded(pad, exchange_per_min);
    const [first] = told(evidence);
    assert.ok(first !== undefined && first.at_s < runaway_s - 60, `pad ${pad}: ${first?.at_s} of ${runaway_s}`);
    assert.match(
      first.why.join("; "),
      /heat that no channel measures warms it; it now warms [\d.]+ times as fast as 8 K ago and as ever in the 20 K before that/,
    );
  }
});

test("without the air's temperature a finding stands through the runaway, at any pace, and until the cell cools", () => {
  const of = station({ cells: [{ id: "C1", mass: "82 g", capacity: "5 Ah" }], channels: [replayChannel("T", { every: "60 s" })] });
  for (const every_s of [10, 30, 60]) {
    const rate = (degC: number) => Math.min(60, 2 * Math.exp((120e3 / 8.314) * (1 / 393.15 - 1 / (degC + 273.15))));
    let T = 95;
    const hot: number[] = [];
    while (T < 290) {
      hot.push(T);
      for (let i = 0; i < every_s; i++) T += rate(T) / 60;
    }
    const course = [...every(1, 0, 20).map(() => 95), ...hot, ...every(1, 1, 400).map((i) => Math.max(20, T - 2.5 * i))];
    const said = run(
      cellHeat(of),
      course.map((degC, i) => ({ at_s: every_s * i, samples: [sample("T", every_s * i, degC)] })),
    ).filter(({ alarm }) => alarm === "self-heating");
    const from = said.findIndex(({ present }) => present);
    const top_s = every_s * (20 + hot.length);
    assert.ok(from > 0, `never, at ${every_s} s`);
    assert.ok(
      said.slice(from).every(({ present, at_s }) => present || at_s > top_s),
      `ended before ${top_s} s at ${every_s} s`,
    );
    assert.equal(said.at(-1)?.present, false);
  }
});

test("a thermometer that breaks to the end of its range has not grown", () => {
  const state = startClimb();
  for (let degC = 20; degC < 30; degC += 0.3) climb(state, degC, 0.1, 1 / 6);
  climb(state, 1372, 700, 1 / 6);
  assert.equal(growthOver(state, 8), undefined);
  const evidence = heated(() => 0, 3600).map(({ at_s, samples }) => ({
    at_s,
    samples: samples.map((one) => (one.channel === "T" && at_s > 1800 ? sample("T", at_s, 1372) : one)),
  }));
  assert.deepEqual(told(evidence), []);
});
