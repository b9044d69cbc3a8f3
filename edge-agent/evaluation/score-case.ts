/** One case through every detector at once: its rows are read once, and each detector decides on a path of its own, the one that replays and live agents take. */
import { baselines, FULL } from "../../models/evaluation/baselines.ts";
import { type Outcome, outcomeOf } from "../../models/evaluation/outcome.ts";
import { Hearing } from "../../models/evaluation/told.ts";
import type { Model } from "../../models/opinion.ts";
import { heardOf } from "../agent/assemble.ts";
import { openRecordedPath } from "../agent/recorded-path.ts";
import type { Station } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { readingsOf, replayColumns } from "../recording/columns.ts";
import type { ScoredCase } from "./scored-case.ts";

export const detectorNames: readonly string[] = [FULL, ...baselines.map(({ name }) => name)];

/** Faults: those of the case's rows; `recording/malformed` where no row has a time. */
export async function scoreCase(scored: ScoredCase): Promise<Outcome[]> {
  const { name, station, netRate } = scored;
  const columns = replayColumns(station.channels);
  const detectors: readonly { readonly name: string; readonly model?: Model }[] = [
    { name: FULL },
    ...baselines.map((baseline) => ({ name: baseline.name, model: baseline.model(heardOf(station)) })),
  ];
  let heard: Awaited<ReturnType<typeof hearing>>[] | undefined;
  let from_s = 0;
  let to_s = 0;
  for await (const row of scored.rows()) {
    const { at_s } = row;
    if (at_s === undefined) continue;
    if (heard === undefined) {
      [from_s, to_s] = [at_s, at_s];
      heard = await Promise.all(detectors.map((detector) => hearing(station, at_s, detector)));
    }
    to_s = Math.max(to_s, at_s);
    const readings = readingsOf(row, at_s, columns);
    for (const { decider, ears } of heard) {
      for (const entry of decider.readings(readings)) ears.hear(entry);
      for (const entry of decider.time(at_s)) ears.hear(entry);
    }
  }
  if (heard === undefined) throw new Fault("recording/malformed", `${name} has no row with a time: leave the case out`);
  const truth = scored.truth();
  return heard.map(({ detector, ears }) => outcomeOf({ name, detector, station, truth, told: ears.told(from_s, to_s), ...(netRate && { netRate }) }));
}

async function hearing(station: Station, start_s: number, { name, model }: { readonly name: string; readonly model?: Model }) {
  const { decider } = await openRecordedPath(station, start_s, model);
  return { detector: name, decider, ears: new Hearing(station) };
}
