/** One example of every format that is stored or sent. A change that refuses one of them breaks a consumer. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import type { z } from "zod";
import { parseField, parseTime } from "../../edge-agent/contracts/recording.ts";
import { type Station, stationSchema } from "../../edge-agent/contracts/station.ts";
import { summarySchema, timelineLine } from "../../edge-agent/contracts/timeline.ts";
import { type TopicName, topicOf, topics } from "../../edge-agent/contracts/topics.ts";
import { truthSchema } from "../../edge-agent/contracts/truth.ts";

const folder = join(import.meta.dirname, "golden");
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const topicNames = Object.keys(topics) as TopicName[];

interface Golden {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly value: Readonly<Record<string, unknown>>;
}

const topicFiles = readdirSync(folder).filter((file) => file.startsWith("topic-"));
const goldens: Golden[] = [
  ...topicFiles.map((name) => ({ name, schema: topics[(name.split(/[-.]/)[1] ?? "") as TopicName].payload, value: JSON.parse(read(name)) })),
  ...read("timeline.jsonl")
    .trimEnd()
    .split("\n")
    .map((line, index) => ({ name: `timeline.jsonl line ${index + 1}`, schema: timelineLine, value: JSON.parse(line) })),
  { name: "summary.json", schema: summarySchema, value: JSON.parse(read("summary.json")) },
  { name: "truth.json", schema: truthSchema, value: JSON.parse(read("truth.json")) },
];

for (const { name, schema, value } of goldens) {
  const refuses = (mutation: Readonly<Record<string, unknown>>) => assert.ok(!schema.safeParse(mutation).success, JSON.stringify(mutation));
  test(`${name} parses to itself`, () => assert.deepEqual(schema.parse(value), value));
  test(`${name} with an unknown key is refused`, () => refuses({ ...value, colour: "red" }));
  test(`${name} without its version is refused`, () => {
    const { v: _, ...rest } = value;
    refuses(rest);
  });
  test(`${name} of the next version is refused`, () => refuses({ ...value, v: 2 }));
  test(`${name} without a number where one was is refused`, () => {
    for (const [key, number] of Object.entries(value).filter(([, field]) => typeof field === "number")) refuses({ ...value, [key]: String(number) });
  });
}

test("every topic and every type of timeline line has an example", () => {
  for (const topic of topicNames) assert.ok(topicFiles.includes(`topic-${topic}.json`), topic);
  assert.deepEqual(new Set(goldens.filter(({ schema }) => schema === timelineLine).map(({ value }) => value.type)), new Set(["alarm", "estimate", "event"]));
});

test("a sample in another unit than its quantity's is refused, in messages and in the birth", () => {
  const sample = JSON.parse(read("topic-sample.json"));
  assert.ok(!topics.sample.payload.safeParse({ ...sample, unit: "K" }).success);
  const status = JSON.parse(read("topic-status.json"));
  status.channels[1].unit = "pct";
  assert.ok(!topics.status.payload.safeParse(status).success);
});

test("what was not measured has no key: null is refused", () => {
  const sample = JSON.parse(read("topic-sample.bad.json"));
  assert.ok(!topics.sample.payload.safeParse({ ...sample, value: null }).success);
});

test("a topic is one level per name", () => {
  const station = { site: "lab", station: "chamber-1" };
  assert.equal(topicOf("status", station), "offgas/lab/chamber-1/status");
  assert.equal(topicOf("sample", station, "C07.t"), "offgas/lab/chamber-1/sample/C07.t");
  assert.equal(topicOf("alarm", station, "runaway:C07"), "offgas/lab/chamber-1/alarm/runaway:C07");
});

const station = (): Record<string, unknown> => parse(read("station.yaml"));

test("station.yaml parses, with units in names and defaults filled in", () => {
  const parsed: Station = stationSchema.parse(station());
  assert.equal(parsed.cells[0]?.capacity_Ah, 5);
  assert.equal(parsed.cells[0]?.mass_g, 82);
  assert.equal(parsed.packs[0]?.gas_space?.ventilation_per_h, 1800);
  assert.equal(parsed.packs[0]?.gas_space?.leak_rate_per_h, undefined);
  assert.equal(parsed.channels[0]?.every_s, 0.75);
  assert.deepEqual(parsed.buses[0], { id: "i2c-1", kind: "i2c", device: 1, deadline_s: 0.25 });
  assert.deepEqual(parsed.spool, { directory: "spool", budget_Bytes: 1e9, commit_s: 0.25 });
  assert.equal(parsed.outputs[0]?.role, "permit");
});

test("station.yaml with an unknown key, a wrong unit or another version is refused", () => {
  for (const mutation of [{ colour: "red" }, { version: undefined }, { version: 2 }, { spool: { directory: "x", commit: "1 g" } }, { site: "Lab 1" }]) {
    assert.ok(!stationSchema.safeParse({ ...station(), ...mutation }).success, JSON.stringify(mutation));
  }
});

test("recording.csv holds one of each kind of field", () => {
  const [header, ...rows] = read("recording.csv").trimEnd().split("\n");
  assert.equal(header, "time_s,t_tab,co2_ppm");
  const fields = rows.map((row) => row.split(","));
  assert.deepEqual(
    fields.map(([time = ""]) => parseTime("time_s", time)),
    [0, 1, 1, 0.5, 3],
  );
  assert.deepEqual(fields.map(([, t = ""]) => parseField(t)).slice(-2), [{ value: -40, bound: -1 }, "malformed"]);
  assert.deepEqual(fields.map(([, , co2 = ""]) => parseField(co2)).slice(1, 4), [undefined, { value: 40_000, bound: 1 }, { value: 1000, bound: 0 }]);
});
