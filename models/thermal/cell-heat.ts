/**
 * Self-heating of every cell: each of its thermometers by its own observer, one finding for each, and what is left until runaway.
 *
 * A finding needs a net rate that is above the stated one with 99 % certainty over several blocks, and no living thermometer of the same cell that says
 * the contrary. Without the air's temperature it needs a rate that grows as chemistry's does. A lost thermometer ends nothing.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import { alarmKind } from "../../edge-agent/core/alarms.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { own } from "../keyed.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import { leapParams, heatingAlarmParams as p, sightParams } from "../params/thermal.ts";
import { patience_s } from "../patience.ts";
import type { Stage } from "../stage.ts";
import { atCell, cellScope, chamberOf, currentOf, thermometersOf } from "../station-map.ts";
import { type ClimbState, chemicalGrowth, climb, growthOver, isCooled, startClimb } from "./blind-growth.ts";
import { addReading, type BlockState, closeBlock, dropBlock, isOver, startBlocks } from "./block.ts";
import { follow, type GrowthState, growthOf } from "./growth.ts";
import { isLeap, type LeapState, leapOf, seeLeap, startLeap } from "./leap.ts";
import {
  type CellHeat,
  type Heating,
  type HeatingState,
  isHeatedUnseen,
  isSighted,
  isSound,
  isWarmAlone,
  seeBlock,
  startHeating,
  surroundingsOf,
} from "./net-heating.ts";
import { whyHeating, whyImminent } from "./sentences.ts";
import { isCarrying, isCollapsed, isOvercharged, isShorted, type SignState, seeCurrent, seeVoltage, startSigns } from "./signs.ts";
import { hasFrozen, isStuck, type RepeatState, seeReading, startRepeats } from "./stuck.ts";
import { type TimeToRunaway, timeToRunaway } from "./time-to-runaway.ts";

export interface Tracker {
  blocks: BlockState;
  heating: HeatingState | null;
  repeats: RepeatState;
  leap: LeapState;
  climb: ClimbState;
  /** The same by the plain rate, which no model has touched. */
  plainClimb: ClimbState;
  growth: GrowthState | null;
  ahead: TimeToRunaway | null;
  /** Of the last block; null before the first and after the thermometer was lost. */
  last: Heating | null;
  used_s: number | null;
  above: number;
  present: boolean;
  imminent: boolean;
  /** What was seen of a leap, in words, and when last; null without one. */
  leapt: string | null;
  leapt_s: number | null;
  /** The run passes current that no channel measures now. */
  currentUnseen: boolean;
  ahead_s: number | null;
  turn: number;
  /** The thermometer that says the contrary. */
  contradictedBy: string | null;
}

interface Drive {
  at_s: number;
  value: number;
}

export interface CellHeatState {
  trackers: Record<string, Tracker>;
  /** By cell. */
  signs: Record<string, SignState>;
  /** By driver: whether a chamber's thermometer has stuck. */
  repeats: Record<string, RepeatState>;
  /** Latest chamber temperatures, currents and heater powers. */
  drives: Record<string, Drive>;
}

interface Driver {
  readonly id: string;
  readonly stale_s: number;
}

export interface Watch {
  readonly channel: string;
  readonly id: string;
  readonly kind: string | undefined;
  readonly partners: readonly string[];
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

const startTracker = (): Tracker => ({
  blocks: startBlocks(),
  heating: null,
  repeats: startRepeats(),
  leap: startLeap(),
  climb: startClimb(),
  plainClimb: startClimb(),
  growth: null,
  ahead: null,
  last: null,
  used_s: null,
  above: 0,
  present: false,
  imminent: false,
  leapt: null,
  leapt_s: null,
  currentUnseen: false,
  ahead_s: null,
  turn: 0,
  contradictedBy: null,
});

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over. */
export function cellHeat(station: Station): Stage<CellHeatState, Evidence, readonly Finding[]> {
  const watches = new Map(station.cells.flatMap((cell) => watchesOf(station, cell)));
  const drivers = new Set([...watches.values()].flatMap(({ chamber, current, heater }) => [chamber, current, heater].flatMap((driver) => driver?.id ?? [])));
  const electrical = electricalOf(station);
  return {
    start: () => ({ trackers: {}, signs: {}, repeats: {}, drives: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const { channel, at_s } = sample;
        const value = measuredValue(sample);
        if (!showsRise(sample) || value === undefined) continue;
        if (drivers.has(channel)) drive(state, channel, at_s, value);
        for (const see of electrical.get(channel) ?? []) see(state, at_s, value);
        const watch = watches.get(channel);
        if (watch !== undefined) look(watch, own(state.trackers, channel, startTracker), state, at_s, value, findings);
      }
      return [state, findings];
    },
  };
}

type See = (state: CellHeatState, at_s: number, value: number) => void;

/** What voltages and currents tell of their cells. */
function electricalOf(station: Station): ReadonlyMap<string, readonly See[]> {
  const routes = new Map<string, See[]>();
  const route = (channel: Channel | undefined, see: See): void => {
    if (channel !== undefined) routes.set(channel.id, [...(routes.get(channel.id) ?? []), see]);
  };
  for (const { id, capacity_Ah = sightParams.capacityUnknown_Ah } of station.cells) {
    route(atCell(station, id, "voltage"), ({ signs }, at_s, value) => seeVoltage(own(signs, id, startSigns), at_s, value));
    route(currentOf(station, id), ({ signs }, at_s, value) => seeCurrent(own(signs, id, startSigns), at_s, value, capacity_Ah));
  }
  return routes;
}

function drive(state: CellHeatState, channel: string, at_s: number, value: number): void {
  state.drives[channel] = { at_s, value };
  seeReading(own(state.repeats, channel, startRepeats), at_s, value);
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
      id: cell,
      kind,
      partners: thermometers.flatMap((other) => (other.id === id ? [] : [other.id])),
      patience_s: patience_s(every_s),
      cell: heat,
      chamber: driverOf(chamberOf(station, cell)),
      current,
      heater: driverOf(atCell(station, cell, "power")),
      turn: thermometers.findIndex((one) => one.id === id) + station.cells.findIndex((one) => one.id === cell),
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
  if (used_s !== null && at_s - used_s > Math.max(watch.patience_s, p.lost_s)) {
    Object.assign(tracker, { last: null, above: 0, ahead: null });
    dropBlock(tracker.blocks);
  }
  tracker.used_s = at_s;
  seeReading(tracker.repeats, at_s, degC);
  seeLeap(tracker.leap, at_s, degC);
  const leapt = leapOfCell(watch, tracker, state, at_s);
  if (leapt !== null) {
    Object.assign(tracker, { leapt, leapt_s: at_s, present: true });
    findings.push({ ...watch.calm, present: true, why: whyHeating(watch, tracker) });
  }
  if (isOver(tracker.blocks, at_s)) {
    close(watch, tracker, state);
    findings.push(tracker.present ? { ...watch.calm, present: true, why: whyHeating(watch, tracker) } : watch.calm);
    findings.push(tracker.imminent ? { ...watch.notImminent, present: true, why: whyImminent(watch, tracker) } : watch.notImminent);
  }
  const [current, heater] = [watch.current, watch.heater].map((driver) => fresh(state, driver, at_s));
  const air = isFrozen(state, watch.chamber, at_s) ? undefined : fresh(state, watch.chamber, at_s);
  addReading(tracker.blocks, at_s, degC, air, current, heater);
}

function close(watch: Watch, tracker: Tracker, state: CellHeatState): void {
  const block = closeBlock(tracker.blocks);
  const measured = fresh(state, watch.current, block.at_s) !== undefined;
  tracker.currentUnseen = !measured && (watch.kind === "cycling" || watch.kind === "formation");
  if (tracker.heating !== null && !isSound(tracker.heating)) tracker.heating = null;
  tracker.heating ??= startHeating(block, watch.cell);
  const seen = seeBlock(tracker.heating, block, watch.cell, isSigned(watch, tracker, state, block.at_s, measured));
  tracker.last = seen;
  climb(tracker.climb, seen.degC, seen.rate_K_per_min);
  climb(tracker.plainClimb, seen.degC, tracker.heating.plainRate_K_per_min);
  tracker.growth = follow(tracker.growth, seen.at_s, seen.degC, seen.net_K_per_min, seen.u_K_per_min);
  lookAhead(watch, tracker, seen.at_s);
  tracker.contradictedBy = contradiction(watch, seen, state);
  judge(tracker, seen);
}

/** Whether a cold cell may heat itself. */
function isSigned({ id, kind, chamber }: Watch, { heating, last }: Tracker, state: CellHeatState, at_s: number, currentMeasured: boolean): boolean {
  const { signs } = state;
  const sign = Object.hasOwn(signs, id) ? signs[id] : undefined;
  if (sign !== undefined && isOvercharged(sign, at_s)) return true;
  const resting = sign?.loaded_s == null || at_s - sign.loaded_s > p.rest_s;
  if (!resting || (!currentMeasured && kind !== "storage" && kind !== "abuse")) return false;
  if (!currentMeasured && sign !== undefined && isCarrying(sign)) return false; // a cycler is at work that nobody told of
  if (sign !== undefined && isShorted(sign)) return true;
  // in an abuse test somebody may heat the cell; elsewhere nobody does
  if (kind === "abuse" || heating === null || last === null || chamber === undefined) return false;
  return !isFrozen(state, chamber, at_s) && isWarmAlone(heating, last);
}

/** A leap that the voltage or another thermometer of the cell confirms, in words. */
function leapOfCell({ channel, id, partners }: Watch, { leap, heating }: Tracker, { signs, trackers }: CellHeatState, at_s: number): string | null {
  if (!isLeap(leap)) return null;
  const { rise_K, over_s } = leapOf(leap);
  const words = `${channel} rose by ${rise_K.toFixed(1)} K in ${over_s.toFixed(0)} s`;
  const sign = Object.hasOwn(signs, id) ? signs[id] : undefined;
  if (sign !== undefined && isCollapsed(sign, at_s))
    return `${words} while its voltage fell from ${sign.before_V?.toFixed(2)} to ${sign.voltage_V?.toFixed(2)} V`;
  // two thermometers may leap together because the air does
  if (heating?.air_degC == null || heating.air_degC - (leap.recent.at(-1) ?? 0) > leapParams.airHotter_K) return null;
  const other = partners.find((partner) => {
    const tracker = Object.hasOwn(trackers, partner) ? trackers[partner] : undefined;
    return tracker?.used_s != null && at_s - tracker.used_s <= leapParams.partnerFresh_s && leapOf(tracker.leap).rise_K >= leapParams.partner_K;
  });
  return other === undefined ? null : `${words}, and ${other} rises with it`;
}

export const isTold = (tracker: Tracker): boolean => tracker.heating !== null && isSighted(tracker.heating, p.sighted_s) && !tracker.currentUnseen;

/** Anew every third block, and in between what was seen less the time since. */
function lookAhead({ turn }: Watch, tracker: Tracker, at_s: number): void {
  tracker.turn = (tracker.turn + 1) % 3;
  const { ahead, ahead_s } = tracker;
  if (ahead === null || ahead_s === null || tracker.turn === turn % 3) {
    tracker.ahead = aheadOf(tracker);
    tracker.ahead_s = at_s;
    return;
  }
  const since_s = at_s - ahead_s;
  tracker.ahead = { p05: Math.max(0, ahead.p05 - since_s), p50: Math.max(0, ahead.p50 - since_s), p95: Math.max(0, ahead.p95 - since_s) };
  tracker.ahead_s = at_s;
}

/** Only where self-heating is sure: its 95 % interval is above zero. */
function aheadOf(tracker: Tracker): TimeToRunaway | null {
  const { last, growth, heating } = tracker;
  if (last === null || growth === null || heating === null || !isTold(tracker) || last.net_K_per_min < 1.96 * last.u_K_per_min) return null;
  const spread_ln = Math.max(sightParams.leastSpread_ln, last.u_K_per_min / last.net_K_per_min);
  return timeToRunaway({ ...growthOf(growth), net_K_per_min: last.net_K_per_min, spread_ln }, surroundingsOf(heating, last));
}

/** A living thermometer of the same cell that is about as hot and sees far less self-heating. */
function contradiction({ partners }: Watch, seen: Heating, { trackers }: CellHeatState): string | null {
  for (const id of partners) {
    const other = Object.hasOwn(trackers, id) ? trackers[id] : undefined;
    if (other?.last == null || seen.at_s - other.last.at_s > p.partner_s || isStuck(other.repeats, seen.at_s)) continue;
    const { net_K_per_min, u_K_per_min, degC } = other.last;
    const most = net_K_per_min + p.partner_sigmas * u_K_per_min;
    if (isFallen(other.heating, degC, seen.degC)) continue;
    if (most < p.partner_share * seen.net_K_per_min && degC > seen.degC - p.partnerColder_K) return id;
  }
  return null;
}

/** A thermometer that is nearer to the air than to the other one on its cell. */
const isFallen = (heating: HeatingState | null, degC: number, other_degC: number): boolean =>
  heating?.air_degC != null && other_degC - degC > p.fallen_K && Math.abs(degC - heating.air_degC) < other_degC - degC;

function judge(tracker: Tracker, { net_K_per_min: net, u_K_per_min: u, least_K_per_min: least, at_s }: Heating): void {
  const told = isTold(tracker);
  const sure = told ? least > p.least_K_per_min && !isHeater(tracker) : chemicalGrowth(tracker.climb) !== undefined;
  tracker.above = sure && tracker.contradictedBy === null ? tracker.above + 1 : Math.max(0, tracker.above - 1);
  const enough = told ? p.blocks : 1;
  if (tracker.above >= enough) tracker.present = true;
  else if (tracker.present && isEnded(tracker, told ? net + p.sigmas * u < p.endsBelow_K_per_min : isCooled(tracker.climb), at_s))
    Object.assign(tracker, { present: false, leapt: null });
  const near = tracker.ahead !== null && tracker.ahead.p05 < p.imminent_s && net >= p.imminent_K_per_min;
  tracker.imminent = tracker.present && (near || (tracker.imminent && tracker.ahead !== null && net >= p.imminent_K_per_min / 2));
}

/** A leap is not over because the filter has not seen it. */
const isEnded = ({ leapt_s }: Tracker, calm: boolean, at_s: number): boolean => calm && (leapt_s === null || at_s - leapt_s > p.leapHolds_s);

/** With heat from outside that nobody measures, only a rate that grows is the cell's own. */
const isHeater = ({ heating, plainClimb }: Tracker): boolean =>
  heating !== null &&
  isHeatedUnseen(heating) &&
  ((growthOver(plainClimb, p.blindOver_K) ?? 0) < p.heatedGrowth || (growthOver(plainClimb, p.blindOver_K / 2) ?? 0) < p.heatedGrowthHalf);

/** A chamber's thermometer that repeats itself says nothing of the air. */
function isFrozen({ repeats }: CellHeatState, driver: Driver | undefined, at_s: number): boolean {
  const known = driver !== undefined && Object.hasOwn(repeats, driver.id) ? repeats[driver.id] : undefined;
  return known !== undefined && hasFrozen(known, at_s);
}

function fresh({ drives }: CellHeatState, driver: Driver | undefined, at_s: number): number | undefined {
  if (driver === undefined || !Object.hasOwn(drives, driver.id)) return undefined;
  const last = drives[driver.id];
  return last !== undefined && at_s - last.at_s <= driver.stale_s ? last.value : undefined;
}

/** When a thermometer last gave a temperature that can be used; null before the first. */
export const lastUsedTemperature_s = ({ trackers }: CellHeatState, id: string): number | null =>
  Object.hasOwn(trackers, id) ? (trackers[id]?.used_s ?? null) : null;
