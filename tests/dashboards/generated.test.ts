/** The committed dashboards are the generated ones, and ask only for what the agent writes. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { generated } from "../../dashboards/generated.ts";
import { dataSource } from "../../dashboards/influxql.ts";
import { healthFields } from "../../edge-agent/core/health.ts";
import { eventKinds } from "../../edge-agent/core/judgement.ts";
import { quantities } from "../../edge-agent/core/quantities.ts";
import { fieldTypes, type Measurement } from "../../edge-agent/sinks/fields.ts";
import { type DashboardFile, filledIn, panelsOf, queriesOf, writtenTags } from "../support/grafana.ts";

const folder = new URL("../../dashboards/generated/", import.meta.url);
const files = generated();
const dashboards = Object.values(files).map((text) => JSON.parse(text) as DashboardFile);
const queries = dashboards.flatMap(queriesOf);

test("the committed files are the generated ones", () => {
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) assert.ok(readFileSync(new URL(name, folder), "utf8") === text, `${name} is old: npm run dashboards`);
});

test("uids and panel ids are unique, and uids are short enough", () => {
  assert.deepEqual(
    dashboards.map(({ uid }) => uid),
    ["offgas-station"],
    "a uid is a contract",
  );
  for (const dashboard of dashboards) {
    assert.match(dashboard.uid, /^[\w-]{1,40}$/);
    assert.equal(dashboard.schemaVersion, 42);
    const ids = panelsOf(dashboard).map(({ id }) => id);
    assert.ok(ids.every((id) => Number.isInteger(id) && id > 0));
    assert.equal(new Set(ids).size, ids.length, `${ids}`);
  }
});

test("panels lie side by side and not on each other", () => {
  for (const { panels } of dashboards) {
    for (const level of [panels, ...panels.flatMap((panel) => (panel.panels === undefined ? [] : [panel.panels]))]) {
      const cells = level.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
      );
      assert.equal(new Set(cells).size, cells.length);
      assert.ok(level.every(({ gridPos: { x, w } }) => x + w <= 24));
    }
  }
});

test("every panel says what it shows and asks the provisioned data source", () => {
  for (const panel of dashboards.flatMap(panelsOf)) {
    if (panel.type === "row") continue;
    assert.ok(panel.description, panel.title);
    assert.ok(panel.targets?.length && panel.targets.every((target) => target.datasource.uid === dataSource.uid), panel.title);
    const refIds = panel.targets.map(({ refId }) => refId);
    assert.equal(new Set(refIds).size, refIds.length);
  }
});

test("annotations are not hidden in a menu", () => {
  for (const { annotations } of dashboards) assert.ok(annotations.list.length > 0 && annotations.list.every((each) => each.placement === undefined));
});

for (const { of, query } of queries) {
  test(`asks only for what is written: ${of}`, () => {
    const measurements = [...query.matchAll(/FROM "(\w+)"/g)].map((match) => match[1] as Measurement);
    assert.equal(new Set(measurements).size, 1, query);
    const [measurement] = measurements as [Measurement];
    const ours = [...query.matchAll(/AS "(\w+)"/g)].map((match) => match[1]);
    const known = new Set([measurement, ...Object.keys(fieldTypes[measurement] ?? {}), ...(writtenTags[measurement] ?? []), ...ours]);
    const named = [...query.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
    const quoted = named.length * 2;
    assert.equal(query.split('"').length - 1, quoted, "every name is quoted whole");
  });

  test(`stays in its time range and station: ${of}`, () => {
    filledIn(query, { from_ms: 0, until_ms: 1, interval: "1s", variables: { site: "a", station: "b", cell: ".*" } });
    if (of.startsWith("variable")) return;
    for (const scope of [`"site" =~ /^$site$/`, `"station" =~ /^$station$/`]) assert.ok(query.includes(scope), scope);
    assert.equal(/\$timeFilter|\$\{__to\}/.test(query), !of.includes("Agent now"), "only one tile asks about now");
    if (/GROUP BY time/.test(query)) assert.match(query, /GROUP BY time\(\$__interval\).* fill\((null|none)\)$/);
  });
}

test("every quantity, every health field and every kind of event is shown", () => {
  const asked = queries.map(({ query }) => query).join("\n");
  const shown = [...Object.values(quantities).map(({ field }) => field), ...Object.keys(healthFields)].map((field) => `"${field}"`);
  assert.deepEqual(
    [...shown, ...eventKinds].filter((name) => !asked.includes(name)),
    [],
  );
});

test("the portable part of InfluxQL, and nothing secret", () => {
  for (const { of, query } of queries)
    assert.doesNotMatch(query, /\b(SLIMIT\b|SOFFSET\b|SAMPLE\(|HOLT_WINTERS|SHOW (DATABASES|SERIES)|INTO\b|DROP\b|DELETE\b)/i, of);
  for (const text of Object.values(files)) assert.doesNotMatch(text, /password|token|secret|https?:/i);
});
