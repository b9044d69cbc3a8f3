/** One station: what is wrong, with which cell, and whether the data can be believed. Read from the top, like a newspaper; depth is in closed rows. */
import { DashboardBuilder, DashboardCursorSync, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { alarmList, alarmTimeline } from "./alarms.ts";
import { selfHeating, stagesOfCells } from "./cells.ts";
import { annotations } from "./events.ts";
import { agentSpeaks, backlog, lastSample, standingAlarms, worstStage } from "./glance.ts";
import { healthPanels } from "./health.ts";
import { notGood, notGoodCount, qualityOfChannels } from "./quality.ts";
import { allGases, groups, quantityPanel } from "./quantities.ts";
import { variables } from "./variables.ts";

export function stationDashboard(): DashboardBuilder {
  const dashboard = new DashboardBuilder("Offgas station")
    .uid("offgas-station")
    .description("What is wrong with which cell of a station. Generated: change dashboards/*.ts and run `npm run dashboards`.")
    .tags(["offgas"])
    .readonly()
    .timezone("browser")
    .time({ from: "now-15m", to: "now" })
    .refresh("5s")
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables())
    .annotations(annotations());
  for (const panel of [standingAlarms(), worstStage(), agentSpeaks(), lastSample(), backlog()]) dashboard.withPanel(panel);
  for (const panel of [stagesOfCells(), alarmList(), quantityPanel("temperature"), allGases(), alarmTimeline(), selfHeating()]) dashboard.withPanel(panel);
  // Closed rows ask nothing until they are opened, and a station without a voltage is no wall of "No data".
  for (const { id, title, quantities } of groups) dashboard.withRow(closed(id, title, quantities.map(quantityPanel)));
  dashboard.withRow(closed(113, "Data quality", [notGoodCount(), notGood(), qualityOfChannels()]));
  dashboard.withRow(closed(114, "Agent health", healthPanels()));
  return dashboard;
}

function closed(id: number, title: string, panels: readonly Parameters<RowBuilder["withPanel"]>[0][]): RowBuilder {
  const row = new RowBuilder(title).id(id).collapsed(true);
  for (const panel of panels) row.withPanel(panel);
  return row;
}
