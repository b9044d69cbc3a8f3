/** What is known of a cell's swelling, in numbers and in sentences that an engineer can check. */
import { quantityOf } from "../../edge-agent/core/quantities.ts";
import { plateauParams } from "../params/swelling.ts";
import { isSignificant, type TimeToLimit } from "./ahead.ts";
import { isSettled } from "./gauge.ts";
import type { Passed } from "./limit.ts";
import type { SwellingState, Tracker, Watch } from "./swelling.ts";

export interface SwellingKnown {
  readonly ahead?: TimeToLimit;
  readonly knee_s?: number;
  readonly reasons: readonly string[];
}

/** What is known by those of a cell's gauges that are not lost: the earliest limit, the first knee, and sentences. `at_s` is now. */
export function swellingOf({ trackers }: SwellingState, watches: readonly Watch[], alive: readonly string[], at_s: number): SwellingKnown {
  const reasons: string[] = [];
  let ahead: TimeToLimit | undefined;
  let knee_s: number | undefined;
  for (const watch of watches) {
    const tracker = Object.hasOwn(trackers, watch.channel.id) ? trackers[watch.channel.id] : undefined;
    if (tracker === undefined) continue;
    if (tracker.knee !== null) knee_s = Math.min(knee_s ?? tracker.knee.at_s, tracker.knee.at_s);
    if (!alive.includes(watch.channel.id)) continue;
    reasons.push(...sentences(watch, tracker));
    if (tracker.ahead === null) continue;
    const left = since(tracker.ahead, at_s);
    if (ahead === undefined || left.p50 < ahead.p50) ahead = left;
  }
  return { ...(ahead && { ahead }), ...(knee_s !== undefined && { knee_s }), reasons };
}

/** What is left of it by now. */
function since({ p05, p50, p95, at_s: told_s }: TimeToLimit & { readonly at_s: number }, at_s: number): TimeToLimit {
  const [a, b, c] = [p05, p50, p95].map((left_s) => Math.max(0, left_s - (at_s - told_s)));
  return { p05: a ?? 0, p50: b ?? 0, p95: c ?? 0 };
}

function sentences(watch: Watch, tracker: Tracker): string[] {
  const { id } = watch.channel;
  const { gauge, pace } = tracker;
  if (watch.currentUnseen) return [`${id}: no current is measured: breathing cannot be told from gas`];
  if (gauge === null) return [`${id}: no full block of good readings yet`];
  if (pace === null || !isSettled(gauge))
    return [`${id}: the plateau is being learned: ${hours(gauge.filter.at_s - gauge.plateau.from_s)} of ${hours(plateauParams.settling_s)}`];
  const told = [paceSentence(watch, tracker), takenOff(watch, tracker)];
  if (!isSignificant(pace.now, watch.params)) told.push(`${id}: no significant growth: no time to a limit is told`);
  else if (tracker.ahead !== null)
    told.push(
      `the limit of ${id} is ${hours(tracker.ahead.p50)} ahead, by 90 % between ${hours(tracker.ahead.p05)} and ${hours(tracker.ahead.p95)}${tracker.knee === null ? "; a knee may come" : ""}`,
    );
  return told.flatMap((sentence) => sentence ?? []);
}

export function whySwelling(watch: Watch, tracker: Tracker, passed: Passed | undefined): string[] {
  const { id } = watch.channel;
  const why: string[] = [];
  if (passed !== undefined) {
    const { lasting, breathed } = passed;
    const { limit, because } = passed.level;
    const grown = lasting - breathed;
    why.push(`${id} ${amount(watch, grown)} ${grown >= limit ? "at or above" : "not yet back from"} ${amount(watch, limit)} (${because})`);
    if (breathed !== 0) why.push(`of ${id} ${amount(watch, breathed)} were read at the start and count as breathing`);
    if (watch.currentUnseen) why.push(`${id}: no current is measured: breathing is not taken off`);
  }
  const { knee, pace } = tracker;
  if (knee !== null && pace !== null)
    why.push(
      `${id} has grown faster since a knee ${hours(knee.at_s)} into the run: by ${rate(watch, pace.now.per_h)} over the last ${hours(pace.now.to_s - pace.now.from_s)}, on its plateau by ${rate(watch, knee.plateau_per_h)}`,
    );
  const off = takenOff(watch, tracker);
  return off === undefined ? why : [...why, off];
}

function paceSentence(watch: Watch, { gauge, pace }: Tracker): string | undefined {
  if (gauge === null || pace === null) return undefined;
  const { now } = pace;
  const grown = gauge.lasting - gauge.start;
  return `${watch.channel.id} has grown by ${amount(watch, grown)} since the start, by ${rate(watch, now.per_h)} ± ${rate(watch, now.u_per_h)} over the last ${hours(now.to_s - now.from_s)}`;
}

/** What temperature and charge add, against the start. */
function takenOff(watch: Watch, { gauge }: Tracker): string | undefined {
  if (gauge === null || watch.currentUnseen) return undefined;
  const { drive, filter } = gauge;
  const [, , perKelvin = 0, perCharge = 0] = filter.x;
  const warm =
    watch.thermometers.length === 0
      ? "nothing for temperature, which is not measured"
      : `${amount(watch, perKelvin * drive.warmer_K)} for ${drive.warmer_K.toFixed(1)} K`;
  const charged = watch.current === undefined ? "" : ` and ${amount(watch, perCharge * drive.charged)} for ${(100 * drive.charged).toFixed(0)} % of charge`;
  return `taken off ${watch.channel.id}: ${warm}${charged}`;
}

const amount = ({ channel }: Watch, value: number): string =>
  channel.quantity === "thickness" ? `${(value + 0).toFixed(3)} mm` : `${(value + 0).toFixed(1)} ${quantityOf(channel.quantity).unit}`;
const rate = ({ channel }: Watch, per_h: number): string =>
  channel.quantity === "thickness" ? `${(1000 * per_h).toFixed(2)} um/h` : `${per_h.toFixed(2)} N/h`;
const hours = (seconds: number): string =>
  seconds < 10 * 86_400 ? `${(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)} h` : `${(seconds / 86_400).toFixed(0)} d`;
