/**
 * From findings to the stage of each cell, and of each pack whose cells share a gas space. The gravest finding decides.
 * A lost sensor ends no finding and is never called calm: its detector is unavailable, and the reasons say so.
 * A probability is given of self-heating alone, from the observer's own uncertainty; rule-based detectors do not invent any.
 * `swelling` is said behind a knee of a gauge and beyond the station file's limit.
 */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import type { AlarmName } from "../edge-agent/core/alarms.ts";
import type { Estimate, Finding, Uncertain } from "../edge-agent/core/judgement.ts";
import { type Stage as CellStage, stageCode } from "../edge-agent/core/stages.ts";
import { own } from "./keyed.ts";
import { isGasChannel } from "./off-gas.ts";
import { estimateEvery_s } from "./params/detectors.ts";
import { cellOf, packOf, thermometersOf } from "./station-map.ts";
import { gaugesOf } from "./swelling/swelling.ts";

export interface Subject {
  readonly key: string;
  readonly names: { readonly cell: string } | { readonly pack: string };
  /** The pack whose gas space is this subject's alone. */
  readonly gasSpace?: string;
  readonly thermometers: readonly Channel[];
  readonly gasChannels: readonly Channel[];
  /** Of its thickness or force. */
  readonly gauges: readonly Channel[];
  /** Alarm scopes that speak of this subject. */
  readonly scopes: readonly string[];
}

interface SubjectState {
  /** What each detector last said, where it finds something: alarm and sentences, by alarm and detector. */
  present: Record<string, { alarm: AlarmName; by: string; why: readonly string[] }>;
  stage: CellStage;
  told_s: number | null;
}

export interface StagesState {
  subjects: Record<string, SubjectState>;
  first_s: number | null;
  last_s: number | null;
}

/** What the detectors know of a subject beside their findings. */
export interface Knowledge {
  readonly net?: Uncertain;
  /** That the cell heats itself by more than the stated rate. */
  readonly p?: number;
  readonly ahead?: NonNullable<Estimate["time_to_runaway_s"]>;
  /** Made since the start, mmol. */
  readonly gas?: Uncertain;
  readonly limitAhead?: NonNullable<Estimate["time_to_swelling_limit_s"]>;
  readonly knee_s?: number;
  readonly reasons: readonly string[];
  /** Channels that their detector has lost. */
  readonly lost: readonly string[];
  /** Whether any detector can judge now. */
  readonly judged: boolean;
}

const stageOf: Partial<Record<AlarmName, CellStage>> = {
  "gas-rise": "gassing",
  swelling: "swelling",
  vent: "vented",
  "self-heating": "self-heating",
  "runaway-imminent": "self-heating",
  runaway: "runaway",
};

/** A pack of one cell speaks through its cell. */
export function subjectsOf(station: Station): Subject[] {
  const cells = station.cells.map(({ id, pack }): Subject => {
    const alone = station.cells.filter((other) => other.pack === pack).length === 1;
    const gas = station.channels.filter((channel) => isGasChannel(channel) && (cellOf(channel) === id || (alone && packOf(channel) === pack)));
    return {
      key: `cell ${id}`,
      names: { cell: id },
      ...(alone ? { gasSpace: pack } : {}),
      thermometers: thermometersOf(station, id),
      gasChannels: gas,
      gauges: gaugesOf(station, id),
      scopes: alone ? [`cell ${id}`, `pack ${pack}`] : [`cell ${id}`],
    };
  });
  const shared = new Set(station.cells.map(({ pack }) => pack).filter((pack) => station.cells.filter((cell) => cell.pack === pack).length > 1));
  const packs = [...shared].flatMap((pack): Subject[] => {
    const gasChannels = station.channels.filter((channel) => isGasChannel(channel) && packOf(channel) === pack);
    return gasChannels.length === 0
      ? []
      : [{ key: `pack ${pack}`, names: { pack }, gasSpace: pack, thermometers: [], gasChannels, gauges: [], scopes: [`pack ${pack}`] }];
  });
  return [...cells, ...packs];
}

const startSubject = (): SubjectState => ({ present: {}, stage: "normal", told_s: null });

/** Takes in what the detectors said; by scope key, such as "cell C07". */
export function hear(state: StagesState, byScope: ReadonlyMap<string, Subject>, findings: readonly Finding[]): void {
  for (const { alarm, scope, by, present, why } of findings) {
    if (stageOf[alarm] === undefined) continue;
    const subject = byScope.get(`${scope.kind} ${scope.id}`);
    if (subject === undefined) continue;
    const memory = own(state.subjects, subject.key, startSubject);
    const key = `${alarm} ${by}`;
    if (present) memory.present[key] = { alarm, by, why };
    else if (Object.hasOwn(memory.present, key)) delete memory.present[key];
  }
}

/** What must be told now: every change of stage, and each subject before its last word is older than the contract allows. */
export function tell(state: StagesState, subjects: readonly Subject[], at_s: number, know: (subject: Subject) => Knowledge): Estimate[] {
  const estimates: Estimate[] = [];
  state.first_s ??= at_s;
  // waiting for another step like the last one must not outlast the interval
  const step_s = state.last_s === null ? 0 : Math.min(estimateEvery_s, at_s - state.last_s);
  if (step_s > 0 || state.last_s === null) state.last_s = at_s;
  for (const subject of subjects) {
    const memory = own(state.subjects, subject.key, startSubject);
    const seen = Object.values(memory.present);
    const stage = seen.reduce<CellStage>((worst, { alarm }) => graver(worst, stageOf[alarm] ?? "normal"), "normal");
    const due = memory.told_s === null || (at_s > memory.told_s && at_s - memory.told_s + step_s > estimateEvery_s);
    if (stage === memory.stage && !due) continue;
    memory.stage = stage;
    memory.told_s = at_s;
    const { net, p, ahead, gas, limitAhead, knee_s, reasons, lost, judged } = know(subject);
    const why = seen
      .filter(({ alarm }) => stageOf[alarm] === stage)
      .flatMap((finding) =>
        lost.includes(finding.by) ? [`${finding.alarm} by ${finding.by} was found before it was lost, and nothing has ended it`] : finding.why,
      );
    estimates.push({
      at_s,
      ...subject.names,
      stage,
      ...(judged ? {} : { judged }),
      ...(p === undefined ? {} : { p: { "self-heating": p } }),
      ...(net === undefined ? {} : { self_heating_K_per_min: net }),
      ...(gas === undefined ? {} : { gas_mmol: gas }),
      ...(ahead === undefined ? {} : { time_to_runaway_s: ahead }),
      ...(limitAhead === undefined ? {} : { time_to_swelling_limit_s: limitAhead }),
      ...(knee_s === undefined ? {} : { swelling_knee_s: knee_s }),
      reasons: [...new Set([...(stage === "normal" ? [calm(lost, judged)] : why), ...reasons])],
    });
  }
  return estimates;
}

function calm(lost: readonly string[], judged: boolean): string {
  if (!judged) return "no detector can judge: normal is no finding";
  return lost.length === 0 ? "no detector finds anything" : "the detectors that can judge find nothing";
}

const graver = (a: CellStage, b: CellStage): CellStage => (stageCode(b) > stageCode(a) ? b : a);
