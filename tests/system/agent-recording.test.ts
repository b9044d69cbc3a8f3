// needs: influxdb mosquitto
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { type TimelineLine, timelineLine } from "../../edge-agent/contracts/timeline.ts";
import type { LogLine } from "../support/agent.ts";
import { offgas, startAgent } from "../support/agent.ts";
import { type Influxd, startInfluxd } from "../support/influxd.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { type Consumer, consume } from "../support/mqtt-consumer.ts";
import { tempFolder } from "../support/temp.ts";

const caseFolder = new URL("../cases/ul-fsri/", import.meta.url);
/** At real time: long enough for the gas baseline to be learned before the gas comes, and for four runaways after it. */
const realTime = { speed: 1, from_s: 1560, until_s: 1785 };
/** At thirty times: all of it. */
const thirtyTimes = { speed: 30, from_s: 0, until_s: 5945 };
type Part = typeof realTime;

interface Window {
  readonly path: string;
  readonly rows: readonly Record<string, string>[];
}

function cutWindow(folder: string, { from_s, until_s }: Part): Window {
  const text = gunzipSync(readFileSync(new URL("run.csv.gz", caseFolder))).toString("utf8");
  const [header = "", ...lines] = text.split(/\r?\n/);
  const kept = lines.filter((line) => {
    const time_s = Number.parseFloat(line);
    return time_s >= from_s && time_s <= until_s;
  });
  const path = join(folder, "window.csv");
  writeFileSync(path, [header, ...kept, ""].join("\n"));
  return { path, rows: parse([header, ...kept].join("\n"), { columns: true }) };
}

/** The case's own station file with a spool and sinks, as a person would add them. */
async function withSinks(t: TestContext, folder: string) {
  const influxd = await startInfluxd(t, { database: "offgas", auth: { admin: "root-secret", writers: { agent: "influx-secret" } } });
  const mosquitto = await startMosquitto(t, { users: { agent: "mqtt-secret", page: "page-secret" } });
  mkdirSync(join(folder, "spool"));
  writeFileSync(join(folder, "influx-password"), "influx-secret\n", { mode: 0o600 });
  writeFileSync(join(folder, "mqtt-password"), "mqtt-secret\n", { mode: 0o600 });
  const station = join(folder, "station.yaml");
  writeFileSync(
    station,
    `${readFileSync(new URL("station.yaml", caseFolder), "utf8")}
sinks:
  - { kind: influxdb, url: "${influxd.url}", database: offgas, user: agent, password_file: influx-password, flavour: v1 }
  - { kind: mqtt, url: "${mosquitto.url}", user: agent, password_file: mqtt-password }
spool: { directory: spool, budget: 50 MB, commit: 250 ms }
`,
  );
  const consumer = await consume(t, mosquitto.url, { username: "page", password: "page-secret" });
  return { influxd, consumer, station };
}

/** What was decided, without what the machine's own health adds. */
const decisions = (lines: readonly LogLine[]) =>
  lines.flatMap(({ alarm, severity, state, planned, at_s }) =>
    alarm === undefined || alarm.endsWith(":station") ? [] : [{ alarm, severity, state, planned, at_s }],
  );

type Decisions = ReturnType<typeof decisions>;

async function replayed(folder: string, window: Window): Promise<Decisions> {
  const out = join(folder, "out");
  const { code, stderr } = await offgas("replay", "--config", new URL("station.yaml", caseFolder).pathname, "--input", window.path, "--out", out);
  assert.equal(code, 0, stderr);
  const lines: TimelineLine[] = readFileSync(join(out, "timeline.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => timelineLine.parse(JSON.parse(line)));
  return lines.flatMap((line) =>
    line.type === "alarm" ? [{ alarm: line.id, severity: line.severity, state: line.state, planned: line.planned, at_s: line.time_s }] : [],
  );
}

describe("the recording through the whole agent: the decisions of the replay, every row in InfluxDB, every message on MQTT", { concurrency: true }, () => {
  for (const part of [realTime, thirtyTimes])
    test(`at ${part.speed} times`, async (t) => {
      const { speed } = part;
      const folder = tempFolder(t);
      const window = cutWindow(folder, part);
      const expected = await replayed(folder, window);
      assert.ok(
        expected.some(({ alarm }) => alarm === "gas-rise:box") && expected.some(({ alarm }) => alarm === "runaway:C1"),
        "the window shows what it is meant to",
      );

      const { influxd, consumer, station } = await withSinks(t, folder);
      const agent = startAgent(t, ["--config", station, "--input", window.path, "--speed", String(speed)]);
      await agent.line(({ event }) => event === "agent-start");
      const armed = await offgas("arm", "--config", station);
      assert.equal(armed.code, 0, `${armed.stderr} ${agent.stderr()} ${JSON.stringify(agent.log)}`);
      assert.equal(await agent.ended, 0, agent.stderr());

      assert.deepEqual(decisions(agent.log), expected);
      assert.deepEqual(
        agent.log.filter(({ event, msg }) => event === "output-open" && !msg.endsWith("the agent stops")).map(({ msg }) => msg.split(" ")[0]),
        ["clear-lamp", "cycler-permit"],
        "the planned runaway leaves the heater alone; what protects acts",
      );
      await rowsInInflux(influxd, window, expected, part);
      await messagesOnMqtt(consumer, expected);
    });
});

async function rowsInInflux(influxd: Influxd, window: Window, expected: Decisions, { speed, from_s, until_s }: Part) {
  const thc = await influxd.query(
    `SELECT "voc_ppm","raw","quality","reason","bound" FROM "sample" WHERE "channel"='box.thc' GROUP BY "site","station","pack","cell","channel"`,
  );
  assert.equal(thc.length, window.rows.length, "one row a reading");
  assert.deepEqual(
    thc.map((row) => Number(row.voc_ppm)),
    window.rows.map((row) => Number(row["THC (ppm)"])),
  );
  assert.match(thc[0]?.tags ?? "", /channel=box\.thc.*pack=box,site=ul-fsri,station=cell-test/);
  assert.ok(thc.every((row) => row.quality === "2" && row.reason === "0" && row.bound === "0"));
  const [first, last] = [thc[0], thc.at(-1)].map((row) => BigInt(row?.time ?? 0));
  assert.equal(Number((last ?? 0n) - (first ?? 0n)), Math.round(((until_s - from_s) / speed) * 1e9), "stamps are scaled, to the nanosecond");

  const counts = await influxd.query(`SELECT count("quality") AS "n" FROM "sample" GROUP BY "channel"`);
  assert.equal(counts.length, 15, "fifteen channels");
  assert.ok(counts.every((row) => Number(row.n) === window.rows.length));

  const fields = new Set((await influxd.query(`SHOW FIELD KEYS FROM "sample"`)).map((row) => `${row.fieldKey}:${row.fieldType}`));
  for (const field of ["temperature_degC:float", "flow_L_per_min:float", "power_W:float", "raw:float", "quality:integer", "reason:integer", "bound:integer"])
    assert.ok(fields.has(field), field);

  const estimates = await influxd.query(`SELECT * FROM "estimate" WHERE "cell"='C5'`);
  assert.ok(estimates.length >= (until_s - from_s) / 10 - 1, "at least one estimate every ten seconds");
  assert.equal(estimates.at(-1)?.stage, "5");

  const alarms = await influxd.query(`SELECT "severity","active","state","acknowledged" FROM "alarm" WHERE "id"='runaway:C5' GROUP BY "alarm","cell","pack"`);
  assert.match(alarms[0]?.tags ?? "", /alarm=runaway,cell=C5/);
  assert.ok(alarms.every((row) => row.severity === "4" && row.active === "1" && row.state === "1" && row.acknowledged === "0"));
  assert.ok(speed > 1 || alarms.length >= 2, "a standing alarm is repeated as a heartbeat");
  const ids = new Set((await influxd.query(`SHOW TAG VALUES FROM "alarm" WITH KEY = "id"`)).map((row) => row.value));
  for (const { alarm } of expected) assert.ok(ids.has(alarm), alarm);

  const events = await influxd.query(`SELECT "text" FROM "event" GROUP BY "kind"`);
  const kinds = events.map((row) => /kind=([a-z-]+)/.exec(row.tags ?? "")?.[1]);
  for (const kind of ["agent-start", "armed", "command", "output-open", "output-close", "recording-end"]) assert.ok(kinds.includes(kind), kind);
  const health = await influxd.query(`SELECT * FROM "agent"`);
  assert.ok(health.some((row) => Number(row.loop_delay_p99_ms) >= 0) && health.some((row) => row.bus === "recording" && Number(row.reads) > 0));
}

async function messagesOnMqtt(consumer: Consumer, expected: Decisions) {
  await consumer.until((received) => received.some(({ name, payload }) => name === "status" && payload?.state === "offline"));
  assert.deepEqual(consumer.problems, []);
  const of = (name: string) => consumer.received.filter((each) => each.name === name && each.payload !== undefined);
  const alarms = of("alarm")
    .map(({ payload }) => payload ?? {})
    .filter(({ id }) => !String(id).endsWith(":station"));
  const changes = [...new Map(alarms.map((alarm) => [alarm.seq, alarm])).values()];
  assert.deepEqual(
    changes.map(({ id, state, severity, planned }) => ({ alarm: id, state, severity, planned })),
    expected.map(({ alarm, state, severity, planned }) => ({ alarm, state, severity, planned })),
  );
  assert.deepEqual(
    of("status").map(({ payload }) => [payload?.state, payload?.why]),
    [
      ["online", undefined],
      ["offline", "stopped"],
    ],
  );
  for (const name of ["sample", "estimate", "event", "chart"]) assert.ok(of(name).length > 0, name);
  const seqs = consumer.received.flatMap(({ payload }) => (payload?.seq === undefined ? [] : [Number(payload.seq)]));
  assert.ok(new Set(seqs).size === seqs.length, "no message came twice on an undisturbed line");
  assert.equal(new Set(consumer.received.map(({ payload }) => payload?.boot)).size, 1);
}
