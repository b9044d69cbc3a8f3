/** The kinds of panel that this project draws, each with its settings in one place. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { ThresholdsConfigBuilder, ThresholdsMode, type ValueMap } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";

/** Ids are given once and never reused: links and alert rules name a panel by its id. */
export interface PanelFacts {
  readonly id: number;
  readonly title: string;
  readonly description: string;
}

/** A curve runs on over this much without a value, for slow sensors. A longer silence is a gap. */
const CURVE_GAP_ms = 60_000;
/** Estimates and standing alarms are repeated every 10 s: three missed ones are a silence, and silence is no state. */
const STATE_GAP_ms = 30_000;

const everySeries = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

export const curves = ({ id, title, description }: PanelFacts) =>
  new TimeSeries()
    .id(id)
    .title(title)
    .description(description)
    .spanNulls(CURVE_GAP_ms)
    .lineWidth(1)
    .fillOpacity(0)
    .tooltip(everySeries())
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Right).calcs(["lastNotNull", "max"]));

export const states = ({ id, title, description }: PanelFacts, texts: ValueMap[]) =>
  new StateTimeline().id(id).title(title).description(description).mappings(texts).spanNulls(STATE_GAP_ms).tooltip(everySeries());

/** One value, large. `field` is a pattern; left out, every number is shown. */
export const tile = ({ id, title, description }: PanelFacts, field = "") =>
  new Stat()
    .id(id)
    .title(title)
    .description(description)
    .height(4)
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    // Grafana's default is green, also for no value at all
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: "transparent" }]))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields(field).values(false));

export const rows = ({ id, title, description }: PanelFacts) => new Table().id(id).title(title).description(description);
