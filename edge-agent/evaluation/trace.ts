/** One case as a picture tells it: what was measured, what the full model said of it, and what was true. */
import { isClassRunaway } from "../../models/evaluation/criteria.ts";
import { Hearing, type Raise } from "../../models/evaluation/told.ts";
import { cellOf, packAround } from "../../models/station-map.ts";
import { openRecordedPath, type RecordedPath } from "../agent/recorded-path.ts";
import type { Channel, Station } from "../contracts/station.ts";
import type { Truth } from "../contracts/truth.ts";
import type { Entry } from "../core/entry.ts";
import { gasSpecies, quantityOf } from "../core/quantities.ts";
import { readingsOf, replayColumns } from "../recording/columns.ts";
import { Curve, type Point } from "./curve.ts";
import type { ScoredCase } from "./scored-case.ts";

export interface Trace {
  readonly name: string;
  readonly kind: string;
  readonly cell: string;
  readonly temperatures_degC: readonly Line[];
  readonly net_K_per_min: readonly Point[];
  readonly gases: readonly Line[];
  /** Of all gas lines. */
  readonly gasUnit: string;
  /** First of each alarm about the cell, at each severity. */
  readonly raises: readonly Raise[];
  readonly events: Truth["events"];
}

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

const MOST_LINES = 4;

/** `about`: the cell that something happened to; the first of the station where nothing did. Faults: those of the case's rows. */
export async function traceCase(scored: ScoredCase, about: string | undefined): Promise<Trace> {
  const { name, station } = scored;
  const cell = about ?? station.cells[0]?.id ?? "";
  const heat = station.channels.filter((channel) => channel.quantity === "temperature" && isAround(station, channel, cell)).slice(0, MOST_LINES);
  const [leading] = gasesAround(station, cell);
  const gasUnit = leading === undefined ? "" : quantityOf(leading.quantity).unit;
  const gas = gasesAround(station, cell).filter(({ quantity }) => quantityOf(quantity).unit === gasUnit);
  const curves = new Map([...heat, ...gas.slice(0, MOST_LINES)].map(({ id }) => [id, new Curve()]));
  const net = new Curve();
  const ears = new Hearing(station);
  const see = (entry: Entry): void => {
    ears.hear(entry);
    if (entry.type === "sample" && entry.sample.value !== undefined) curves.get(entry.sample.channel)?.add(entry.sample.at_s, entry.sample.value);
    if (entry.type !== "estimate" || entry.estimate.cell !== cell) return;
    const { at_s, self_heating_K_per_min } = entry.estimate;
    if (self_heating_K_per_min !== undefined) net.add(at_s, self_heating_K_per_min.value);
  };

  const columns = replayColumns(station.channels);
  let path: RecordedPath | undefined;
  for await (const row of scored.rows()) {
    const { at_s } = row;
    if (at_s === undefined) continue;
    path ??= await openRecordedPath(station, at_s);
    for (const entry of path.decider.readings(readingsOf(row, at_s, columns))) see(entry);
    for (const entry of path.decider.time(at_s)) see(entry);
  }
  const truth = scored.truth();
  const lines = (channels: readonly Channel[]): Line[] =>
    channels.flatMap(({ id }) => {
      const curve = curves.get(id);
      return curve === undefined || curve.points.length === 0 ? [] : [{ name: id, points: curve.points }];
    });
  return {
    name,
    kind: truth.kind,
    cell,
    temperatures_degC: lines(heat),
    net_K_per_min: net.points,
    gases: lines(gas),
    gasUnit,
    raises: firstOfEach(ears.told({ to_s: 0, watched_s: 0 }).raises.filter((raise) => raise.cell === undefined || raise.cell === cell)),
    events: truth.events.filter((event) => event.cell === undefined || event.cell === cell),
  };
}

/** On the cell, in its pack or in the whole station, but not on another cell. */
function isAround(station: Station, channel: Channel, cell: string): boolean {
  if (channel.place === "set-point") return false;
  const own = cellOf(channel);
  return own === undefined ? isPackOf(station, packAround(station, channel), cell) : own === cell;
}

const isPackOf = (station: Station, pack: string | undefined, cell: string): boolean =>
  pack === undefined || station.cells.find(({ id }) => id === cell)?.pack === pack;

/** The leading ones first. */
const gasesAround = (station: Station, cell: string): Channel[] =>
  station.channels
    .filter((channel) => isGas(channel) && isAround(station, channel, cell))
    .sort((a, b) => Number(b.role === "leading") - Number(a.role === "leading"));

const isGas = ({ quantity }: Channel): boolean => quantity === "voc_signal" || (gasSpecies as readonly string[]).includes(quantity);

/** Alarms of class runaway are always told, others once. */
function firstOfEach(raises: readonly Raise[]): Raise[] {
  const seen = new Set<string>();
  return raises.filter(({ alarm, severity }) => {
    const key = isClassRunaway(alarm) ? `${alarm} ${severity}` : alarm;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
