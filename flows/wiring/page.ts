/** The dashboard: one page, a template with everything in words, and a chart for each quantity. */
import { quantityOf } from "../../edge-agent/core/quantities.ts";
import { charts } from "../functions/curves.ts";
import { quantityWords } from "../functions/words.ts";
import { type FlowNode, onTab } from "./node.ts";
import { chartId } from "./station.ts";

const window_min = 10;
/** State and curves stand side by side on a desktop, below each other on everything smaller. */
const columns = 6;

export function pageNodes(template: string): FlowNode[] {
  return [
    {
      id: "dashboard",
      type: "ui-base",
      name: "Offgas",
      path: "/dashboard",
      appIcon: "",
      includeClientData: false,
      acceptsClientConfig: ["ui-control", "ui-notification"],
      showPathInSidebar: false,
      headerContent: "none",
      navigationStyle: "none",
      titleBarStyle: "hidden",
      showReconnectNotification: false,
      notificationDisplayTime: 1,
      showDisconnectNotification: false,
      allowInstall: false,
    },
    {
      id: "theme",
      type: "ui-theme",
      name: "plain",
      colors: { surface: "#ffffff", primary: "#22577a", bgPage: "#eef1f4", groupBg: "#ffffff", groupOutline: "#d5dbe1" },
      sizes: { density: "default", pagePadding: "12px", groupGap: "12px", groupBorderRadius: "8px", widgetGap: "12px" },
    },
    {
      id: "station-page",
      type: "ui-page",
      name: "Offgas",
      ui: "dashboard",
      path: "/station",
      icon: "home",
      layout: "grid",
      theme: "theme",
      breakpoints: [
        { name: "Default", px: "0", cols: "3" },
        { name: "Tablet", px: "576", cols: String(columns) },
        { name: "Desktop", px: "1200", cols: String(2 * columns) },
      ],
      order: 1,
      className: "offgas",
      visible: "true",
      disabled: "false",
    },
    group("group-state", "State", 1),
    group("group-curves", "Curves", 2),
    ...onTab("station", [
      {
        id: "page",
        type: "ui-template",
        name: "page",
        at: [2, 2],
        group: "group-state",
        page: "",
        ui: "",
        order: 1,
        width: String(columns),
        height: "1",
        head: "",
        format: template,
        storeOutMessages: false,
        passthru: false,
        resendOnRefresh: true,
        templateScope: "local",
        className: "offgas-state",
        to: [["ask"]],
      },
      ...charts.map((quantity, index) => ({ ...chart(quantity, index), at: [2, 7 + index] as const })),
    ]),
  ];
}

const group = (id: string, name: string, order: number): FlowNode => ({
  id,
  type: "ui-group",
  name,
  page: "station-page",
  width: String(columns),
  height: "1",
  order,
  showTitle: false,
  className: "",
  visible: "true",
  disabled: "false",
  groupType: "default",
});

function chart(quantity: (typeof charts)[number], index: number) {
  const { name, unit } = quantityWords[quantity];
  return {
    id: chartId(quantity),
    type: "ui-chart",
    name: quantityOf(quantity).field,
    group: "group-curves",
    label: `${name} (${unit})`,
    order: index + 1,
    chartType: "line",
    category: "s",
    categoryType: "property",
    xAxisLabel: "",
    xAxisProperty: "x",
    xAxisPropertyType: "property",
    xAxisType: "time",
    xAxisFormat: "",
    xAxisFormatType: "HH:mm:ss",
    xmin: "",
    xmax: "",
    yAxisLabel: "",
    yAxisProperty: "y",
    yAxisPropertyType: "property",
    ymin: "",
    ymax: "",
    bins: 10,
    action: "append",
    stackSeries: false,
    pointShape: "false",
    pointRadius: 4,
    showLegend: false,
    removeOlder: window_min,
    removeOlderUnit: "60",
    removeOlderPoints: "",
    colors: ["#5b7083", "#2a78b8", "#3d8b7d", "#7a6a9b", "#8a7350", "#4f6fa8", "#6c8f4e", "#a06a86", "#5b7083"],
    textColor: ["#3b4754"],
    textColorDefault: false,
    gridColor: ["#e3e8ed"],
    gridColorDefault: false,
    width: quantity === "temperature" ? String(columns) : String(columns / 2),
    height: quantity === "temperature" ? 6 : 4,
    className: "",
    interpolation: "linear",
    to: [[]],
  };
}
