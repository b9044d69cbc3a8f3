/** The agent's own health: the fields of its table, by what an engineer asks of them. */
import { Mebibytes, Milliseconds, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { type HealthField, healthFields } from "../edge-agent/core/health.ts";
import { here, series } from "./influxql.ts";
import { curves } from "./panels.ts";

const all = Object.keys(healthFields) as HealthField[];
const perBus = all.filter((field) => healthFields[field].per === "bus");
const described = (fields: readonly HealthField[]): string => fields.map((field) => `${field}: ${healthFields[field].means}.`).join(" ");

const panel = (id: number, title: string, unit: string, fields: readonly HealthField[]) =>
  curves({ id, title, description: described(fields) })
    .interval("10s")
    .span(8)
    .height(8)
    .unit(unit);

const last = (field: HealthField) => `last("${field}") AS "${field}"`;
const ofStation = (id: number, title: string, unit: string, fields: readonly HealthField[]) =>
  panel(id, title, unit, fields).withTarget(
    series("$col", `SELECT ${fields.map(last).join(", ")} FROM "agent" WHERE ${here} GROUP BY time($__interval) fill(null)`),
  );

/** Counters since start, as what they gain a minute; a restart, which takes them back to 0, is left out. */
const gained = (field: HealthField) => `non_negative_derivative(last("${field}"), 1m) AS "${field}"`;
const ofBuses = (id: number, title: string, fields: readonly HealthField[]) =>
  panel(id, title, "suffix:/min", fields).withTarget(
    series("$tag_bus $col", `SELECT ${fields.map(gained).join(", ")} FROM "agent" WHERE ${here} AND "bus" != '' GROUP BY time($__interval), "bus" fill(none)`),
  );

const waiting = ["backlog_samples"] as const satisfies readonly HealthField[];
const space = ["resident_MiB", "spool_MiB"] as const satisfies readonly HealthField[];
const loop = ["loop_delay_p99_ms", "loop_delay_max_ms"] as const satisfies readonly HealthField[];
const clock = ["clock_offset_ms"] as const satisfies readonly HealthField[];
const uptime = ["uptime_s"] as const satisfies readonly HealthField[];
/** The rest of the station's fields count what went wrong. */
const lost = all.filter(
  (field) => healthFields[field].per === "station" && ![...waiting, ...space, ...loop, ...clock, ...uptime].some((each) => each === field),
);

export const healthPanels = () => [
  ofStation(60, "Backlog", Short, waiting),
  ofStation(61, "Lost, dropped or refused", Short, lost),
  ofBuses(
    62,
    "Read faults and bus restarts",
    perBus.filter((field) => field !== "reads"),
  ),
  ofBuses(63, "Readings", ["reads"]),
  ofStation(64, "Loop delay", Milliseconds, loop),
  ofStation(65, "Memory and spool", Mebibytes, space),
  ofStation(66, "Clock offset", Milliseconds, clock),
  ofStation(67, "Time since start", Seconds, uptime),
];
