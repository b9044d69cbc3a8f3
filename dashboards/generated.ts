/** From builders to the text of the committed files. What the SDK's defaults get wrong is put right here, once. */
import type { AnnotationQuery, DashboardBuilder, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import { dataSource } from "./influxql.ts";
import { stationDashboard } from "./station.ts";

/** File name to its text. File names and uids are a contract: bookmarks, links and alert rules hold on to them. */
export const generated = (): Record<string, string> => ({ "station.json": textOf(stationDashboard()) });

function textOf(builder: DashboardBuilder): string {
  const dashboard = builder.build();
  for (const panel of (dashboard.panels ?? []).flatMap(withInner)) complete(panel);
  for (const annotation of dashboard.annotations?.list ?? []) show(annotation);
  // the SDK writes settings of interval variables into every variable
  for (const variable of dashboard.templating?.list ?? []) for (const key of ["auto", "auto_min", "auto_count"] as const) delete variable[key];
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const withInner = (panel: Panel | RowPanel): Panel[] => ("panels" in panel ? panel.panels : [panel as Panel]);

function complete(panel: Panel): void {
  panel.datasource = dataSource;
  panel.targets?.forEach((target, index) => {
    Object.assign(target, { refId: String.fromCharCode("A".charCodeAt(0) + index) });
  });
}

function show(annotation: AnnotationQuery): void {
  annotation.datasource = dataSource;
  delete annotation.placement; // the SDK hides every annotation in a menu
  Object.assign(annotation.target ?? {}, { refId: "Anno" });
  // an older Grafana reads an InfluxQL annotation from these, a newer one from its target
  const { query, textColumn, tagsColumn, timeEndColumn, titleColumn } = annotation.target as unknown as Record<string, string>;
  Object.assign(annotation, { query, textColumn, tagsColumn, timeEndColumn, titleColumn });
}
