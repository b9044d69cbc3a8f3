/** The pictures of a score: how leads are spread, and one run of each kind with what was measured, said and true. Drawn by Apache ECharts, without a browser. */
import { FULL } from "../../models/evaluation/baselines.ts";
import type { Criterion } from "../../models/evaluation/criteria.ts";
import type { Outcome } from "../../models/evaluation/outcome.ts";
import { ALL, type Score } from "../../models/evaluation/score.ts";
import { type CaseRef, nameOf, openCase } from "../evaluation/case-ref.ts";
import { type Line, type Trace, traceCase } from "../evaluation/trace.ts";

export interface Chart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** A development tool, which the lean install leaves out. */
const load = () => import("echarts");
type Charts = Awaited<ReturnType<typeof load>>;
type Option = Parameters<ReturnType<Charts["init"]>["setOption"]>[0];

/** One line that says what is missing, where charts cannot be drawn. Faults: those of the cases that are replayed once more. */
export async function drawCharts(
  score: Score,
  refs: readonly CaseRef[],
  outcomes: readonly Outcome[],
  progress: (name: string) => void,
): Promise<readonly Chart[] | string> {
  let echarts: Charts;
  try {
    echarts = await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    return "score.json and score.md are written, without charts: npm install --no-save echarts@6.1.0 draws them";
  }
  const draw = (file: string, title: string, height_px: number, option: Option): Chart => {
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH_px, height: height_px });
    chart.setOption({
      animation: false,
      backgroundColor: "#fff",
      color: [...colours],
      title: { text: title, left: 10, top: 4, textStyle: { fontSize: 14 } },
      ...option,
    });
    const svg = chart.renderToSVGString();
    chart.dispose();
    return { file: `${file}.svg`, title, svg };
  };

  const charts: Chart[] = [];
  const kinds = [...new Set(score.leads.flatMap(({ kind, reference }) => (reference === "runaway" && kind !== ALL ? [kind] : [])))];
  for (const kind of kinds) {
    const own = outcomes.filter((outcome) => outcome.kind === kind && outcome.group === "abuse");
    const detectors = [...new Set(own.map(({ detector }) => detector))].reverse();
    charts.push(draw(`leads-${fileName(kind)}`, `${kind}: lead to runaway`, 110 + 40 * detectors.length, leadsOption(own, detectors)));
  }
  const full = outcomes.filter(({ detector }) => detector === FULL);
  for (const kind of new Set(full.map((outcome) => outcome.kind))) {
    const first = full.find((outcome) => outcome.kind === kind);
    const ref = refs.find((each) => nameOf(each) === first?.case);
    if (first === undefined || ref === undefined) continue;
    progress(first.case);
    const trace = await traceCase(openCase(ref), first.leads[0]?.cell);
    charts.push(draw(`run-${fileName(kind)}`, `${kind}: ${trace.name}, cell ${trace.cell}`, 760, runOption(trace)));
  }
  return charts;
}

const WIDTH_px = 960;
/** Okabe and Ito's palette, which colour-blind people tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;
const fileName = (kind: string): string => kind.replaceAll(/[^\w-]+/g, "-");
const minutes = (seconds: number): number => seconds / 60;

const lines: readonly { readonly criterion: Criterion; readonly name: string }[] = [
  { criterion: "warning", name: "warning or graver" },
  { criterion: "class-runaway", name: "class runaway" },
];

/** A dot for each cell, two rows for each detector; misses are counted in its name. */
function leadsOption(outcomes: readonly Outcome[], detectors: readonly string[]): Option {
  const leadsOf = (detector: string, criterion: Criterion) =>
    outcomes.flatMap((outcome) =>
      outcome.detector === detector
        ? outcome.leads.flatMap(({ lead_s }) => lead_s[criterion].runaway ?? (lead_s[criterion].runaway === null ? [null] : []))
        : [],
    );
  const missed = (detector: string) =>
    lines
      .map(({ criterion }) => leadsOf(detector, criterion))
      .map((leads) => `${leads.filter((lead) => lead === null).length}/${leads.length}`)
      .join(", ");
  return {
    legend: { top: 26, left: 230 },
    grid: { left: 230, right: 30, top: 60, bottom: 45 },
    xAxis: { name: "lead, min", nameLocation: "middle", nameGap: 28, min: 0 },
    yAxis: { type: "category", data: detectors.map((detector) => `${detector} (missed ${missed(detector)})`) },
    series: lines.map(({ criterion, name }, index) => ({
      type: "scatter",
      name,
      symbolSize: 8,
      symbolOffset: [0, index === 0 ? -6 : 6],
      itemStyle: { opacity: 0.6 },
      data: detectors.flatMap((detector, row) => leadsOf(detector, criterion).flatMap((lead_s) => (lead_s === null ? [] : [[minutes(lead_s), row]]))),
    })),
  };
}

/** Temperature, net rate, gas, with the same numbered lines through all three; what they are stands beside, in the order of time. */
function runOption({ temperatures_degC, net_K_per_min, gases, gasUnit, raises, events }: Trace): Option {
  const grids = [
    { name: "temperature, °C", lines: temperatures_degC },
    { name: net_K_per_min.length === 0 ? "no net rate given" : "net self-heating, K/min", lines: [{ name: "estimate", points: net_K_per_min }] },
    { name: gases.length === 0 ? "no gas measured" : `gas, ${gasUnit}`, lines: gases },
  ];
  const marks = [
    ...events.map(({ event, time_s }) => ({ at_s: time_s, text: `true: ${event}`, lineStyle: { color: "#000", type: "dashed" as const } })),
    ...raises.map(({ alarm, severity, at_s }) => ({ at_s, text: `${alarm}, ${severity}`, lineStyle: { color: "#c00", type: "solid" as const } })),
  ].sort((a, b) => a.at_s - b.at_s);
  const markLine = (labelled: boolean) => ({
    symbol: "none",
    silent: true,
    data: marks.map(({ at_s, lineStyle }, index) => ({ xAxis: minutes(at_s), lineStyle, label: { show: labelled, formatter: `${index + 1}`, fontSize: 9 } })),
  });
  const [from_s, to_s] = spanOf(
    grids.flatMap((grid) => grid.lines),
    events,
  );
  return {
    legend: { top: 26, left: 60, type: "scroll" },
    graphic: marks.map(({ at_s, text, lineStyle }, index) => ({
      type: "text",
      left: WIDTH_px - 245,
      top: 70 + 16 * index,
      style: { text: `${index + 1}   ${minutes(at_s).toFixed(1)} min   ${text}`, fill: lineStyle.color, fontSize: 11 },
    })),
    grid: grids.map((_, index) => ({ left: 70, right: 270, top: 85 + 225 * index, height: 165 })),
    xAxis: grids.map((_, index) => ({
      gridIndex: index,
      type: "value" as const,
      name: index === grids.length - 1 ? "time, min" : "",
      nameLocation: "middle",
      nameGap: 25,
      min: minutes(from_s),
      max: minutes(to_s),
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    })),
    yAxis: grids.map(({ name }, index) => ({ gridIndex: index, type: "value" as const, name, scale: true, nameTextStyle: { align: "left" } })),
    series: grids.flatMap((grid, index) => [
      ...grid.lines.map(({ name, points }: Line) => ({
        type: "line" as const,
        name,
        xAxisIndex: index,
        yAxisIndex: index,
        showSymbol: false,
        lineStyle: { width: 1.2 },
        data: points.map(([at_s, value]) => [minutes(at_s), value]),
      })),
      { type: "line" as const, xAxisIndex: index, yAxisIndex: index, data: [], markLine: markLine(index === 0) },
    ]),
  };
}

/** From the first reading to a little after the last event; to the last reading where nothing happened. */
function spanOf(drawn: readonly Line[], events: Trace["events"]): readonly [from_s: number, to_s: number] {
  const times_s = drawn.flatMap(({ points }) => [points[0]?.[0] ?? [], points.at(-1)?.[0] ?? []].flat());
  const [from_s, end_s] = [Math.min(...times_s), Math.max(...times_s)];
  const last_s = Math.max(...events.map(({ time_s }) => time_s));
  return [from_s, Math.min(end_s, events.length === 0 ? end_s : last_s + 0.2 * (last_s - from_s))];
}
