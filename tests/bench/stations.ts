/** Station files that the bench runs, written as JSON, which is YAML too. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { recordedStation } from "./recording.ts";
import { channelCount, rate_Hz } from "./spool.ts";

type ChannelInput = StationInput["channels"][number];

export interface Servers {
  readonly influxUrl: string | undefined;
  readonly mqttUrl: string | undefined;
}

/** Sinks that are not installed are left out. */
const around = (folder: string, { influxUrl, mqttUrl }: Servers): Pick<StationInput, "version" | "site" | "station" | "sinks" | "spool"> => ({
  version: 1,
  site: "bench",
  station: "bench",
  sinks: [
    ...(influxUrl === undefined ? [] : [{ kind: "influxdb" as const, url: influxUrl, database: "offgas" }]),
    ...(mqttUrl === undefined ? [] : [{ kind: "mqtt" as const, url: mqttUrl }]),
  ],
  spool: { directory: join(folder, "spool"), budget: "1 GB" },
});

/** On each bus an SCD41, which has one address, and an MCP9601 on each of the seven others of its range: 17 channels a bus. */
const addresses = [0x60, 0x61, 0x63, 0x64, 0x65, 0x66, 0x67];
/** The fewest that carry 64 channels. */
export const busCount = 4;

function chips(bus: number): ChannelInput[] {
  const id = `i2c-${bus}`;
  const thermocouples = addresses.flatMap((address, n): ChannelInput[] => {
    const at = { cell: `C${bus}${n}` };
    const source = { driver: "mcp9601", bus: id, address };
    return [
      { id: `C${bus}${n}.surface`, quantity: "temperature", at, place: "surface", source, every: "1 s" },
      {
        id: `C${bus}${n}.cold`,
        quantity: "temperature",
        at: { station: true },
        place: "chamber",
        source: { ...source, output: "cold_junction" },
        every: "1 s",
      },
    ];
  });
  const gases = (["co2", "temperature", "humidity"] as const).map(
    (quantity): ChannelInput => ({
      id: `B${bus}.${quantity}`,
      quantity,
      at: { station: true },
      place: "headspace",
      source: { driver: "scd41", bus: id, address: 0x62 },
      every: "5 s",
    }),
  );
  return [...thermocouples, ...gases];
}

export function writeChipStation(folder: string, servers: Servers): string {
  const buses = Array.from({ length: busCount }, (_, n) => n + 1);
  const channels = buses.flatMap(chips).slice(0, channelCount);
  return write(folder, {
    ...around(folder, servers),
    cells: channels.flatMap(({ id }) => (id.endsWith(".surface") ? [{ id: id.replace(".surface", ""), max_temperature: "60 degC" }] : [])),
    buses: buses.map((device) => ({ id: `i2c-${device}`, kind: "i2c", device })),
    channels,
  });
}

/** Four ADS1115 a bus, four inputs each: the fastest chips of which 64 channels fit on four buses. */
export function fastStation(folder: string, servers: Servers): StationInput {
  const buses = Array.from({ length: busCount }, (_, n) => n + 1);
  const channels = buses.flatMap((bus) =>
    [0x48, 0x49, 0x4a, 0x4b].flatMap((address) =>
      [0, 1, 2, 3].map((input): ChannelInput => {
        const source = { driver: "ads1115", bus: `i2c-${bus}`, address, output: `ain${input}` };
        return { id: `B${bus}.${address}.${input}`, quantity: "voltage", at: { station: true }, source, every: `${1000 / rate_Hz} ms` };
      }),
    ),
  );
  return { ...around(folder, servers), cells: [{ id: "C1" }], buses: buses.map((device) => ({ id: `i2c-${device}`, kind: "i2c", device })), channels };
}

export const writeFastStation = (folder: string, servers: Servers): string => write(folder, fastStation(folder, servers));

export const writeRecordedStation = (folder: string, servers: Servers): string => write(folder, { ...around(folder, servers), ...recordedStation });

function write(folder: string, station: StationInput): string {
  const path = join(folder, "station.yaml");
  writeFileSync(path, JSON.stringify(station, null, 1));
  return path;
}
