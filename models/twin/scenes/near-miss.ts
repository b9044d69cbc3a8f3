/** Self-heating that dies out: an oven just below critical, or a ramp that was stopped in time. */
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire, ramp } from "./drives.ts";
import { critical_degC } from "./soak.ts";

const below_K = [2, 6] as const; // engineering choice
const stopAt_K_per_min = [0.25, 0.7] as const; // engineering choice: the cell's own heating at which somebody stops the ramp

export const nearMiss = scene("near-miss", false, "self-heating that dies out: just below critical, or stopped in time", (random) => {
  const bench = drawBench(random.branch("bench"));
  const rate = random.logUniform(0.7, 2);
  const stopped = random.chance(0.5);
  const top = stopped ? 260 : critical_degC(bench, rate) - random.uniform(...below_K);
  const setPoint = ramp(bench.room_degC, top, rate, random.uniform(600, 1800));
  const stopAt = random.uniform(...stopAt_K_per_min);
  let off = false;
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s, cells }) => {
      off ||= stopped && (cells[0]?.net_K_per_min ?? 0) >= stopAt;
      return atRest(bench, off ? bench.room_degC : setPoint(at_s));
    }),
    duration_s: (stopped ? 6 : 8) * hour_s,
    isOver: burntOut(),
    notes: stopped ? `ramp stopped at ${stopAt.toFixed(2)} K/min` : `held at ${top.toFixed(0)} degC`,
  };
});
