/** The oven climbs at a constant rate until the cell runs away. */
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, offOnFire, ramp } from "./drives.ts";

const rate_K_per_min = [0.5, 5] as const; // 5 is the usual oven test (GB/T 31485, from memory); 0.5: engineering choice
const top_degC = [250, 300] as const; // engineering choice: past the runaway of every set
const wait_s = [600, 1800] as const;

export const ovenRamp = scene("oven-ramp", false, "the oven climbs until the cell runs away", (random) => {
  const bench = drawBench(random.branch("bench"));
  const rate = random.logUniform(...rate_K_per_min);
  const top = random.uniform(...top_degC);
  const start_s = random.uniform(...wait_s);
  const setPoint = ramp(bench.room_degC, top, rate, start_s);
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s }) => atRest(bench, setPoint(at_s))),
    duration_s: start_s + (60 * (top - bench.room_degC)) / rate + 7200,
    isOver: burntOut(),
    notes: `${rate.toPrecision(2)} K/min to ${top.toFixed(0)} degC`,
  };
});
