/** Which channel of a station measures what: the questions that every detector asks of the station file. */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import { isEventful } from "../edge-agent/core/eventful.ts";
import type { Scope } from "../edge-agent/core/judgement.ts";
import type { QuantityName } from "../edge-agent/core/quantities.ts";

export const cellOf = (channel: Channel): string | undefined => ("cell" in channel.at ? channel.at.cell : undefined);
export const packOf = (channel: Channel): string | undefined => ("pack" in channel.at ? channel.at.pack : undefined);

const packOfCell = (station: Station, cell: string | undefined): string | undefined => station.cells.find(({ id }) => id === cell)?.pack;

/** The pack that a channel stands in: its own, or that of its cell. */
export const packAround = (station: Station, channel: Channel): string | undefined => packOf(channel) ?? packOfCell(station, cellOf(channel));

export function cellScope(station: Station, cell: string): Scope {
  const pack = packOfCell(station, cell);
  return { kind: "cell", id: cell, cell, ...(pack === undefined ? {} : { pack }) };
}

/** The scope of what a channel is at: its cell, its pack or the station, whose id in alarms is the word itself: its name may be a cell's too. */
export function placeScope(station: Station, channel: Channel): Scope {
  const cell = cellOf(channel);
  if (cell !== undefined) return cellScope(station, cell);
  const pack = packOf(channel);
  return pack === undefined ? { kind: "station", id: "station" } : { kind: "pack", id: pack, pack };
}

export function channelScope(station: Station, channel: Channel): Scope {
  const cell = cellOf(channel);
  const pack = packAround(station, channel);
  return { kind: "channel", id: channel.id, channel: channel.id, ...(cell === undefined ? {} : { cell }), ...(pack === undefined ? {} : { pack }) };
}

/** A set-point is what somebody wants, and no temperature of anything. */
const airPlaces: readonly (string | undefined)[] = ["chamber", "headspace", "sample-line", "set-point"];

/** A thermometer on the cell itself, not in the air around it. */
export const isOnCell = (channel: Channel): boolean =>
  channel.quantity === "temperature" && cellOf(channel) !== undefined && !airPlaces.includes(channel.place);

export const thermometersOf = (station: Station, cell: string): Channel[] =>
  station.channels.filter((channel) => isOnCell(channel) && cellOf(channel) === cell);

/** For which thermometers this one stands in: a jig or a heater beside a cell has a temperature of its own, and speaks for the cell only while nothing on it does. */
export const standsInFor = (thermometers: readonly Channel[], { place }: Channel): readonly Channel[] =>
  place === "jig" ? thermometers.filter((other) => other.place !== "jig") : [];

const cellPlaces: readonly (string | undefined)[] = ["surface", "tab", "jig"];
const ofCells: readonly QuantityName[] = ["voltage", "thickness", "force"];

/** The same station, where what a pack of one cell measures on it is that cell's: by the only such channel, of which the cell has none of its own. */
export function ascribed(station: Station): Station {
  const isOfCell = ({ quantity, place }: Channel) => ofCells.includes(quantity) || (quantity === "temperature" && cellPlaces.includes(place));
  const channels = station.channels.map((channel): Channel => {
    const pack = packOf(channel);
    const [cell, ...others] = station.cells.filter((one) => one.pack === pack);
    if (pack === undefined || cell === undefined || others.length > 0 || !isOfCell(channel)) return channel;
    const { quantity } = channel;
    const has = station.channels.some((one) => one.quantity === quantity && cellOf(one) === cell.id && (quantity !== "temperature" || isOnCell(one)));
    const alike = station.channels.filter((one) => one.quantity === quantity && packOf(one) === pack && isOfCell(one));
    return has || (quantity !== "temperature" && alike.length > 1) ? channel : { ...channel, at: { cell: cell.id } };
  });
  return { ...station, channels };
}

/** Nearest first: at the cell, then at its pack, then at the station. */
function nearest(station: Station, cell: string, fits: (channel: Channel) => boolean): Channel | undefined {
  const found = station.channels.filter(fits);
  const pack = packOfCell(station, cell);
  return (
    found.find((channel) => cellOf(channel) === cell) ??
    found.find((channel) => packOf(channel) === pack && pack !== undefined) ??
    found.find((channel) => "station" in channel.at)
  );
}

/** The air that a cell exchanges heat with: what stands in its chamber, else in its headspace, else somewhere in its pack. */
export const chamberOf = (station: Station, cell: string): Channel | undefined =>
  nearest(station, cell, ({ quantity, place }) => quantity === "temperature" && place === "chamber") ??
  nearest(station, cell, ({ quantity, place }) => quantity === "temperature" && place === "headspace") ??
  nearest(station, cell, (channel) => channel.quantity === "temperature" && channel.place === undefined && packOf(channel) !== undefined);

/** The pressure of the gas around a cell: of its chamber, or of the room. A vent's peak is no pressure that lasts. */
export const pressureAround = (station: Station, cell: string): Channel | undefined =>
  nearest(station, cell, (channel) => channel.quantity === "pressure" && !isEventful(channel));

/** The current through a cell: its own, or that of the string it is in. */
export const currentOf = (station: Station, cell: string): Channel | undefined =>
  nearest(station, cell, (channel) => channel.quantity === "current" && !("station" in channel.at));

export const atCell = (station: Station, cell: string, quantity: QuantityName): Channel | undefined =>
  station.channels.find((channel) => channel.quantity === quantity && cellOf(channel) === cell);
