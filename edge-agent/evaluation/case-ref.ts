/** How a case is named to a worker, which opens it there: a folder, or a scene and its seed. */
import { Fault } from "../core/faults.ts";
import { type CaseFolder, openCaseFolder } from "./case-folder.ts";
import { scenes } from "./scenes.ts";
import { type ScoredCase, simulatedCase } from "./scored-case.ts";

export interface CaseScene {
  readonly scene: string;
  readonly seed: number;
}

export type CaseRef = CaseFolder | CaseScene;

export const nameOf = (ref: CaseRef): string => ("folder" in ref ? ref.name : `${ref.scene}-${ref.seed}`);

/** Faults: those of `openCaseFolder`; `case/unreadable` for a scene that is not there. */
export function openCase(ref: CaseRef): ScoredCase {
  if ("folder" in ref) return openCaseFolder(ref);
  const { scene, seed } = ref;
  const simulate = Object.hasOwn(scenes, scene) ? scenes[scene] : undefined;
  if (simulate === undefined) throw new Fault("case/unreadable", `no scene "${scene}"; ${knownScenes()}`);
  return simulatedCase(nameOf(ref), () => simulate(seed));
}

export const knownScenes = (): string => (Object.keys(scenes).length === 0 ? "there are none yet" : `scenes are ${Object.keys(scenes).join(", ")}`);
