/** Derived channels: what they are calculated from, and whether that can be calculated. */
import { quote } from "../contracts/explain.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { differenceOf } from "../core/difference.ts";
import { type QuantityName, quantities, unitsOf } from "../core/quantities.ts";
import { type ChannelDraft, derivedDraft, partner } from "./partners.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { items, type View } from "./view.ts";

export function* derived(view: View): Generator<Remark> {
  const votes = new Map<string, string | undefined>();
  for (const [channel, path] of items(view, "channels")) {
    const source = derivedDraft(channel);
    if (source === undefined) continue;
    const at = [...path, "source"];
    yield* written(channel, path);
    yield* inputs(view, channel, at);
    yield* circle(view, channel, at);
    if (source.rule === "vote") yield* vote(view, channel, at);
    if (source.rule === "h2-from-conductivity") yield* conductivity(view, channel, path);
    if (source.rule === "vote") for (const id of source.of ?? []) if (id !== undefined) votes.set(id, channel.id);
  }
  for (const [{ at }, path] of items(view, "limits"))
    if (at !== undefined && "channel" in at && at.channel !== undefined && votes.has(at.channel))
      yield doubtful(
        [...path, "at", "channel"],
        `${quote(at.channel)} is judged by its vote alone: the limit watches nothing; name ${quote(votes.get(at.channel))}`,
      );
}

/** What only a measured channel has. */
function* written(channel: ChannelDraft, path: Path): Generator<Remark> {
  if (channel.every !== undefined) yield wrong([...path, "every"], "a derived channel speaks when one of its inputs does: remove it");
  if (channel.line !== undefined) yield wrong([...path, "line"], "a derived channel has no sample line; its inputs may have one: remove it");
  if (channel.calibration !== undefined) yield wrong([...path, "calibration"], "a derived channel is as good as its inputs; calibrate those and remove it");
}

const wanted = (channel: ChannelDraft, place: number): readonly QuantityName[] => {
  if (derivedDraft(channel)?.rule === "h2-from-conductivity") return [place === 0 ? "co2_apparent" : "co2"];
  return channel.quantity === undefined ? [] : [channel.quantity];
};

function* inputs(view: View, channel: ChannelDraft, at: Path): Generator<Remark> {
  const of = derivedDraft(channel)?.of ?? [];
  for (const [place, name] of of.entries()) {
    const fitting = wanted(channel, place);
    if (fitting.length > 0) yield* partner(view, [...at, "of", place], channel, name, fitting);
    if (name !== undefined && of.indexOf(name) < place) yield wrong([...at, "of", place], `found ${quote(name)} twice; a channel counts once`);
  }
}

/** Told of the channel that comes first in the file. */
function* circle(view: View, { id: first }: ChannelDraft, at: Path): Generator<Remark> {
  if (first === undefined) return;
  const channels = new Map([...items(view, "channels")].map(([channel]) => [channel.id, channel]));
  const inputsOf = (id: string) => derivedDraft(channels.get(id))?.of ?? [];
  const order = [...channels.keys()];
  const reached = [...inputsOf(first)];
  for (const id of reached) for (const further of inputsOf(id)) if (!reached.includes(further)) reached.push(further);
  const turning = reached.filter((id) => id !== first && inputsOf(id).includes(first));
  if (turning.length === 0 || reached.some((id) => inputsOf(id).length > 0 && order.indexOf(id) < order.indexOf(first))) return;
  yield wrong(
    [...at, "of"],
    `${quote(first)} is calculated from ${turning.map(quote).join(" and ")}, and that from ${quote(first)}: let one of them be measured`,
  );
}

/**
 * Wider than this, in the canonical unit, a vote joins a sensor that sees the danger with one that does not. Engineering choices: about what two
 * sensors in order differ by, and well inside the default limits of the quantity. Where what is normal depends on the part or the cell, nothing is said.
 */
const widest: Partial<Record<QuantityName, number>> = {
  temperature: 10,
  pressure: 10,
  co2: 1000,
  h2: 200,
  co: 50,
  hf: 1,
  voc: 50,
  o2: 1,
  humidity: 10,
  voltage: 0.1,
};

function* vote(view: View, channel: ChannelDraft, at: Path): Generator<Remark> {
  const source = derivedDraft(channel);
  const { quantity } = channel;
  if (quantity !== undefined && source?.tolerance !== undefined) yield* tolerance(quantity, source.tolerance, [...at, "tolerance"]);
  const elsewhere = [...items(view, "channels")].find(
    ([voter]) =>
      voter.id !== undefined &&
      voter.quantity === quantity &&
      source?.of?.includes(voter.id) &&
      (JSON.stringify(voter.at) !== JSON.stringify(channel.at) || voter.place !== channel.place),
  );
  if (elsewhere !== undefined)
    yield doubtful([...at, "of"], `${quote(elsewhere[0].id)} is at another place: sensors vote on one place only, or a hot spot is outvoted as a fault`);
}

function* tolerance(quantity: QuantityName, text: string, at: Path): Generator<Remark> {
  const unit = quantity === "temperature" ? "K" : quantities[quantity].unit;
  const apart = differenceOf(quantity, text);
  const most = widest[quantity] ?? Number.POSITIVE_INFINITY;
  if (apart === undefined) {
    const found = text.replace(/^\s*[\d.+-]+\s*/, "");
    yield wrong(at, `found ${quote(text)}; write how far apart they may be, above 0, such as "5 ${unit}"${didYouMean(found, unitsOf(quantity))}`);
  } else if (apart > most)
    yield doubtful(
      at,
      `found ${quote(text)}: sensors that far apart agree, so that one that is wrong is not told from the others; write ${most} ${unit} or less`,
    );
}

function* conductivity(view: View, channel: ChannelDraft, path: Path): Generator<Remark> {
  if (channel.quantity !== undefined && channel.quantity !== "h2") yield wrong([...path, "quantity"], `found ${channel.quantity}; this rule gives h2`);
  const { at } = channel;
  if (at === undefined) return;
  const cell = "cell" in at ? [...items(view, "cells")].find(([{ id }]) => id === at.cell)?.[0] : undefined;
  const around = "pack" in at ? at.pack : cell === undefined ? undefined : (cell.pack ?? cell.id);
  for (const [pack] of items(view, "packs"))
    if (pack.gas_space?.atmosphere === "argon" && ("station" in at || pack.id === around))
      yield wrong(
        [...path, "source", "rule"],
        `${quote(pack.id)} is filled with argon, which conducts heat as CO2 does: conductivity says nothing of hydrogen there; remove the channel`,
      );
}
