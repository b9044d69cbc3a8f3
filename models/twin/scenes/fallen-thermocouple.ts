/** A thermocouple comes off a healthy cell and reads the air instead. */
import { drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { everyday } from "./everyday.ts";

const contact = [0.02, 0.4] as const; // engineering choice: hangs in the air, or lies loose

export const fallenThermocouple = scene("fallen-thermocouple", true, "a thermocouple comes off the cell", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.6 });
  const usual = everyday(random.branch("everyday"), bench);
  const from_s = random.uniform(0.3, 0.7) * usual.duration_s;
  return {
    ...usual,
    bench,
    layout: { ...usual.layout, layouts: ["full", "thermocouple", "thermocouple-chamber", "electrical"] },
    ailing: (_instruments, chance) => ({
      faults: { "C1.surface": [{ kind: "falls-off", from_s, contact: chance.uniform(...contact) }] },
      clock: [],
      notes: `C1.surface comes off at ${from_s.toFixed(0)} s`,
    }),
  };
});
