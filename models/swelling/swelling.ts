/**
 * Swelling of every cell by its gauges of thickness and force: what lasts of them, without what temperature and charge add and take away again.
 *
 * A finding needs a knee, after which the rate is well above that of the plateau, or the station's limit. In a run that passes a current nobody measures,
 * breathing cannot be told from gas: no knee and no forecast then, and the limit is held against the reading as it is. A lost gauge ends nothing.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import { alarmKind } from "../../edge-agent/core/alarms.ts";
import { isEventful } from "../../edge-agent/core/eventful.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { own } from "../keyed.ts";
import type { Level } from "../limit-rules.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import { blockParams, type GaugeParams, gauges } from "../params/swelling.ts";
import { patience_s } from "../patience.ts";
import type { Stage } from "../stage.ts";
import { cellOf, cellScope, chamberOf, currentOf, pressureAround, thermometersOf } from "../station-map.ts";
import { isStuck, type RepeatState, seeReading, startRepeats } from "../thermal/stuck.ts";
import { aheadOf, type TimeToLimit } from "./ahead.ts";
import { type Around, addReading, type BlockState, closeBlock, dropBlock, isOver, startBlocks } from "./block.ts";
import { reversible } from "./filter.ts";
import { driveOf, type GaugeState, seeBlock, startGauge } from "./gauge.ts";
import { isOver as isKneeOver, type Knee, kneeOf, type Pace, paceOf } from "./knee.ts";
import { firstLimit, type LimitState, passedOf, seeLimit, startLimit, swellingLevels } from "./limit.ts";
import { whySwelling } from "./sentences.ts";

export interface Tracker {
  blocks: BlockState;
  repeats: RepeatState;
  gauge: GaugeState | null;
  limit: LimitState;
  knee: Knee | null;
  pace: Pace | null;
  /** Of the last block. */
  ahead: (TimeToLimit & { at_s: number }) | null;
  used_s: number | null;
}

export interface SwellingState {
  trackers: Record<string, Tracker>;
  /** Latest temperatures and pressures. */
  drives: Record<string, { at_s: number; value: number }>;
  /** By channel: the current, and the charge that it has carried. */
  currents: Record<string, { at_s: number; A: number; Ah: number }>;
}

export interface Watch {
  readonly channel: Channel;
  readonly patience_s: number;
  readonly params: GaugeParams;
  /** Of the cell; without any, of its chamber. */
  readonly thermometers: readonly Channel[];
  /** Around the cell: one or none. */
  readonly pressure: readonly Channel[];
  readonly current: string | undefined;
  readonly capacity_Ah: number;
  /** The run passes current that no channel measures. */
  readonly currentUnseen: boolean;
  readonly levels: readonly Level[];
  readonly calm: Finding;
}

const startTracker = ({ noise }: GaugeParams): Tracker => ({
  blocks: startBlocks(noise),
  repeats: startRepeats(),
  gauge: null,
  limit: startLimit(),
  knee: null,
  pace: null,
  ahead: null,
  used_s: null,
});

/** On the cell or in its jig; one of events has no course. */
export const isGauge = (channel: Channel): boolean => Object.hasOwn(gauges, channel.quantity) && cellOf(channel) !== undefined && !isEventful(channel);

export const gaugesOf = (station: Station, cell: string): Channel[] => station.channels.filter((channel) => isGauge(channel) && cellOf(channel) === cell);

/** When a gauge last gave a reading that this detector can use; null before the first. */
export const lastGauged_s = ({ trackers }: SwellingState, id: string): number | null => (Object.hasOwn(trackers, id) ? (trackers[id]?.used_s ?? null) : null);

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over. */
export function swelling(station: Station): Stage<SwellingState, Evidence, readonly Finding[]> {
  const watches = watchesOf(station);
  const drivers = new Set([...watches.values()].flatMap(({ thermometers, pressure }) => [...thermometers, ...pressure].map(({ id }) => id)));
  const currents = new Map([...watches.values()].flatMap(({ current }) => (current === undefined ? [] : [[current, staleOf(station, current)] as const])));
  return {
    start: () => ({ trackers: {}, drives: {}, currents: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const { channel, at_s } = sample;
        const value = measuredValue(sample);
        if (!showsRise(sample) || value === undefined) continue;
        if (drivers.has(channel)) state.drives[channel] = { at_s, value };
        const stale_s = currents.get(channel);
        if (stale_s !== undefined) carry(state, channel, at_s, value, stale_s);
        const watch = watches.get(channel);
        if (watch !== undefined)
          look(
            watch,
            own(state.trackers, channel, () => startTracker(watch.params)),
            state,
            at_s,
            value,
            findings,
          );
      }
      return [state, findings];
    },
  };
}

export function watchesOf(station: Station): ReadonlyMap<string, Watch> {
  const kind = station.intent?.kind;
  const watches = new Map<string, Watch>();
  for (const { id: cell, capacity_Ah = blockParams.capacityUnknown_Ah } of station.cells) {
    const own = thermometersOf(station, cell);
    const current = currentOf(station, cell);
    for (const channel of gaugesOf(station, cell))
      watches.set(channel.id, {
        channel,
        patience_s: patience_s(channel.every_s),
        params: gauges[channel.quantity === "force" ? "force" : "thickness"],
        thermometers: own.length > 0 ? own : [chamberOf(station, cell)].flatMap((chamber) => chamber ?? []),
        pressure: [pressureAround(station, cell)].flatMap((channel) => channel ?? []),
        current: current?.id,
        capacity_Ah,
        currentUnseen: current === undefined && (kind === "cycling" || kind === "formation"),
        levels: swellingLevels(station, channel.id),
        calm: { alarm: "swelling", scope: cellScope(station, cell), by: channel.id, severity: alarmKind("swelling").severity, present: false, why: [] },
      });
  }
  return watches;
}

const staleOf = (station: Station, id: string): number =>
  Math.max(blockParams.stale_s, patience_s(station.channels.find((channel) => channel.id === id)?.every_s ?? 0));

/** A current holds until its next reading, unless that comes late. */
function carry({ currents }: SwellingState, channel: string, at_s: number, A: number, stale_s: number): void {
  const last = Object.hasOwn(currents, channel) ? currents[channel] : undefined;
  if (last !== undefined && at_s <= last.at_s) return;
  const lasted_s = last === undefined ? 0 : Math.min(stale_s, at_s - last.at_s);
  currents[channel] = { at_s, A, Ah: (last?.Ah ?? 0) + ((last?.A ?? 0) * lasted_s) / 3600 };
}

function look(watch: Watch, tracker: Tracker, state: SwellingState, at_s: number, value: number, findings: Finding[]): void {
  const { used_s, blocks } = tracker;
  if (used_s !== null && at_s <= used_s) return;
  if (used_s !== null && at_s - used_s > Math.max(watch.patience_s, blockParams.block_s)) dropBlock(blocks);
  if (used_s !== null && at_s - used_s > watch.patience_s) tracker.ahead = null;
  tracker.used_s = at_s;
  seeReading(tracker.repeats, at_s, value);
  const full = isOver(blocks, at_s);
  if (full) close(watch, tracker);
  const around: Around = { degC: temperatureOf(watch, state, at_s), charge: chargeOf(watch, state), kPa: pressureOf(watch, state, at_s) };
  const before = tracker.limit.reached.includes(true);
  const { gauge } = tracker;
  const off = gauge === null || watch.currentUnseen ? 0 : reversible(gauge.filter, driveOf(gauge, around, watch.params));
  seeLimit(tracker.limit, watch.levels, value - off, gauge?.start ?? 0, watch.params.startMost_share);
  addReading(blocks, at_s, value, around, watch.params.noiseLeast);
  if (full || before !== tracker.limit.reached.includes(true)) findings.push(findingOf(watch, tracker));
}

function findingOf(watch: Watch, tracker: Tracker): Finding {
  const passed = passedOf(tracker.limit, watch.levels, tracker.gauge?.start ?? 0, watch.params.startMost_share);
  if (passed === undefined && tracker.knee === null) return watch.calm;
  return { ...watch.calm, severity: passed?.severity ?? watch.calm.severity, present: true, why: whySwelling(watch, tracker, passed) };
}

const temperatureOf = ({ thermometers }: Watch, state: SwellingState, at_s: number): number | undefined => meanOf(thermometers, state, at_s);
const pressureOf = ({ pressure }: Watch, state: SwellingState, at_s: number): number | undefined => meanOf(pressure, state, at_s);

/** Of the fresh ones. */
function meanOf(channels: readonly Channel[], { drives }: SwellingState, at_s: number): number | undefined {
  let [n, sum] = [0, 0];
  for (const { id, every_s } of channels) {
    const last = Object.hasOwn(drives, id) ? drives[id] : undefined;
    if (last === undefined || at_s - last.at_s > Math.max(blockParams.stale_s, patience_s(every_s))) continue;
    n += 1;
    sum += last.value;
  }
  return n === 0 ? undefined : sum / n;
}

function chargeOf({ current, capacity_Ah }: Watch, { currents }: SwellingState): number {
  return current !== undefined && Object.hasOwn(currents, current) ? (currents[current]?.Ah ?? 0) / capacity_Ah : 0;
}

function close(watch: Watch, tracker: Tracker): void {
  const stuck = isStuck(tracker.repeats, tracker.blocks.last_s);
  const block = closeBlock(tracker.blocks);
  tracker.ahead = null;
  if (stuck || watch.currentUnseen) return;
  if (tracker.gauge === null) {
    tracker.gauge = startGauge(block, watch.params);
    return;
  }
  seeBlock(tracker.gauge, block, watch.params, tracker.knee !== null);
  tracker.pace = paceOf(tracker.gauge) ?? null;
  if (tracker.pace === null) return;
  if (tracker.knee !== null && isKneeOver(tracker.gauge, tracker.knee, watch.params)) tracker.knee = null;
  tracker.knee ??= kneeOf(tracker.gauge, tracker.pace, watch.params) ?? null;
  const limit = firstLimit(watch.levels);
  const ahead = limit === undefined ? undefined : aheadOf(limit, tracker.gauge, watch.params, tracker.pace, tracker.knee);
  tracker.ahead = ahead === undefined ? null : { ...ahead, at_s: block.at_s };
}
