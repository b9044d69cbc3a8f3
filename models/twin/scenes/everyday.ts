/** What nuisances happen to: a healthy cell at rest, warm, or on a cycler. */
import type { Random } from "../random.ts";
import type { Drive, World } from "../world.ts";
import { atRest, type Bench, cellOf, toCells } from "./bench.ts";
import type { Plot } from "./compose.ts";
import { cycler, hour_s } from "./drives.ts";

const hours = [3, 8] as const;
const warm_degC = [40, 55] as const; // engineering choice: below the usual maximum of 60

type Activity = "rest" | "warm" | "cycling";

export function everyday(
  random: Random,
  bench: Bench,
  activities: readonly Activity[] = ["rest", "warm", "cycling"],
): Pick<Plot, "intent" | "duration_s"> & { readonly layout: { readonly cycler: boolean }; readonly drive: (world: World) => Drive } {
  const what = random.choice(activities);
  const duration_s = random.uniform(...hours) * hour_s;
  const setPoint_degC = what === "warm" ? random.uniform(...warm_degC) : bench.room_degC;
  const rate = random.logUniform(0.3, 1);
  const cycle = cycler(cellOf(bench), { charge_C: rate, discharge_C: rate, rest_s: 600, high_V: 4.3, low_V: 3, first: "discharge", cycles: 20 });
  return {
    intent: what === "cycling" ? "cycling" : "storage",
    duration_s,
    layout: { cycler: what === "cycling" },
    drive: (world) => toCells(atRest(bench, setPoint_degC), { current_A: what === "cycling" ? cycle(world) : 0 }),
  };
}
