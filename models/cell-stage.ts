/**
 * From findings to the stage of each cell, and of each pack of several, which is that of its gravest cell or of the gas they share. The gravest finding decides.
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
  /** Of one pack, in the order of the station file: more than one where a runaway may pass from one to the next. */
  readonly together: readonly string[];
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
  present: Record<string, { alarm: AlarmName; by: string; since_s: number; why: readonly string[] }>;
  stage: CellStage;
  told_s: number | null;
  /** When it was first found to run away; null: never. What is over has happened all the same. */
  ranAway_s: number | null;
  /** As last told. */
  ahead: NonNullable<Estimate["time_to_runaway_s"]> | null;
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
    const together = cellsOf(station, pack);
    const alone = together.length === 1;
    const gas = station.channels.filter((channel) => isGasChannel(channel) && (cellOf(channel) === id || (alone && packOf(channel) === pack)));
    return {
      key: `cell ${id}`,
      names: { cell: id },
      together,
      ...(alone ? { gasSpace: pack } : {}),
      thermometers: thermometersOf(station, id),
      gasChannels: gas,
      gauges: gaugesOf(station, id),
      scopes: alone ? [`cell ${id}`, `pack ${pack}`] : [`cell ${id}`],
    };
  });
  const packs = [...new Set(station.cells.map(({ pack }) => pack))].flatMap((pack): Subject[] => {
    const together = cellsOf(station, pack);
    if (together.length === 1) return [];
    return [
      {
        key: `pack ${pack}`,
        names: { pack },
        together,
        gasSpace: pack,
        thermometers: together.flatMap((cell) => thermometersOf(station, cell)),
        gasChannels: station.channels.filter((channel) => isGasChannel(channel) && packOf(channel) === pack),
        gauges: together.flatMap((cell) => gaugesOf(station, cell)),
        scopes: [`pack ${pack}`, ...together.map((cell) => `cell ${cell}`)],
      },
    ];
  });
  return [...cells, ...packs];
}

const cellsOf = (station: Station, pack: string): string[] => station.cells.filter((cell) => cell.pack === pack).map(({ id }) => id);

const startSubject = (): SubjectState => ({ present: {}, stage: "normal", told_s: null, ranAway_s: null, ahead: null });

/** Takes in what the detectors said; by scope key, such as "cell C07". */
export function hear(state: StagesState, byScope: ReadonlyMap<string, readonly Subject[]>, findings: readonly Finding[], at_s: number): void {
  for (const { alarm, scope, by, present, why } of findings) {
    if (stageOf[alarm] === undefined) continue;
    for (const subject of byScope.get(`${scope.kind} ${scope.id}`) ?? []) {
      const memory = own(state.subjects, subject.key, startSubject);
      const key = `${alarm} ${scope.id} ${by}`;
      const before = Object.hasOwn(memory.present, key) ? memory.present[key] : undefined;
      // a pack names its cells, whose own estimates say why
      const words = "pack" in subject.names && scope.cell !== undefined ? [`${scope.cell}: ${alarm}`] : why;
      if (present && alarm === "runaway") memory.ranAway_s ??= at_s;
      if (present) memory.present[key] = { alarm, by, since_s: before?.since_s ?? at_s, why: words };
      else if (before !== undefined) delete memory.present[key];
    }
  }
}

const memoryOf = ({ subjects }: StagesState, cell: string): SubjectState | undefined =>
  Object.hasOwn(subjects, `cell ${cell}`) ? subjects[`cell ${cell}`] : undefined;

/** What a cell was last told of its time to runaway. */
export const aheadOf = (state: StagesState, cell: string): Estimate["time_to_runaway_s"] => memoryOf(state, cell)?.ahead ?? undefined;

/** When a cell was first found to run away; undefined: never. */
export const ranAway_s = (state: StagesState, cell: string): number | undefined => memoryOf(state, cell)?.ranAway_s ?? undefined;

/** Since when a cell is found to heat itself; undefined where it is not. */
export function heatsSince_s(state: StagesState, cell: string): number | undefined {
  const found = Object.values(memoryOf(state, cell)?.present ?? {}).filter(({ alarm }) => alarm === "self-heating");
  return found.length === 0 ? undefined : Math.min(...found.map(({ since_s }) => since_s));
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
    memory.ahead = ahead ?? null;
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
