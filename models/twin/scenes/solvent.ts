/** Somebody cleans with solvent beside the chamber's door or in it. */
import { drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { everyday } from "./everyday.ts";
import { inflow } from "./pulses.ts";

const peak_ppm = [3, 400] as const; // engineering choice: a wet cloth to a spill

export const solvent = scene("solvent", true, "somebody cleans with solvent", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.5, sealed: false });
  const usual = everyday(random.branch("everyday"), bench);
  const count = random.choice([1, 1, 2, 3]);
  const pulses = Array.from({ length: count }, () => ({
    from_s: random.uniform(1200, usual.duration_s - 600),
    lasts_s: random.uniform(60, 900),
    ppm: { vapour: random.logUniform(...peak_ppm) },
  }));
  const flow = inflow(pulses, bench.setup.chamber.volume_L);
  return {
    ...usual,
    bench,
    layout: { ...usual.layout, layouts: ["full", "gas"] },
    drive: (world) => ({ ...usual.drive(world), inflow_mol_per_s: flow(world), door_per_h: 5 }),
    notes: pulses.map(({ ppm, from_s }) => `${ppm.vapour.toFixed(0)} ppm at ${from_s.toFixed(0)} s`).join(", "),
  };
});
