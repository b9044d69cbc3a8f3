/** A heater on the cell's face, driven so that the cell warms at a constant rate until it runs away. */
import { atRest, cellOf, drawBench, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, offOnFire } from "./drives.ts";

const rate_K_per_min = [1.5, 5] as const; // engineering choice; BAM's modules were heated by plates at rates of this order

/** Power that warms a cell at this rate against its loss to the air. */
export function padPower_W(cell: ReturnType<typeof cellOf>, rate: number, surface_degC: number, air_degC: number): number {
  return cell.mass_g * cell.heatCapacity_J_per_g_K * (rate / 60) + cell.exchange_W_per_K * Math.max(0, surface_degC - air_degC);
}

export const heaterPad = scene("heater-pad", false, "a heater on the cell's face drives it to runaway", (random) => {
  const bench = drawBench(random.branch("bench"));
  const cell = cellOf(bench);
  const rate = random.logUniform(...rate_K_per_min);
  const start_s = random.uniform(600, 1800);
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s, chamber_degC, cells }) => {
      const heater_W = at_s < start_s ? 0 : padPower_W(cell, rate, cells[0]?.surface_degC ?? chamber_degC, chamber_degC);
      return toCells(atRest(bench, bench.room_degC), { heater_W });
    }),
    duration_s: start_s + 5 * hour_s,
    isOver: burntOut(),
    layout: { heater: true },
    notes: `pad at ${rate.toPrecision(2)} K/min`,
  };
});
