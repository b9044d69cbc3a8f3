/** Which readings cannot be trusted, and why. */
import { PercentUnit } from "@grafana/grafana-foundation-sdk/units";
import { here, ofCells, series, table } from "./influxql.ts";
import { qualityTexts, reasonTexts } from "./look.ts";
import { curves, rows, states } from "./panels.ts";

/** InfluxQL has no conditions in an expression: these are 1 for quality 0 and for quality 1, and 0 for the others. */
const shares = `SELECT (1 - "quality") * (2 - "quality") / 2 AS "bad", "quality" * (2 - "quality") AS "uncertain" FROM "sample" WHERE ${here} AND ${ofCells}`;

export const badShare = () =>
  curves({
    id: 50,
    title: "Share of readings that are not good",
    description: "Of all readings in each interval: those of the cells that were chosen, and of what belongs to no cell.",
  })
    .span(12)
    .height(9)
    .unit(PercentUnit)
    .min(0)
    .max(1)
    .withTarget(
      series("$col", `SELECT mean("bad") AS "bad", mean("uncertain") AS "uncertain" FROM (${shares}) WHERE $timeFilter GROUP BY time($__interval) fill(null)`),
    );

export const notGood = () =>
  rows({
    id: 51,
    title: "Channels that are not good",
    description: "Channels whose last reading in the time range was bad or uncertain, and why. What to do: deploy/runbook.md, sensor-lost.",
  })
    .span(12)
    .height(9)
    .overrideByName("quality", [
      { id: "mappings", value: qualityTexts },
      { id: "custom.cellOptions", value: { type: "color-background", mode: "basic" } },
    ])
    .overrideByName("reason", [{ id: "mappings", value: reasonTexts }])
    .overrideByName("Time", [{ id: "displayName", value: "last told" }])
    .withTarget(
      table(
        `SELECT "channel", "quality", "reason" FROM (SELECT last("quality") AS "quality", "reason" FROM "sample" WHERE ${here} AND ${ofCells} GROUP BY "channel") WHERE "quality" < 2`,
      ),
    );

export const qualityOfChannels = () =>
  states({ id: 52, title: "Quality of each channel", description: "The worst reading in each interval. A gap is silence." }, qualityTexts)
    .span(24)
    .height(10)
    .withTarget(series("$tag_channel", `SELECT min("quality") FROM "sample" WHERE ${here} AND ${ofCells} GROUP BY time($__interval), "channel" fill(null)`));
