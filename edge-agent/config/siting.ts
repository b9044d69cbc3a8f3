/** Whether chips can do their work where the station puts them: the wire, the heat and the gas around them. */
import { measure } from "../contracts/measure.ts";
import { splitMeasure } from "../core/measured.ts";
import type { QuantityName } from "../core/quantities.ts";
import { doubtful, type Remark, wrong } from "./problem.ts";
import type { Draft } from "./shape.ts";
import { type Chip, items, type View } from "./view.ts";

type Channel = NonNullable<NonNullable<Draft["channels"]>[number]>;
type Place = Channel["at"];

/** Parts that stand in the gas they measure. Thermocouples are read from outside. */
const immersed: readonly (QuantityName | undefined)[] = ["co2", "h2", "hf", "co", "o2", "voc", "humidity", "pressure"];
/** The header's own I2C on every Raspberry Pi: hardware that mishandles a stretched clock (raspberrypi/linux issue 4884). */
const OWN_DEVICES: readonly unknown[] = [0, 1];
const DEADLINE_s = 0.25;

export function* siting(view: View): Generator<Remark> {
  const warned = new Set<string>();
  for (const [channel, path] of items(view, "channels")) {
    const source = channel.source as Readonly<Record<string, unknown>> | undefined;
    const chip = typeof source?.driver === "string" && Object.hasOwn(view.chips, source.driver) ? view.chips[source.driver] : undefined;
    if (source === undefined || chip === undefined) continue;
    const at = [...path, "source"];
    yield* hurried(view, [...path, "every"], channel.every, source.bus);
    const place = `${source.driver} ${source.bus} ${source.address}`;
    if (!warned.has(place)) yield* stretched(view, [...at, "bus"], chip, source.bus);
    if (!warned.has(place)) yield* heated(view, [...at, "driver"], chip, channel);
    if (!warned.has(place)) yield* surrounded(view, [...at, "driver"], chip, channel.at);
    warned.add(place); // one chip, one warning, however many channels it feeds
  }
}

const duration = measure("duration_s");

/** One transfer that is lost must not look like a lost sensor: a channel is stale after three periods. */
function* hurried(view: View, at: Remark["path"], every: string | number | undefined, bus: unknown): Generator<Remark> {
  const every_s = every === undefined ? undefined : duration.safeParse(every).data;
  const found = [...items(view, "buses")].find(([{ id }]) => id === bus)?.[0];
  const deadline_s = found?.deadline === undefined ? DEADLINE_s : duration.safeParse(found.deadline).data;
  if (found === undefined || every_s === undefined || deadline_s === undefined || 3 * every_s >= deadline_s) return;
  yield doubtful(
    at,
    `three periods are shorter than the deadline of ${bus}, so that one slow transfer makes the channel stale: write "deadline: ${Math.floor(3000 * every_s)} ms" at the bus, or read less often`,
  );
}

function* stretched(view: View, at: Remark["path"], { driver, stretches_s }: Chip, bus: unknown): Generator<Remark> {
  if (stretches_s === undefined) return;
  const found = [...items(view, "buses")].find(([{ id }]) => id === bus)?.[0];
  if (found?.kind !== "i2c") return;
  const deadline_s = found.deadline === undefined ? DEADLINE_s : duration.safeParse(found.deadline).data;
  if (deadline_s !== undefined && deadline_s <= stretches_s)
    yield wrong(at, `${driver} may hold the clock for ${stretches_s * 1000} ms; give its bus a longer deadline, such as "deadline: ${stretches_s * 2000} ms"`);
  if (OWN_DEVICES.includes(found.device))
    yield doubtful(
      at,
      `${driver} stretches the clock, which the Pi's own I2C (device ${found.device}) mishandles; put it on a bus of its own: dtoverlay=i2c-gpio,bus=5,i2c_gpio_delay_us=10 in config.txt, and device: 5 here`,
    );
}

function* heated(view: View, at: Remark["path"], { driver, operating_degC }: Chip, { quantity, place, at: where }: Channel): Generator<Remark> {
  if (operating_degC === undefined || !immersed.includes(quantity) || place === undefined || place === "sample-line") return;
  const [low, high] = operating_degC;
  const planned = [...items(view, "limits")].find(([limit]) => limit.alarm === "over-temperature" && meets(view, limit.at, where) && degC(limit.value) > high);
  if (planned === undefined) return;
  const [{ value }, path] = planned;
  yield doubtful(
    at,
    `line ${view.line(path)} plans for ${value} here, and the maker of ${driver} allows ${low} to ${high} degC: outside them its readings are uncertain; draw the gas out to it and say "place: sample-line"`,
  );
}

function degC(value: string | undefined): number {
  const written = value === undefined ? undefined : splitMeasure(value);
  return written?.unit === "degC" ? written.value : Number.NEGATIVE_INFINITY;
}

/** Whether two places share their heat: the same cell or pack, or one lies in the other. */
function meets(view: View, a: Place | { readonly channel?: unknown }, b: Place): boolean {
  if (a === undefined || b === undefined || "channel" in a) return false;
  const packs = (place: NonNullable<Place>): readonly (string | undefined)[] => {
    if ("pack" in place) return [place.pack];
    if ("cell" in place) return [[...items(view, "cells")].find(([{ id }]) => id === place.cell)?.[0].pack ?? place.cell];
    return [...items(view, "cells")].map(([{ id, pack }]) => pack ?? id);
  };
  return packs(a as NonNullable<Place>).some((pack) => packs(b).includes(pack));
}

function* surrounded(view: View, at: Remark["path"], { driver, atmospheres }: Chip, where: Place): Generator<Remark> {
  if (atmospheres === undefined) return;
  for (const [pack] of items(view, "packs")) {
    const atmosphere = pack.gas_space?.atmosphere ?? "air";
    if (atmospheres.includes(atmosphere) || pack.id === undefined || !meets(view, { pack: pack.id }, where)) continue;
    yield doubtful(at, `the gas around ${pack.id} is ${atmosphere}, and ${driver} measures in ${atmospheres.join(" or ")}: its readings are uncertain there`);
  }
}
