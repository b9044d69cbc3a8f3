/** The first charge: gas of the SEI's making, and from the lattice of a lithium-rich cathode above 4.5 V. */
import { atRest, cellOf, drawBench, settledAt, toCells } from "./bench.ts";
import { scene } from "./compose.ts";
import { cycler, hour_s } from "./drives.ts";

const rate_C = [0.08, 0.25] as const; // C/12 to C/4: engineering choice
const sei_mol_per_Ah = [3e-5, 2e-4] as const; // about 1e-4, 2.5 mL/Ah: assumed
const lattice_mol_per_Ah = [3e-5, 2e-4] as const; // the same
const chamber_degC = [25, 45] as const;

export const formation = scene("formation", true, "the first charge and discharge of a fresh cell", (random) => {
  const warm = random.uniform(...chamber_degC);
  const drawn = drawBench(random.branch("bench"), {
    aged: true,
    soc: 0.01,
    gas: { formationSei_mol_per_Ah: random.logUniform(...sei_mol_per_Ah), formationLattice_mol_per_Ah: random.logUniform(...lattice_mol_per_Ah) },
    // a fresh pouch has its gas bag still
    pouch: { slack_mL: 20 * random.uniform(1, 25), burst_kPa: 90 },
  });
  const bench = settledAt(drawn, warm);
  const rate = random.logUniform(...rate_C);
  const cycle = cycler(cellOf(bench), { charge_C: rate, discharge_C: rate, rest_s: 1800, high_V: 4.5, low_V: 2.9, first: "charge", cycles: 1 });
  return {
    bench,
    intent: "formation",
    drive: (world) => toCells(atRest(bench, warm), { current_A: cycle(world) }),
    duration_s: (2.3 / rate) * hour_s + 3600,
    layout: { pace: "medium", cycler: true },
    notes: `${rate.toPrecision(2)} C`,
  };
});
