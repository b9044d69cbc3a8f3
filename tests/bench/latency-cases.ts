/** The situations in which a trip is measured, the station that trips, and what the physics adds that no computer can take away. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Station, StationInput } from "../../edge-agent/contracts/station.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { replayChannel, station } from "../support/station.ts";
import type { FrozenDisk } from "./frozen-disk.ts";
import { channelCount } from "./spool.ts";
import type { Figure } from "./table.ts";

export interface Situation {
  readonly name: string;
  /** Where the store's spool is; without one there is no store. */
  readonly spool?: string;
  readonly sinks: StationInput["sinks"];
  readonly stalled: boolean;
  readonly missing?: string;
}

/** Port 1 of the loopback: nobody listens, so each try is refused. */
const down: StationInput["sinks"] = [
  { kind: "influxdb", url: "http://127.0.0.1:1", database: "offgas" },
  { kind: "mqtt", url: "mqtt://127.0.0.1:1" },
];

export function situationsOf({ influxUrl, disk }: { readonly influxUrl: string | undefined; readonly disk: FrozenDisk | Error }): Situation[] {
  const folder = disk instanceof Error ? tmpdir() : disk.folder;
  const spool = () => mkdtempSync(join(folder, "spool-"));
  const taking: StationInput["sinks"] = influxUrl === undefined ? [] : [{ kind: "influxdb", url: influxUrl, database: "offgas" }];
  return [
    { name: "no store", sinks: [], stalled: false },
    { name: influxUrl === undefined ? "storing, no sink" : "storing and sending", sinks: taking, stalled: false, spool: spool() },
    { name: "every sink down", sinks: down, stalled: false, spool: spool() },
    {
      name: "disk stalled 2 s, every sink down",
      sinks: down,
      stalled: true,
      ...(disk instanceof Error ? { missing: `an ext4 image on a loop device: ${disk.message}` } : { spool: spool() }),
    },
  ];
}

/** 40 pressures that trip in turn, 16 surface temperatures of 16 cells, 8 CO2 sensors: every detector has work. */
export function trippingStation({ sinks, spool }: Situation, { limit_kPa, every_s }: { readonly limit_kPa: number; readonly every_s: number }): Station {
  const every = `${every_s} s`;
  const cells = Array.from({ length: 16 }, (_, n) => ({ id: `C${n}`, max_temperature: "60 degC" }));
  const channels = Array.from({ length: channelCount }, (_, n) => {
    if (n % 8 < 5) return replayChannel(`P${n}`, { quantity: "pressure", at: { station: true }, every });
    if (n % 8 === 7) return replayChannel(`G${n}`, { quantity: "co2", at: { cell: `C${n % 16}` }, place: "headspace", every });
    return replayChannel(`T${n}`, { at: { cell: `C${(n >> 3) * 2 + (n % 8) - 5}` }, place: "surface", every });
  });
  return station({
    cells,
    channels,
    sinks,
    limits: [{ alarm: "over-pressure", at: { station: true }, severity: "trip", value: `${limit_kPa} kPa`, reason: "bench" }],
    outputs: ["cycler-permit", "heater-permit"].map((id, line) => ({ id, kind: "gpio", chip: "bench", line, energised_means: "permit" })),
    interlocks: [{ when: "over-pressure", class: "protect", open: ["cycler-permit", "heater-permit"] }],
    ...(spool === undefined ? {} : { spool: { directory: spool, budget: "200 MB" } }),
  });
}

/** MCP9601: 320 ms at 18 bit, typical (data sheet DS20005426); its driver waits for hot and cold junction. SCD41: a result every 5 s. */
const ADC_18_BIT_s = 0.32;
/** As the example station states it for a CO2 sensor of this kind. */
const SCD41_T90_s = 60;

export function physical(n: string): Figure[] {
  const { mcp9601, scd41 } = catalogue;
  if (mcp9601 === undefined || scd41 === undefined) throw new TypeError("the catalogue lost a chip");
  return [
    {
      name: "  the sensor adds: MCP9601",
      values: { conversion: ADC_18_BIT_s, "both junctions": mcp9601.fastest_s },
      unit: "s",
      note: `beside ${n}: a step of a thermocouple waits for the conversion under way and its own, and the thermocouple's own lag comes before`,
    },
    { name: "  the sensor adds: SCD41", values: { interval: scd41.fastest_s, T90: SCD41_T90_s }, unit: "s" },
  ];
}
