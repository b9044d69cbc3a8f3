/** Which readings cannot be trusted, and why. */
import { here, ofCells, series, table } from "./influxql.ts";
import { qualityTexts, reasonTexts } from "./look.ts";
import { curves, rows, states } from "./panels.ts";

const countOf = (name: string, quality: number) =>
  series(name, `SELECT count("quality") FROM "sample" WHERE ${here} AND ${ofCells} AND "quality" = ${quality} GROUP BY time($__interval) fill(null)`);

export const notGoodCount = () =>
  curves({
    id: 50,
    title: "Readings that are not good",
    description: "In each interval: of the cells that were chosen, and of what belongs to no cell.",
  })
    .span(12)
    .height(9)
    .min(0)
    .noValue("all good")
    .withTarget(countOf("bad", 0))
    .withTarget(countOf("uncertain", 1));

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
