/** What Grafana does with a dashboard file before InfluxDB sees a query: every query of it, its macros and variables filled in. */
import type { Measurement } from "../../edge-agent/sinks/fields.ts";

/** Tags as the line protocol writes them; `tests/system/dashboards.test.ts` asks a server whether it is so. */
export const writtenTags: Readonly<Record<Measurement, readonly string[]>> = {
  sample: ["site", "station", "pack", "cell", "channel"],
  estimate: ["site", "station", "pack", "cell"],
  alarm: ["site", "station", "id", "alarm", "pack", "cell", "channel"],
  event: ["site", "station", "kind"],
  agent: ["site", "station", "bus"],
};

export interface Query {
  /** `panel 10 Stage of each cell, A`, `annotation outputs`, `variable cell`. */
  readonly of: string;
  readonly query: string;
}

export interface DashboardFile {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly PanelFile[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly query: string; readonly target: Target; readonly placement?: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}
interface Target {
  readonly refId: string;
  readonly query: string;
  readonly datasource: { readonly uid: string };
}
export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly panels?: readonly PanelFile[];
}

/** Panels and rows, those inside a closed row too. */
export const panelsOf = ({ panels }: DashboardFile): PanelFile[] => panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);

export const queriesOf = (dashboard: DashboardFile): Query[] => [
  ...panelsOf(dashboard).flatMap(({ id, title, targets = [] }) => targets.map(({ refId, query }) => ({ of: `panel ${id} ${title}, ${refId}`, query }))),
  ...dashboard.annotations.list.map(({ name, target }) => ({ of: `annotation ${name}`, query: target.query })),
  ...dashboard.templating.list.map(({ name, query }) => ({ of: `variable ${name}`, query })),
];

export interface View {
  readonly from_ms: number;
  readonly until_ms: number;
  readonly interval: string;
  /** One value, several, or a variable's own value for "All". */
  readonly variables: Readonly<Record<string, string | readonly string[]>>;
}

/** Throws where a `$` is left that Grafana would not know. An anchor (`$/`) is none. */
export function filledIn(query: string, { from_ms, until_ms, interval, variables }: View): string {
  const known: Record<string, string> = { timeFilter: `time >= ${from_ms}ms and time <= ${until_ms}ms`, __interval: interval, __to: String(until_ms) };
  for (const [name, value] of Object.entries(variables)) known[name] = typeof value === "string" ? value : `(${value.join("|")})`;
  return query.replace(/\$\{(\w+)\}|\$(\w+)/g, (_, braced: string | undefined, name = braced ?? "") => {
    const value = known[name];
    if (value === undefined) throw new Error(`Grafana does not know $${name}: ${query}`);
    return value;
  });
}
