/** A weak seal opens in a warm oven, the test is stopped, and the cell does not run away. */
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire, ramp } from "./drives.ts";

const burst_kPa = [15, 40] as const; // engineering choice: the weak end of the prior, and below
const dwell_s = [60, 900] as const; // engineering choice: until somebody acts

export const ventOnly = scene("vent-only", false, "the seal opens, the oven is stopped, the cell survives", (random) => {
  const bench = drawBench(random.branch("bench"), { pouch: { burst_kPa: random.uniform(...burst_kPa), slack_mL: 2 } });
  const rate = random.logUniform(1, 4);
  const start_s = random.uniform(600, 1800);
  const setPoint = ramp(bench.room_degC, 150, rate, start_s);
  const dwell = random.uniform(...dwell_s);
  let opened_s: number | undefined;
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s, cells }) => {
      if (cells[0]?.vented) opened_s ??= at_s;
      const off = opened_s !== undefined && at_s >= opened_s + dwell;
      return atRest(bench, off ? bench.room_degC : setPoint(at_s));
    }),
    duration_s: 6 * hour_s,
    isOver: burntOut(),
  };
});
