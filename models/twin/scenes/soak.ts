/** The oven that a cell just survives, found by trying ovens on a world of its own. */
import { openWorld } from "../open-world.ts";
import { atRest, type Bench } from "./bench.ts";
import { hottest_degC, hour_s, ramp } from "./drives.ts";

const coolest_degC = 105; // no set runs away below, in the hours of a soak
const hottestOven_degC = 245; // every set does above
const accuracy_K = 1;
const soak_s = 8 * hour_s;
const tryStep_s = 20;
const burns_degC = 330;

/** Whether a cell runs away in an oven that climbs at `K_per_min` to `oven_degC` and stays. */
function burns(bench: Bench, K_per_min: number, oven_degC: number): boolean {
  const world = openWorld(bench.setup);
  const setPoint = ramp(bench.room_degC, oven_degC, K_per_min, 0);
  for (let now = world.world(); now.at_s < soak_s; now = world.step(atRest(bench, setPoint(now.at_s)), tryStep_s)) {
    if (hottest_degC(now) > burns_degC) return true;
  }
  return false;
}

/** Lowest temperature of an oven, reached at `K_per_min`, that the cell does not survive for 8 h. */
export function critical_degC(bench: Bench, K_per_min: number): number {
  let survived = coolest_degC;
  let burnt = hottestOven_degC;
  while (burnt - survived > accuracy_K) {
    const middle = (survived + burnt) / 2;
    if (burns(bench, K_per_min, middle)) burnt = middle;
    else survived = middle;
  }
  return burnt;
}
