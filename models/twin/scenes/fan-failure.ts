/** The chamber's fan fails while the cell is on a cycler or warm: it loses less heat than was learned. */
import { drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { everyday } from "./everyday.ts";

const left = [0.15, 0.5] as const; // engineering choice: free convection against a fan

export const fanFailure = scene("fan-failure", true, "the chamber's fan fails and comes back", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.6 });
  const usual = everyday(random.branch("everyday"), bench, ["warm", "cycling"]);
  const from_s = random.uniform(0.3, 0.6) * usual.duration_s;
  const until_s = random.chance(0.5) ? from_s + random.uniform(900, 7200) : Number.POSITIVE_INFINITY;
  const fan = random.uniform(...left);
  return {
    ...usual,
    bench,
    layout: { ...usual.layout, layouts: ["full", "thermocouple", "thermocouple-chamber", "electrical"] },
    drive: (world) => ({ ...usual.drive(world), fan: world.at_s >= from_s && world.at_s < until_s ? fan : 1 }),
    notes: `fan at ${(100 * fan).toFixed(0)} % from ${from_s.toFixed(0)} s`,
  };
});
