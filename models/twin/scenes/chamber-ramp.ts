/** The chamber is driven warm and cold on purpose, and the cell follows: nothing of its own. */
import type { Drive } from "../world.ts";
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { hour_s } from "./drives.ts";

const rate_K_per_min = [0.5, 5] as const;
const between_degC = [0, 70] as const; // engineering choice: climatic tests below where SEI decomposes
const dwell_s = [1200, 5400] as const;

export const chamberRamp = scene("chamber-ramp", true, "the chamber is driven warm and cold", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: random.uniform(0.2, 1) });
  const rate = random.logUniform(...rate_K_per_min) / 60;
  const duration_s = random.uniform(4, 10) * hour_s;
  let target_degC = bench.room_degC;
  let setPoint_degC = bench.room_degC;
  let next_s = random.uniform(...dwell_s);
  let last_s = 0;
  return {
    bench,
    intent: "storage",
    duration_s,
    planned_degC: between_degC[1],
    drive: ({ at_s }): Drive => {
      if (at_s >= next_s) {
        target_degC = random.uniform(...between_degC);
        next_s = at_s + Math.abs(target_degC - setPoint_degC) / rate + random.uniform(...dwell_s);
      }
      const most_K = rate * (at_s - last_s);
      last_s = at_s;
      setPoint_degC += Math.min(most_K, Math.max(-most_K, target_degC - setPoint_degC));
      return atRest(bench, setPoint_degC);
    },
    notes: `${(60 * rate).toPrecision(2)} K/min`,
  };
});
