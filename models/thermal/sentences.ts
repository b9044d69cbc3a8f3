/** What is known of a cell's heating, in numbers and in sentences that an engineer can check. */
import type { Uncertain } from "../../edge-agent/core/judgement.ts";
import { heatParams, heatingAlarmParams as p } from "../params/thermal.ts";
import { chemicalGrowth, growthBeyond } from "./blind-growth.ts";
import { isLively } from "./doubt.ts";
import type { Heating } from "./heating-state.ts";
import { normalBelow } from "./normal.ts";
import { isSighted } from "./surroundings.ts";
import type { TimeToRunaway } from "./time-to-runaway.ts";
import { type CellHeatState, isHeated, isTold, type Tracker, type Watch } from "./tracker.ts";

export interface CellHeatKnown {
  readonly net?: Uncertain;
  /** That the net rate is above the stated one. */
  readonly p?: number;
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
  if (tracker.outside) reasons.push(notInIt);
  if (tracker.heldBack !== null && !tracker.present) reasons.push(`not told as self-heating: ${tracker.heldBack}`);
  if (tracker.contradictedBy !== null) reasons.push(`${tracker.contradictedBy} sees no self-heating of the same cell`);
  if (tracker.ahead !== null) reasons.push(aheadSentence(tracker.ahead));
  return {
    ...(sighted && {
      net: { value: last.net_K_per_min, u: last.u_K_per_min },
      p: normalBelow((last.net_K_per_min - p.least_K_per_min) / last.u_K_per_min),
    }),
    ...(tracker.ahead !== null && { ahead: tracker.ahead }),
    reasons,
  };
}

/** A span of time as an engineer says it. */
export function span(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  return seconds < 5940 ? `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(2)}`;

const sentence = (id: string, { degC, rate_K_per_min, explained_K_per_min, net_K_per_min, u_K_per_min }: Heating): string =>
  `${id} at ${degC.toFixed(1)} degC changes by ${signed(rate_K_per_min)} K/min, of which its surroundings, currents and heaters explain ${signed(explained_K_per_min)}: net self-heating ${signed(net_K_per_min)} ± ${u_K_per_min.toFixed(2)} K/min`;

const blindSentence = (id: string, { degC, rate_K_per_min }: Heating): string =>
  `${id} at ${degC.toFixed(1)} degC changes by ${signed(rate_K_per_min)} K/min; no chamber temperature: heating from outside cannot be told from self-heating`;

const notInIt = `its chamber reads ${heatParams.outside_K} K hotter or more, and it does not follow: it is not in there yet, or the chamber's thermometer is wrong`;

const aheadSentence = ({ p05, p50, p95 }: TimeToRunaway): string =>
  `if it runs away, that is ${span(p50)} ahead, by 90 % between ${span(p05)} and ${span(p95)}`;

export function whyHeating(watch: Watch, tracker: Tracker): string[] {
  const { last } = tracker;
  if (last === null) return [tracker.leapt ?? `found before ${watch.channel} left what a cell can be, and nothing has ended it`];
  const growth = chemicalGrowth(tracker.blindClimb);
  const told = isTold(tracker);
  const why = [
    ...(tracker.leapt === null ? [] : [tracker.leapt]),
    told || growth === undefined ? sentence(watch.channel, last) : blindSentence(watch.channel, last),
  ];
  if (tracker.leapt !== null) return why;
  if (told && isHeated(tracker)) why.push(whyHeated(tracker));
  else if (told && last.least_K_per_min > p.least_K_per_min) why.push(`${p.least_K_per_min} K/min is passed with ${isLively(last.degC) ? 95 : 99} % certainty`);
  else if (told)
    why.push(
      `${p.least_K_per_min} K/min was passed, with 99 % (from 110 degC on 95), or with 90 % by a rate that grew or held though its surroundings pulled less, and nothing has ended it`,
    );
  else if (growth !== undefined)
    why.push(`its rate grew ${growth.toFixed(1)} times over the last ${p.blindOver_K} K, as a reaction's does and an oven's does not`);
  if (watch.current === undefined) why.push("no current is measured: its heat cannot be told from self-heating");
  return why;
}

/** Of a cell that something heats which no channel measures. */
function whyHeated({ climb }: Tracker): string {
  const heated = "heat that no channel measures warms it";
  const growth = growthBeyond(climb, p.blindOver_K) ?? 0;
  if (growth < p.heatedGrowth) return `${heated}; its rate grew, and nothing has ended it`;
  return `${heated}; it now warms ${growth.toFixed(2)} times as fast as ${p.blindOver_K} K ago and as ever in the ${p.former_stretches * p.formerStretch_K} K before that`;
}

export const whyImminent = ({ channel }: Watch, { ahead, last }: Tracker): string[] =>
  ahead === null || last === null ? [] : [`${channel} at ${last.degC.toFixed(1)} degC: ${aheadSentence(ahead)}`];
