/** One node of a Node-RED flow file. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** A node on a tab: `at` is its place in the editor, `to` the ids behind each of its outputs. */
export interface Placed {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly at: readonly [column: number, row: number];
  readonly to?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

export function onTab(tab: string, nodes: readonly Placed[]): FlowNode[] {
  return nodes.map(({ at: [column, row], to = [], ...node }) => ({
    ...node,
    name: node.name ?? "",
    z: tab,
    x: 140 + column * 220,
    y: 60 + row * 60,
    wires: to.map((ids) => [...ids]),
  }));
}

/** Node-RED puts the value of the variable in when it starts: of the environment, or of the tab. */
export const variable = (name: string): string => `\${${name}}`;

/** A function node: one line, since what it does is a tested file. */
export const call = (code: string, outputs = 1) => ({ type: "function", func: code, outputs, timeout: 0, noerr: 0, initialize: "", finalize: "", libs: [] });

/** Again and again from the start, `every_s` apart. */
export const beat = (every_s: number) => ({ type: "inject", props: [], repeat: String(every_s), crontab: "", once: true, onceDelay: 0.5, topic: "" });
