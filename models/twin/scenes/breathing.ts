/** People beside a leaky door: the laboratory's carbon dioxide rises and falls with them, and the chamber follows. */
import { drawBench, startedAt } from "./bench.ts";
import { scene } from "./compose.ts";
import { everyday } from "./everyday.ts";

const visits = [2, 5] as const;
const stay_s = [600, 3600] as const;
const rise_ppm = [300, 2500] as const; // engineering choice: a full office passes 1500 ppm
const room_tau_s = 1800; // engineering choice: two air changes an hour
const door_per_h = [2, 30] as const;

export const breathing = scene("breathing", true, "people beside a leaky door breathe", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.5, sealed: false, atmosphere: "air" });
  const usual = everyday(random.branch("everyday"), bench);
  const count = Math.round(random.uniform(...visits));
  const people = Array.from({ length: count }, () => {
    const from_s = random.uniform(600, usual.duration_s);
    return { from_s, until_s: from_s + random.uniform(...stay_s), rise_ppm: random.logUniform(...rise_ppm), door_per_h: random.logUniform(...door_per_h) };
  });
  let co2_ppm: number = startedAt.roomCo2_ppm;
  let last_s = 0;
  return {
    ...usual,
    bench,
    layout: { ...usual.layout, layouts: ["full", "gas"] },
    drive: (world) => {
      const here = people.filter(({ from_s, until_s }) => world.at_s >= from_s && world.at_s < until_s);
      const towards_ppm = startedAt.roomCo2_ppm + here.reduce((sum, { rise_ppm: rise }) => sum + rise, 0);
      co2_ppm = towards_ppm + (co2_ppm - towards_ppm) * Math.exp(-(world.at_s - last_s) / room_tau_s);
      last_s = world.at_s;
      return { ...usual.drive(world), roomCo2_ppm: co2_ppm, door_per_h: here.reduce((most, visit) => Math.max(most, visit.door_per_h), 1) };
    },
    notes: `${count} visits`,
  };
});
