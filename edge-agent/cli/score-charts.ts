/** The pictures of a score: how leads are spread, and one run of each kind with what was measured, said and true. Drawn by Apache ECharts, without a browser. */
import type { Criterion } from "../../models/evaluation/criteria.ts";
import type { Outcome } from "../../models/evaluation/outcome.ts";
import { ALL, type Score } from "../../models/evaluation/score.ts";
import { type CaseRef, nameOf, openCase } from "../evaluation/case-ref.ts";
import { FULL } from "../evaluation/score-case.ts";
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
    chart.setOption({ animation: false, backgroundColor: "#fff", color: [...colours], title: { text: title, textStyle: { fontSize: 14 } }, ...option });
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
    legend: { top: 24 },
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

/** Temperature with what was true, net rate with what was said, gas; the same lines through all three. */
function runOption({ temperatures_degC, net_K_per_min, gases, gasUnit, raises, events }: Trace): Option {
  const grids = [
    { name: "temperature, °C", lines: temperatures_degC },
    { name: "net self-heating, K/min", lines: [{ name: "estimate", points: net_K_per_min }] },
    { name: gases.length === 0 ? "no gas measured" : `gas, ${gasUnit}`, lines: gases },
  ];
  const truths = events.map(({ event, time_s }) => ({ name: `true: ${event}`, xAxis: minutes(time_s), lineStyle: { color: "#000", type: "dashed" as const } }));
  const said = raises.map(({ alarm, severity, at_s }) => ({
    name: `${alarm} (${severity})`,
    xAxis: minutes(at_s),
    lineStyle: { color: "#c00", type: "solid" as const },
  }));
  const marks = (labelled: readonly { readonly name: string }[]) => ({
    symbol: "none",
    silent: true,
    data: [...truths, ...said].map((mark) => ({
      ...mark,
      label: { show: labelled.some(({ name }) => name === mark.name), formatter: mark.name, position: "insideEndTop" as const, fontSize: 10 },
    })),
  });
  const top = (index: number) => 60 + 235 * index;
  return {
    legend: { top: 24, type: "scroll" },
    grid: grids.map((_, index) => ({ left: 70, right: 30, top: top(index), height: 180 })),
    xAxis: grids.map((_, index) => ({
      gridIndex: index,
      type: "value" as const,
      name: index === grids.length - 1 ? "time, min" : "",
      nameLocation: "middle",
      nameGap: 25,
      min: "dataMin",
      max: "dataMax",
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
      { type: "line" as const, xAxisIndex: index, yAxisIndex: index, data: [], markLine: marks(index === 0 ? truths : index === 1 ? said : []) },
    ]),
  };
}
