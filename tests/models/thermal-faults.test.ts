/** What a thermometer shows when it goes wrong, when a heater is on, or when a cell boils: none of it is self-heating. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { independent, variance, within } from "../../models/kalman.ts";
import type { Evidence } from "../../models/opinion.ts";
import { runaway } from "../../models/runaway.ts";
import { climb, growthBeyond, startClimb } from "../../models/thermal/blind-growth.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { leastNet_K_per_min } from "../../models/thermal/doubt.ts";
import { L, Q } from "../../models/thermal/filter.ts";
import { startHeating } from "../../models/thermal/heating-state.ts";
import { judge } from "../../models/thermal/judging.ts";
import { seeBlock } from "../../models/thermal/net-heating.ts";
import { heatOf } from "../../models/thermal/sentences.ts";
import { startTracker, watchesOf } from "../../models/thermal/tracker.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample } from "./evidence.ts";

const k_per_s = 0.08 / 60;
const also: Readonly<Record<"V" | "P" | "tab", StationInput["channels"][number]>> = {
  V: replayChannel("V", { quantity: "voltage", source: { driver: "replay", column: "V", unit: "V" } }),
  P: replayChannel("P", { quantity: "power", source: { driver: "replay", column: "P", unit: "W" } }),
  tab: replayChannel("tab", { place: "tab" }),
};
const watch = (kind: "abuse" | "storage", ...more: (keyof typeof also)[]) =>
  station({
    intent: { kind, phases: [{ id: kind }] },
    cells: [{ id: "C1", mass: "82 g", capacity: "5 Ah" }],
    channels: [replayChannel("T"), replayChannel("air", { at: { station: true }, place: "chamber" }), ...more.map((id) => also[id])],
  });
const told = (evidence: readonly Evidence[], at: ReturnType<typeof watch>) =>
  raised(run(cellHeat(at), evidence)).filter(({ alarm }) => alarm === "self-heating");

test("a state at its bound takes along what is known with it, and keeps its doubt", () => {
  const filter = independent([1, 5], [2, 3]);
  filter.P[1] = 3;
  filter.P[2] = 3;
  within(filter, 0, 0, 0.5);
  assert.deepEqual(filter.x, [0.5, 5 - (3 / 4) * 0.5]);
  assert.deepEqual(filter.P, [4, 3, 3, 9]);
  within(filter, 0, 0, 1);
  assert.equal(filter.x[0], 0.5);
});

/** What a cell loses to a room of 23 °C in K/s, a tenth of it at first by radiation. */
function loss_K_per_s(degC: number): number {
  const [T_K, room_K] = [degC + 273.15, 296.15];
  return k_per_s * (0.9 * (degC - 23) + (0.1 * (T_K ** 4 - room_K ** 4)) / (4 * 300 ** 3));
}

/** A cell in a cold room, under a pad that warms it by 3 K/min whatever it loses; `own`: its own heating in K/s. */
function padRun(own: (degC: number) => number, to_degC: number): Evidence[] {
  const { normal } = dice(5);
  const evidence: Evidence[] = [];
  let T = 23;
  for (let at_s = 0; T < to_degC && at_s < 20_000; at_s++) {
    const on = at_s > 900;
    const power_W = on ? 90 * (3 / 60 + loss_K_per_s(T)) : 0;
    T += power_W / 90 - loss_K_per_s(T) + own(T);
    evidence.push({ at_s, samples: [sample("air", at_s, 23 + 0.03 * normal()), sample("P", at_s, power_W), sample("T", at_s, T + 0.1 * normal())] });
  }
  return evidence;
}

test("a heater whose power is measured is no self-heating, and hides none", () => {
  assert.deepEqual(
    told(
      padRun(() => 0, 180),
      watch("abuse", "P"),
    ),
    [],
  );
  const reaction = (degC: number) => (0.3 / 60) * Math.exp((150e3 / 8.314) * (1 / 403.15 - 1 / (degC + 273.15)));
  const evidence = padRun(reaction, 320);
  const runaway_s = evidence.find((_, i) => i > 0 && reaction((evidence[i]?.samples[2]?.value as number) ?? 0) >= 1)?.at_s ?? 0;
  const [first] = told(evidence, watch("abuse", "P"));
  assert.ok(first !== undefined && first.at_s < runaway_s - 120, `${first?.at_s} of ${runaway_s}`);
});

test("a climb that falls back and comes back to its former rate has not grown", () => {
  const state = startClimb();
  const rate = (degC: number) => (degC > 110 && degC < 122 ? 1 : 3);
  for (let degC = 60; degC < 150; degC += 0.2) {
    climb(state, degC, rate(degC), 1 / 6);
    assert.ok((growthBeyond(state, 8) ?? 0) <= 1, `at ${degC.toFixed(1)}: ${growthBeyond(state, 8)}`);
  }
  for (let degC = 150; degC < 156; degC += 0.2) climb(state, degC, 4, 1 / 6);
  assert.ok((growthBeyond(state, 8) ?? 0) > 1.2);
});

test("the end of boiling in an oven is no self-heating", () => {
  const { normal } = dice(7);
  let T = 25;
  const evidence = every(1, 0, 7200).map((at_s) => {
    const air = 25 + (2 * Math.max(0, at_s - 900)) / 60;
    const boils = T > 120 && T < 145;
    T += k_per_s * (air - T) - (boils ? 0.6 / 60 : 0);
    return { at_s, samples: [sample("air", at_s, air + 0.05 * normal()), sample("T", at_s, T + 0.1 * normal())] };
  });
  assert.ok(T > 160);
  assert.deepEqual(told(evidence, watch("abuse")), []);
});

test("a cell that is put into a hot oven teaches its exchange, and not a rest that nobody can see", () => {
  const { normal } = dice(3);
  const stage = cellHeat(watch("abuse"));
  let state = stage.start();
  let [T, air] = [25, 25];
  for (const at_s of every(10, 0, 5400)) {
    air += (85 - air) * (1 - Math.exp(-10 / 20));
    T += (air - T) * (1 - Math.exp(-10 * k_per_s));
    const shown = T + 0.12 * (air - T) + 0.1 * normal();
    [state] = stage.step(state, { at_s, samples: [sample("air", at_s, air + 0.03 * normal()), sample("T", at_s, shown)] });
  }
  const exchange = Math.exp(state.trackers.T?.heating?.filter.x[L] ?? 0);
  assert.ok(exchange > 0.05 && exchange < 0.13, `${exchange}`);
});

/** A cell that rests at 45 °C; `shows`, `air`: what its thermometer and its chamber's add to that. */
function restRun(shows: (at_s: number) => number, volts: (at_s: number) => number, air: (at_s: number) => number = () => 0): Evidence[] {
  const { normal } = dice(9);
  return every(5, 0, 5 * 3600).map((at_s) => ({
    at_s,
    samples: [
      sample("air", at_s, 45 + air(at_s) + 0.03 * normal()),
      sample("V", at_s, volts(at_s) + 1e-4 * normal()),
      sample("T", at_s, 45 + shows(at_s) + 0.1 * normal()),
      sample("tab", at_s, 45.2 + 0.1 * normal()),
    ],
  }));
}

test("a thermometer that drifts or jumps beside a resting cell is no self-heating; a short that its voltage shows is", () => {
  const drift = (at_s: number) => (8 * Math.max(0, at_s - 7200)) / 3600;
  const steady = () => 4.1;
  assert.deepEqual(told(restRun(drift, steady), watch("storage", "V")), [], "its voltage stands");
  assert.deepEqual(told(restRun(drift, steady), watch("storage")), [], "nobody speaks for a lone thermometer");
  const biased = (at_s: number) => (at_s < 9000 ? 0 : 20);
  const reversed = (at_s: number) => (at_s < 5000 || at_s > 12_000 ? 0 : -90);
  for (const wrong of [biased, reversed])
    for (const at of [watch("storage", "V"), watch("storage")]) assert.deepEqual(told(restRun(wrong, steady), at), [], String(wrong));
  const chamberReversed = (at_s: number) => (at_s < 9000 ? 0 : -90);
  assert.deepEqual(
    told(
      restRun(() => 0, steady, chamberReversed),
      watch("storage", "tab"),
    ),
    [],
    "its chamber's thermometer jumped",
  );
  const warm = (at_s: number) => 12 * (1 - Math.exp(-Math.max(0, at_s - 7200) * k_per_s));
  const [short] = told(
    restRun(warm, (at_s) => 4.1 - 2e-5 * Math.max(0, at_s - 7200)),
    watch("storage", "V"),
  );
  assert.ok(short !== undefined && short.at_s > 7200 && short.at_s < 9000, `${short?.at_s}`);
});

/** A stored cell at 60 °C that begins to warm at 7200 s; readings of both thermometers every `pace_s`. */
function warmed(K_per_min: number, pace_s: number, two: boolean) {
  const { normal } = dice(17);
  let T = 60;
  const evidence: Evidence[] = [];
  for (let at_s = 0; at_s < 10_800; at_s++) {
    T += (at_s > 7200 ? K_per_min / 60 : 0) - k_per_s * (T - 60);
    if (at_s % pace_s !== 0) continue;
    const samples = [sample("air", at_s, 60 + 0.03 * normal()), sample("T", at_s, T + 0.05 * normal())];
    evidence.push({ at_s, samples: two ? [...samples, sample("tab", at_s, T + 0.3 + 0.05 * normal())] : samples });
  }
  return evidence;
}

test("a jump is remembered through what happens to rise behind it; a rise is none; the air may jump too", () => {
  const cell = { mass_g: 82, capacity_Ah: 5 };
  const jumpedAt = (course: readonly number[], air: (block: number) => number = () => 45) => {
    const block = (i: number) => ({ at_s: 10 * i, degC: course[i] ?? 0, noise2: 0.01, air_degC: air(i), current_A2: 0, heater_W: 0 });
    const state = startHeating(block(0), cell);
    for (let i = 1; i < course.length; i++) seeBlock(state, block(i), cell, false);
    return state.jumped_s;
  };
  assert.equal(jumpedAt([45, 45.1, 45, 65, 65.1, 65.2, 65.3, 65.4, 65.5]), 30);
  assert.equal(jumpedAt([45, 45.1, 45, 50, 65, 65.1, 65, 65.1, 65.2, 65.3]), 30, "within a block");
  assert.equal(jumpedAt([45, 45.1, 45, 48, 51, 54, 57]), null);
  assert.equal(jumpedAt([45, 45.1, 45, 65, 65.1, 65, 68, 71, 74]), 30, "a rise behind a jump leaves it");
  assert.equal(
    jumpedAt([45, 45.1, 45, 45.1, 45], (block) => (block < 3 ? 45 : -45)),
    30,
  );
});

test("fast heating of a stored cell is no jump of its thermometer, at any pace", () => {
  for (const [K_per_min, pace_s] of [
    [13, 1],
    [15, 5],
    [7, 30],
  ] as const) {
    const [first] = told(warmed(K_per_min, pace_s, false), watch("storage"));
    assert.ok(first !== undefined && first.at_s < 7200 + 330, `${K_per_min} K/min every ${pace_s} s: ${first?.at_s}`);
  }
});

test("two thermometers that warm together vouch for each other; a lone one must warm faster than one drifts", () => {
  const slow = (two: boolean) => told(warmed(0.45, 5, two), two ? watch("storage", "tab") : watch("storage"));
  assert.deepEqual(slow(false), []);
  assert.ok((slow(true)[0]?.at_s ?? Number.POSITIVE_INFINITY) < 9000);
});

test("a cell hotter than its surroundings whose rate grows beyond that of the kelvins before needs 90 %, any other 99 %, or 95 where it is hot", () => {
  const abused = watch("abuse");
  const [[, only] = assert.fail()] = abused.cells.flatMap((cell) => watchesOf(abused, cell));
  const seen = { at_s: 0, degC: 150, rate_K_per_min: 3, net_K_per_min: 0.6, u_K_per_min: 0.3, least_K_per_min: -0.1, explained_K_per_min: 2.4 };
  const after = (air_degC: number, grows: number) => {
    const tracker = startTracker();
    const block = { at_s: 0, degC: 150, noise2: 0.01, air_degC, current_A2: 0, heater_W: 0 };
    tracker.heating = { ...startHeating(block, { mass_g: 82, capacity_Ah: 5 }), at_s: 1000, sighted_s: 0 };
    for (let degC = 120; degC <= 150; degC++) climb(tracker.climb, degC, 3 * (1 + grows * (degC - 120)), 1 / 6);
    for (let blocks = 0; blocks < 4; blocks++) judge(only, tracker, seen, { trackers: {}, signs: {}, drives: {} });
    return tracker.present;
  };
  assert.deepEqual([after(25, 0.05), after(25, 0), after(160, 0.05)], [true, false, false]);
});

test("what a burnt thermometer says is no temperature, and nothing absurd is told of it", () => {
  const { uniform } = dice(21);
  const stage = cellHeat(watch("abuse"));
  let state = stage.start();
  for (const at_s of every(1, 0, 6000)) {
    const burnt = at_s > 1000 ? 1800 * uniform() * (at_s % 40 < 20 ? 1 : -0.05) : 25;
    [state] = stage.step(state, { at_s, samples: [sample("air", at_s, 25), sample("T", at_s, burnt)] });
    const last = state.trackers.T?.last;
    if (last == null) continue;
    assert.ok(Math.abs(last.degC) < 1500 && last.u_K_per_min < 1e4 && Math.abs(last.net_K_per_min) < 1e4, `at ${at_s} s: ${JSON.stringify(last)}`);
  }
});

/** A stored cell at 85 °C by a thermometer that drifts by 10 K/h from the second hour on; with `tab`, another one stays right. */
function drifting(tab: boolean): Evidence[] {
  const { normal } = dice(12);
  return every(5, 0, 5 * 3600).map((at_s) => {
    const samples = [sample("air", at_s, 85 + 0.05 * normal()), sample("T", at_s, 85 + Math.max(0, (at_s - 7200) * (10 / 3600)) + 0.05 * normal())];
    return { at_s, samples: tab ? [...samples, sample("tab", at_s, 85 + 0.05 * normal())] : samples };
  });
}

test("a thermometer of a stored cell that drifts by 10 K/h is no self-heating, beside another one or alone", () => {
  assert.deepEqual(told(drifting(false), watch("storage")), []);
  assert.deepEqual(told(drifting(true), watch("storage", "tab")), []);
  const stage = cellHeat(watch("storage"));
  let state = stage.start();
  for (const moment of drifting(false)) [state] = stage.step(state, moment);
  assert.match(heatOf(state, ["T"]).reasons.join("\n"), /^not told as self-heating: nothing else speaks for it, and it does not warm faster and faster$/m);
});

test("a jig's thermometer speaks for a cell only while nothing on it does", () => {
  const at = station({
    intent: { kind: "abuse", phases: [{ id: "abuse" }] },
    cells: [{ id: "C1" }],
    channels: [replayChannel("T"), { ...also.tab, id: "jig", place: "jig" as const }],
  });
  const { normal } = dice(29);
  /** A heater that is switched on at 300 s; what is on the cell goes silent at `until_s`. */
  const course = (until_s: number) =>
    every(1, 0, 400).map((at_s) => {
      const jig = sample("jig", at_s, 25 + 4 * Math.max(0, at_s - 300));
      return { at_s, samples: at_s < until_s ? [sample("T", at_s, 25 + 0.05 * normal()), jig] : [jig] };
    });
  const first = (until_s: number) => raised(run(runaway(at), course(until_s)))[0]?.at_s;
  assert.equal(first(400), undefined);
  assert.ok((first(280) ?? Number.POSITIVE_INFINITY) < 310, "nothing else lives");
  const [{ trackers }] = cellHeat(at).step(cellHeat(at).start(), { at_s: 1, samples: [sample("T", 1, 25), sample("jig", 1, 90)] });
  assert.equal(trackers.jig?.used_s ?? null, null);
});

test("a stored cell in the sun warms by itself as far as anybody sees, and is not told; a hotter one is", () => {
  const course = (from_degC: number) => {
    const { normal } = dice(23);
    let T = from_degC;
    return every(10, 0, 4 * 3600).map((at_s) => {
      T += (at_s > 7200 ? 0.8 / 6 : 0) - 10 * k_per_s * (T - from_degC);
      const reading = (id: string) => sample(id, at_s, T + 0.05 * normal());
      return { at_s, samples: [reading("T"), reading("tab"), sample("air", at_s, from_degC + 0.05 * normal())] };
    });
  };
  assert.deepEqual(told(course(25), watch("storage", "tab")), []);
  assert.ok(told(course(60), watch("storage", "tab")).length > 0);
});

test("what walls take that are colder than their air is no negative heat of the cell", () => {
  // 10 % of what the air is above the room, by the 40 % of the exchange that is radiation at 300 K
  const { normal } = dice(31);
  const stage = cellHeat(watch("abuse"));
  let state = stage.start();
  let [T, wall, worst] = [25, 25, 0];
  for (const at_s of every(10, 0, 9000)) {
    const air = 25 + at_s / 60;
    wall += (1 - Math.exp(-1 / 60)) * (air - 0.1 * (air - 25) - wall);
    const radiation = (((T + 273.15) ** 2 + (wall + 273.15) ** 2) * (T + wall + 546.3)) / (4 * 300 ** 3);
    T += (0.15 * (0.6 * (air - T) + 0.4 * radiation * (wall - T))) / 6;
    [state] = stage.step(state, { at_s, samples: [sample("T", at_s, T + 0.1 * normal()), sample("air", at_s, air + 0.1 * normal())] });
    worst = Math.min(worst, state.trackers.T?.last?.net_K_per_min ?? 0);
  }
  assert.ok(T > 150 && worst > -0.35, `${worst} K/min`); // -0.6 where walls are as hot as their air
});

test("what nobody speaks for begins slowly below 110 °C, and is told with 95 % above", () => {
  const cell = { mass_g: 82, capacity_Ah: 5 };
  const { normal } = dice(37);
  const after = (degC: number) => {
    const block = (at_s: number) => ({ at_s, degC: degC + 0.1 * normal(), noise2: 0.01, air_degC: degC, current_A2: 0, heater_W: 0 });
    const state = startHeating(block(0), cell);
    for (const at_s of every(10, 10, 3600)) seeBlock(state, block(at_s), cell, false);
    return { sd: Math.sqrt(variance(state.filter, Q)), certainty: (1 - leastNet_K_per_min(state, 1, 0.1)) / 0.1 };
  };
  const [cold, hot] = [after(80), after(140)];
  assert.ok(cold.sd < 0.03 && hot.sd > 0.05, `${cold.sd}, ${hot.sd} K/min`);
  assert.ok(cold.certainty > 2.2 && hot.certainty < 1.7, `${cold.certainty}, ${hot.certainty} sigmas`);
});

test("the same reading for minutes, while the oven around it cools, is no cell that holds its heat", () => {
  const { normal } = dice(14);
  const evidence = every(5, 0, 9000).map((at_s) => {
    const degC = 25 + Math.min(85, at_s / 45);
    const air_degC = at_s < 6000 ? degC + 3 : Math.max(25, 113 - (at_s - 6000) / 20);
    const shown = at_s < 6000 ? Math.round(degC + 0.2 * normal()) : 110;
    return { at_s, samples: [sample("air", at_s, air_degC + 0.05 * normal()), sample("T", at_s, shown)] };
  });
  assert.deepEqual(told(evidence, watch("abuse")), []);
});

test("a stored cell that is far hotter than its air and warms fast is told, though no other thermometer speaks for it", () => {
  const { normal } = dice(15);
  let degC = 80;
  const evidence = every(1, 0, 2400).map((at_s) => {
    degC += (80 - degC) * k_per_s + (at_s > 900 ? 5 / 60 : 0);
    return { at_s, samples: [sample("air", at_s, 80 + 0.05 * normal()), sample("T", at_s, degC + 0.1 * normal())] };
  });
  const [first] = told(evidence, watch("storage"));
  assert.ok(first !== undefined && first.at_s < 900 + 360, `${first?.at_s}`);
});
