/** The top row: is anything wrong, how bad, and can what is shown be believed? */
import { BigValueColorMode } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, SpecialValueMatch } from "@grafana/grafana-foundation-sdk/dashboard";
import { DateTimeFromNow } from "@grafana/grafana-foundation-sdk/units";
import { type Severity, severities, severityCode } from "../edge-agent/core/alarms.ts";
import { healthFields } from "../edge-agent/core/health.ts";
import { found } from "./cells.ts";
import { here, nowHere, ofStation, series } from "./influxql.ts";
import { severityColour, stageTexts } from "./look.ts";
import { tile } from "./panels.ts";

const grave = [...severities].reverse();
const fixed = (colour: string) => [{ id: "color", value: { mode: "fixed", fixedColor: colour } }];

const countOf = (severity: Severity) =>
  series(
    severity,
    `SELECT count("state") FROM (SELECT last("state") AS "state", "severity" FROM "alarm" WHERE ${nowHere} GROUP BY "id") WHERE "state" > 0 AND "severity" = ${severityCode(severity)}`,
  );

export function standingAlarms() {
  const panel = tile({
    id: 1,
    title: "Alarms by severity",
    description: "How many alarms stand, by severity: active, or latched and not reset. At the end of the time range.",
  });
  for (const severity of grave) panel.withTarget(countOf(severity)).overrideByName(severity, fixed(severityColour[severity]));
  // Not "0": a station that is silent tells of none either.
  return panel.span(8).noValue("none told");
}

export const worstStage = () =>
  tile({ id: 2, title: "Worst stage", description: "The gravest stage that any cell or pack is in, at the end of the time range." })
    .span(5)
    .mappings(stageTexts)
    .withTarget(
      series("stage", `SELECT max("stage") FROM (SELECT last("stage") AS "stage" FROM "estimate" WHERE ${nowHere} AND ${found} GROUP BY "pack", "cell")`),
    )
    .noValue("not judged");

/** The agent tells of its health every 10 s. The only query that asks about now whatever the time range: all other tiles are as good as this one. */
export const agentSpeaks = () =>
  tile({
    id: 3,
    title: "Agent now",
    description: "Whether the agent's health has arrived in the last 30 s, whatever the time range. When silent, every other tile is old.",
  })
    .span(3)
    .mappings([
      { type: MappingType.RangeToText, options: { from: 1, to: null, result: { text: "speaks", color: "green" } } },
      { type: MappingType.SpecialValue, options: { match: SpecialValueMatch.Null, result: { text: "silent", color: "red" } } },
    ])
    .withTarget(series("agent", `SELECT count("uptime_s") FROM "agent" WHERE time > now() - 30s AND time < now() + 5s AND ${ofStation}`));

export const lastSample = () =>
  tile({ id: 4, title: "Last usable sample", description: "When the newest sample that is not bad was taken, in the time range." }, "/^time$/i")
    .span(4)
    .unit(DateTimeFromNow)
    .colorMode(BigValueColorMode.None)
    .withTarget(series("sample", `SELECT last("quality") FROM "sample" WHERE ${here} AND "quality" > 0`));

export const backlog = () =>
  tile({ id: 5, title: "Backlog", description: `${healthFields.backlog_samples.means}. While a sink takes nothing, store-backlog stands.` })
    .span(4)
    .colorMode(BigValueColorMode.None)
    .withTarget(series("backlog", `SELECT last("backlog_samples") FROM "agent" WHERE ${here}`));
