/** A healthy cell on a cycler: it warms by its current, breathes, and makes next to no gas. */
import { atRest, cellOf, drawBench, settledAt, toCells, withCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { cycler, hour_s } from "./drives.ts";

const rate_C = [0.3, 4] as const;
const chamber_degC = [10, 45] as const;
/** A cell that is cycled fast is cooled for it: its current alone would warm it by no more. */
const warmest_K = 25; // engineering choice

export const cycling = scene("cycling", true, "charge and discharge between 0.3C and 4C", (random) => {
  const drawn = drawBench(random.branch("bench"), { aged: true, soc: random.uniform(0.1, 0.9), jig: random.chance(0.3) });
  const charge_C = random.logUniform(rate_C[0], 2);
  const discharge_C = random.logUniform(...rate_C);
  const { electrical, capacity_Ah, exchange_W_per_K } = cellOf(drawn);
  const ohmic_W = electrical.resistance_ohm * (Math.max(charge_C, discharge_C) * capacity_Ah) ** 2;
  const warm = random.uniform(...chamber_degC);
  const bench = withCells(settledAt(drawn, warm), { exchange_W_per_K: Math.max(exchange_W_per_K, ohmic_W / warmest_K) });
  const rest_s = random.uniform(300, 1800);
  const cycles = random.choice([1, 2, 3]);
  const cycle = cycler(cellOf(bench), { charge_C, discharge_C, rest_s, high_V: 4.35, low_V: 3, first: random.choice(["charge", "discharge"]), cycles });
  return {
    bench,
    intent: "cycling",
    drive: (world) => toCells(atRest(bench, warm), { current_A: cycle(world) }),
    duration_s: Math.min(24, cycles * (1 / charge_C + 1 / discharge_C + 1.5) + 0.5) * hour_s,
    layout: { cycler: true },
    notes: `charge ${charge_C.toPrecision(2)} C, discharge ${discharge_C.toPrecision(2)} C at ${warm.toFixed(0)} degC`,
  };
});
