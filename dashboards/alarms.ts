/** What stands now, and what stood when. */
import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { here, nowHere, series, table } from "./influxql.ts";
import { severityTexts, stateTexts, yesNo } from "./look.ts";
import { rows, states } from "./panels.ts";

const coloured = { id: "custom.cellOptions", value: { type: "color-background", mode: "basic" } };

export const alarmList = () =>
  rows({
    id: 12,
    title: "Standing alarms",
    description: "Each alarm that is active, or latched and not reset, at the end of the time range. What to do about each: deploy/runbook.md.",
  })
    .span(12)
    .height(10)
    .sortBy([new TableSortByFieldStateBuilder().displayName("severity").desc(true)])
    .overrideByName("severity", [{ id: "mappings", value: severityTexts }, coloured])
    .overrideByName("state", [{ id: "mappings", value: stateTexts }, coloured])
    .overrideByName("active", [{ id: "mappings", value: yesNo }])
    .overrideByName("acknowledged", [{ id: "mappings", value: yesNo }])
    .overrideByName("Time", [{ id: "displayName", value: "last told" }])
    .withTarget(
      table(
        `SELECT "id", "severity", "state", "active", "acknowledged" FROM (SELECT last("state") AS "state", "severity", "active", "acknowledged" FROM "alarm" WHERE ${nowHere} GROUP BY "id") WHERE "state" > 0`,
      ),
    );

export const alarmTimeline = () =>
  states(
    {
      id: 13,
      title: "Alarms over time",
      description:
        "Severity of each alarm while it stood. over-temperature begins and ends where a cell crossed its own limit, which is in the station file and not in InfluxDB.",
    },
    severityTexts,
  )
    .span(12)
    .height(9)
    .withTarget(series("$tag_id", `SELECT max("severity") FROM "alarm" WHERE ${here} AND "state" > 0 GROUP BY time($__interval), "id" fill(null)`));
