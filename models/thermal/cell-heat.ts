/**
 * Self-heating of every cell: each of its thermometers by its own observer, one finding for each, and what is left until runaway.
 *
 * A finding needs a net rate that is above the stated one with 99 % (from 110 °C on 95 %) certainty over several blocks, or with 90 % and growing, and no living thermometer of the same cell that says
 * the contrary. Where heat comes that nobody measures, it must grow; without the air's temperature it needs a rate that grows as chemistry's does. A lost thermometer ends nothing.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { own } from "../keyed.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import { heatingAlarmParams as p, sightParams } from "../params/thermal.ts";
import type { Stage } from "../stage.ts";
import { atCell, currentOf } from "../station-map.ts";
import { climb, startClimb } from "./blind-growth.ts";
import { addReading, closeBlock, dropBlock, isOver } from "./block.ts";
import { isSigned, leapOfCell } from "./cell-signs.ts";
import { fresh, isFrozen, seeDrive } from "./drives.ts";
import { follow, growthOf } from "./growth.ts";
import { beginAnew, startHeating } from "./heating-state.ts";
import { contradiction, judge } from "./judging.ts";
import { seeLeap } from "./leap.ts";
import { isSound, seeBlock } from "./net-heating.ts";
import { whyHeating, whyImminent } from "./sentences.ts";
import { seeCurrent, seeVoltage, startSigns } from "./signs.ts";
import { seeReading } from "./stuck.ts";
import { isOutside, surroundingsOf } from "./surroundings.ts";
import { type TimeToRunaway, timeToRunaway } from "./time-to-runaway.ts";
import { type CellHeatState, isSpokenFor, isTold, startTracker, type Tracker, type Watch, watchesOf } from "./tracker.ts";

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over. */
export function cellHeat(station: Station): Stage<CellHeatState, Evidence, readonly Finding[]> {
  const watches = new Map(station.cells.flatMap((cell) => watchesOf(station, cell)));
  const drivers = new Set([...watches.values()].flatMap(({ chamber, current, heater }) => [chamber, current, heater].flatMap((driver) => driver?.id ?? [])));
  const electrical = electricalOf(station);
  return {
    start: () => ({ trackers: {}, signs: {}, drives: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const { channel, at_s } = sample;
        const value = measuredValue(sample);
        if (!showsRise(sample) || value === undefined) continue;
        if (drivers.has(channel)) seeDrive(state.drives, channel, at_s, value);
        for (const see of electrical.get(channel) ?? none) see(state, at_s, value);
        const watch = watches.get(channel);
        if (watch !== undefined) look(watch, own(state.trackers, channel, startTracker), state, at_s, value, findings);
      }
      return [state, findings];
    },
  };
}

const none: readonly See[] = [];
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

function look(watch: Watch, tracker: Tracker, state: CellHeatState, at_s: number, degC: number, findings: Finding[]): void {
  const { used_s } = tracker;
  if (used_s !== null && at_s <= used_s) return;
  if (isSpokenFor(watch, state, at_s)) return;
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
  const { drives } = state;
  const air = isFrozen(drives, watch.chamber, at_s) ? undefined : fresh(drives, watch.chamber, at_s);
  addReading(tracker.blocks, at_s, degC, air, fresh(drives, watch.current, at_s), fresh(drives, watch.heater, at_s));
}

function close(watch: Watch, tracker: Tracker, state: CellHeatState): void {
  const block = closeBlock(tracker.blocks);
  const measured = fresh(state.drives, watch.current, block.at_s) !== undefined;
  tracker.currentUnseen = !measured && (watch.kind === "cycling" || watch.kind === "formation");
  tracker.heating ??= startHeating(block, watch.cell);
  const dt_min = (block.at_s - tracker.heating.at_s) / 60;
  const outside = isOutside(tracker.heating, block);
  if (tracker.outside && !outside) tracker.heating = beginAnew(tracker.heating, block, watch.cell);
  tracker.outside = outside;
  const around = outside ? { ...block, air_degC: undefined } : block;
  const seen = seeBlock(tracker.heating, around, watch.cell, isSigned(watch, tracker, state, block.at_s, measured));
  if (!isSound(tracker.heating, seen)) {
    Object.assign(tracker, {
      heating: null,
      last: null,
      above: 0,
      ahead: null,
      imminent: false,
      blindClimb: startClimb(),
      climb: startClimb(),
    });
    return;
  }
  tracker.last = seen;
  climb(tracker.blindClimb, seen.degC, seen.rate_K_per_min, dt_min);
  climb(tracker.climb, block.degC, tracker.heating.plainRate_K_per_min, dt_min);
  tracker.growth = follow(tracker.growth, seen.at_s, seen.degC, seen.net_K_per_min, seen.u_K_per_min);
  lookAhead(watch, tracker, seen.at_s);
  tracker.contradictedBy = contradiction(watch, seen, state);
  judge(watch, tracker, seen, state);
}

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
  return timeToRunaway(
    { ...growthOf(growth), net_K_per_min: last.net_K_per_min, spread_ln, source_K_per_min: heating.source_K_per_min },
    surroundingsOf(heating, last),
  );
}

/** When a thermometer last gave a temperature that can be used; null before the first. */
export const lastUsedTemperature_s = ({ trackers }: CellHeatState, id: string): number | null =>
  Object.hasOwn(trackers, id) ? (trackers[id]?.used_s ?? null) : null;
