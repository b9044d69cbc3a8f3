/** What the cells of one pack tell of each other: which of them began, whom it may light, and whether something that they share looks like the cause. */
import type { Finding } from "../edge-agent/core/judgement.ts";
import { aheadOf, heatsSince_s, ranAway_s, type StagesState } from "./cell-stage.ts";
import { packParams as p } from "./params/detectors.ts";
import { span } from "./thermal/sentences.ts";

/** Cells that ran away, first one first, each with when it was found. */
function gone(stages: StagesState, cells: readonly string[]): { readonly cell: string; readonly found_s: number }[] {
  const found = cells.flatMap((cell) => {
    const found_s = ranAway_s(stages, cell);
    return found_s === undefined ? [] : [{ cell, found_s }];
  });
  return found.sort((a, b) => a.found_s - b.found_s);
}

/** Of a cell: whose heat may be what it shows. */
export function besideWords(stages: StagesState, together: readonly string[], cell: string, at_s: number): string[] {
  if (together.length === 1 || ranAway_s(stages, cell) !== undefined) return [];
  return gone(stages, together)
    .filter(({ found_s }) => at_s - found_s < p.stillHot_s)
    .slice(0, 1)
    .map((first) => `${first.cell} of the same pack ran away ${span(at_s - first.found_s)} ago: what reaches ${cell} from it cannot be told from its own heat`);
}

/** Findings of self-heating, with whose heat it may be. `packs`: the cells of its pack, by cell. */
export function withNeighbours(
  stages: StagesState,
  packs: ReadonlyMap<string, readonly string[]>,
  findings: readonly Finding[],
  at_s: number,
): readonly Finding[] {
  if (!findings.some(({ present }) => present)) return findings;
  return findings.map((finding) => {
    const { cell } = finding.scope;
    if (!finding.present || cell === undefined || finding.alarm === "runaway") return finding;
    const beside = besideWords(stages, packs.get(cell) ?? [cell], cell, at_s);
    return beside.length === 0 ? finding : { ...finding, why: [...finding.why, ...beside] };
  });
}

/** Of a pack: in which order its cells went and which is next, or that they began together. */
export function packWords(stages: StagesState, together: readonly string[]): string[] {
  const lost = gone(stages, together);
  const [first, ...later] = lost;
  const words: string[] = [];
  if (first !== undefined) {
    const after = later.map(({ cell, found_s }) => `, ${cell} ${span(found_s - first.found_s)} later`).join("");
    words.push(`${first.cell} ran away first, at ${first.found_s.toFixed(0)} s${after}`);
  }
  const waiting = together.filter((cell) => lost.every((one) => one.cell !== cell));
  const [next] = waiting
    .flatMap((cell) => {
      const ahead = aheadOf(stages, cell);
      return ahead === undefined ? [] : [{ cell, ahead }];
    })
    .sort((a, b) => a.ahead.p50 - b.ahead.p50);
  if (next !== undefined) {
    const { cell, ahead } = next;
    words.push(
      `nearest by its time to runaway is ${cell}: if it runs away, that is ${span(ahead.p50)} ahead, by 90 % between ${span(ahead.p05)} and ${span(ahead.p95)}`,
    );
  }
  if (first === undefined) words.push(...atOnce(stages, together));
  return words;
}

/** All at once is seldom chemistry's way, unless all are heated alike. */
function atOnce(stages: StagesState, together: readonly string[]): string[] {
  const began = together.flatMap((cell) => heatsSince_s(stages, cell) ?? []);
  if (began.length < together.length) return [];
  const apart_s = Math.max(...began) - Math.min(...began);
  if (apart_s > p.atOnce_s) return [];
  return [
    `all ${together.length} cells were found to heat themselves within ${span(apart_s)}: they are heated alike, or what they share, such as the chamber's thermometer or its fan, is the cause`,
  ];
}
