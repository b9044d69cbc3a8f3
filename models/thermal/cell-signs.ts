/** What else tells of a cell's own heat: signs that a cold one may have some, and a leap that somebody confirms. */
import { leapParams, heatingAlarmParams as p } from "../params/thermal.ts";
import { isFrozen } from "./drives.ts";
import { isLeap, leapOf } from "./leap.ts";
import { isWarmAlone } from "./net-heating.ts";
import { isCarrying, isCollapsed, isOvercharged, isShorted } from "./signs.ts";
import type { CellHeatState, Tracker, Watch } from "./tracker.ts";

/** Whether a cold cell may heat itself. */
export function isSigned({ id, kind, chamber }: Watch, { heating, last }: Tracker, state: CellHeatState, at_s: number, currentMeasured: boolean): boolean {
  const { signs } = state;
  const sign = Object.hasOwn(signs, id) ? signs[id] : undefined;
  if (sign !== undefined && isOvercharged(sign, at_s)) return true;
  const resting = sign?.loaded_s == null || at_s - sign.loaded_s > p.rest_s;
  if (!resting || (!currentMeasured && kind !== "storage" && kind !== "abuse")) return false;
  if (!currentMeasured && sign !== undefined && isCarrying(sign)) return false; // a cycler is at work that nobody told of
  if (sign !== undefined && isShorted(sign)) return true;
  // in an abuse test somebody may heat the cell; elsewhere nobody does
  if (kind === "abuse" || heating === null || last === null || chamber === undefined) return false;
  return !isFrozen(state.drives, chamber, at_s) && isWarmAlone(heating, last);
}

/** A leap that the voltage or another thermometer of the cell confirms, in words. */
export function leapOfCell({ channel, id, partners }: Watch, { leap, heating }: Tracker, { signs, trackers }: CellHeatState, at_s: number): string | null {
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
