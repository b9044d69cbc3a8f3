/** The cycler does not stop at full. */
import { atRest, cellOf, drawBench, settledAt, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire } from "./drives.ts";

const rate_C = [1, 3] as const; // engineering choice; GB/T 31485 charges at 1C (from memory)
const most_soc = 2.6; // engineering choice: the supply is switched off
const chamber_degC = [25, 55] as const;

export const overcharge = scene("overcharge", false, "charged past full until it runs away", (random) => {
  const warm = random.uniform(...chamber_degC);
  const bench = settledAt(drawBench(random.branch("bench"), { soc: random.uniform(0.9, 1) }), warm);
  const { capacity_Ah } = cellOf(bench);
  const rate = random.logUniform(...rate_C);
  const start_s = random.uniform(600, 1800);
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s, cells }) => {
      const on = at_s >= start_s && (cells[0]?.soc ?? 0) < most_soc;
      return toCells(atRest(bench, warm), { current_A: on ? rate * capacity_Ah : 0 });
    }),
    duration_s: start_s + (1.8 / rate) * hour_s + 2 * hour_s,
    isOver: burntOut(),
    layout: { cycler: true },
    notes: `${rate.toPrecision(2)} C at ${warm.toFixed(0)} degC`,
  };
});
