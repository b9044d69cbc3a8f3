/** Imports point one way. A file in no layer fails too, so that a new folder is placed on purpose. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { projectFiles } from "./runner/suites.ts";
import { importsOf, loadedBy, packageOf, targetOf } from "./support/imports.ts";

/** From the words everyone speaks to the command line: a layer imports itself and those before it. */
const layers: readonly (readonly [name: string, files: RegExp])[] = [
  ["core", /^edge-agent\/(core\/|package\.json$)/],
  ["contracts", /^edge-agent\/contracts\//],
  ["models", /^models\//],
  ["bus", /^edge-agent\/bus\//],
  ["sensors", /^edge-agent\/sensors\//],
  ["config", /^edge-agent\/config\//],
  ["recording", /^edge-agent\/recording\//],
  ["pipeline", /^edge-agent\/pipeline\//],
  ["alarms", /^edge-agent\/alarms\//],
  ["outputs", /^edge-agent\/outputs\//],
  ["inputs", /^edge-agent\/inputs\//],
  ["commands", /^edge-agent\/commands\//],
  ["spool", /^edge-agent\/spool\//],
  ["sinks", /^edge-agent\/sinks\//],
  ["feeds", /^edge-agent\/feeds\//],
  ["agent", /^edge-agent\/(agent\/|[^/]+$)/],
  ["evaluation", /^edge-agent\/evaluation\//],
  ["cli", /^edge-agent\/(cli|bin)\//],
];
/** Starts of threads against the direction: the spool opens its thread, whose work is to drain into sinks. */
const startsAgainst = new Set(["edge-agent/spool/open.ts -> edge-agent/sinks/worker.ts"]);
/** Packages that only these layers may load. */
const only: Readonly<Record<string, readonly string[]>> = {
  onoff: ["outputs"],
  "i2c-bus": ["bus"],
  serialport: ["bus"],
  "modbus-serial": ["bus"],
  koffi: ["bus", "outputs"],
  zod: layers.map(([name]) => name).filter((name) => !["core", "models", "bus", "sensors"].includes(name)),
};
/** Development tools that a file may load late, and does without where they are missing: the lean install leaves them out. */
const lateTools: Readonly<Record<string, string>> = { echarts: "edge-agent/cli/score-charts.ts" };
/** Workspaces beside the agent: a file of theirs imports its own folder, these files of the agent, and what its package.json declares. */
interface Beside {
  readonly folder: string;
  readonly uses: RegExp;
  readonly packageJson: string;
}
const besides: readonly Beside[] = [
  { folder: "flows/", uses: /^edge-agent\/(core\/|contracts\/|commands\/mac\.ts$)/, packageJson: "flows/package.json" },
  { folder: "dashboards/", uses: /^edge-agent\/(core\/|contracts\/|sinks\/fields\.ts$)/, packageJson: "dashboards/package.json" },
  { folder: "deploy/bench/", uses: /^edge-agent\/(core\/|contracts\/|commands\/)/, packageJson: "package.json" },
];
const impure = /\b(Date\.now|new Date|performance\.|process\.|setTimeout|setInterval|setImmediate|Math\.random|fetch\()/;

const layerOf = (file: string): number => layers.findIndex(([, files]) => files.test(file));
const besideOf = (file: string): Beside | undefined => besides.find(({ folder }) => file.startsWith(folder));
const nameOf = (layer: number): string => layers[layer]?.[0] ?? "none";

/** Every broken rule, one line each. `declared`: what edge-agent's package.json names, so that the lean install suffices. */
function broken(sources: ReadonlyMap<string, string>, declared: ReadonlySet<string>): string[] {
  return [...sources].flatMap(([file, source]) => {
    const own = layerOf(file);
    const beside = besideOf(file);
    if (beside !== undefined) return brokenBeside(file, source, beside);
    if (own < 0) return [`${file}: in no layer; place its folder in tests/layers.test.ts`];
    const layer = nameOf(own);
    const wrong = layer === "models" && impure.test(source) ? [`${file}: a model reads a clock, chance or the process: ${impure.exec(source)?.[0]}`] : [];
    for (const { specifier, kind } of importsOf(source)) {
      const target = targetOf(file, specifier);
      if (target === undefined) {
        if (specifier.startsWith("node:")) {
          if (layer === "models") wrong.push(`${file}: a model imports ${specifier}`);
          continue;
        }
        const name = packageOf(specifier);
        if (layer === "models") wrong.push(`${file}: a model imports the package ${name}`);
        else if (!declared.has(name) && !(kind === "late" && lateTools[name] === file)) wrong.push(`${file}: ${name} is not among edge-agent's dependencies`);
        if (only[name]?.includes(layer) === false) wrong.push(`${file}: ${name} belongs in ${only[name].join(", ")}`);
        continue;
      }
      const to = layerOf(target);
      if (to < 0) wrong.push(`${file}: imports ${target}, which is in no layer`);
      else if (to > own && !(kind === "entry" && startsAgainst.has(`${file} -> ${target}`))) {
        wrong.push(`${file}: ${layer} imports ${nameOf(to)} (${target})`);
      }
      if (layer === "models" && nameOf(to) === "contracts" && kind !== "type") wrong.push(`${file}: a model takes types alone from ${target}`);
      const simulated = /\.sim\.ts$|^edge-agent\/(sensors|feeds)\/simulated\.ts$/.test(file);
      if (/\.sim\.ts$/.test(target) && !simulated) wrong.push(`${file}: imports the simulated chip ${target}`);
      if (target === "edge-agent/sensors/simulated.ts" && kind !== "late") wrong.push(`${file}: loads simulated chips before they are asked for`);
    }
    return wrong;
  });
}

function brokenBeside(file: string, source: string, { folder, uses, packageJson }: Beside): string[] {
  return importsOf(source).flatMap(({ specifier }) => {
    const target = targetOf(file, specifier);
    if (target !== undefined) return target.startsWith(folder) || uses.test(target) ? [] : [`${file}: ${folder} imports ${target}`];
    const known = specifier.startsWith("node:") || declaredIn(packageJson).has(packageOf(specifier));
    return known ? [] : [`${file}: ${packageOf(specifier)} is not among the dependencies in ${packageJson}`];
  });
}

const root = resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const real = new Map(
  projectFiles(root)
    .filter(
      (file) => (/^(edge-agent|models)\/.*\.([cm]?[jt]s|json)$/.test(file) && file !== "models/package.json") || (/\.[cm]?[jt]s$/.test(file) && besideOf(file)),
    )
    .map((file) => [file, read(file)]),
);
function declaredIn(packageJson: string): Set<string> {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(read(packageJson)) as { dependencies?: object; optionalDependencies?: object };
  return new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)]);
}
const declared = declaredIn("edge-agent/package.json");

test("imports point one way", () => {
  assert.ok(real.size > 20, "the sources were found");
  assert.deepEqual(broken(real, declared), []);
});

test("every import of a file leads to a file", () => {
  const lost = [...real].flatMap(([file, source]) =>
    importsOf(source)
      .map(({ specifier }) => targetOf(file, specifier))
      .filter((target) => target !== undefined && !real.has(target))
      .map((target) => `${file}: ${target} is not there`),
  );
  assert.deepEqual(lost, []);
});

test("a bus process loads neither schemas nor sinks: it starts fast and stays small", () => {
  const loaded = loadedBy("edge-agent/sensors/child.ts", real);
  assert.ok(loaded.has("edge-agent/bus/i2c-linux.ts"), "the closure was followed");
  const unwanted = [...loaded].filter(
    (name) => /^(zod|mqtt|yaml|pino|onoff|ulid|csv-parse|@influxdata\/.*)$/.test(name) || /edge-agent\/(sinks|spool|config)\//.test(name),
  );
  assert.deepEqual(unwanted, []);
});

const rejected: readonly (readonly [what: string, file: string, source: string])[] = [
  ["against the direction", "edge-agent/core/a.ts", 'import { b } from "../bus/b.ts";'],
  ["against the direction, for its type alone", "edge-agent/core/a.ts", 'import type { B } from "../bus/b.ts";'],
  ["against the direction, by an export over lines", "edge-agent/core/a.ts", 'export {\n  b,\n} from "../bus/b.ts";'],
  ["against the direction, late", "edge-agent/bus/a.ts", 'const load = () => import("../cli/b.ts");'],
  ["against the direction, as a process", "edge-agent/bus/a.ts", 'fork(new URL("../sensors/b.ts", import.meta.url));'],
  ["for its effects", "edge-agent/core/a.ts", 'import "../sinks/b.ts";'],
  ["a file of a folder that nobody placed", "edge-agent/elsewhere/a.ts", ""],
  ["a test from the source", "edge-agent/agent/a.ts", 'import { b } from "../../tests/support/b.ts";'],
  ["onoff outside the outputs", "edge-agent/bus/a.ts", 'import { Gpio } from "onoff";'],
  ["koffi outside the outputs", "edge-agent/sensors/a.ts", 'const koffi = await import("koffi");'],
  ["i2c-bus outside the buses", "edge-agent/sensors/a.ts", 'const bus = await import("i2c-bus");'],
  ["a schema in a driver", "edge-agent/sensors/a.ts", 'import * as z from "zod/mini";'],
  ["a package that is not declared", "edge-agent/agent/a.ts", 'import express from "express";'],
  ["a development tool at once", "edge-agent/cli/score-charts.ts", 'import { init } from "echarts";'],
  ["a development tool late, from elsewhere", "edge-agent/cli/a.ts", 'const load = () => import("echarts");'],
  ["a simulated chip in a driver", "edge-agent/sensors/a.ts", 'import { Sim } from "./a.sim.ts";'],
  ["simulated chips before they are asked for", "edge-agent/sensors/a.ts", 'import { simulatedBusOf } from "./simulated.ts";'],
  ["a file system in a model", "models/a.ts", 'import { readFileSync } from "node:fs";'],
  ["a clock in a model", "models/a.ts", "const now = Date.now();"],
  ["a sink from a workspace beside", "dashboards/a.ts", 'import { lineEncoder } from "../edge-agent/sinks/line-protocol.ts";'],
  ["a package that a workspace beside does not declare", "dashboards/a.ts", 'import * as z from "zod";'],
  ["a workspace beside from the agent", "edge-agent/cli/a.ts", 'import { a } from "../../dashboards/a.ts";'],
  ["a schema's value in a model", "models/a.ts", 'import { stationSchema } from "../edge-agent/contracts/station.ts";'],
];
for (const [what, file, source] of rejected) {
  test(`refuses: ${what}`, () => assert.notDeepEqual(broken(new Map([[file, source]]), declared), []));
}

const accepted: readonly (readonly [what: string, file: string, source: string])[] = [
  ["its own layer and those before", "edge-agent/sinks/a.ts", 'import { b } from "./b.ts";\nimport { Fault } from "../core/faults.ts";'],
  ["what only a comment says", "edge-agent/core/a.ts", '/* import { b } from "../bus/b.ts"; */ // import "../bus/b.ts"'],
  ["a type from the contracts in a model", "models/a.ts", 'import type { Station } from "../edge-agent/contracts/station.ts";'],
  ["a table of the agent in a workspace beside", "dashboards/a.ts", 'import { stages } from "../edge-agent/core/stages.ts";\nimport { a } from "./a.ts";'],
  ["an address that reads like a comment", "edge-agent/sinks/a.ts", 'const url = "http://example"; import { b } from "./b.ts";'],
];
for (const [what, file, source] of accepted) {
  test(`allows: ${what}`, () => assert.deepEqual(broken(new Map([[file, source]]), declared), []));
}
