// needs: influxdb
/** What the store writes into a real influxd: every row of the data model, with its types, read back by InfluxQL. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { makeCertificates } from "../support/certificates.ts";
import { alarmEntry, estimateEntry, eventEntry, sampleEntry, stamp } from "../support/entries.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { startInfluxd } from "../support/influxd.ts";
import { replayChannel } from "../support/station.ts";
import { delivered, storeStation, watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

const channels = [replayChannel("C1.t"), replayChannel("P1.co2", { quantity: "co2", at: { pack: "C1" } }), replayChannel("room.t", { at: { station: true } })];

test("every row of the data model is readable, with its types", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const station = storeStation(tempFolder(t), [{ kind: "influxdb", url: influxd.url, database: "offgas" }], { channels });
  const { store, until } = watchedStore(station);
  const { boot } = await store.opened;
  assert.equal(boot, 1);
  const whole = sampleEntry({ value: 25, raw: 24 });
  const entries: Entry[] = [
    whole,
    sampleEntry({ channel: "P1.co2", value: 1000, raw: 1000, bound: 1, quality: "uncertain", reason: "saturated" }),
    { type: "sample", sample: { channel: "room.t", at_s: 2, stamp_ns: stamp(), bound: 0, quality: "bad", reason: "no-reply" } },
    estimateEntry({
      stage: "self-heating",
      p: { normal: 0.25, "self-heating": 0.75 },
      self_heating_K_per_min: { value: 2, u: 0.5 },
      gas_mmol: { value: 3 },
      time_to_runaway_s: { p05: 10, p50: 60, p95: 200 },
    }),
    alarmEntry({ state: "latched-ack" }),
    { type: "agent", stamp_ns: stamp(), agent: { at_s: 1, values: { backlog_samples: 3, uptime_s: 10 } } },
    { type: "agent", stamp_ns: stamp(), agent: { at_s: 1, bus: "i2c-1", values: { reads: 12 } } },
  ];
  const text = 'hostile, =text" with \\ and a\nline break, 日本語';
  const twice = eventEntry(text, { event: "output-open", output: "cycler-permit", because: "runaway:C1" });
  store.append([...entries, twice, twice]);
  await until(delivered);
  assert.equal(await store.close(5), true);

  const [good] = await influxd.query("SELECT * FROM sample WHERE channel = 'C1.t'");
  assert.deepEqual(
    { ...good, time: "" },
    {
      name: "sample",
      tags: "",
      time: "",
      bound: "0",
      cell: "C1",
      channel: "C1.t",
      pack: "C1",
      quality: "2",
      raw: "24",
      reason: "0",
      site: "test-lab",
      station: "bench",
      temperature_degC: "25",
      co2_ppm: "",
    } as Record<string, string>,
    JSON.stringify(good),
  );
  assert.equal(good?.time, String(whole.type === "sample" && whole.sample.stamp_ns));
  const [none] = await influxd.query("SELECT temperature_degC, quality, reason FROM sample WHERE channel = 'room.t'");
  assert.deepEqual([none?.temperature_degC, none?.quality, none?.reason], ["", "0", "8"]);
  const [estimate] = await influxd.query("SELECT * FROM estimate");
  assert.deepEqual(
    [estimate?.cell, estimate?.pack, estimate?.stage, estimate?.p_self_heating, estimate?.self_heating_K_per_min_u, estimate?.time_to_runaway_p05_s],
    ["C1", "C1", "4", "0.75", "0.5", "10"],
  );
  const [alarm] = await influxd.query("SELECT * FROM alarm");
  assert.deepEqual([alarm?.id, alarm?.cell, alarm?.severity, alarm?.active, alarm?.state, alarm?.acknowledged], ["vent:C1", "C1", "3", "1", "5", "1"]);
  const events = await influxd.query("SELECT text, tags, end_ms, kind FROM event");
  assert.equal(events.length, 2, "two events of one moment are two points");
  assert.deepEqual([events[0]?.text, events[0]?.tags, events[0]?.kind], [text.replace("\n", " "), "output-open,cycler-permit,runaway:C1", "output-open"]);
  assert.equal(events[0]?.end_ms, events[0]?.time?.slice(0, 13));
  const agent = await influxd.query("SELECT reads, bus, backlog_samples FROM agent");
  assert.deepEqual(
    agent.map((row) => [row.bus, row.reads, row.backlog_samples]),
    [
      ["", "", "3"],
      ["i2c-1", "12", ""],
    ],
  );

  const types = new Map((await influxd.query("SHOW FIELD KEYS")).map((row) => [`${row.name}.${row.fieldKey}`, row.fieldType]));
  for (const [field, type] of Object.entries({
    "sample.temperature_degC": "float",
    "sample.co2_ppm": "float",
    "sample.raw": "float",
    "sample.quality": "integer",
    "sample.reason": "integer",
    "sample.bound": "integer",
    "estimate.stage": "integer",
    "estimate.p_normal": "float",
    "estimate.gas_mmol": "float",
    "estimate.time_to_runaway_p95_s": "float",
    "alarm.severity": "integer",
    "alarm.active": "integer",
    "alarm.state": "integer",
    "alarm.acknowledged": "integer",
    "event.text": "string",
    "event.tags": "string",
    "event.end_ms": "integer",
    "agent.backlog_samples": "float",
    "agent.reads": "float",
  }))
    assert.equal(types.get(field), type, field);
  const tagKeys = (await influxd.query("SHOW TAG KEYS")).map((row) => `${row.name}.${row.tagKey}`);
  assert.ok(!tagKeys.some((key) => key.endsWith(".run")), "no run, no tag");
});

test("a wrong password, a missing database and a strange certificate each say what to do, and what waited arrives once mended", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas", auth: { admin: "boss", writers: { chamber: "right" } } });
  const folder = tempFolder(t);
  const password = join(folder, "password");
  writeFileSync(password, "wrong\n");
  const login = { kind: "influxdb", user: "chamber", password_file: password } as const;
  const certificates = makeCertificates(folder);
  const secure = await startFaultProxy(t, influxd.url, { key: readFileSync(certificates.key), cert: readFileSync(certificates.cert) });
  const { store, until } = watchedStore(
    storeStation(folder, [
      { ...login, url: influxd.url, database: "offgas" },
      { ...login, url: secure.url, database: "offgas", ca_file: certificates.otherCa },
    ]),
  );
  await store.opened;
  store.append([sampleEntry()]);
  const status = await until((status) => status.sinks.every((sink) => sink.state === "waiting"));
  const [plain, tls] = status.sinks;
  assert.equal(plain?.code, "sink/unauthorised");
  assert.equal(plain?.why, `influxdb at ${influxd.url} refuses user chamber (401): check password_file`);
  assert.equal(tls?.code, "sink/certificate");
  assert.match(tls?.why ?? "", /^influxdb at https:\/\/127\.0\.0\.1:\d+: its certificate cannot be trusted \(\w+\): set ca_file to the CA that signed it$/);
  assert.doesNotMatch(JSON.stringify(status), /wrong|Basic/);
  writeFileSync(password, "right\n");
  writeFileSync(certificates.otherCa, readFileSync(certificates.ca));
  await until(delivered);
  assert.equal((await influxd.query("SELECT count(raw) FROM sample"))[0]?.count, "1");
  await influxd.query('DROP DATABASE "offgas"');
  store.append([sampleEntry()]);
  const missing = await until((status) => status.sinks.some((sink) => sink.code === "sink/not-found"));
  assert.match(missing.sinks.find((sink) => sink.code === "sink/not-found")?.why ?? "", /has no database offgas \(404\): create it/);
  assert.equal(await store.close(5), true);
});
