/**
 * The early-warning model of a station: fixed limits, the runaway criteria, off-gas onset, net self-heating, amounts of gas and vents, swelling, and from what they
 * find the stage of every cell. Pure: no clock, no input or output. The state is plain JSON and is changed in place.
 */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import type { Finding } from "../edge-agent/core/judgement.ts";
import { hear, type Knowledge, type StagesState, type Subject, subjectsOf, tell } from "./cell-stage.ts";
import { type FixedLimitState, fixedLimits } from "./fixed-limit.ts";
import { type GasWatch, type GasWatchState, gasWatch } from "./gas/gas-watch.ts";
import { lastUsed_s, type OffGasState, offGas, warmingUp } from "./off-gas.ts";
import type { Model } from "./opinion.ts";
import { besideWords, packWords, withNeighbours } from "./pack.ts";
import { patience_s } from "./patience.ts";
import { lastSeen_s, type RunawayState, runaway } from "./runaway.ts";
import { swellingOf } from "./swelling/sentences.ts";
import { lastGauged_s, type SwellingState, swelling, type Watch, watchesOf } from "./swelling/swelling.ts";
import { cellHeat, lastUsedTemperature_s } from "./thermal/cell-heat.ts";
import { type CellHeatKnown, heatOf } from "./thermal/sentences.ts";
import type { CellHeatState } from "./thermal/tracker.ts";

export interface EarlyWarningState {
  fixed: FixedLimitState;
  runaway: RunawayState;
  offGas: OffGasState;
  heat: CellHeatState;
  gas: GasWatchState;
  swelling: SwellingState;
  stages: StagesState;
}

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over by the detectors that cannot use them. */
export function earlyWarning(station: Station): Model<EarlyWarningState> {
  // a limit on swelling is held against what lasts of it
  const limits = fixedLimits({ ...station, limits: station.limits.filter(({ alarm }) => alarm !== "swelling") });
  const criteria = runaway(station);
  const gas = offGas(station);
  const heat = cellHeat(station);
  const space = gasWatch(station);
  const swells = swelling(station);
  const gauged = watchesOf(station);
  const subjects = subjectsOf(station);
  const packs = new Map(subjects.flatMap(({ names, together }) => ("cell" in names ? [[names.cell, together] as const] : [])));
  const scopes = new Set(subjects.flatMap((subject) => subject.scopes));
  const byScope = new Map([...scopes].map((scope) => [scope, subjects.filter((subject) => subject.scopes.includes(scope))] as const));

  return {
    start: () => ({
      fixed: limits.start(),
      runaway: criteria.start(),
      offGas: gas.start(),
      heat: heat.start(),
      gas: space.start(),
      swelling: swells.start(),
      stages: { subjects: {}, first_s: null, last_s: null },
    }),
    step(state, evidence) {
      const findings: Finding[] = [];
      let found: readonly Finding[];
      [state.fixed, found] = limits.step(state.fixed, evidence);
      findings.push(...found);
      [state.runaway, found] = criteria.step(state.runaway, evidence);
      findings.push(...withNeighbours(state.stages, packs, found, evidence.at_s));
      [state.offGas, found] = gas.step(state.offGas, evidence);
      findings.push(...found);
      [state.heat, found] = heat.step(state.heat, evidence);
      findings.push(...withNeighbours(state.stages, packs, found, evidence.at_s));
      [state.gas, found] = space.step(state.gas, evidence);
      findings.push(...found);
      [state.swelling, found] = swells.step(state.swelling, evidence);
      findings.push(...found);
      hear(state.stages, byScope, findings, evidence.at_s);
      const estimates = tell(state.stages, subjects, evidence.at_s, (subject) => know(state, space, gauged, subject, evidence.at_s));
      return [state, { estimates, findings }];
    },
  };
}

function know(
  state: EarlyWarningState,
  space: GasWatch,
  gauged: ReadonlyMap<string, Watch>,
  { names, together, gasSpace, thermometers, gasChannels, gauges }: Subject,
  at_s: number,
): Knowledge {
  const heat = sift(thermometers, at_s, state.stages.first_s, (id) => lastUsedTemperature_s(state.heat, id));
  const gas = sift(gasChannels, at_s, state.stages.first_s, (id) => lastUsed_s(state.offGas, id));
  const amounts = gasSpace === undefined ? { reasons: [] } : space.known(state.gas, gasSpace, gas.alive, at_s);
  const size = sift(gauges, at_s, state.stages.first_s, (id) => lastGauged_s(state.swelling, id));
  const swollen = swellingOf(
    state.swelling,
    gauges.flatMap(({ id }) => gauged.get(id) ?? []),
    size.alive,
    at_s,
  );
  const silent = "pack" in names || (thermometers.length > 0 && heat.alive.length === 0);
  const { net, p, ahead, reasons }: CellHeatKnown = silent ? { reasons: [] } : heatOf(state.heat, heat.alive);
  // uncertain temperatures are enough for runaway
  const seen_s = "cell" in names ? lastSeen_s(state.runaway, names.cell) : null;
  const runawayJudges = seen_s !== null && at_s - seen_s <= Math.max(...thermometers.map(({ every_s }) => patience_s(every_s)));
  return {
    ...(net === undefined ? {} : { net }),
    ...(p === undefined ? {} : { p }),
    ...(ahead === undefined ? {} : { ahead }),
    ...(amounts.made === undefined ? {} : { gas: amounts.made }),
    ...(swollen.ahead === undefined ? {} : { limitAhead: swollen.ahead }),
    ...(swollen.knee_s === undefined ? {} : { knee_s: swollen.knee_s }),
    reasons: [
      ...reasons,
      ...("cell" in names ? besideWords(state.stages, together, names.cell, at_s) : packWords(state.stages, together)),
      ...amounts.reasons,
      ...swollen.reasons,
      ...warmingUp(state.offGas, gas.alive),
      ...heat.sentences,
      ...gas.sentences,
      ...size.sentences,
    ],
    lost: [...heat.lost, ...gas.lost, ...size.lost],
    judged: runawayJudges || heat.alive.length + gas.alive.length + size.alive.length > 0,
  };
}

/** Which channels their detector can still use, and a sentence for each that it cannot. */
function sift(channels: readonly Channel[], at_s: number, first_s: number | null, used_s: (id: string) => number | null) {
  const [alive, lost, sentences]: [string[], string[], string[]] = [[], [], []];
  for (const { id, every_s } of channels) {
    const last_s = used_s(id);
    if (at_s - (last_s ?? first_s ?? at_s) <= patience_s(every_s)) {
      alive.push(id);
      continue;
    }
    lost.push(id);
    sentences.push(`unavailable: ${id} has given nothing good ${last_s === null ? "yet" : `since ${last_s.toFixed(1)} s`}`);
  }
  return { alive, lost, sentences };
}
