// needs: influxdb
/** Every query of every dashboard, as Grafana would send it, to a real InfluxDB that holds what the agent writes. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { generated } from "../../dashboards/generated.ts";
import { severities } from "../../edge-agent/core/alarms.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { type HealthField, healthFields } from "../../edge-agent/core/health.ts";
import { eventKinds } from "../../edge-agent/core/judgement.ts";
import { quantityNames, quantityOf } from "../../edge-agent/core/quantities.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { lineEncoder } from "../../edge-agent/sinks/line-protocol.ts";
import { startAgent } from "../support/agent.ts";
import { alarmEntry } from "../support/entries.ts";
import { type DashboardFile, filledIn, queriesOf, type View, writtenTags } from "../support/grafana.ts";
import { type Influxd, startInfluxd } from "../support/influxd.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const queries = Object.values(generated()).flatMap((text) => queriesOf(JSON.parse(text) as DashboardFile));

interface Series {
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | null)[])[];
}
type Answers = Readonly<Record<string, readonly Series[]>>;

async function ask({ url }: Influxd, query: string): Promise<Series[]> {
  const answer = await fetch(`${url}/query`, { method: "POST", body: new URLSearchParams({ db: "offgas", q: query, epoch: "ms" }) });
  const { error, results = [] } = (await answer.json()) as { error?: string; results?: { error?: string; series?: Series[] }[] };
  assert.deepEqual([error, ...results.map((result) => result.error)].join(""), "", query);
  return results.flatMap(({ series = [] }) => series);
}

async function askAll(influxd: Influxd, view: View): Promise<Answers> {
  const answers: Record<string, Series[]> = {};
  for (const { of, query } of queries) answers[of] = await ask(influxd, filledIn(query, view));
  return answers;
}

const seriesOf = (answers: Answers, of: string): readonly Series[] => {
  const found = answers[of];
  assert.ok(found, `no query ${of}; there are ${Object.keys(answers).join("; ")}`);
  return found;
};
/** Every value of a column, stamps apart. */
const valuesOf = (series: readonly Series[], column: string) => series.flatMap(({ columns, values }) => values.map((row) => row[columns.indexOf(column)]));
const rowsOf = (series: readonly Series[]) =>
  series.flatMap(({ columns, values }) => values.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))));
const tagsOf = (series: readonly Series[], tag: string) => series.map(({ tags }) => tags?.[tag]);
const hasValues = (series: readonly Series[]): boolean => series.some(({ values }) => values.some(([, ...row]) => row.some((value) => value !== null)));
const most = (series: readonly Series[], column: string): number =>
  Math.max(
    ...valuesOf(series, column)
      .map((value) => Number(value ?? Number.NaN))
      .filter((value) => !Number.isNaN(value)),
  );

test("a recorded runaway through the real agent is seen for what it is", async (t) => {
  const caseFolder = new URL("../cases/ul-fsri/", import.meta.url);
  const recorded = readFileSync(new URL("station.yaml", caseFolder), "utf8");
  const folder = tempFolder(t);
  const influxd = await startInfluxd(t, { database: "offgas" });
  const config = join(folder, "station.yaml");
  const sinks = `sinks: [{ kind: influxdb, url: "${influxd.url}", database: offgas, flavour: v1 }]`;
  writeFileSync(config, `${recorded}\n${sinks}\nspool: { directory: spool, budget: 50 MB, commit: 250 ms }\n`);
  const from_ms = Date.now();
  const input = new URL("run.csv.gz", caseFolder).pathname;
  const agent = startAgent(t, ["--config", config, "--input", input, "--speed", "30", "--from", "1680", "--until", "1800"]);
  assert.equal(await agent.ended, 0, agent.stderr());

  const chosen = { site: "ul-fsri", station: "cell-test" };
  const view = { from_ms, until_ms: Date.now(), interval: "1s", variables: { ...chosen, cell: ".*" } };
  const answers = await askAll(influxd, view);
  const cells = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"];

  assert.deepEqual(valuesOf(seriesOf(answers, "variable site"), "value"), ["ul-fsri"]);
  assert.deepEqual(valuesOf(seriesOf(answers, "variable station"), "value"), ["cell-test"]);
  assert.deepEqual(valuesOf(seriesOf(answers, "variable cell"), "value"), cells);

  const stages = seriesOf(answers, "panel 10 Stage of each cell, A");
  assert.deepEqual(tagsOf(stages, "cell"), cells);
  const stageOf = (cell: string) =>
    most(
      stages.filter(({ tags }) => tags?.cell === cell),
      "max",
    );
  assert.deepEqual([stageOf("C5"), stageOf("C7")], [5, 0], "C5 runs away in these two minutes, C7 much later");
  assert.deepEqual(tagsOf(seriesOf(answers, "panel 10 Stage of each cell, B"), "pack"), ["box"]);
  assert.deepEqual(valuesOf(seriesOf(answers, "panel 2 Worst stage, A"), "max"), [5]);

  const list = rowsOf(seriesOf(answers, "panel 12 Standing alarms, A"));
  const ofC5 = list.find(({ id }) => id === "runaway:C5");
  assert.deepEqual(ofC5 && [ofC5.severity, ofC5.state, ofC5.active, ofC5.acknowledged], [4, 1, 1, 0]);
  const trips = list.filter(({ severity }) => severity === 4);
  assert.deepEqual(valuesOf(seriesOf(answers, "panel 1 Alarms by severity, A"), "count"), [trips.length], "the tile counts what the list shows");
  const past = seriesOf(answers, "panel 13 Alarms over time, A");
  for (const id of ["runaway:C5", "over-temperature:C5"]) assert.ok(tagsOf(past, "id").includes(id), id);

  const temperatures = seriesOf(answers, "panel 30 Temperature, A");
  assert.deepEqual(
    tagsOf(temperatures, "channel"),
    cells.map((cell) => `${cell}.surface`),
  );
  assert.ok(most(temperatures, "mean") > 500 && most(temperatures, "mean") < 1400);
  assert.deepEqual(tagsOf(seriesOf(answers, "panel 39 Flow, A"), "channel"), ["box.co2_flow", "box.co_flow", "box.h2_flow", "box.thc_flow"]);

  const { channels } = parse(recorded) as { channels: { quantity: string }[] };
  for (const name of quantityNames) {
    const measured = channels.some(({ quantity }) => quantity === name);
    for (const { of } of queries.filter(({ query }) => query.includes(`"${quantityOf(name).field}"`))) {
      if (measured) assert.ok(hasValues(seriesOf(answers, of)), of);
      else assert.deepEqual(seriesOf(answers, of), [], of);
    }
  }

  for (const refId of ["A", "B"]) assert.deepEqual(seriesOf(answers, `panel 50 Readings that are not good, ${refId}`), []);
  assert.deepEqual(seriesOf(answers, "panel 51 Channels that are not good, A"), []);
  assert.ok(most(seriesOf(answers, "panel 3 Agent now, A"), "count") >= 1);
  assert.ok(most(seriesOf(answers, "panel 65 Memory and spool, A"), "resident_MiB") > 20);
  const agentEvents = valuesOf(seriesOf(answers, "annotation agent"), "tags");
  assert.deepEqual(
    ["agent-start", "recording-end"].filter((kind) => !agentEvents.includes(kind)),
    [],
  );

  const silent = await askAll(influxd, { ...view, until_ms: view.until_ms + 60_000 });
  for (const panel of ["panel 1 Alarms by severity, A", "panel 2 Worst stage, A", "panel 12 Standing alarms, A"])
    assert.deepEqual(seriesOf(silent, panel), [], `${panel}: a minute after the last word nothing is known to hold`);
  const one = await askAll(influxd, { ...view, variables: { ...chosen, cell: ["C5"] } });
  assert.deepEqual(tagsOf(seriesOf(one, "panel 30 Temperature, A"), "channel"), ["C5.surface"]);
  assert.deepEqual(tagsOf(seriesOf(one, "panel 36 VOC, A"), "channel"), ["box.thc"], "the gas that cells share stays in sight");
  const other = await askAll(influxd, { ...view, variables: { ...chosen, station: "another", cell: ".*" } });
  for (const { of } of queries.filter((query) => !query.of.startsWith("variable s"))) assert.deepEqual(seriesOf(other, of), [], `${of} of another station`);
});

/** A station that measures everything and on which everything happens, twice. */
function everything(now_ms: number): string[] {
  const at = { cell: "C1" };
  const full = station({
    cells: [{ id: "C1", pack: "box" }],
    packs: [{ id: "box", gas_space: { free_volume: "unknown", atmosphere: "air", sealed: false, leak_rate: "unknown" } }],
    channels: quantityNames.map((quantity) => ({
      id: `C1.${quantity}`,
      quantity,
      at,
      source: { driver: "replay", column: quantity, unit: quantityOf(quantity).unit },
    })),
  });
  const encode = lineEncoder(full);
  const healthOf = (per: "station" | "bus", value: number) =>
    Object.fromEntries((Object.keys(healthFields) as HealthField[]).filter((field) => healthFields[field].per === per).map((field) => [field, value]));
  const round = (round_ms: number, value: number): Entry[] => {
    let stamp_ns = BigInt(round_ms) * 1_000_000n;
    const next_ns = () => stamp_ns++;
    const sample = (channel: string, more: Partial<Sample> = {}): Entry => ({
      type: "sample",
      sample: { channel, at_s: 1, stamp_ns: next_ns(), value, raw: value, bound: 0, quality: "good", reason: "none", ...more },
    });
    return [
      ...quantityNames.map((quantity) => sample(`C1.${quantity}`)),
      sample("C1.hf", { quality: "uncertain", reason: "warming-up" }),
      sample("C1.strain", { value: 9999, quality: "bad", reason: "out-of-range" }),
      { type: "estimate", stamp_ns: next_ns(), estimate: { at_s: 1, cell: "C1", stage: "gassing", self_heating_K_per_min: { value: 0.3 }, reasons: [] } },
      { type: "estimate", stamp_ns: next_ns(), estimate: { at_s: 1, pack: "box", stage: "vented", reasons: [] } },
      { type: "estimate", stamp_ns: next_ns(), estimate: { at_s: 1, cell: "C2", stage: "normal", judged: false, reasons: [] } },
      ...severities.map((severity) =>
        alarmEntry(
          { id: `toxic-gas:${severity}`, alarm: "toxic-gas", severity, scope: { kind: "channel", id: severity, channel: severity, cell: "C1" } },
          next_ns(),
        ),
      ),
      ...eventKinds.map((event): Entry => ({ type: "event", stamp_ns: next_ns(), event: { at_s: 1, event, text: `${event} happened` } })),
      { type: "agent", stamp_ns: next_ns(), agent: { at_s: 1, values: healthOf("station", value) } },
      { type: "agent", stamp_ns: next_ns(), agent: { at_s: 1, bus: "i2c-1", values: healthOf("bus", value) } },
    ];
  };
  return [...round(now_ms - 15_000, 10), ...round(now_ms - 5_000, 40)].map(encode);
}

test("where everything is measured and everything happens, every query has something to show", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const now_ms = Date.now();
  const written = await fetch(`${influxd.url}/write?db=offgas&precision=ns`, { method: "POST", body: everything(now_ms).join("\n") });
  assert.equal(written.status, 204, await written.text());

  const variables = { site: "test-lab", station: "bench", cell: "C1" };
  const answers = await askAll(influxd, { from_ms: now_ms - 60_000, until_ms: now_ms, interval: "10s", variables });
  assert.deepEqual(
    Object.keys(answers).filter((of) => !hasValues(seriesOf(answers, of))),
    [],
  );

  assert.deepEqual(
    ["A", "B", "C", "D"].map((refId) => valuesOf(seriesOf(answers, `panel 1 Alarms by severity, ${refId}`), "count")),
    [[1], [1], [1], [1]],
  );
  assert.deepEqual(valuesOf(seriesOf(answers, "panel 2 Worst stage, A"), "max"), [3], "a pack counts as well");
  const all = await askAll(influxd, { from_ms: now_ms - 60_000, until_ms: now_ms, interval: "10s", variables: { ...variables, cell: ".*" } });
  assert.deepEqual(tagsOf(seriesOf(all, "panel 10 Stage of each cell, A"), "cell"), ["C1"], "a cell that no detector can judge is no normal one");
  assert.deepEqual(
    rowsOf(seriesOf(answers, "panel 51 Channels that are not good, A")).map(({ channel, quality, reason }) => [channel, quality, reason]),
    [
      ["C1.hf", 1, 6],
      ["C1.strain", 0, 1],
    ],
  );
  for (const refId of ["A", "B"])
    assert.deepEqual(
      valuesOf(seriesOf(answers, `panel 50 Readings that are not good, ${refId}`), "count").filter((count) => count),
      [1, 1],
    );
  assert.equal(most(seriesOf(answers, "panel 45 Strain, A"), "mean"), 40, "what is bad is not drawn");
  const gained = rowsOf(seriesOf(answers, "panel 62 Read faults and bus restarts, A"));
  assert.ok(
    gained.every(({ read_faults, bus_restarts }) => read_faults === 180 && bus_restarts === 180),
    "30 in 10 s are 180 a minute",
  );
  assert.deepEqual(
    rowsOf(seriesOf(answers, "annotation outputs"))
      .map(({ tags }) => tags)
      .slice(0, 3),
    ["output-open", "output-close", "output-fault"],
  );

  for (const [measurement, tags] of Object.entries(writtenTags)) {
    assert.deepEqual(valuesOf(await ask(influxd, `SHOW TAG KEYS FROM "${measurement}"`), "tagKey").sort(), [...tags].sort(), measurement);
  }
});
