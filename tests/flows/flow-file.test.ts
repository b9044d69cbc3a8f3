/** The committed flow file: what the builder writes, whole, without a secret, and with nothing in it that decides. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { topics } from "../../edge-agent/contracts/topics.ts";
import { quantityNames } from "../../edge-agent/core/quantities.ts";
import { asFile, credentials, flows } from "../../flows/build.ts";
import { openStation } from "../../flows/functions/station.ts";

const folder = resolve(import.meta.dirname, "../../flows");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

interface Node {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}
const nodes = JSON.parse(read("flows.json")) as readonly Node[];
const ids = new Set(nodes.map(({ id }) => id));
const ofType = (type: string): readonly Node[] => nodes.filter((node) => node.type === type);
const text = (node: Node, property: string): string => String(node[property]);

test("the committed files are what the builder writes: npm run flows", () => {
  assert.equal(read("flows.json"), asFile(flows()));
  assert.equal(read("flows_cred.json"), asFile(credentials));
});

test("ids are unique, wires and scopes lead to nodes, and no id is a word that another node could hold by chance", () => {
  assert.equal(ids.size, nodes.length);
  const lost = nodes.flatMap((node) => {
    const wires = ((node.wires ?? []) as readonly (readonly string[])[]).flat();
    const scope = Array.isArray(node.scope) ? (node.scope as readonly string[]) : [];
    const configs = ["z", "broker", "group", "page", "ui", "theme"].map((property) => node[property]).filter((id) => typeof id === "string" && id !== "");
    return [...wires, ...scope, ...(node.type === "mqtt-broker" ? [] : (configs as string[]))].filter((id) => !ids.has(id)).map((id) => `${node.id} → ${id}`);
  });
  assert.deepEqual(lost, []);
  // Node-RED takes any property that equals the id of a configuration node for a reference to it
  const configurations = nodes.filter(({ z, type }) => z === undefined && type !== "tab").map(({ id }) => id);
  const references = ["broker", "group", "page", "ui", "theme", "z", "id"];
  const chance = nodes.flatMap((node) =>
    Object.entries(node)
      .filter(([property, value]) => !references.includes(property) && configurations.includes(value as string))
      .map(([property]) => `${node.id}.${property}`),
  );
  assert.deepEqual(chance, []);
});

test("credentials are names of variables alone, and the flow file holds none", () => {
  const values = Object.values(JSON.parse(read("flows_cred.json")) as Record<string, Record<string, string>>).flatMap(Object.values);
  assert.ok(values.length > 0);
  assert.deepEqual(
    values.filter((value) => !/^\$\{OFFGAS_\w+\}$/.test(value)),
    [],
  );
  assert.doesNotMatch(read("flows.json"), /"(password|user|userid|passphrase|privkey)"/);
});

test("every topic is one of the table, with its quality of service", () => {
  const tab = ofType("tab").find(({ id }) => id === "station");
  const variables = new Map(((tab?.env ?? []) as readonly { name: string; value: string }[]).map(({ name, value }) => [name, value]));
  const inputs = ofType("mqtt in");
  assert.ok(inputs.length > 0);
  for (const input of inputs) {
    const [, variable = ""] = /^\$\{(\w+)\}$/.exec(text(input, "topic")) ?? [];
    const name = variable.replace("TOPIC_", "").toLowerCase() as keyof typeof topics;
    assert.ok(name in topics, `${input.id}: ${variable}`);
    const filter = variables.get(variable)?.replace(/" & \$env\("OFFGAS_(SITE|STATION)"\) & "/g, "x");
    assert.equal(filter, `"offgas/x/x/${topics[name].path.replace(/\{\w+\}/, "+")}"`);
    assert.equal(input.qos, String(topics[name].qos));
  }
  assert.deepEqual(
    ofType("mqtt out").map(({ topic, qos, retain }) => ({ topic, qos, retain })),
    [{ topic: "", qos: String(topics.command.qos), retain: "false" }],
  );
});

test("a function node is one line that calls a tested file", () => {
  const offered = Object.keys(openStation({}));
  for (const node of ofType("function")) {
    const [, called = ""] = /^(?:return )?\[?global\.get\("offgas"\)\.(\w+)\([^;]*\)\]?;$/.exec(text(node, "func")) ?? [];
    assert.ok(offered.includes(called), `${node.id}: ${node.func}`);
  }
});

test("each output of a function node is wired", () => {
  const odd = ofType("function").filter(({ outputs, wires }) => (wires as unknown[]).length !== outputs);
  assert.deepEqual(odd, []);
});

test("each quantity has its chart, with its unit in the title", () => {
  assert.deepEqual(
    ofType("ui-chart").map(({ id }) => id),
    quantityNames.map((quantity) => `chart-${quantity}`),
  );
});

test("nothing from a payload can become markup: no v-html, no innerHTML, no eval", () => {
  for (const node of ofType("ui-template"))
    assert.doesNotMatch(text(node, "format"), /v-html|innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function/);
});

test("nothing names another host", () => {
  assert.doesNotMatch(read("flows.json"), /https?:\/\//);
});
