/**
 * Self-heating of every cell: each of its thermometers by its own observer, one finding for each, and what is left until runaway.
 *
 * A finding needs a net rate that is above the stated one with 99 % certainty over several blocks, and no living thermometer of the same cell that says
 * the contrary. Without the air's temperature it needs a rate that grows as chemistry's does. A lost thermometer ends nothing.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import { alarmKind } from "../../edge-agent/core/alarms.ts";
import type { Finding, Uncertain } from "../../edge-agent/core/judgement.ts";
import { own } from "../keyed.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import { heatingAlarmParams as p, sightParams } from "../params/thermal.ts";
import { patience_s } from "../patience.ts";
import type { Stage } from "../stage.ts";
import { atCell, cellScope, chamberOf, currentOf, thermometersOf } from "../station-map.ts";
import { type ClimbState, chemicalGrowth, climb, startClimb } from "./blind-growth.ts";
import { addReading, type BlockState, closeBlock, dropBlock, isOver, startBlocks } from "./block.ts";
import { follow, type GrowthState, growthOf } from "./growth.ts";
import { type CellHeat, type Heating, type HeatingState, isSighted, seeBlock, startHeating, surroundingsOf } from "./net-heating.ts";
import { isStuck, type RepeatState, seeReading, startRepeats } from "./stuck.ts";
import { type TimeToRunaway, timeToRunaway } from "./time-to-runaway.ts";

interface Tracker {
  blocks: BlockState;
  heating: HeatingState | null;
  repeats: RepeatState;
  climb: ClimbState;
  growth: GrowthState | null;
  ahead: TimeToRunaway | null;
  /** Of the last block; null before the first and after the thermometer was lost. */
  last: Heating | null;
  used_s: number | null;
  above: number;
  present: boolean;
  imminent: boolean;
  /** The thermometer that says the contrary. */
  contradictedBy: string | null;
}

interface Drive {
  at_s: number;
  value: number;
}

export interface CellHeatState {
  trackers: Record<string, Tracker>;
  /** Latest chamber temperatures, currents and heater powers. */
  drives: Record<string, Drive>;
}

interface Driver {
  readonly id: string;
  readonly stale_s: number;
}

interface Watch {
  readonly channel: string;
  readonly partners: readonly string[];
  readonly patience_s: number;
  readonly cell: CellHeat;
  readonly chamber: Driver | undefined;
  readonly current: Driver | undefined;
  readonly heater: Driver | undefined;
  /** The run passes current that no channel measures. */
  readonly currentUnseen: boolean;
  readonly calm: Finding;
  readonly notImminent: Finding;
}

const startTracker = (): Tracker => ({
  blocks: startBlocks(),
  heating: null,
  repeats: startRepeats(),
  climb: startClimb(),
  growth: null,
  ahead: null,
  last: null,
  used_s: null,
  above: 0,
  present: false,
  imminent: false,
  contradictedBy: null,
});

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over. */
export function cellHeat(station: Station): Stage<CellHeatState, Evidence, readonly Finding[]> {
  const watches = new Map(station.cells.flatMap((cell) => watchesOf(station, cell)));
  const drivers = new Set([...watches.values()].flatMap(({ chamber, current, heater }) => [chamber, current, heater].flatMap((driver) => driver?.id ?? [])));
  return {
    start: () => ({ trackers: {}, drives: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const { channel, at_s } = sample;
        const value = measuredValue(sample);
        if (!showsRise(sample) || value === undefined) continue;
        if (drivers.has(channel)) state.drives[channel] = { at_s, value };
        const watch = watches.get(channel);
        if (watch !== undefined) look(watch, own(state.trackers, channel, startTracker), state, at_s, value, findings);
      }
      return [state, findings];
    },
  };
}

function watchesOf(station: Station, { id: cell, mass_g, capacity_Ah }: Station["cells"][number]): [string, Watch][] {
  const thermometers = thermometersOf(station, cell);
  const scope = cellScope(station, cell);
  const current = driverOf(currentOf(station, cell));
  const kind = station.intent?.kind;
  const heat: CellHeat = { mass_g: mass_g ?? sightParams.massUnknown_g, capacity_Ah: capacity_Ah ?? sightParams.capacityUnknown_Ah };
  return thermometers.map(({ id, every_s }) => [
    id,
    {
      channel: id,
      partners: thermometers.flatMap((other) => (other.id === id ? [] : [other.id])),
      patience_s: patience_s(every_s),
      cell: heat,
      chamber: driverOf(chamberOf(station, cell)),
      current,
      heater: driverOf(atCell(station, cell, "power")),
      currentUnseen: current === undefined && (kind === "cycling" || kind === "formation"),
      calm: { alarm: "self-heating", scope, by: id, severity: alarmKind("self-heating").severity, present: false, why: [] },
      notImminent: { alarm: "runaway-imminent", scope, by: id, severity: alarmKind("runaway-imminent").severity, present: false, why: [] },
    },
  ]);
}

const driverOf = (channel: Channel | undefined): Driver | undefined =>
  channel && { id: channel.id, stale_s: Math.max(sightParams.stale_s, patience_s(channel.every_s)) };

function look(watch: Watch, tracker: Tracker, state: CellHeatState, at_s: number, degC: number, findings: Finding[]): void {
  const { used_s } = tracker;
  if (used_s !== null && at_s <= used_s) return;
  if (used_s !== null && at_s - used_s > watch.patience_s) {
    Object.assign(tracker, { last: null, above: 0, ahead: null });
    dropBlock(tracker.blocks);
  }
  tracker.used_s = at_s;
  seeReading(tracker.repeats, at_s, degC);
  if (isOver(tracker.blocks, at_s)) {
    close(watch, tracker, state);
    findings.push(tracker.present ? { ...watch.calm, present: true, why: whyHeating(watch, tracker) } : watch.calm);
    findings.push(tracker.imminent ? { ...watch.notImminent, present: true, why: whyImminent(watch, tracker) } : watch.notImminent);
  }
  const [air, current, heater] = [watch.chamber, watch.current, watch.heater].map((driver) => fresh(state, driver, at_s));
  addReading(tracker.blocks, at_s, degC, air, current, heater);
}

function close(watch: Watch, tracker: Tracker, state: CellHeatState): void {
  const block = closeBlock(tracker.blocks);
  tracker.heating ??= startHeating(block, watch.cell);
  const seen = seeBlock(tracker.heating, block, watch.cell, false);
  tracker.last = seen;
  climb(tracker.climb, seen.degC, seen.rate_K_per_min);
  tracker.growth = follow(tracker.growth, seen.at_s, seen.degC, seen.net_K_per_min, seen.u_K_per_min);
  tracker.ahead = aheadOf(watch, tracker);
  tracker.contradictedBy = contradiction(watch, seen, state);
  judge(watch, tracker, seen);
}

const isTold = (watch: Watch, { heating }: Tracker): boolean => heating !== null && isSighted(heating, p.sighted_s) && !watch.currentUnseen;

/** Only where self-heating is sure: its 95 % interval is above zero. */
function aheadOf(watch: Watch, tracker: Tracker): TimeToRunaway | null {
  const { last, growth, heating } = tracker;
  if (last === null || growth === null || heating === null || !isTold(watch, tracker) || last.net_K_per_min < 1.96 * last.u_K_per_min) return null;
  const spread_ln = Math.max(sightParams.leastSpread_ln, last.u_K_per_min / last.net_K_per_min);
  return timeToRunaway({ ...growthOf(growth), net_K_per_min: last.net_K_per_min, spread_ln }, surroundingsOf(heating, last));
}

/** A living thermometer of the same cell that sees no self-heating and no such temperature. */
function contradiction({ partners }: Watch, seen: Heating, { trackers }: CellHeatState): string | null {
  for (const id of partners) {
    const other = Object.hasOwn(trackers, id) ? trackers[id] : undefined;
    if (other?.last == null || seen.at_s - other.last.at_s > p.partner_s || isStuck(other.repeats, seen.at_s)) continue;
    const most = other.last.net_K_per_min + p.sigmas * other.last.u_K_per_min;
    if (most < p.partnerCalm_K_per_min && other.last.degC > seen.degC - p.partnerColder_K) return id;
  }
  return null;
}

function judge(watch: Watch, tracker: Tracker, { net_K_per_min: net, u_K_per_min: u }: Heating): void {
  const told = isTold(watch, tracker);
  const sure = told ? net - p.sigmas * u > p.least_K_per_min : chemicalGrowth(tracker.climb) !== undefined;
  tracker.above = sure && tracker.contradictedBy === null ? tracker.above + 1 : 0;
  const enough = told ? p.blocks : 1;
  if (tracker.above >= enough) tracker.present = true;
  else if (tracker.present && told && net + p.sigmas * u < p.endsBelow_K_per_min) tracker.present = false;
  const near = tracker.ahead !== null && tracker.ahead.p05 < p.imminent_s && net >= p.imminent_K_per_min;
  tracker.imminent = tracker.present && (near || (tracker.imminent && tracker.ahead !== null && net >= p.imminent_K_per_min / 2));
}

function fresh({ drives }: CellHeatState, driver: Driver | undefined, at_s: number): number | undefined {
  if (driver === undefined || !Object.hasOwn(drives, driver.id)) return undefined;
  const last = drives[driver.id];
  return last !== undefined && at_s - last.at_s <= driver.stale_s ? last.value : undefined;
}

/** When a thermometer last gave a temperature that can be used; null before the first. */
export const lastUsedTemperature_s = ({ trackers }: CellHeatState, id: string): number | null =>
  Object.hasOwn(trackers, id) ? (trackers[id]?.used_s ?? null) : null;

export interface CellHeatKnown {
  readonly net?: Uncertain;
  readonly ahead?: TimeToRunaway;
  readonly reasons: readonly string[];
}

/** What is known of a cell's heating from those of its thermometers that are not lost: the strongest net heating, and sentences. */
export function heatOf({ trackers }: CellHeatState, channels: readonly string[]): CellHeatKnown {
  const known = channels.flatMap((id) => {
    const tracker = Object.hasOwn(trackers, id) ? trackers[id] : undefined;
    return tracker?.last == null ? [] : [{ id, tracker, last: tracker.last }];
  });
  const [first] = known;
  if (first === undefined) return { reasons: channels.length === 0 ? ["no thermometer is on this cell"] : ["no full block of good temperatures yet"] };
  const { id, tracker, last } = known.reduce((a, b) => (b.last.net_K_per_min > a.last.net_K_per_min ? b : a), first);
  const sighted = tracker.heating !== null && isSighted(tracker.heating, 0);
  const reasons = [sighted ? sentence(id, last) : blindSentence(id, last)];
  if (tracker.contradictedBy !== null) reasons.push(`${tracker.contradictedBy} sees no self-heating of the same cell`);
  if (tracker.ahead !== null) reasons.push(aheadSentence(tracker.ahead));
  return {
    ...(sighted && { net: { value: last.net_K_per_min, u: last.u_K_per_min } }),
    ...(tracker.ahead !== null && { ahead: tracker.ahead }),
    reasons,
  };
}

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(2)}`;
const minutes = (seconds: number): string => (seconds < 5940 ? `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min` : `${(seconds / 3600).toFixed(1)} h`);

const sentence = (id: string, { degC, rate_K_per_min, explained_K_per_min, net_K_per_min, u_K_per_min }: Heating): string =>
  `${id} at ${degC.toFixed(1)} degC changes by ${signed(rate_K_per_min)} K/min, of which its surroundings, currents and heaters explain ${signed(explained_K_per_min)}: net self-heating ${signed(net_K_per_min)} ± ${u_K_per_min.toFixed(2)} K/min`;

const blindSentence = (id: string, { degC, rate_K_per_min }: Heating): string =>
  `${id} at ${degC.toFixed(1)} degC changes by ${signed(rate_K_per_min)} K/min; no chamber temperature: heating from outside cannot be told from self-heating`;

const aheadSentence = ({ p05, p50, p95 }: TimeToRunaway): string =>
  `if it runs away, that is ${minutes(p50)} ahead, by 90 % between ${minutes(p05)} and ${minutes(p95)}`;

function whyHeating(watch: Watch, tracker: Tracker): string[] {
  const { last } = tracker;
  if (last === null) return [];
  const growth = chemicalGrowth(tracker.climb);
  const told = isTold(watch, tracker);
  const why = [told || growth === undefined ? sentence(watch.channel, last) : blindSentence(watch.channel, last)];
  if (told) why.push(`${p.least_K_per_min} K/min is passed with 99 % certainty`);
  else if (growth !== undefined)
    why.push(`its rate grew ${growth.toFixed(1)} times over the last ${p.blindOver_K} K, as a reaction's does and an oven's does not`);
  if (watch.current === undefined) why.push("no current is measured: its heat cannot be told from self-heating");
  return why;
}

const whyImminent = ({ channel }: Watch, { ahead, last }: Tracker): string[] =>
  ahead === null || last === null ? [] : [`${channel} at ${last.degC.toFixed(1)} degC: ${aheadSentence(ahead)}`];
