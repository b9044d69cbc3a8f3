/** A station without a fault, a small catalogue, and what `check` says when one thing is changed. */
import { stringify } from "yaml";
import { problemText } from "../../edge-agent/config/problem.ts";
import { readStation } from "../../edge-agent/config/read.ts";
import type { Chips } from "../../edge-agent/config/view.ts";

export const chips: Chips = {
  mcp9601: {
    driver: "mcp9601",
    title: "thermocouple converter",
    bus: "i2c",
    addresses: [0x60, 0x67],
    outputs: { temperature: "temperature", cold_junction: "temperature" },
    options: { thermocouple: { choices: ["K", "J"], default: "K" } },
    fastest_s: 0.1,
  },
  hsc: {
    driver: "hsc",
    title: "pressure sensor",
    bus: "i2c",
    addresses: [0x28],
    outputs: { pressure: "pressure" },
    options: { range: { choices: ["015PA", "030PA"] } },
    fastest_s: 0.01,
  },
  scd30: {
    driver: "scd30",
    title: "CO2 sensor",
    bus: "i2c",
    addresses: [0x61],
    outputs: { co2: "co2" },
    options: {},
    stretches_s: 0.15,
    operating_degC: [0, 50],
    atmospheres: ["air"],
    fastest_s: 2,
  },
  ds18b20: { driver: "ds18b20", title: "thermometer", bus: "one-wire", outputs: { temperature: "temperature" }, options: {}, fastest_s: 1 },
  scd41: { driver: "scd41", title: "CO2 sensor", bus: "i2c", addresses: [0x62], outputs: { co2: "co2", humidity: "humidity" }, options: {}, fastest_s: 5 },
};

// biome-ignore lint/suspicious/noExplicitAny: tests write what the schema refuses
export type Loose = any;

export const base = (): Loose => ({
  version: 1,
  site: "lab",
  station: "chamber-1",
  cells: [{ id: "C1", pack: "P1", max_temperature: "60 degC" }, { id: "C2" }],
  packs: [{ id: "P1" }],
  buses: [
    { id: "i2c-1", kind: "i2c", device: 1 },
    { id: "i2c-3", kind: "i2c", device: 3 },
  ],
  channels: [
    { id: "C1.t", quantity: "temperature", at: { cell: "C1" }, essential: true, source: { driver: "mcp9601", bus: "i2c-1", address: 0x67 } },
    { id: "C1.cold", quantity: "temperature", at: { cell: "C1" }, source: { driver: "mcp9601", bus: "i2c-1", address: 0x67, output: "cold_junction" } },
    { id: "P1.co2", quantity: "co2", at: { pack: "P1" }, every: "5 s", t90: "60 s", source: { driver: "scd41", bus: "i2c-1", address: 0x62 } },
  ],
  limits: [{ alarm: "over-temperature", at: { cell: "C1" }, value: "130 degC", reason: "planned ramp" }],
  outputs: [
    { id: "permit", kind: "gpio", chip: "pinctrl-bcm2835", line: 17 },
    { id: "beat", kind: "gpio", chip: "pinctrl-bcm2835", line: 22, role: "heartbeat", period: "1 s" },
  ],
  intent: { kind: "abuse", phases: [{ id: "ramp", planned: ["runaway"] }] },
  interlocks: [{ when: "runaway", class: "protect", open: ["permit"] }],
  sinks: [{ kind: "influxdb", url: "http://127.0.0.1:8086", database: "offgas", user: "offgas", password_file: "influx" }],
  spool: { directory: "spool" },
});

/** Lines without the file's name, such as `3:1: cells: …`. */
export function linesOf(text: string): string[] {
  const read = readStation(text, { chips, today: "2026-11-22" });
  return [...(read.ok ? [] : read.errors), ...read.warnings].map((problem) => problemText("", problem).slice(1));
}

/** What is said when `change` has been made to the base station, without the positions. */
export function said(change: (station: Loose) => void): string[] {
  const station = base();
  change(station);
  return linesOf(stringify(station, { aliasDuplicateObjects: false })).map((line) => line.replace(/^\d+:\d+: /, ""));
}
