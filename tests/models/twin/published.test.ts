/** Kinetics against figures that were calculated for the published sets by others' code: calorimetry, oven tests, the rule of thumb for the time left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type KineticsSetup, kineticsOf, kissinger } from "../../../models/twin/kinetics.ts";
import { gasConstant, zero_K } from "../../../models/twin/params/constants.ts";
import { bareCell, type Electrical } from "./bare-cell.ts";

const fractions = { anode: 0.14, cathode: 0.22, electrolyte: 0.15, separator: 0 };
interface Sample {
  readonly kinetics: KineticsSetup;
  readonly mass_g: number;
  readonly cp: number;
  readonly electrical?: Electrical;
}
const richSetup = (peak_degC: number, cathodeEa_kJ: number, cathodeHeat_J_per_g: number, spread: KineticsSetup["spread"] = {}): Sample => ({
  kinetics: { set: "lithium-rich", peak_degC, cathodeEa_J_per_mol: 1000 * cathodeEa_kJ, cathodeHeat_J_per_g, spread },
  mass_g: 1000,
  cp: 1,
});
const kim: Sample = { ...richSetup(0, 0, 0), kinetics: { ...richSetup(225, 150, 800).kinetics, set: "kim" } };
const feng: Sample = { kinetics: { ...kim.kinetics, set: "feng" }, mass_g: 720, cp: 1.1, electrical: { from_K: 260 + zero_K, energy_J: 333_000, over_s: 10 } };

const open = ({ kinetics, mass_g, cp, electrical }: Sample, start_degC: number, k_per_s: number) =>
  bareCell(kineticsOf(kinetics, fractions, mass_g, cp), mass_g * cp, start_degC + zero_K, k_per_s, electrical);

/** Heat, wait, seek: steps of 5 K from 50 °C, each held for 40 min, until the cell warms itself by 0.02 K/min; adiabatic from then on. */
function calorimetry(sample: Sample) {
  const { cell, step } = open(sample, 50, 0);
  const own_K_per_min = () => 60 * cell.own_K_per_s;
  let at_s = 0;
  const advance = (dt_s: number, held = false) => {
    step(0, dt_s, held);
    at_s += dt_s;
  };
  for (let T_degC = 50; T_degC < 250; T_degC += 5) {
    cell.T_K = T_degC + zero_K;
    for (let minute = 0; minute < 40; minute++) advance(60, true);
    if (own_K_per_min() >= 0.02) break;
  }
  const t1_degC = cell.T_K - zero_K;
  const t1_s = at_s;
  /** First time and temperature of each rate, K/min. */
  const marks = new Map<number, { at_s: number; T_degC: number; rate: number }>();
  let t3_degC = t1_degC;
  for (const end_s = at_s + 300 * 3600; at_s < end_s; ) {
    const rate = own_K_per_min();
    for (const mark of [0.05, 0.2, 1, 5, 60]) if (rate >= mark && !marks.has(mark)) marks.set(mark, { at_s, T_degC: cell.T_K - zero_K, rate });
    t3_degC = cell.T_K - zero_K;
    if (t3_degC > 300 && rate < 1e-3) break;
    advance(rate < 0.5 ? 30 : rate < 5 ? 5 : rate < 20 ? 1 : 0.05);
  }
  return { t1_degC, t1_s, marks, t3_degC };
}

const near = (actual: number | undefined, expected: number, within: number, what: string) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected} ± ${within}`);

const calorimeter: readonly (readonly [name: string, sample: Sample, t1: number, at1: number, t2: number, t3: number, hours: number, minutes: number])[] = [
  ["Kim LCO", kim, 85, 154, 199, 662, 24.4, 9.9],
  ["Feng NMC with its short", feng, 90, 189, 257, 1033, 37.9, 13.4],
  ["lithium-rich 210/150/800", richSetup(210, 150, 800), 95, 163, 218, 475, 36, 12],
  ["lithium-rich 225/150/800", richSetup(225, 150, 800), 95, 176, 233, 475, 57.6, 12.5],
  ["lithium-rich 240/150/800", richSetup(240, 150, 800), 95, 190, 247, 475, 85, 13],
  ["lithium-rich 210/150/1200", richSetup(210, 150, 1200), 95, 157, 208, 565, 29, 11.4],
  ["lithium-rich 240/150/1200", richSetup(240, 150, 1200), 95, 183, 238, 565, 74, 12.4],
];
for (const [name, sample, t1, at1, t2, t3, hours, minutes] of calorimeter) {
  test(`calorimetry of ${name}`, () => {
    const { t1_degC, t1_s, marks, t3_degC } = calorimetry(sample);
    near(t1_degC, t1, 3, "T1");
    near(marks.get(1)?.T_degC, at1, 3, "temperature at 1 K/min");
    near(marks.get(60)?.T_degC, t2, 8, "T2");
    near(t3_degC, t3, 13, "T3");
    const t2_s = marks.get(60)?.at_s ?? Number.NaN;
    near((t2_s - t1_s) / 3600, hours, 0.03 * hours, "hours from T1 to T2");
    near((t2_s - (marks.get(1)?.at_s ?? Number.NaN)) / 60, minutes, 1.2, "minutes from 1 K/min to 1 K/s");
  });
}

test("a lithium-rich cathode of 400 J/g never reaches 1 K/s alone", () => {
  const { marks, t3_degC } = calorimetry(richSetup(225, 150, 400));
  assert.equal(marks.get(60), undefined);
  near(t3_degC, 369, 20, "T3");
});

/** The least oven temperature, ± 0.5 K, at which a cell from 25 °C runs away within 6 h. */
function critical_degC(sample: Sample, k_per_s: number): number {
  let [cold, hot] = [100, 220];
  while (hot - cold > 1) {
    const oven_degC = (cold + hot) / 2;
    const { cell, step } = open(sample, 25, k_per_s);
    const away_K = oven_degC + zero_K + 100;
    for (let at_s = 0; at_s < 6 * 3600 && cell.T_K < away_K; at_s += 60) step(oven_degC + zero_K, 60);
    if (cell.T_K >= away_K) hot = oven_degC;
    else cold = oven_degC;
  }
  return (cold + hot) / 2;
}

const ovens: readonly (readonly [name: string, sample: Sample, k_per_s: number, critical: number])[] = [
  ["Kim LCO", kim, 5e-4, 129],
  ["Kim LCO", kim, 1.33e-3, 139],
  ["Kim LCO", kim, 3e-3, 148],
  ["Feng NMC", feng, 5e-4, 173],
  ["Feng NMC", feng, 1.33e-3, 185],
  ["Feng NMC", feng, 3e-3, 194],
];
for (const [name, sample, k_per_s, critical] of ovens) {
  test(`oven of ${name} that loses ${k_per_s} 1/s`, () => near(critical_degC(sample, k_per_s), critical, 2, "critical temperature"));
}

const timesLeft: readonly (readonly [name: string, sample: Sample, ratios: readonly (readonly [rate: number, ratio: number])[]])[] = [
  [
    "Kim LCO",
    kim,
    [
      [0.05, 0.67],
      [0.2, 0.95],
      [1, 1.11],
      [5, 1.2],
    ],
  ],
  [
    "Feng NMC",
    { ...feng },
    [
      [0.05, 0.57],
      [0.2, 0.86],
      [1, 0.96],
      [5, 0.96],
    ],
  ],
  [
    "lithium-rich 225/150/800",
    richSetup(225, 150, 800),
    [
      [0.05, 0.92],
      [0.2, 0.94],
      [1, 0.96],
      [5, 1],
    ],
  ],
  [
    "lithium-rich 225/180/1200",
    richSetup(225, 180, 1200),
    [
      [0.05, 1.15],
      [1, 1.22],
      [5, 1.33],
    ],
  ],
  [
    "lithium-rich 210/220/1200",
    richSetup(210, 220, 1200),
    [
      [0.05, 1.43],
      [1, 1.53],
      [5, 1.65],
    ],
  ],
  [
    "lithium-rich with an anode of 100 kJ/mol",
    richSetup(225, 150, 800, { anode: { Ea_J_per_mol: 100_000 } }),
    [
      [0.05, 0.92],
      [1, 0.95],
      [5, 1.02],
    ],
  ],
];
for (const [name, sample, ratios] of timesLeft) {
  test(`time left by R T²/(Ea dT/dt) with 135 kJ/mol against the true one, ${name}`, () => {
    const { marks } = calorimetry(sample);
    const end_s = marks.get(60)?.at_s ?? Number.NaN;
    for (const [rate, ratio] of ratios) {
      const mark = marks.get(rate);
      assert.ok(mark);
      const rule_s = (gasConstant * (mark.T_degC + zero_K) ** 2) / (135_000 * (mark.rate / 60));
      near(rule_s / (end_s - mark.at_s), ratio, 0.1 * ratio, `at ${rate} K/min`);
    }
  });
}

test("Kissinger's frequency factor", () => {
  for (const [peak, Ea, A] of [
    [210, 150, 1.06e14],
    [225, 150, 3.25e13],
    [240, 150, 1.06e13],
    [225, 130, 2.25e11],
    [225, 180, 5.45e16],
    [260, 180, 2.75e15],
  ] as const) {
    near(kissinger(peak + zero_K, Ea * 1000, 5 / 60) / A, 1, 0.01, `${peak} °C, ${Ea} kJ/mol`);
  }
});
