/** What else tells of a cell's own heat: signs that a cold one may have some, and a leap that somebody confirms. */
import { heatingAlarmParams, heatParams, leapParams } from "../params/thermal.ts";
import { isFrozen } from "./drives.ts";
import type { Heating, HeatingState } from "./heating-state.ts";
import { isLeap, leapOf } from "./leap.ts";
import { isCarrying, isCollapsed, isFalling, isOvercharged, isShorted, isVoltageFresh } from "./signs.ts";
import { isTurningUp, isWarmAlone } from "./surroundings.ts";
import type { CellHeatState, Tracker, Watch } from "./tracker.ts";

/** Whether a cold cell may heat itself. */
export function isSigned(watch: Watch, { heating, last }: Tracker, state: CellHeatState, at_s: number, currentMeasured: boolean): boolean {
  const { id, kind, chamber, partners } = watch;
  const { signs } = state;
  const sign = Object.hasOwn(signs, id) ? signs[id] : undefined;
  if (sign !== undefined && isOvercharged(sign, at_s)) return true;
  const resting = sign?.loaded_s == null || at_s - sign.loaded_s > heatingAlarmParams.rest_s;
  if (!resting || (!currentMeasured && kind !== "storage" && kind !== "abuse")) return false;
  if (!currentMeasured && sign !== undefined && isCarrying(sign)) return false; // a cycler is at work that nobody told of
  const change_K_per_min = heating === null ? 0 : changeOf(heating);
  if (sign !== undefined && isShorted(sign, change_K_per_min)) return true;
  if (heating === null || last === null || chamber === undefined || isFrozen(state.drives, chamber, at_s)) return false;
  if (kind === "abuse") {
    const holds = sign !== undefined && isVoltageFresh(sign, at_s) && !isFalling(sign, change_K_per_min);
    return !holds && warmsUnheated(watch, heating, last);
  }
  // a thermometer that nobody speaks for must warm faster than one drifts
  const vouched = heating.signed || (sign !== undefined && isFalling(sign, change_K_per_min)) || partners.some((partner) => warms(state, partner, at_s));
  return isWarmAlone(heating, last, vouched ? heatParams.warming_K_per_min : heatParams.warmingLone_K_per_min);
}

/** In an abuse test somebody may heat the cell, or one beside it: only what no heater does speaks for it. */
const warmsUnheated = ({ isAlone }: Watch, heating: HeatingState, last: Heating): boolean =>
  isAlone && heating.heater_K_per_min < heatParams.still_K_per_min && isTurningUp(heating, last);

/** How fast its temperature changes, or did while its voltage was read. */
const changeOf = ({ lately, longer }: HeatingState): number => Math.max(Math.abs(lately.rate_K_per_min), Math.abs(longer.rate_K_per_min));

/** Another thermometer of the cell sees the same: two do not drift alike. */
function warms({ trackers }: CellHeatState, partner: string, at_s: number): boolean {
  const tracker = Object.hasOwn(trackers, partner) ? trackers[partner] : undefined;
  if (tracker?.heating == null || tracker.last === null || at_s - tracker.last.at_s > heatingAlarmParams.partner_s) return false;
  return isWarmAlone(tracker.heating, tracker.last, heatParams.warming_K_per_min);
}

/** A leap that the voltage or another thermometer of the cell confirms, in words. */
export function leapOfCell(
  { channel, id, partners }: Watch,
  { leap, heating, blocks }: Tracker,
  { signs, trackers }: CellHeatState,
  at_s: number,
): string | null {
  if (!isLeap(leap)) return null;
  const { rise_K, over_s } = leapOf(leap);
  if (rise_K < noiseOf(blocks)) return null;
  const words = `${channel} rose by ${rise_K.toFixed(1)} K in ${over_s.toFixed(0)} s`;
  const sign = Object.hasOwn(signs, id) ? signs[id] : undefined;
  if (sign !== undefined && isCollapsed(sign, at_s))
    return `${words} while its voltage fell from ${sign.before_V?.toFixed(2)} to ${sign.voltage_V?.toFixed(2)} V`;
  // two thermometers may leap together because the air does
  const degC = leap.recent.at(-1) ?? 0;
  if (heating?.air_degC == null || heating.air_degC - degC > leapParams.airHotter_K) return null;
  // or because a heater was switched on beneath both
  if (degC < heatParams.possibleFrom_degC && rise_K / over_s < leapParams.coldRate_K_per_s) return null;
  const other = partners.find((partner) => {
    const tracker = Object.hasOwn(trackers, partner) ? trackers[partner] : undefined;
    if (tracker?.used_s == null || at_s - tracker.used_s > leapParams.partnerFresh_s) return false;
    return leapOf(tracker.leap).rise_K >= Math.max(leapParams.partner_K, leapParams.partner_share * rise_K, noiseOf(tracker.blocks));
  });
  return other === undefined ? null : `${words}, and ${other} rises with it`;
}

/** What the noise of a thermometer alone does not rise by. */
const noiseOf = ({ noise }: Tracker["blocks"]): number => leapParams.noise_sigmas * Math.sqrt(noise.noise2);
