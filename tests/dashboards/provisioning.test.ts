/**
 * Grafana drops a key that it does not know without a word, and an unset variable becomes nothing: so every key is checked here.
 * Formats: https://grafana.com/docs/grafana/latest/administration/provisioning/
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { dataSource } from "../../dashboards/influxql.ts";

const folder = resolve(import.meta.dirname, "../../dashboards/provisioning");
const read = (file: string): unknown => parse(readFileSync(join(folder, file), "utf8"));

const uid = z.string().regex(/^[\w-]{1,40}$/);
/** A `$` inside a longer text would be a variable as well. */
const variable = z.enum(["$OFFGAS_INFLUX_URL", "$OFFGAS_INFLUX_DATABASE", "$OFFGAS_INFLUX_USER", "$OFFGAS_INFLUX_PASSWORD", "$OFFGAS_DASHBOARDS"]);
const plain = z.string().regex(/^[^$]+$/);

const dataSources = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean(),
  datasources: z.array(
    z.strictObject({
      name: plain,
      uid,
      type: z.literal("influxdb"),
      access: z.literal("proxy"),
      orgId: z.literal(1),
      url: variable,
      user: variable,
      isDefault: z.boolean(),
      editable: z.literal(false),
      version: z.int().positive(),
      jsonData: z.strictObject({
        version: z.literal("InfluxQL"),
        dbName: variable,
        httpMode: z.literal("POST"),
        timeInterval: z.string().regex(/^\d+s$/),
        maxSeries: z.int().positive(),
      }),
      secureJsonData: z.strictObject({ password: variable }),
    }),
  ),
});

const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: plain,
      orgId: z.literal(1),
      folder: plain,
      folderUid: uid,
      type: z.literal("file"),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.literal(false),
      updateIntervalSeconds: z.int().min(10),
      options: z.strictObject({ path: variable, foldersFromFilesStructure: z.literal(false) }),
    }),
  ),
});

test("there are two provisioning files", () => {
  assert.deepEqual(globSync("**/*.*", { cwd: folder }).sort(), ["dashboards/offgas.yaml", "datasources/offgas.yaml"]);
});

test("the data source is the one that every panel names", () => {
  const { datasources } = dataSources.parse(read("datasources/offgas.yaml"));
  assert.deepEqual(
    datasources.map((each) => [each.uid, each.type, each.url, each.user, each.jsonData.dbName, each.secureJsonData.password]),
    [[dataSource.uid, dataSource.type, "$OFFGAS_INFLUX_URL", "$OFFGAS_INFLUX_USER", "$OFFGAS_INFLUX_DATABASE", "$OFFGAS_INFLUX_PASSWORD"]],
  );
});

test("the provider reads the folder that the environment names", () => {
  const { providers: found } = providers.parse(read("dashboards/offgas.yaml"));
  assert.deepEqual(
    found.map((each) => [each.name, each.folderUid, each.options.path]),
    [["offgas", "offgas", "$OFFGAS_DASHBOARDS"]],
  );
});

test("a misspelt key, a long uid and a written-out password are found", () => {
  const good = read("datasources/offgas.yaml") as { datasources: Record<string, unknown>[] };
  for (const wrong of [{ readOnly: true }, { uid: "x".repeat(41) }, { secureJsonData: { password: "hunter2" } }]) {
    assert.equal(dataSources.safeParse({ ...good, datasources: [{ ...good.datasources[0], ...wrong }] }).success, false, JSON.stringify(wrong));
  }
});
