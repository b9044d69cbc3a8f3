/** What the model believes of each cell. */
import { here, ofCells, series } from "./influxql.ts";
import { stageTexts } from "./look.ts";
import { curves, states } from "./panels.ts";

/** Normal is a finding only where some detector can judge. */
export const found = `("judged" = 1 OR "stage" > 0)`;

/** The gravest of each interval: zoomed out, a short runaway must not vanish between two calm moments. */
const stageBy = (tag: "cell" | "pack", condition: string) =>
  `SELECT max("stage") FROM "estimate" WHERE ${here} AND ${condition} AND ${found} GROUP BY time($__interval), "${tag}" fill(null)`;

export const stagesOfCells = () =>
  states(
    {
      id: 10,
      title: "Stage of each cell",
      description:
        "The gravest stage in each interval; packs are cells that share a gas space. A gap is silence, or a cell that no detector can judge: sensor-lost and coverage-lost say why.",
    },
    stageTexts,
  )
    .span(12)
    .height(10)
    .withTarget(series("$tag_cell", stageBy("cell", `"cell" =~ /^$cell$/ AND "cell" != ''`)))
    .withTarget(series("pack $tag_pack", stageBy("pack", `"cell" = ''`)));

export const selfHeating = () =>
  curves({
    id: 11,
    title: "Self-heating",
    description: "How fast each cell heats itself: net of heater, current and exchange with its chamber, where a detector can tell.",
  })
    .span(12)
    .height(9)
    .unit("suffix:K/min")
    .withTarget(
      series("$tag_cell", `SELECT mean("self_heating_K_per_min") FROM "estimate" WHERE ${here} AND ${ofCells} GROUP BY time($__interval), "cell" fill(null)`),
    );
