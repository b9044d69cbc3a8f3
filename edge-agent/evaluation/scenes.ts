/** Cases that nobody has to write to disk: the scenes of the digital twin, by name. */
import { scenes as twinScenes } from "../../models/twin/scenes.ts";
import { simulate } from "../../models/twin/simulate.ts";
import type { SimulatedRun } from "./scored-case.ts";

/** A run of a scene; the same seed gives the same run. */
export const scenes: Readonly<Record<string, (seed: number) => SimulatedRun>> = Object.fromEntries(
  twinScenes.map((scene) => [scene.name, (seed: number) => simulate(scene, seed)]),
);
