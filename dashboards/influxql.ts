/**
 * InfluxQL targets, which the SDK has no builder for, and the conditions that every query shares. Grafana replaces `$timeFilter`,
 * `$__interval` and the variables; InfluxDB 1.x, 2.x and 3 answer what is used here.
 */
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";

/** The data source of `provisioning/datasources/offgas.yaml`. The uid is fixed for ever: every panel names it. */
export const dataSource = { type: "influxdb", uid: "offgas-influxdb" } as const;

export const ofStation = `"site" =~ /^$site$/ AND "station" =~ /^$station$/`;
/** The dashboard's time range, of the station that was chosen. */
export const here = `$timeFilter AND ${ofStation}`;
/**
 * As of the end of the time range: the agent repeats estimates and standing alarms every 10 s, so what was last told longer ago is not known to
 * hold. A tile of it is empty when the agent is silent, and never as green as it was.
 */
export const nowHere = `time >= \${__to}ms - 30s AND time <= \${__to}ms AND ${ofStation}`;
/** The cells that were chosen, and what belongs to no cell: a missing tag is empty to InfluxQL. */
export const ofCells = `"cell" =~ /^($cell|)$/`;

const target = (query: string, more: object): Builder<Dataquery> => ({
  build: () => ({ datasource: dataSource, query, rawQuery: true, ...more, _implementsDataqueryVariant() {} }),
});

/** `alias` names each series, such as `$tag_cell`; `$col` is the name of its column. */
export const series = (alias: string, query: string) => target(query, { resultFormat: "time_series", alias });
export const table = (query: string) => target(query, { resultFormat: "table" });
/** For annotations: which column is what. */
export const moments = (query: string, columns: object) => target(query, { resultFormat: "table", fromAnnotations: true, ...columns });
