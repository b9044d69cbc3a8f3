/** A charged cell in a warm chamber for days: it makes gas slowly, and either goes on so or comes to a knee. */

import { cellParams } from "../params/cell.ts";
import { gasConstant, molarVolume_L, solventParams, zero_K } from "../params/constants.ts";
import type { Random } from "../random.ts";
import { atRest, type Bench, cellOf, drawBench, withCells } from "./bench.ts";
import { type Plot, scene } from "./compose.ts";
import { day_s, ramp } from "./drives.ts";

const chamber_degC = [45, 85] as const;
const days = [2, 14] as const; // engineering choice: weeks would only be longer
const soc = [0.7, 1] as const;
/** Growth by gas on the plateau over the whole test, in percent of the fresh thickness: engineering choice, so that a healthy cell stays below its limit. */
const plateau_pct = [0.3, 1.8] as const;
const limit_pct = [8, 10] as const; // some pouch designs allow 8 to 10 %
const kneeAt = [0.3, 0.6] as const; // share of the test
const escalates = [0.08, 0.16] as const; // share of the test in which the rate grows e-fold

/** Equivalent seconds at 60 °C and 4.3 V that pass in one second. */
function pace({ gas }: ReturnType<typeof cellOf>, warm_degC: number, voltage_V: number): number {
  const { storage_K, storage_V } = cellParams;
  const heat = Math.exp((-gas.storageEa_J_per_mol / gasConstant) * (1 / (warm_degC + zero_K) - 1 / storage_K));
  return heat * Math.exp(gas.storage_per_V * (voltage_V - storage_V));
}

const restVoltage_V = (full: number): number => {
  const [a0, a1, a2, a3] = cellParams.ocv_V;
  return a0 + full * (a1 + full * (a2 + full * a3));
};

/** The gas law made so that this cell grows by `growth_pct` over the test, and by far more behind a knee at this share of it. */
function gassing(bench: Bench, warm: number, duration_s: number, growth_pct: number, knee: readonly [at: number, escalates: number] | undefined): Bench {
  const cell = cellOf(bench);
  const { pouch, capacity_Ah } = cell;
  const rate = pace(cell, warm, restVoltage_V(cell.soc));
  // gas and vapour share the pouch
  const gasShare = 1 - solventParams.activity * Math.exp((-solventParams.latent_J_per_mol / gasConstant) * (1 / (warm + zero_K) - 1 / solventParams.boiling_K));
  const volume_L = gasShare * (growth_pct / 100) * ((pouch.area_cm2 * pouch.thickness_mm) / 1e4);
  const equivalent_h = (rate * duration_s) / 3600;
  const gas = {
    ...cell.gas,
    storage_mol_per_Ah_s: volume_L / molarVolume_L / capacity_Ah / (rate * duration_s),
    settles_h: equivalent_h * 0.05,
    knee_h: knee === undefined ? Number.POSITIVE_INFINITY : knee[0] * equivalent_h,
    escalates_h: equivalent_h * (knee?.[1] ?? 1),
  };
  return withCells(bench, {
    gas,
    pouch: { ...pouch, growth_mm_per_1000h: Math.min(pouch.growth_mm_per_1000h, (0.01 * pouch.thickness_mm * 1000) / equivalent_h) },
  });
}

function stored(random: Random, knee: readonly [number, number] | undefined): Plot {
  const drawn = drawBench(random.branch("bench"), { aged: true, soc: random.uniform(...soc), jig: random.chance(0.2) });
  const warm = random.uniform(...chamber_degC);
  const duration_s = random.logUniform(...days) * day_s;
  const bench = gassing(drawn, warm, duration_s, random.uniform(...plateau_pct), knee);
  const setPoint = ramp(bench.room_degC, warm, 1, 1800);
  return {
    bench,
    intent: "storage",
    drive: ({ at_s }) => atRest(bench, setPoint(at_s)),
    duration_s,
    layout: { pace: "slow", layouts: ["full", "gas"] },
    swellingLimit_pct: random.choice(limit_pct),
    planned_degC: warm,
    notes: `${warm.toFixed(0)} degC`,
  };
}

export const storage = scene("storage", true, "days in a warm chamber, gas made slowly", (random) => stored(random, undefined));

export const storageKnee = scene("storage-knee", false, "days in a warm chamber, with a knee after which the cell swells", (random) =>
  stored(random, [random.uniform(...kneeAt), random.uniform(...escalates)]),
);
