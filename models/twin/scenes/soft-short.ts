/** A dendrite: an internal short that grows over hours, in a cell that rests warm. */
import { atRest, cellOf, drawBench, settledAt, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire } from "./drives.ts";

const chamber_degC = [45, 85] as const; // engineering choice
/** Rise over the chamber that the short's heat could hold: from nothing to far beyond what the cell bears. */
const rise_K = [2, 500] as const; // engineering choice
const growth_s = [hour_s, 3 * hour_s] as const; // engineering choice
const nominal_V = 4;

export const softShort = scene("soft-short", false, "an internal short that grows over hours until the cell runs away", (random) => {
  const warm = random.uniform(...chamber_degC);
  const bench = settledAt(drawBench(random.branch("bench"), { soc: random.uniform(0.9, 1) }), warm);
  const { exchange_W_per_K } = cellOf(bench);
  const start_s = hour_s + random.uniform(600, 1800);
  const growth = random.uniform(...growth_s);
  const [least_K, most_K] = rise_K;
  return {
    bench,
    intent: "storage",
    drive: offOnFire(bench, ({ at_s }) => {
      const grown = Math.min(1, Math.max(0, (at_s - start_s) / growth));
      const short_ohm = at_s < start_s ? Number.POSITIVE_INFINITY : nominal_V ** 2 / (exchange_W_per_K * least_K * (most_K / least_K) ** grown);
      return toCells(atRest(bench, warm), { short_ohm });
    }),
    duration_s: start_s + growth + 2 * hour_s,
    isOver: burntOut(),
    notes: `short grows over ${(growth / hour_s).toFixed(1)} h at ${warm.toFixed(0)} degC`,
  };
});
