/** The oven is brought to a temperature that the cell does not survive, and held there. */
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire, ramp } from "./drives.ts";
import { critical_degC } from "./soak.ts";

const rate_K_per_min = [1, 4] as const; // engineering choice
const above_K = [1, 12] as const; // engineering choice

export const hotSoak = scene("hot-soak", false, "an oven held above the cell's critical temperature", (random) => {
  const bench = drawBench(random.branch("bench"));
  const rate = random.logUniform(...rate_K_per_min);
  const oven = critical_degC(bench, rate) + random.uniform(...above_K);
  const setPoint = ramp(bench.room_degC, oven, rate, random.uniform(600, 1800));
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s }) => atRest(bench, setPoint(at_s))),
    duration_s: 10 * hour_s,
    isOver: burntOut(),
    notes: `${oven.toFixed(0)} degC`,
  };
});
