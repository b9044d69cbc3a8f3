/** Limits that a station sets itself: an alarm that takes one, a unit that fits, and a reason where a limit is widened. */
import { watched } from "../../models/limit-rules.ts";
import { quote } from "../contracts/explain.ts";
import { measure } from "../contracts/measure.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { alarmKind } from "../core/alarms.ts";
import { splitMeasure } from "../core/measured.ts";
import { type QuantityName, quantities, toCanonical, unitsOf } from "../core/quantities.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import type { Draft } from "./shape.ts";
import { items, type View } from "./view.ts";

type Limit = NonNullable<NonNullable<Draft["limits"]>[number]>;
type Channel = NonNullable<NonNullable<Draft["channels"]>[number]>;

export function* limits(view: View): Generator<Remark> {
  for (const [limit, path] of items(view, "limits")) {
    if (limit.alarm === undefined) continue;
    const about = watched[limit.alarm];
    if (about === undefined) {
      yield wrong([...path, "alarm"], `${limit.alarm} has no fixed limit to set; alarms with one: ${Object.keys(watched).join(", ")}`);
      continue;
    }
    const there = [...items(view, "channels")].map(([channel]) => channel).filter((channel) => isWatched(view, limit, channel));
    const reached = there.filter(({ every }) => every !== "event");
    const measured = new Set(reached.flatMap(({ quantity }) => quantity ?? []).filter((quantity) => about.includes(quantity)));
    const named = limit.at !== undefined && "channel" in limit.at ? reached[0]?.quantity : undefined;
    if (named !== undefined && !about.includes(named)) {
      yield wrong([...path, "at"], `found a ${named} channel; ${limit.alarm} is about ${about.join(", ")}`);
      continue;
    }
    if (limit.at !== undefined && "channel" in limit.at && reached.length < there.length) {
      yield wrong([...path, "at"], "found a channel of events, which is recorded and not judged; set the limit on one with a beat, such as the greatest value");
      continue;
    }
    if (limit.at !== undefined && measured.size === 0 && reached.length > 0)
      yield doubtful([...path, "at"], `no channel there measures ${about.join(" or ")}: the limit watches nothing`);
    const fitting = [...measured].filter((quantity) => fits(quantity, limit.value));
    if (fitting.length > 1)
      yield doubtful([...path, "at"], `the limit would hold for ${fitting.join(" and ")} alike; set one for each with "at: { channel: … }"`);
    yield* value(limit, [...path, "value"], measured.size > 0 ? [...measured] : about, coolest(view, reached));
  }
}

/** Whether a limit's unit is one of the quantity's. */
function fits(quantity: QuantityName, text: string | undefined): boolean {
  const measured = text === undefined ? undefined : splitMeasure(text);
  return measured !== undefined && toCanonical(quantity, measured.unit) !== undefined;
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

function* value(limit: Limit, path: Path, about: readonly QuantityName[], coolest_degC: number | undefined): Generator<Remark> {
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
  const wider = widens(limit, quantity, canonical, coolest_degC);
  if (wider !== undefined && (limit.reason ?? "").trim() === "")
    yield wrong([...path.slice(0, -1), "reason"], `the limit is wider than ${wider}; say why: "reason: …"`);
}

const celsius = measure("temperature_degC");

/** The lowest max_temperature of the cells whose channels the limit reaches. */
function coolest(view: View, reached: readonly Channel[]): number | undefined {
  const maxima = [...items(view, "cells")].flatMap(([{ id, max_temperature }]) => {
    const meant = reached.some(({ at }) => at !== undefined && "cell" in at && at.cell === id);
    const parsed = meant && max_temperature !== undefined ? celsius.safeParse(max_temperature).data : undefined;
    return parsed ?? [];
  });
  return maxima.length === 0 ? undefined : Math.min(...maxima);
}

/** The default that a limit goes beyond, in words. A limit replaces the default of its own severity only. */
function widens({ alarm, severity }: Limit, quantity: QuantityName, canonical: number, coolest_degC: number | undefined): string | undefined {
  if (alarm === undefined) return undefined;
  const kind = alarmKind(alarm);
  const replaced = severity ?? kind.severity;
  const unit = quantities[quantity].unit;
  const same = kind.limits.find((limit) => limit.quantity === quantity && limit.severity === replaced);
  if (same?.over !== undefined && canonical > same.over) return `the default ${same.over} ${unit} (${same.source})`;
  if (same?.under !== undefined && canonical < same.under) return `the default ${same.under} ${unit} (${same.source})`;
  if (alarm !== "over-temperature" || replaced !== kind.severity || coolest_degC === undefined) return undefined;
  return canonical > coolest_degC ? `the cell's max_temperature of ${coolest_degC} degC` : undefined;
}
