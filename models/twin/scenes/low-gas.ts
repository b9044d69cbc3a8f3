/** An electrolyte that gives little gas before the end, in a large and airy chamber: heat is the only early sign. */
import { usualCell } from "../params/cell.ts";
import { atRest, drawBench } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, offOnFire, ramp } from "./drives.ts";

const gasShare = [0.15, 0.4] as const; // of the usual yield: engineering choice

export const lowGas = scene("low-gas", false, "an oven ramp with an electrolyte that gives little gas before the end", (random) => {
  const bench = drawBench(random.branch("bench"), {
    volume_L: [200, 500],
    ventilation_per_h: [5, 20],
    sealed: false,
    gas: { runaway_L_per_Ah: usualCell.gas.runaway_L_per_Ah * random.uniform(...gasShare), storage_mol_per_Ah_s: 1e-11, hf_mg_per_Wh: 5 },
    pouch: { burst_kPa: 150 }, // the strongest seal of the prior
  });
  const rate = random.logUniform(0.5, 3);
  const start_s = random.uniform(600, 1800);
  const setPoint = ramp(bench.room_degC, 290, rate, start_s);
  return {
    bench,
    intent: "abuse",
    drive: offOnFire(bench, ({ at_s }) => atRest(bench, setPoint(at_s))),
    duration_s: start_s + (60 * 270) / rate + 7200,
    isOver: burntOut(),
    notes: `${rate.toPrecision(2)} K/min`,
  };
});
