/** From a thermometer's net heating to whether its cell heats itself, and whether runaway is imminent. */
import { heatParams, heatingAlarmParams as p } from "../params/thermal.ts";
import { chemicalGrowth, growthBeyond, growthOver, isCooled } from "./blind-growth.ts";
import type { Heating, HeatingState } from "./heating-state.ts";
import { isHeld, isStuck } from "./stuck.ts";
import { exchangeOf, isSighted } from "./surroundings.ts";
import { type CellHeatState, isHeated, isTold, type Tracker, type Watch } from "./tracker.ts";

/** A living thermometer of the same cell that is about as hot and sees far less self-heating. */
export function contradiction(watch: Watch, seen: Heating, state: CellHeatState): string | null {
  for (const { id, net_K_per_min, u_K_per_min, degC } of othersOnCell(watch, seen, state)) {
    const most = net_K_per_min + p.partner_sigmas * u_K_per_min;
    if (most < p.partner_share * seen.net_K_per_min && degC > seen.degC - p.partnerColder_K) return id;
  }
  return null;
}

/** What the other thermometers of the cell see that live and have not come loose. */
function othersOnCell({ partners }: Watch, seen: Heating, { trackers }: CellHeatState): (Heating & { readonly id: string })[] {
  return partners.flatMap((id) => {
    const other = Object.hasOwn(trackers, id) ? trackers[id] : undefined;
    if (other?.last == null || seen.at_s - other.last.at_s > p.partner_s || isStuck(other.repeats, seen.at_s)) return [];
    return isFallen(other.heating, other.last.degC, seen.degC) ? [] : [{ ...other.last, id }];
  });
}

/** A thermometer that is nearer to the air than to the other one on its cell. */
const isFallen = (heating: HeatingState | null, degC: number, other_degC: number): boolean =>
  heating?.air_degC != null && other_degC - degC > p.fallen_K && Math.abs(degC - heating.air_degC) < other_degC - degC;

/** A block that is not sure takes back what one that was had added. */
export function judge(watch: Watch, tracker: Tracker, seen: Heating, state: CellHeatState): void {
  const { net_K_per_min: net, u_K_per_min: u, at_s } = seen;
  const told = isTold(tracker);
  if (told && seen.degC > heatParams.coolingFrom_degC && net + p.growing_sigmas * u < 0) tracker.boiled_s = at_s;
  const verdict = told ? verdictOf(watch, tracker, seen, state) : { sure: chemicalGrowth(tracker.blindClimb) !== undefined, heldBack: null };
  tracker.heldBack = verdict.heldBack;
  tracker.above = verdict.sure && tracker.contradictedBy === null ? tracker.above + 1 : Math.max(0, tracker.above - 1);
  const enough = told ? p.blocks : 1;
  if (tracker.above >= enough) tracker.present = true;
  else if (tracker.present && isEnded(tracker, told ? net + p.sigmas * u < p.endsBelow_K_per_min : isCooled(tracker.blindClimb), at_s))
    Object.assign(tracker, { present: false, leapt: null });
  const near = !isCooling(tracker, seen) && tracker.ahead !== null && tracker.ahead.p05 < p.imminent_s && net >= p.imminent_K_per_min;
  tracker.imminent = tracker.present && (near || (tracker.imminent && tracker.ahead !== null && net >= p.imminent_K_per_min / 2));
}

/** Whether the block tells of self-heating, and what holds it back where the balance alone would. */
function verdictOf(watch: Watch, tracker: Tracker, seen: Heating, state: CellHeatState): Verdict {
  const found = seen.least_K_per_min > p.least_K_per_min || (!hasJustBoiled(tracker, seen) && (isGrowingHot(tracker, seen) || isRising(tracker, seen)));
  const heated = isHeated(tracker);
  if (!found && !heated) return nothing;
  const grows = isGrowingUnseen(tracker);
  const heldBack = (why: string): Verdict => (found ? { sure: false, heldBack: why } : nothing);
  if (heated) return grows ? sure : heldBack("heat that no channel measures warms it, and it does not warm faster and faster");
  if (isHeld(tracker.repeats, seen.at_s, seen.explained_K_per_min))
    return heldBack("it has read the same for minutes, though its surroundings should have moved it");
  if (isCooling(tracker, seen)) return heldBack("it cools");
  if (isSettling(tracker, seen)) return heldBack("it still warms towards its surroundings, slower and slower");
  if (isIdle(tracker, seen)) return heldBack("it stands still, and is no hotter than its surroundings");
  return grows || isVouched(watch, tracker, seen, state) ? sure : heldBack("nothing else speaks for it, and it does not warm faster and faster");
}

/** Where solvent has lately boiled off, its end warms the cell faster and faster: that is no sign then. */
const hasJustBoiled = ({ boiled_s }: Tracker, { at_s }: Heating): boolean => boiled_s !== null && at_s - boiled_s < p.boiledLasts_s;

interface Verdict {
  readonly sure: boolean;
  readonly heldBack: string | null;
}

const nothing: Verdict = { sure: false, heldBack: null };
const sure: Verdict = { sure: true, heldBack: null };

const isCooling = ({ heating }: Tracker, { rate_K_per_min: rate }: Heating): boolean =>
  heating !== null && Math.min(rate, heating.lately.rate_K_per_min) < -p.cooling_K_per_min;

/** A cell between plates comes to the temperature of its oven in two steps, the second one slow: where cells seldom react, that is likelier than little heat of its own. */
const isSettling = ({ heating }: Tracker, { degC, least_K_per_min: least }: Heating): boolean =>
  heating?.air_degC != null &&
  least < p.settlesLeast_K_per_min &&
  degC < p.settles_degC &&
  degC < heating.air_degC &&
  Math.abs(heating.longer.air_K_per_min) < p.risingAir_K_per_min &&
  heating.lately.rate_K_per_min < heating.longer.rate_K_per_min;

/** Heat of its own either warms a cell or flows out of it, and then it is hotter than its air by more than thermometers differ. */
const isIdle = ({ heating }: Tracker, { degC }: Heating): boolean =>
  heating?.air_degC != null &&
  !heating.signed &&
  degC - heating.air_degC < heatParams.warmer_K &&
  Math.max(Math.abs(heating.lately.rate_K_per_min), Math.abs(heating.longer.rate_K_per_min)) < heatParams.still_K_per_min;

/**
 * A thermometer that drifts warms steadily, and nothing but chemistry faster and faster: so another one must see it, or a sign, or it is where cells heat themselves.
 * In storage and cycling nobody heats a cell beyond its air, and what a fan or a door does is seen by all thermometers alike.
 */
function isVouched(watch: Watch, { heating }: Tracker, seen: Heating, state: CellHeatState): boolean {
  if (heating?.signed_s != null && seen.at_s - heating.signed_s < p.signLasts_s) return true;
  const { degC } = seen;
  // hotter than its air, and warming faster than anything drifts
  const air_degC = heating?.air_degC ?? degC;
  if (degC - air_degC > p.hotter_K && (heating?.lately.rate_K_per_min ?? 0) > heatParams.warmingLone_K_per_min) return true;
  if (watch.kind !== undefined && watch.kind !== "abuse") return Math.min(degC, air_degC) > p.used_degC;
  return degC > p.lone_degC || othersOnCell(watch, seen, state).some(({ net_K_per_min }) => net_K_per_min > p.partner_share * seen.net_K_per_min);
}

/**
 * Less sure, on a cell that warms no slower though its surroundings pull less: whatever the exchange is, that is heat of its own, and on its way up.
 * Where the air has just changed its rate, a cell that follows late does the same.
 */
function isRising({ heating }: Tracker, { net_K_per_min: net, u_K_per_min: u }: Heating): boolean {
  if (heating === null || !isSighted(heating, 120 * heatParams.longer_min) || net - p.growing_sigmas * u < p.least_K_per_min) return false;
  const { rate_K_per_min: rate, gap_K, air_K_per_min } = heating.lately;
  const { rate_K_per_min: before, gap_K: gapBefore_K } = heating.longer;
  if (Math.abs(air_K_per_min - heating.longer.air_K_per_min) > p.risingAir_K_per_min) return false;
  if (rate < p.rising_K_per_min || rate < p.rising_share * before) return false;
  return rate - before + p.risingExchange_share * exchangeOf(heating) * (gapBefore_K - gap_K) > p.rise_K_per_min;
}

/** A leap is not over because the filter has not seen it. */
const isEnded = ({ leapt_s }: Tracker, calm: boolean, at_s: number): boolean => calm && (leapt_s === null || at_s - leapt_s > p.leapHolds_s);

/** How many times faster it warms than ever in the last stretches of its climb, where it does so over the second half of the last kelvins too; 0 otherwise. */
function climbsBy({ climb }: Tracker): number {
  const growth = growthBeyond(climb, p.blindOver_K) ?? 0;
  return growth >= p.heatedGrowth && (growthOver(climb, p.blindOver_K / 2) ?? 0) >= p.heatedGrowthHalf ? growth : 0;
}

/** With heat from outside that nobody measures, a rate that grows is the cell's own, by more than its noise, where it is warm enough for chemistry. */
function isGrowingUnseen(tracker: Tracker): boolean {
  const growth = climbsBy(tracker);
  const [degC = 0, rate = 0] = tracker.climb.marks.slice(-2);
  // its last kelvin may have been long ago, so it must warm now
  if ((tracker.heating?.lately.rate_K_per_min ?? 0) < p.rising_K_per_min) return false;
  return degC > heatParams.possibleFrom_degC && growth > 0 && rate * (1 - 1 / growth) > p.heatedLeast_K_per_min;
}

/** Hotter than its surroundings and growing: two signs that are each less sure than one alone must be. */
const isGrowingHot = (tracker: Tracker, { degC, net_K_per_min: net, u_K_per_min: u }: Heating): boolean =>
  tracker.heating?.air_degC != null && degC - tracker.heating.air_degC > p.hotter_K && net - p.growing_sigmas * u > p.least_K_per_min && climbsBy(tracker) > 0;
