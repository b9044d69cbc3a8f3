/**
 * Net self-heating: the rate of each thermometer on a cell, block by block, minus what exchange with its chamber and its current explain,
 * watched by a one-sided CUSUM. Nothing is learned while an alarm stands or the statistic is on its way up, nor from a block with a sample that is not
 * good: one in doubt only of its accuracy (outside the calibrated range, calibration expired, partner unsure, outside the operating range) may raise the
 * statistic and no more. A saturated one stands still while the cell heats on, and is not used.
 * Without a chamber temperature, heating from outside cannot be told from self-heating, nor can the heat of a current that nobody measures:
 * the finding then is a warning, needs a faster rate, and says so.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import { alarmKind } from "../../edge-agent/core/alarms.ts";
import type { Finding, Uncertain } from "../../edge-agent/core/judgement.ts";
import { cusumStep, thresholdFor } from "../cusum.ts";
import { own } from "../keyed.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import { selfHeatingParams as p } from "../params/detectors.ts";
import { patience_s } from "../patience.ts";
import type { Stage } from "../stage.ts";
import { cellScope, chamberOf, currentOf, thermometersOf } from "../station-map.ts";
import { type BalanceState, learn, residualOf, reversible_K_per_min_A, startBalance } from "./heat-balance.ts";
import { addReading, type Block, type BlockState, closeBlock, isFull, startBlock } from "./slope.ts";

interface Tracker {
  block: BlockState | null;
  /** Every sample of the block so far was good, those of its drivers too. */
  sure: boolean;
  balance: BalanceState;
  sum: number;
  present: boolean;
  /** Of the last full block; none since the channel was last lost. */
  at_s: number | null;
  rate_K_per_min: number;
  net_K_per_min: number;
  u_K_per_min: number;
  chamberKnown: boolean;
  /** Neither the chamber's temperature nor a current of the run was missing. */
  sighted: boolean;
}

export interface SelfHeatingState {
  trackers: Record<string, Tracker>;
  /** Latest chamber temperatures and currents. */
  drivers: Record<string, Drive>;
}

interface Drive {
  at_s: number;
  value: number;
  good: boolean;
}

interface Driver {
  readonly id: string;
  readonly stale_s: number;
}

interface Watch {
  readonly channel: string;
  readonly patience_s: number;
  readonly chamber: Driver | undefined;
  readonly current: Driver | undefined;
  /** The run passes current that no channel measures. */
  readonly currentUnseen: boolean;
  readonly perAmpere: number;
  readonly calm: Finding;
}

const startTracker = (): Tracker => ({
  block: null,
  sure: true,
  balance: startBalance(),
  sum: 0,
  present: false,
  at_s: null,
  rate_K_per_min: 0,
  net_K_per_min: 0,
  u_K_per_min: 0,
  chamberKnown: false,
  sighted: false,
});

const h = thresholdFor(p.falseAlarmEvery_s / p.block_s, p.k_sigma);

export function selfHeating(station: Station): Stage<SelfHeatingState, Evidence, readonly Finding[]> {
  const watches = new Map<string, Watch>();
  const drivers = new Set<string>();
  for (const { id: cell, mass_g } of station.cells) {
    const chamber = driverOf(chamberOf(station, cell));
    const current = driverOf(currentOf(station, cell));
    for (const driver of [chamber, current]) if (driver !== undefined) drivers.add(driver.id);
    for (const { id, every_s } of thermometersOf(station, cell)) {
      const calm: Finding = {
        alarm: "self-heating",
        scope: cellScope(station, cell),
        by: id,
        severity: alarmKind("self-heating").severity,
        present: false,
        why: [],
      };
      const currentUnseen = current === undefined && (station.intent?.kind === "cycling" || station.intent?.kind === "formation");
      watches.set(id, { channel: id, patience_s: patience_s(every_s), chamber, current, currentUnseen, perAmpere: reversible_K_per_min_A(mass_g), calm });
    }
  }
  return {
    start: () => ({ trackers: {}, drivers: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const { channel, at_s } = sample;
        const value = measuredValue(sample);
        if (!showsRise(sample) || value === undefined) continue;
        const good = sample.quality === "good";
        if (drivers.has(channel)) state.drivers[channel] = { at_s, value, good };
        const watch = watches.get(channel);
        if (watch === undefined) continue;
        const finding = look(watch, own(state.trackers, channel, startTracker), state, { at_s, value, good });
        if (finding !== undefined) findings.push(finding);
      }
      return [state, findings];
    },
  };
}

const driverOf = (channel: Channel | undefined): Driver | undefined => channel && { id: channel.id, stale_s: Math.max(p.stale_s, patience_s(channel.every_s)) };

/** When a thermometer last gave a temperature that this detector can use; null before the first. */
export const lastUsedTemperature_s = ({ trackers }: SelfHeatingState, id: string): number | null =>
  Object.hasOwn(trackers, id) ? (trackers[id]?.block?.last_s ?? null) : null;

/**
 * What is known of a cell's heating from those of its thermometers that are not lost: the strongest net heating that could be told from the
 * chamber's, and sentences.
 */
export function heatingOf({ trackers }: SelfHeatingState, channels: readonly string[]): { readonly net?: Uncertain; readonly reasons: readonly string[] } {
  const known = channels.flatMap((id) => (Object.hasOwn(trackers, id) && trackers[id]?.at_s != null ? [{ id, tracker: trackers[id] }] : []));
  if (known.length === 0) return { reasons: channels.length === 0 ? ["no thermometer is on this cell"] : ["no full block of good temperatures yet"] };
  const strongest = known.reduce((a, b) => (b.tracker.net_K_per_min > a.tracker.net_K_per_min ? b : a));
  const { tracker } = strongest;
  const reasons = [sentence(strongest.id, tracker)];
  if (!tracker.sighted) return { reasons };
  return { net: { value: tracker.net_K_per_min, u: tracker.u_K_per_min }, reasons };
}

function look(watch: Watch, tracker: Tracker, state: SelfHeatingState, { at_s, value, good }: Drive): Finding | undefined {
  const { channel, chamber, current, calm } = watch;
  if (tracker.block !== null && at_s <= tracker.block.last_s && tracker.block.n > 0) return undefined;
  const silence_s = tracker.block === null ? 0 : at_s - tracker.block.last_s;
  if (silence_s > watch.patience_s) tracker.at_s = null;
  if (tracker.block === null || silence_s > Math.max(p.gap_s, watch.patience_s)) {
    tracker.block = startBlock(at_s, value);
    tracker.sure = true;
  }
  const [around, through] = [fresh(state, chamber, at_s), fresh(state, current, at_s)];
  tracker.sure &&= good && around?.good !== false && through?.good !== false;
  addReading(tracker.block, at_s, value, around?.value, through?.value);
  if (!isFull(tracker.block)) return undefined;
  const block = closeBlock(tracker.block);
  const { sure } = tracker;
  tracker.block = startBlock(at_s, value);
  tracker.sure = true;
  if (block === undefined) return undefined;
  const before = tracker.present;
  judge(watch, tracker, block, sure);
  if (!tracker.present) return before ? { ...calm, why: [sentence(channel, tracker)] } : calm;
  const why = [sentence(channel, tracker), `CUSUM ${tracker.sum.toFixed(1)} against ${h.toFixed(1)}`];
  if (current === undefined) why.push("no current is measured: its heat cannot be told from self-heating");
  return { ...calm, severity: tracker.sighted ? calm.severity : "warning", present: true, why };
}

function judge({ currentUnseen, perAmpere }: Watch, tracker: Tracker, block: Block, sure: boolean): void {
  const residual = residualOf(tracker.balance, block, perAmpere);
  const { z, beyond, net_K_per_min, u_K_per_min } = residual;
  tracker.sum = Math.min(p.cap_h * h, cusumStep(tracker.sum, Math.max(-p.clip_sigma, Math.min(p.clip_sigma, beyond)), p.k_sigma));
  const sighted = block.gap_K !== undefined && !currentUnseen;
  const least = sighted ? p.least_K_per_min : p.leastBlind_K_per_min;
  tracker.present = tracker.present ? tracker.sum >= p.clear_h * h : tracker.sum > h && net_K_per_min >= least;
  const calm = !tracker.present && tracker.sum <= p.clear_h * h && Math.abs(z) < p.learnBelow_sigma;
  if (calm && sure) learn(tracker.balance, block, residual);
  Object.assign(tracker, {
    at_s: block.to_s,
    rate_K_per_min: block.rate_K_per_min,
    net_K_per_min,
    u_K_per_min,
    chamberKnown: block.gap_K !== undefined,
    sighted,
  });
}

function fresh({ drivers }: SelfHeatingState, driver: Driver | undefined, at_s: number): Drive | undefined {
  if (driver === undefined || !Object.hasOwn(drivers, driver.id)) return undefined;
  const last = drivers[driver.id];
  return last !== undefined && at_s - last.at_s <= driver.stale_s ? last : undefined;
}

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(2)}`;

function sentence(channel: string, { rate_K_per_min, net_K_per_min, u_K_per_min, chamberKnown }: Tracker): string {
  return chamberKnown
    ? `${channel} changes by ${signed(rate_K_per_min)} K/min, of which ${signed(net_K_per_min)} ± ${u_K_per_min.toFixed(2)} K/min is not exchange with the chamber nor heat of a measured current`
    : `${channel} changes by ${signed(rate_K_per_min)} ± ${u_K_per_min.toFixed(2)} K/min; no chamber temperature: heating from outside cannot be told from self-heating`;
}
