/** A stack of cells, the first driven to runaway by a heater: whether and when the others follow. */
import type { Contact } from "../setup.ts";
import { atRest, cellOf, drawBench, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { burntOut, hour_s, seeingFire } from "./drives.ts";
import { padPower_W } from "./heater-pad.ts";

const counts = [3, 4, 5, 6] as const;
/** Between two faces, W/K for a cell of 5 Ah: bare and pressed, or with a barrier. */
const contact_W_per_K = [0.15, 2] as const; // engineering choice
const reference_Ah = 5;

export const propagation = scene("propagation", false, "a stack of cells: the first is heated to runaway, the others may follow", (random) => {
  const count = random.choice(counts);
  const capacity = random.logUniform(1, 25);
  const conductance_W_per_K = random.logUniform(...contact_W_per_K) * (capacity / reference_Ah) ** (2 / 3);
  const contacts = Array.from({ length: count - 1 }, (_, a): Contact => ({ a, b: a + 1, conductance_W_per_K }));
  const bench = drawBench(random.branch("bench"), { cells: count, contacts, capacity_Ah: [capacity, capacity * 1.001], sealed: false });
  const cell = cellOf(bench);
  const rate = random.logUniform(2, 6);
  const start_s = random.uniform(600, 1800);
  const fire = seeingFire();
  return {
    bench,
    intent: "abuse",
    drive: (world) => {
      const { at_s, chamber_degC, cells } = world;
      const surface_degC = cells[0]?.surface_degC ?? chamber_degC;
      // what the neighbour takes away is heated along
      const lost_W = conductance_W_per_K * Math.max(0, surface_degC - (cells[1]?.surface_degC ?? surface_degC));
      const on = at_s >= start_s && !fire(world);
      return toCells(atRest(bench, bench.room_degC), { heater_W: on ? padPower_W(cell, rate, surface_degC, chamber_degC) + lost_W : 0 }, 0);
    },
    duration_s: start_s + 6 * hour_s,
    isOver: burntOut(),
    layout: { heater: true },
    notes: `${conductance_W_per_K.toPrecision(2)} W/K from cell to cell`,
  };
});
