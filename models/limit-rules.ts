/** From the alarm table and the station file to the fixed limits of every channel. */
import type { Channel, Station, StationLimit } from "../edge-agent/contracts/station.ts";
import { type AlarmName, alarmKind, alarmNames, type Severity, severityCode } from "../edge-agent/core/alarms.ts";
import { isEventful } from "../edge-agent/core/eventful.ts";
import type { Scope } from "../edge-agent/core/judgement.ts";
import { splitMeasure } from "../edge-agent/core/measured.ts";
import { type QuantityName, toCanonical } from "../edge-agent/core/quantities.ts";
import { cellOf, cellScope, channelScope, isOnCell, packAround } from "./station-map.ts";

/** `limit` and `release` in the canonical unit of the channel's quantity. */
export interface Level {
  readonly side: "over" | "under";
  readonly limit: number;
  /** Once reached, the value must come back to here. */
  readonly release: number;
  readonly severity: Severity;
  readonly because: string;
}

export interface LimitRule {
  readonly alarm: AlarmName;
  readonly scope: Scope;
  readonly channel: Channel;
  /** Gravest first. */
  readonly levels: readonly Level[];
}

/** What a station's limit means where the alarm table has no default limit that would say so. */
export const watched: Partial<Record<AlarmName, readonly QuantityName[]>> = {
  "over-temperature": ["temperature"],
  "over-pressure": ["pressure"],
  swelling: ["thickness", "force"],
  "toxic-gas": ["hf", "co", "co2"],
  "oxygen-deficiency": ["o2"],
  "flammable-gas": ["h2", "co", "voc"],
};

/** All fixed limits of a station; a station's limit replaces the default of its severity on the channels in its scope. */
export function limitRules(station: Station): LimitRule[] {
  const measuring = station.channels.filter(({ place }) => place !== "set-point");
  return measuring.flatMap((channel) =>
    alarmNames.flatMap((alarm) => {
      if (isEventful(channel) || !watched[alarm]?.includes(channel.quantity)) return [];
      const byScope = new Map<string, { scope: Scope; levels: Level[] }>();
      for (const [scope, level] of levelsOf(station, channel, alarm)) {
        const group = byScope.get(scope.id) ?? { scope, levels: [] };
        group.levels.push(level);
        byScope.set(scope.id, group);
      }
      return [...byScope.values()].map(({ scope, levels }) => ({
        alarm,
        scope,
        channel,
        levels: levels.sort((a, b) => severityCode(b.severity) - severityCode(a.severity)),
      }));
    }),
  );
}

function levelsOf(station: Station, channel: Channel, alarm: AlarmName): (readonly [Scope, Level])[] {
  const kind = alarmKind(alarm);
  const cell = cellOf(channel);
  const onChannel = channelScope(station, channel);
  // a thickness or a force is the cell's, wherever its jig stands
  const ofCell = isOnCell(channel) || alarm === "swelling";
  const onCell = ofCell && cell !== undefined && kind.scopes.includes("cell") ? cellScope(station, cell) : onChannel;
  const side = alarm === "oxygen-deficiency" ? "under" : "over";
  const level = (limit: number, severity: Severity, because: string): Level => {
    const back = Math.abs(limit) * kind.deadband;
    return { side, limit, release: side === "over" ? limit - back : limit + back, severity, because };
  };

  const levels = new Map<Severity, readonly [Scope, Level]>();
  for (const { quantity, over, under, severity, source } of kind.limits) {
    const limit = side === "over" ? over : under;
    if (quantity === channel.quantity && limit !== undefined) levels.set(severity, [onChannel, level(limit, severity, source)]);
  }
  const most = station.cells.find(({ id }) => id === cell)?.max_temperature_degC;
  if (alarm === "over-temperature" && most !== undefined && isOnCell(channel))
    levels.set(kind.severity, [onCell, level(most, kind.severity, "the maker's maximum operating temperature")]);

  const ours = station.limits.filter((limit) => limit.alarm === alarm).sort((a, b) => narrowness(a) - narrowness(b));
  for (const limit of ours) {
    const value = canonical(channel.quantity, limit.value);
    if (value === undefined || !reaches(station, limit, channel)) continue;
    const severity = limit.severity ?? kind.severity;
    levels.set(severity, ["channel" in limit.at && alarm !== "swelling" ? onChannel : onCell, level(value, severity, limit.reason)]);
  }
  return [...levels.values()];
}

/** The narrower limit is set last, so that it holds. */
const narrowness = ({ at }: StationLimit): number => ("station" in at ? 0 : "pack" in at ? 1 : "cell" in at ? 2 : 3);

function reaches(station: Station, { at, alarm }: StationLimit, channel: Channel): boolean {
  if ("channel" in at) return at.channel === channel.id;
  // a cell's limit is about the cell, not about the air around it
  if ("cell" in at) return at.cell === cellOf(channel) && (alarm !== "over-temperature" || isOnCell(channel));
  return "station" in at || at.pack === packAround(station, channel);
}

function canonical(quantity: QuantityName, text: string): number | undefined {
  const measured = splitMeasure(text);
  const unit = measured && toCanonical(quantity, measured.unit);
  return unit && measured.value * unit[0] + unit[1];
}
