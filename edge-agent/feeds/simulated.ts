/** The process that stands for broker and files in a simulated station: every channel follows a course that looks alive. */
import { serve, stayAlive, tell } from "../bus/reader.ts";
import { systemClock as clock } from "../core/clock.ts";
import { type QuantityName, quantityOf } from "../core/quantities.ts";
import { type Course, seeded, valueAt } from "../sensors/world.sim.ts";
import type { SimulatedPlan } from "./plan.ts";

type Simulated = Pick<Course, "mean" | "noise">;

/** A cell at rest in an idle chamber, in canonical units. A quantity without a course rests at 0, or where its range begins. */
const courses: Readonly<Partial<Record<QuantityName, Simulated>>> = {
  temperature: { mean: 25, noise: 0.02 },
  pressure: { mean: 101.3, noise: 0.005 },
  co2: { mean: 600, noise: 3 },
  h2: { mean: 0, noise: 0.1 },
  o2: { mean: 20.9, noise: 0.01 },
  humidity: { mean: 40, noise: 0.1 },
  flow: { mean: 0.5, noise: 0.002 },
  voltage: { mean: 3.65, noise: 0.0002 },
  current: { mean: 0, noise: 0.0005 },
  thickness: { mean: 5, noise: 0.0005 },
  force: { mean: 200, noise: 0.2 },
};

async function follow({ quantity, period_s, channels }: SimulatedPlan["sensors"][number]): Promise<never> {
  const { low, high } = quantityOf(quantity);
  const random = seeded((channels[0]?.channel ?? 0) + 1);
  const { mean, noise } = courses[quantity] ?? { mean: Math.min(Math.max(low, 0), high), noise: 0 };
  const course: Course = { mean, noise, swing: noise, period_s: 600 };
  for (let due_s = clock.monotonic_s(); ; due_s += period_s) {
    await clock.sleep(Math.max(0, due_s - clock.monotonic_s()));
    const at_s = clock.monotonic_s();
    const raw = Math.min(high, Math.max(low, valueAt(course, at_s, random)));
    tell({ kind: "readings", readings: channels.map(({ channel }) => ({ channel, at_s, raw })) });
  }
}

serve(async (plan: SimulatedPlan): Promise<never> => {
  void stayAlive(plan);
  return Promise.race(plan.sensors.map(follow));
});
