/** What a station is, in words and tables for a person: channels, limits in force, outputs and what opens them, sinks, retention. */
import { limitRules } from "../../models/limit-rules.ts";
import { addressing, wireOfBus } from "../bus/wire.ts";
import { derivedOf, votersOf } from "../contracts/derived.ts";
import { type Channel, type ChannelSource, isCsvTail, isGpio, isMqtt, type Output, type SinkConfig, type Station } from "../contracts/station.ts";
import { isEventful } from "../core/eventful.ts";
import { quantityOf } from "../core/quantities.ts";

/** What one stored sample costs in the spool: the design's bound for a backlog; less in practice. */
const sample_Bytes = 16;

export function describe(station: Station): string {
  const { cells, intent } = station;
  const packs = new Set(cells.map(({ pack }) => pack));
  const phases = intent?.phases.map(({ id, planned }) => (planned.length === 0 ? id : `${id} (planned: ${planned.join(", ")})`));
  return [
    `${station.site}/${station.station}: ${count(cells.length, "cell")}, ${count(packs.size, "pack")}, ${count(station.channels.length, "channel")}`,
    intent === undefined ? "" : `intent: ${intent.kind}, phases ${phases?.join("; ")}`,
    section("channels", channels(station)),
    section("limits in force", limits(station)),
    section(
      "outputs",
      station.outputs.map((output) => outputLine(station, output)),
      "none: nothing is opened on a trip",
    ),
    section("sinks", station.sinks.map(sinkLine), "none: what is measured is not kept"),
    spool(station),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

function section(title: string, rows: readonly (readonly string[])[], empty = "none"): string {
  return `${title}\n${rows.length === 0 ? `  ${empty}` : table(rows)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}

function channels({ channels, buses }: Station): string[][] {
  return channels.map((channel) => [
    channel.id,
    [channel.quantity, ...((channel.gas ?? channel.contact) ? ["of", channel.gas ?? channel.contact] : [])].join(" "),
    quantityOf(channel.quantity).unit,
    sourceText(channel.source, buses),
    beatText(channel),
    channel.essential ? `${channel.role}, essential` : channel.role,
    placeText(channel),
  ]);
}

function beatText(channel: Channel): string {
  if (channel.source.driver === "replay") return "as recorded";
  if (derivedOf(channel) !== undefined) return "with its inputs";
  return isEventful(channel) ? "on events" : `every ${channel.every_s} s`;
}

function sourceText(source: ChannelSource, buses: Station["buses"]): string {
  const derived = derivedOf({ source });
  if (derived !== undefined)
    return `${derived.rule} of ${derived.of.join(", ")}${derived.rule === "vote" ? ` within ${derived.tolerance}` : ", ± 0.14 pct ± 10 %"}`;
  if (isMqtt(source)) return `mqtt ${source.topic}${source.path === "$" ? "" : ` ${source.path}`} (${source.unit})`;
  if (isCsvTail(source)) return `csv-tail ${source.file} column ${source.column} (${source.unit})`;
  if ("column" in source) return `replay column ${source.column} (${source.unit})`;
  if (isGpio(source)) return `gpio ${source.chip} line ${source.line}, closed when ${source.active}`;
  if (!("bus" in source)) return source.driver;
  const { driver, bus, address } = source;
  const kind = buses.find(({ id }) => id === bus)?.kind;
  return address === undefined || kind === undefined ? `${driver} on ${bus}` : `${driver} on ${bus} at ${addressing[wireOfBus[kind]].spoken(address)}`;
}

function placeText({ at, place, line }: Channel): string {
  const where = "cell" in at ? `cell ${at.cell}` : "pack" in at ? `pack ${at.pack}` : "station";
  const behind = line === undefined || line.delay_s === 0 ? "" : `, ${line.delay_s} s behind it`;
  return place === undefined ? where : `${where}, ${place}${behind}`;
}

function limits(station: Station): string[][] {
  const voters = votersOf(station.channels);
  return limitRules({ ...station, channels: station.channels.filter(({ id }) => !voters.has(id)) }).flatMap(({ alarm, channel, levels }) =>
    levels.map(({ side, limit, severity, because }) => [alarm, channel.id, `${side} ${limit} ${quantityOf(channel.quantity).unit}`, severity, because]),
  );
}

function outputLine({ interlocks }: Station, { id, role, kind, chip, line, period_s }: Output): string[] {
  const where = kind === "gpio" ? `gpio ${chip} line ${line}` : "simulated";
  if (role === "heartbeat") return [id, where, `heartbeat: toggles every ${period_s} s while decisions are made`];
  const openedBy = interlocks.filter(({ open }) => open.includes(id)).map(({ when, class: kind }) => `${when} (${kind})`);
  if (role === "signal") return [id, where, openedBy.length === 0 ? "signal: no interlock names it" : `signal: acts on ${openedBy.join(", ")}`];
  return [id, where, openedBy.length === 0 ? "permit: opens on every trip" : `permit: opens on ${openedBy.join(", ")} and on every other trip`];
}

function sinkLine(sink: SinkConfig): string[] {
  if (sink.kind === "mqtt") {
    const commanders = (sink.commands ?? []).map(({ actor, role }) => `${actor} (${role})`);
    const words = [...(sink.user === undefined ? [] : [`as ${sink.user}`]), ...(commanders.length === 0 ? [] : [`commands from ${commanders.join(", ")}`])];
    return ["mqtt", sink.url, words.join(", ")];
  }
  return ["influxdb", sink.url, `${sink.flavour}, ${sink.flavour === "v1" ? `database ${sink.database}` : `bucket ${sink.bucket}`}`];
}

function spool({ spool, channels }: Station): string {
  if (spool === undefined) return "";
  const samples_per_s = channels.reduce((sum, { every_s }) => sum + 1 / every_s, 0);
  const kept_s = spool.budget_Bytes / (samples_per_s * sample_Bytes);
  const kept = kept_s >= 2 * 86_400 ? `${Math.floor(kept_s / 86_400)} days` : `${Math.floor(kept_s / 3600)} hours`;
  const rate = `${Number(samples_per_s.toPrecision(3))} samples/s`;
  return `spool\n  ${spool.directory}: ${spool.budget_Bytes / 1e6} MB hold about ${kept} of ${rate} at ${sample_Bytes} Bytes each, should every sink be away`;
}
