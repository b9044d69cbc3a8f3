/** How a case is named to a worker, which opens it there: a folder, or a scene and its seed. */
import { statSync } from "node:fs";
import { Fault } from "../core/faults.ts";
import { type CaseFolder, findCaseFolders, openCaseFolder } from "./case-folder.ts";
import { scenes } from "./scenes.ts";
import { type ScoredCase, simulatedCase } from "./scored-case.ts";

export interface CaseScene {
  readonly scene: string;
  readonly seed: number;
}

export type CaseRef = CaseFolder | CaseScene;

/** What the words of a command line ask for; a string says what is wrong with them. */
export function casesAskedFor(
  words: readonly string[],
  asked: { readonly scene?: string | undefined; readonly seeds?: string | undefined },
): readonly CaseRef[] | string {
  const { scene, seeds } = asked;
  const [folder, ...more] = words;
  if (scene !== undefined) return folder === undefined ? runsOf(scene, seeds) : "give a folder of cases or --scene, not both";
  if (seeds !== undefined) return "--seeds goes with --scene";
  if (folder === undefined || more.length > 0) return "name one folder of cases";
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `${folder} is no folder`;
  const found = findCaseFolders(folder);
  return found.length > 0 ? found : `no folder at or below ${folder} holds a truth.json`;
}

function runsOf(scene: string, seeds: string | undefined): readonly CaseRef[] | string {
  if (!Object.hasOwn(scenes, scene)) return `no scene "${scene}": ${knownScenes()}`;
  const range = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(seeds ?? "");
  const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
  if (range === null || to < from) return `--seeds ${seeds ?? "missing"}: write a number, or a range such as 1000-1200`;
  return Array.from({ length: to - from + 1 }, (_, index) => ({ scene, seed: from + index }));
}

export const nameOf = (ref: CaseRef): string => ("folder" in ref ? ref.name : `${ref.scene}-${ref.seed}`);

/** Faults: those of `openCaseFolder`; `case/unreadable` for a scene that is not there. */
export function openCase(ref: CaseRef): ScoredCase {
  if ("folder" in ref) return openCaseFolder(ref);
  const { scene, seed } = ref;
  const simulate = Object.hasOwn(scenes, scene) ? scenes[scene] : undefined;
  if (simulate === undefined) throw new Fault("case/unreadable", `no scene "${scene}"; ${knownScenes()}`);
  return simulatedCase(nameOf(ref), () => simulate(seed));
}

export const knownScenes = (): string => `scenes are ${Object.keys(scenes).join(", ")}`;
