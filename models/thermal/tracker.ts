/** What is kept of each thermometer on a cell, and what the station file tells of it. */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import { alarmKind } from "../../edge-agent/core/alarms.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { heatingAlarmParams as p, sightParams } from "../params/thermal.ts";
import { patience_s } from "../patience.ts";
import { atCell, cellScope, chamberOf, currentOf, standsInFor, thermometersOf } from "../station-map.ts";
import { type ClimbState, startClimb } from "./blind-growth.ts";
import { type BlockState, startBlocks } from "./block.ts";
import { type Driver, type Drives, driverOf } from "./drives.ts";
import type { GrowthState } from "./growth.ts";
import type { CellHeat, Heating, HeatingState } from "./heating-state.ts";
import { type LeapState, startLeap } from "./leap.ts";
import type { SignState } from "./signs.ts";
import { type RepeatState, speaks, startRepeats } from "./stuck.ts";
import { isHeatedUnseen, isSighted } from "./surroundings.ts";
import type { TimeToRunaway } from "./time-to-runaway.ts";

export interface Tracker {
  blocks: BlockState;
  heating: HeatingState | null;
  repeats: RepeatState;
  leap: LeapState;
  /** By the filter's rate, for a thermometer without its air's temperature. */
  blindClimb: ClimbState;
  /** By the plain rate, which no model has touched. */
  climb: ClimbState;
  growth: GrowthState | null;
  ahead: TimeToRunaway | null;
  /** Of the last block; null before the first and after the thermometer was lost. */
  last: Heating | null;
  used_s: number | null;
  above: number;
  /** When its net heating was last surely below zero: solvent boils. Null: never. */
  boiled_s: number | null;
  present: boolean;
  imminent: boolean;
  /** It stands beside its chamber's air rather than in it. */
  outside: boolean;
  /** What was seen of a leap, in words, and when last; null without one. */
  leapt: string | null;
  leapt_s: number | null;
  /** The run passes current that no channel measures now. */
  currentUnseen: boolean;
  ahead_s: number | null;
  turn: number;
  /** Why what the balance finds is not told, in words; null where it finds nothing or is told. */
  heldBack: string | null;
  /** The thermometer that says the contrary. */
  contradictedBy: string | null;
}

export interface CellHeatState {
  trackers: Record<string, Tracker>;
  /** By cell. */
  signs: Record<string, SignState>;
  drives: Drives;
}

export interface Watch {
  readonly channel: string;
  readonly id: string;
  /** No other cell stands beside it. */
  readonly isAlone: boolean;
  readonly kind: string | undefined;
  /** The other thermometers on the cell, and those for which this one only stands in. */
  readonly partners: readonly string[];
  readonly standsInFor: readonly Pick<Channel, "id" | "every_s">[];
  readonly patience_s: number;
  readonly cell: CellHeat;
  readonly chamber: Driver | undefined;
  readonly current: Driver | undefined;
  readonly heater: Driver | undefined;
  /** Of a round of three, so that cells that heat themselves together are not all looked ahead for at once. */
  readonly turn: number;
  readonly calm: Finding;
  readonly notImminent: Finding;
}

export const startTracker = (): Tracker => ({
  blocks: startBlocks(),
  heating: null,
  repeats: startRepeats(),
  leap: startLeap(),
  blindClimb: startClimb(),
  climb: startClimb(),
  growth: null,
  ahead: null,
  last: null,
  used_s: null,
  above: 0,
  boiled_s: null,
  present: false,
  imminent: false,
  outside: false,
  leapt: null,
  leapt_s: null,
  currentUnseen: false,
  ahead_s: null,
  turn: 0,
  heldBack: null,
  contradictedBy: null,
});

export function watchesOf(station: Station, { id: cell, mass_g, capacity_Ah }: Station["cells"][number]): [string, Watch][] {
  const thermometers = thermometersOf(station, cell);
  const scope = cellScope(station, cell);
  const current = driverOf(currentOf(station, cell));
  const kind = station.intent?.kind;
  const heat: CellHeat = { mass_g: mass_g ?? sightParams.massUnknown_g, capacity_Ah: capacity_Ah ?? sightParams.capacityUnknown_Ah };
  return thermometers.map((channel) => [
    channel.id,
    {
      channel: channel.id,
      id: cell,
      isAlone: station.cells.length === 1,
      kind,
      partners: thermometers.flatMap((other) => (other.id === channel.id || other.place === "jig" ? [] : [other.id])),
      standsInFor: standsInFor(thermometers, channel),
      patience_s: patience_s(channel.every_s),
      cell: heat,
      chamber: driverOf(chamberOf(station, cell)),
      current,
      heater: driverOf(atCell(station, cell, "power")),
      turn: thermometers.findIndex((one) => one.id === channel.id) + station.cells.findIndex((one) => one.id === cell),
      calm: { alarm: "self-heating", scope, by: channel.id, severity: alarmKind("self-heating").severity, present: false, why: [] },
      notImminent: { alarm: "runaway-imminent", scope, by: channel.id, severity: alarmKind("runaway-imminent").severity, present: false, why: [] },
    },
  ]);
}

/** Whether its net heating can be told from what its surroundings do. */
export const isTold = (tracker: Tracker): boolean => tracker.heating !== null && isSighted(tracker.heating, p.sighted_s) && !tracker.currentUnseen;

/** Whether a thermometer for which this one only stands in speaks itself. */
export const isSpokenFor = ({ standsInFor }: Watch, { trackers }: CellHeatState, at_s: number): boolean =>
  standsInFor.some(({ id, every_s }) => {
    const tracker = Object.hasOwn(trackers, id) ? trackers[id] : undefined;
    return tracker !== undefined && speaks(tracker.used_s, tracker.repeats, at_s, patience_s(every_s));
  });

/** Whether heat comes to it from outside that no channel measures. */
export const isHeated = ({ heating }: Tracker): boolean => heating !== null && isHeatedUnseen(heating);
