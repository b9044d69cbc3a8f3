/** Accelerating-rate calorimetry: heat by a step, wait, seek an exotherm; once one is found the oven follows the cell. */
import type { World } from "../world.ts";
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire } from "./drives.ts";

const start_degC = [70, 100] as const; // engineering choice
const step_K = [5, 10] as const; // 5 is usual
const wait_s = [900, 1800] as const;
const seek_s = 600; // engineering choice
const exotherm_K_per_min = [0.03, 0.15] as const; // 0.02 is the usual criterion: more here, so that a run takes hours and not days
const top_degC = 300; // engineering choice: nothing came

/** Set point for the oven that is driven so. */
function seeker(first_degC: number, step: number, waiting_s: number, criterion_K_per_min: number): (world: World) => number {
  let setPoint_degC = first_degC;
  let since_s = 0;
  let from: { readonly at_s: number; readonly degC: number } | undefined;
  let following = false;
  return ({ at_s, cells }) => {
    const degC = cells[0]?.surface_degC ?? 0;
    if (following) return degC;
    // the wait begins when the cell has come near
    if (from === undefined && degC < setPoint_degC - 2) since_s = at_s;
    if (from === undefined && at_s - since_s >= waiting_s) from = { at_s, degC };
    if (from === undefined || at_s - from.at_s < seek_s) return setPoint_degC;
    const rate_K_per_min = (60 * (degC - from.degC)) / (at_s - from.at_s);
    from = undefined;
    since_s = at_s;
    following = rate_K_per_min >= criterion_K_per_min && degC > setPoint_degC - 0.5;
    if (!following) setPoint_degC += step;
    return setPoint_degC;
  };
}

export const heatWaitSeek = scene("heat-wait-seek", false, "heated in steps until it heats itself, then followed adiabatically", (random) => {
  const bench = drawBench(random.branch("bench"));
  const start = random.uniform(...start_degC);
  const step = random.choice(step_K);
  const criterion = random.logUniform(...exotherm_K_per_min);
  const seek = seeker(start, step, random.uniform(...wait_s), criterion);
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, (world) => atRest(bench, Math.min(top_degC, seek(world)))),
    duration_s: 60 * hour_s,
    isOver: burntOut(),
    layout: { pace: "medium" },
    notes: `steps of ${step} K from ${start.toFixed(0)} degC, exotherm from ${criterion.toPrecision(2)} K/min`,
  };
});
