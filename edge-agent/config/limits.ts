/** Limits that a station sets itself: an alarm that takes one, a unit that fits, and a reason where a limit is widened. */
import { quote } from "../contracts/explain.ts";
import { measure, splitMeasure } from "../contracts/measure.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { type AlarmName, alarmKind } from "../core/alarms.ts";
import { type QuantityName, quantities, toCanonical, unitsOf } from "../core/quantities.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import type { Draft } from "./shape.ts";
import { items, type View } from "./view.ts";

/** The quantities whose channels a fixed limit of the alarm watches; an alarm that is not named takes no limit. */
export const limitedBy: Readonly<Partial<Record<AlarmName, readonly QuantityName[]>>> = {
  "over-temperature": ["temperature"],
  "over-pressure": ["pressure"],
  "toxic-gas": ["co2", "hf", "co", "voc"],
  "oxygen-deficiency": ["o2"],
  "flammable-gas": ["h2", "co", "voc"],
};

type Limit = NonNullable<NonNullable<Draft["limits"]>[number]>;
type Channel = NonNullable<NonNullable<Draft["channels"]>[number]>;

export function* limits(view: View): Generator<Remark> {
  for (const [limit, path] of items(view, "limits")) {
    if (limit.alarm === undefined) continue;
    const about = limitedBy[limit.alarm];
    if (about === undefined) {
      yield wrong([...path, "alarm"], `${limit.alarm} has no fixed limit to set; alarms with one: ${Object.keys(limitedBy).join(", ")}`);
      continue;
    }
    const watched = [...items(view, "channels")].map(([channel]) => channel).filter((channel) => isWatched(view, limit, channel));
    const measured = new Set(watched.flatMap(({ quantity }) => quantity ?? []).filter((quantity) => about.includes(quantity)));
    const named = limit.at !== undefined && "channel" in limit.at ? watched[0]?.quantity : undefined;
    if (named !== undefined && !about.includes(named)) {
      yield wrong([...path, "at"], `found a ${named} channel; ${limit.alarm} is about ${about.join(", ")}`);
      continue;
    }
    if (limit.at !== undefined && measured.size === 0 && watched.length > 0)
      yield doubtful([...path, "at"], `no channel there measures ${about.join(" or ")}: the limit watches nothing`);
    if (measured.size > 1)
      yield doubtful([...path, "at"], `the limit would hold for ${[...measured].join(" and ")} alike; set one for each with "at: { channel: … }"`);
    yield* value(view, limit, [...path, "value"], measured.size > 0 ? [...measured] : about);
  }
}

function isWatched(view: View, { at }: Limit, { id, at: place }: Channel): boolean {
  if (at === undefined || place === undefined) return false;
  if ("station" in at) return true;
  if ("channel" in at) return at.channel === id;
  if ("cell" in at) return "cell" in place && place.cell === at.cell;
  if (!("pack" in at)) return false;
  if ("pack" in place) return place.pack === at.pack;
  return "cell" in place && [...items(view, "cells")].some(([cell]) => cell.id === place.cell && (cell.pack ?? cell.id) === at.pack);
}

function* value(view: View, limit: Limit, path: Path, about: readonly QuantityName[]): Generator<Remark> {
  if (limit.value === undefined) return;
  const units = [...new Set(about.flatMap(unitsOf))];
  const measured = splitMeasure(limit.value);
  if (measured === undefined) {
    const bare = limit.value !== "" && Number.isFinite(Number(limit.value));
    yield wrong(
      path,
      `found ${quote(limit.value)}${bare ? ", which has no unit" : ""}; write a number with its unit, such as "${bare ? limit.value : "60"} ${units[0]}"`,
    );
    return;
  }
  const quantity = about.find((name) => toCanonical(name, measured.unit) !== undefined);
  if (quantity === undefined) {
    yield wrong(
      path,
      `found the unit ${quote(measured.unit)}${didYouMean(measured.unit, units)} (${limit.alarm} is about ${about.join(", ")}: ${units.join(", ")})`,
    );
    return;
  }
  const [factor, offset] = toCanonical(quantity, measured.unit) ?? [1, 0];
  const canonical = measured.value * factor + offset;
  const { low, high, unit } = quantities[quantity];
  if (canonical < low || canonical > high) yield wrong(path, `found ${quote(limit.value)}; a ${quantity} lies between ${low} and ${high} ${unit}`);
  const wider = widens(view, limit, quantity, canonical);
  if (wider !== undefined && (limit.reason ?? "").trim() === "")
    yield wrong([...path.slice(0, -1), "reason"], `the limit is wider than ${wider}; say why: "reason: …"`);
}

const celsius = measure("temperature_degC");

/** The default that a limit goes beyond, in words. */
function widens(view: View, { alarm, at, severity }: Limit, quantity: QuantityName, canonical: number): string | undefined {
  if (alarm === undefined) return undefined;
  const kind = alarmKind(alarm);
  const unit = quantities[quantity].unit;
  const same = kind.limits.find((limit) => limit.quantity === quantity && limit.severity === (severity ?? kind.severity));
  if (same?.over !== undefined && canonical > same.over) return `the default ${same.over} ${unit} (${same.source})`;
  if (same?.under !== undefined && canonical < same.under) return `the default ${same.under} ${unit} (${same.source})`;
  if (alarm !== "over-temperature" || at === undefined || !("cell" in at)) return undefined;
  const maximum = [...items(view, "cells")].find(([{ id }]) => id === at.cell)?.[0].max_temperature;
  const maximum_degC = maximum === undefined ? undefined : celsius.safeParse(maximum).data;
  return maximum_degC !== undefined && canonical > maximum_degC ? `the cell's max_temperature of ${maximum_degC} degC` : undefined;
}
