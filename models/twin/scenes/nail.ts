/** A nail through the cell: a short far below its own resistance. */
import { atRest, cellOf, drawBench, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s } from "./drives.ts";

const short_ohm_Ah = [0.002, 0.02] as const; // engineering choice: a tenth of the cell's own resistance and less

export const nail = scene("nail", false, "a nail through a charged cell", (random) => {
  const bench = drawBench(random.branch("bench"), { sealed: false });
  const short_ohm = random.logUniform(...short_ohm_Ah) / cellOf(bench).capacity_Ah;
  const start_s = random.uniform(900, 2400);
  return {
    bench,
    intent: "abuse",
    drive: ({ at_s }) => toCells(atRest(bench, bench.room_degC), { short_ohm: at_s < start_s ? Number.POSITIVE_INFINITY : short_ohm }),
    duration_s: start_s + hour_s,
    isOver: burntOut(),
    notes: `nail at ${start_s.toFixed(0)} s`,
  };
});
