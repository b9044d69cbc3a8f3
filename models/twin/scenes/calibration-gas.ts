/** Somebody calibrates: certified gas flows into the chamber, one after the other. */
import type { Amounts } from "../world.ts";
import { drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { everyday } from "./everyday.ts";
import { inflow } from "./pulses.ts";

/** ppm of the gases that such bottles hold: engineering choice, half of the sensors' ranges. */
const bottles: readonly Partial<Amounts>[] = [{ co2: 2000 }, { co2: 5000 }, { h2: 100 }, { h2: 500 }, { co: 100 }, { hf: 5 }, { h2: 200, co: 100, co2: 1000 }];

export const calibrationGas = scene("calibration-gas", true, "certified gas is let into the chamber", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.5, sealed: false, ventilation_per_h: [1, 20] });
  const usual = everyday(random.branch("everyday"), bench);
  const count = random.choice([1, 2, 3]);
  const pulses = Array.from({ length: count }, () => ({
    from_s: random.uniform(1200, usual.duration_s - 600),
    lasts_s: random.uniform(60, 400),
    ppm: random.choice(bottles),
  }));
  const flow = inflow(pulses, bench.setup.chamber.volume_L);
  return {
    ...usual,
    bench,
    layout: { ...usual.layout, layouts: ["full", "gas"] },
    drive: (world) => ({ ...usual.drive(world), inflow_mol_per_s: flow(world) }),
    notes: pulses.map(({ ppm, from_s }) => `${Object.keys(ppm).join("+")} at ${from_s.toFixed(0)} s`).join(", "),
  };
});
