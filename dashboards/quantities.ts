/** A panel is a function of the table of quantities: its field, unit, name and limits cannot be wrong. */
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { type AlarmName, alarmKind, alarmNames, type Limit } from "../edge-agent/core/alarms.ts";
import { type QuantityName, quantities, quantityNames, quantityOf } from "../edge-agent/core/quantities.ts";
import { here, ofCells, series } from "./influxql.ts";
import { severityColour, unitOf } from "./look.ts";
import { curves } from "./panels.ts";

/** Every quantity has a panel. */
const panelId: Readonly<Record<QuantityName, number>> = {
  temperature: 30,
  pressure: 31,
  co2: 32,
  co2_apparent: 48,
  h2: 33,
  hf: 34,
  co: 35,
  voc: 36,
  o2: 37,
  humidity: 38,
  flow: 39,
  voltage: 40,
  current: 41,
  power: 42,
  thickness: 43,
  force: 44,
  strain: 45,
  contact: 46,
  voc_signal: 47,
};

export const groups = [
  { id: 110, title: "Gas, one by one", quantities: ["co2", "h2", "hf", "co", "voc", "voc_signal", "o2", "flow", "humidity", "co2_apparent"] },
  { id: 111, title: "Pressure and swelling", quantities: ["pressure", "thickness", "force", "strain"] },
  { id: 112, title: "Voltage, current, power", quantities: ["voltage", "current", "power"] },
  { id: 115, title: "Contacts", quantities: ["contact"] },
] as const satisfies readonly { id: number; title: string; quantities: readonly QuantityName[] }[];

interface NamedLimit extends Limit {
  readonly alarm: AlarmName;
}
const limitsOf = (name: QuantityName): NamedLimit[] =>
  alarmNames.flatMap((alarm) => alarmKind(alarm).limits.flatMap((limit) => (limit.quantity === name ? [{ alarm, ...limit }] : [])));
const levelOf = ({ over, under }: Limit): number => over ?? under ?? Number.NaN;

const nameOf = (name: QuantityName): string =>
  name === "voc_signal" ? "VOC signal" : (quantityOf(name).gas?.toUpperCase() ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
const meanOf = (name: QuantityName): string =>
  // A bad reading measured nothing: it is a gap here, and named under "Data quality". A runaway is at worst uncertain, and is drawn.
  `SELECT mean("${quantities[name].field}") FROM "sample" WHERE ${here} AND ${ofCells} AND "quality" > 0 GROUP BY time($__interval), "channel" fill(null)`;

function describe(name: QuantityName, limits: readonly NamedLimit[]): string {
  const lines = limits.map((limit) => `${limit.alarm} (${limit.severity}) ${limit.over === undefined ? "below" : "above"} ${levelOf(limit)}: ${limit.source}.`);
  const drawn = lines.length === 0 ? [] : ["Dashed: default limits, which a station file may change.", ...lines];
  return [`Mean of each channel in each interval, ${quantityOf(name).unit}, without bad readings.`, ...drawn].join(" ");
}

export function quantityPanel(name: QuantityName) {
  const limits = limitsOf(name).sort((a, b) => levelOf(a) - levelOf(b));
  const panel = curves({ id: panelId[name], title: nameOf(name), description: describe(name, limits) })
    .span(12)
    .height(9)
    .unit(unitOf[quantities[name].unit])
    .withTarget(series("$tag_channel", meanOf(name)));
  if (limits.length === 0) return panel;
  const steps = limits.map((limit) => ({ value: levelOf(limit), color: severityColour[limit.severity] }));
  return panel
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: "transparent" }, ...steps]))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** Every gas that is told in ppm, for the first look: which one moved first? */
export function allGases() {
  const panel = curves({
    id: 14,
    title: "Gases",
    description: "Every gas that is measured in ppm; the scale is logarithmic above 1 ppm. One by one, with their limits, below.",
  })
    .span(12)
    .height(9)
    .unit(unitOf.ppm)
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Symlog).log(10).linearThreshold(1));
  for (const name of quantityNames.filter((each) => quantityOf(each).gas !== undefined && quantities[each].unit === "ppm"))
    panel.withTarget(series(`${nameOf(name)} $tag_channel`, meanOf(name)));
  return panel;
}
