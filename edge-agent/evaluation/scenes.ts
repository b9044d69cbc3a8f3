/** Cases that nobody has to write to disk: the scenes of the digital twin, by name. */
import type { SimulatedRun } from "./scored-case.ts";

/** A run of a scene; the same seed gives the same run. */
export const scenes: Readonly<Record<string, (seed: number) => SimulatedRun>> = {};
