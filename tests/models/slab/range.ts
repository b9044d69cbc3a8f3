/** Prints the table of decision 0014: over which kinetics, ovens, fans and thermometers net self-heating is seen, and when. Run by hand. */

import { heatingAlarmParams } from "../../../models/params/thermal.ts";
import { addReading, closeBlock, isOver, startBlocks } from "../../../models/thermal/block.ts";
import { type CellHeat, type HeatingState, startHeating } from "../../../models/thermal/heating-state.ts";
import { seeBlock } from "../../../models/thermal/net-heating.ts";
import { drawsOf } from "./draws.ts";
import { prefactor_per_s, Slab } from "./slab.ts";

interface Try {
  readonly E_J_per_mol: number;
  readonly peak_degC: number;
  readonly convection_W_per_m2K: number;
  readonly ramp_K_per_min: number;
  readonly noise_K: number;
  readonly every_s: number;
}

const base: Try = { E_J_per_mol: 150e3, peak_degC: 230, convection_W_per_m2K: 12, ramp_K_per_min: 2, noise_K: 0.06, every_s: 1 };
const tries: readonly (readonly [string, Partial<Try>])[] = [
  ["Ea 150 kJ/mol, peak 230 °C at 5 K/min, 12 W/m²K, oven at 2 K/min, noise 0.06 K at 1 Hz", {}],
  ...[110, 130, 180, 220].map((E) => [`Ea ${E} kJ/mol`, { E_J_per_mol: 1000 * E }] as const),
  ...[205, 265].map((peak_degC) => [`peak ${peak_degC} °C`, { peak_degC }] as const),
  ...[4, 30, 60].map((convection_W_per_m2K) => [`${convection_W_per_m2K} W/m²K`, { convection_W_per_m2K }] as const),
  ...[0.5, 1, 5, 10].map((ramp_K_per_min) => [`oven at ${ramp_K_per_min} K/min`, { ramp_K_per_min }] as const),
  ...[0.02, 0.25, 0.5, 1].map((noise_K) => [`noise ${noise_K} K`, { noise_K }] as const),
  ...[5, 10, 30].map((every_s) => [`a reading every ${every_s} s`, { every_s }] as const),
];

const cell: CellHeat = { mass_g: 82, capacity_Ah: 5 };
const { least_K_per_min, blocks: enough } = heatingAlarmParams;

/** Minutes from 0.5 K/min to runaway, true net rate at the alarm, and the share of the time that was left then. */
function runOne({ E_J_per_mol, peak_degC, convection_W_per_m2K, ramp_K_per_min, noise_K, every_s }: Try, seed: number) {
  const { normal } = drawsOf(seed);
  const slab = new Slab(
    {
      thickness_m: 0.008,
      conductivity_W_per_mK: 0.7,
      volumetric_J_per_m3K: 2.2e6,
      convection_W_per_m2K,
      emissivity: 0.6,
      reactions: [{ A_per_s: prefactor_per_s(peak_degC, E_J_per_mol), E_J_per_mol, rise_K: 350, order: 1, from_degC: 0 }],
    },
    25,
  );
  const offset_K = 0.8 * normal();
  const readings = startBlocks();
  let heating: HeatingState | undefined;
  let [air, wall, seen, above, fast] = [25, 25, 25, 0, 0];
  let [alarm_s, half_s, at]: [number | undefined, number | undefined, number] = [undefined, undefined, Number.NaN];
  for (let t = 0; t < 12 * 3600; t++) {
    air += (Math.min(300, 25 + (ramp_K_per_min * Math.max(0, t - 1800)) / 60) - air) / 60;
    wall += (air - wall) / 600;
    const before = slab.front_degC;
    slab.step({ air_degC: air, wall_degC: wall, fan: 1, heater_W_per_m2: 0, joule_K_per_s: 0 }, 1);
    seen += (0.95 * slab.back_degC + 0.05 * air - seen) / 5;
    const net = 60 * slab.net_K_per_s;
    if (net > 0.5) half_s ??= t;
    fast = slab.front_degC - before >= 1 ? fast + 1 : 0;
    if (fast >= 3 && half_s !== undefined)
      return { left_min: (t - half_s) / 60, at, used: alarm_s === undefined ? 0 : Math.min(1, (t - alarm_s) / (t - half_s)) };
    if (t % every_s > 0) continue;
    if (isOver(readings, t)) {
      const block = closeBlock(readings);
      heating ??= startHeating(block, cell);
      above = seeBlock(heating, block, cell, false).least_K_per_min > least_K_per_min ? above + 1 : 0;
      if (above >= enough && alarm_s === undefined) [alarm_s, at] = [t, net];
    }
    addReading(readings, t, seen + offset_K + noise_K * normal(), air + 0.05 * normal(), 0, 0);
  }
  throw new RangeError("this slab does not run away");
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

console.log("| run | 0.5 K/min to runaway, min | alarm at, K/min | used, % |\n|---|---|---|---|");
for (const [name, change] of tries) {
  const runs = [1, 2, 3, 4].map((seed) => runOne({ ...base, ...change }, seed));
  const of = (pick: (run: (typeof runs)[number]) => number, digits: number) => median(runs.map(pick)).toFixed(digits);
  console.log(`| ${name} | ${of(({ left_min }) => left_min, 0)} | ${of(({ at }) => at, 2)} | ${of(({ used }) => 100 * used, 0)} |`);
}
