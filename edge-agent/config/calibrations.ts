/** Calibrations: curves that rise, and the channels that correct another. */
import { quote } from "../contracts/explain.ts";
import { curveOver } from "../core/curve.ts";
import { solve } from "../core/linear-system.ts";
import { type QuantityName, quantityNames, quantityOf } from "../core/quantities.ts";
import { type ChannelDraft, partner } from "./partners.ts";
import { type Path, type Remark, wrong } from "./problem.ts";
import { items, type View } from "./view.ts";

type Calibration = NonNullable<ChannelDraft["calibration"]>;

/** What another gas may be mistaken for, and what may be mistaken for it. */
const mixing: readonly QuantityName[] = quantityNames.filter((name) => quantityOf(name).gas !== undefined || name === "humidity");

export function* calibrations(view: View): Generator<Remark> {
  const told = new Set<string>();
  for (const [channel, path] of items(view, "channels")) {
    if (channel.calibration === undefined) continue;
    const at = [...path, "calibration"];
    yield* curve(channel.calibration, at);
    yield* temperature(view, channel, at);
    yield* cross(view, channel, at);
    yield* mixture(view, channel, at, told);
  }
}

function* curve({ polynomial, range, zero, span }: Calibration, at: Path): Generator<Remark> {
  const ends = range?.length === 2 && range[0] !== undefined && range[1] !== undefined ? ([range[0], range[1]] as const) : undefined;
  if (ends !== undefined && ends[0] >= ends[1]) yield wrong([...at, "range"], `found ${ends[0]} to ${ends[1]}; write the lower end first: "range: [0, 100]"`);
  if (polynomial === undefined) return;
  if (zero !== undefined || span !== undefined)
    yield wrong([...at, zero === undefined ? "span" : "zero"], "the polynomial takes the place of zero and span: remove it");
  if (range === undefined)
    yield wrong([...at, "polynomial"], 'a curve holds only where it was measured; add "range: [low, high]", the values that its certificate covers');
  const whole = polynomial.filter((factor) => factor !== undefined);
  if (ends !== undefined && ends[0] < ends[1] && whole.length === polynomial.length && curveOver(whole, ends) === undefined)
    yield wrong(
      [...at, "polynomial"],
      `the curve does not rise from ${ends[0]} to ${ends[1]}: a reading would stand for two values; write c0 first, "polynomial: [c0, c1, c2]", for readings in the channel's unit`,
    );
}

function* temperature(view: View, channel: ChannelDraft, at: Path): Generator<Remark> {
  const effect = channel.calibration?.temperature;
  if (effect === undefined) return;
  const place = [...at, "temperature", "channel"];
  const found = yield* partner(view, place, channel, effect.channel, ["temperature"]);
  if (found?.calibration?.temperature !== undefined)
    yield wrong(place, `${quote(found.id)} is itself corrected by a temperature; name a thermometer that is not`);
}

function* cross(view: View, channel: ChannelDraft, at: Path): Generator<Remark> {
  const named = channel.calibration?.cross ?? [];
  if (named.length > 0 && channel.quantity !== undefined && !mixing.includes(channel.quantity))
    yield wrong([...at, "cross"], `found a ${channel.quantity} channel; a cross-sensitivity is of ${mixing.join(", ")}`);
  for (const [index, other] of named.entries()) {
    if (other === undefined) continue;
    const place = [...at, "cross", index, "channel"];
    yield* partner(view, place, channel, other.channel, mixing);
    if (named.findIndex((each) => each?.channel === other.channel) < index) yield wrong(place, `found ${quote(other.channel)} twice; add up its factors`);
  }
}

/** Channels that read each other so much that their equations are one: told once, of the first. */
function* mixture(view: View, first: ChannelDraft, at: Path, told: Set<string>): Generator<Remark> {
  const channels = new Map([...items(view, "channels")].map(([channel]) => [channel.id, channel]));
  const factors = (id: string | undefined) => channels.get(id)?.calibration?.cross ?? [];
  const group = [first.id];
  for (const id of group) for (const each of factors(id)) if (each?.channel !== undefined && !group.includes(each.channel)) group.push(each.channel);
  const key = group.toSorted().join(" ");
  if (group.length < 2 || told.has(key)) return;
  told.add(key);
  const matrix = group.map((row) => group.map((column) => (row === column ? 1 : (factors(row).find((each) => each?.channel === column)?.factor ?? 0))));
  const unit = group.map((_, index) => (index === 0 ? 1 : 0));
  if (solve(matrix, unit) === undefined)
    yield wrong([...at, "cross"], `${group.join(" and ")} read one another so much that their gases cannot be told apart; look at the factors`);
}
