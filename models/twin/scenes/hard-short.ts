/** An internal short from one moment to the next: no warning that anything could give. */
import { atRest, cellOf, drawBench, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s } from "./drives.ts";

const short_ohm_Ah = [0.03, 0.5] as const; // engineering choice: of the order of the cell's own resistance, 0.15 ohm Ah, and some times it

export const hardShort = scene("hard-short", false, "an internal short from one moment to the next", (random) => {
  const bench = drawBench(random.branch("bench"));
  const short_ohm = random.logUniform(...short_ohm_Ah) / cellOf(bench).capacity_Ah;
  const start_s = random.uniform(1200, 3600);
  return {
    bench,
    intent: "abuse",
    drive: ({ at_s }) => toCells(atRest(bench, bench.room_degC), { short_ohm: at_s < start_s ? Number.POSITIVE_INFINITY : short_ohm }),
    duration_s: start_s + 1.5 * hour_s,
    isOver: burntOut(),
    notes: `${(short_ohm * 1000).toPrecision(2)} mohm at ${start_s.toFixed(0)} s`,
  };
});
