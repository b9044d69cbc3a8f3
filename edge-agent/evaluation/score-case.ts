/** One case through every detector at once: its rows are read once, and each detector decides on a path of its own, the one that replays and live agents take. */
import { baselines, FULL } from "../../models/evaluation/baselines.ts";
import { type Outcome, outcomeOf } from "../../models/evaluation/outcome.ts";
import { Hearing } from "../../models/evaluation/told.ts";
import { WatchTime } from "../../models/evaluation/watch-time.ts";
import { heardOf } from "../agent/assemble.ts";
import type { Decider } from "../agent/decider.ts";
import { openRecordedPath } from "../agent/recorded-path.ts";
import type { Station } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { readingsOf, replayColumns } from "../recording/columns.ts";
import type { ScoredCase } from "./scored-case.ts";

export const detectorNames: readonly string[] = [FULL, ...baselines.map(({ name }) => name)];

/** `detectors`: names to score. Faults: those of the case's rows; `recording/malformed` where no row has a time. */
export async function scoreCase(scored: ScoredCase, detectors: readonly string[] = detectorNames): Promise<Outcome[]> {
  const { name, station, netRate } = scored;
  const columns = replayColumns(station.channels);
  const heard = heardOf(station);
  const ears = new Map(detectors.map((detector) => [detector, new Hearing(heard)]));
  let paths: Path[] | undefined;
  const watch = new WatchTime(station);
  for await (const row of scored.rows()) {
    const { at_s } = row;
    if (at_s === undefined) continue;
    paths ??= await openPaths(station, at_s, ears);
    watch.see(at_s);
    const readings = readingsOf(row, at_s, columns);
    for (const { decider, hearing } of paths) {
      for (const entry of decider.readings(readings)) hearing.hear(entry);
      for (const entry of decider.time(at_s)) hearing.hear(entry);
    }
  }
  if (paths === undefined) throw new Fault("recording/malformed", `${name} has no row with a time: leave the case out`);
  const truth = scored.truth();
  return [...ears].map(([detector, hearing]) => outcomeOf({ name, detector, station, truth, told: hearing.told(watch), ...(netRate && { netRate }) }));
}

interface Path {
  readonly decider: Decider;
  readonly hearing: Hearing;
}

/** One for the full model and one for each baseline that the station does not leave blind. */
async function openPaths(station: Station, start_s: number, ears: ReadonlyMap<string, Hearing>): Promise<Path[]> {
  const paths: Path[] = [];
  for (const [detector, hearing] of ears) {
    const model = baselines.find(({ name }) => name === detector)?.model(heardOf(station));
    if (model === undefined && detector !== FULL) continue;
    const { decider } = await openRecordedPath(station, start_s, model);
    paths.push({ decider, hearing });
  }
  return paths;
}
