// needs: mosquitto
/** The MQTT sink on a real broker: what is promised of a good line. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import mqtt from "mqtt";
import type { Clock } from "../../edge-agent/core/clock.ts";
import { type MqttSink, openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
import { alarmEntry, estimateEntry, eventEntry, sampleEntry, stamp } from "../support/entries.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { station } from "../support/station.ts";

const never = new AbortController().signal;
const prefix = "offgas/test-lab/bench";

function open(t: TestContext, url: string, boot = 1, clock: Clock = hurriedClock(20)): MqttSink {
  const sink = openMqttSink({ kind: "mqtt", url }, station(), boot, clock);
  t.after(() => sink.close());
  return sink;
}

test("a late consumer finds birth, alarm and estimate retained, and sees events and samples as they happen", async (t) => {
  const broker = await startMosquitto(t);
  const sink = open(t, broker.url);
  assert.deepEqual(await sink.write([alarmEntry()], never), { kind: "taken" });
  sink.live([estimateEntry({ stage: "gassing", p: { normal: 0.2, gassing: 0.8 } })]);
  assert.deepEqual(await sink.write([alarmEntry({ state: "ack" })], never), { kind: "taken" });

  const consumer = await consume(t, broker.url);
  await consumer.until((received) => received.length >= 3);
  assert.ok(consumer.received.every(({ retained }) => retained));
  const birth = await consumer.first("status");
  assert.ok(birth.state === "online" && birth.cells.includes("C1") && birth.channels.length === 1);
  assert.equal((await consumer.first("alarm")).state, "ack");
  assert.equal((await consumer.first("estimate")).stage, "gassing");

  assert.deepEqual(await sink.write([eventEntry("armed by hand")], never), { kind: "taken" });
  sink.live([sampleEntry({ value: 41 })]);
  await consumer.first("event", ({ text }) => text === "armed by hand");
  await consumer.first("sample", ({ value }) => value === 41);
  await consumer.first("chart", ({ value }) => value === 41);
  assert.deepEqual(consumer.problems, []);
});

test("a clean stop says stopped and keeps the last will back; a lost agent is said to be lost", async (t) => {
  const broker = await startMosquitto(t);
  const consumer = await consume(t, broker.url);
  const sink = open(t, broker.url, 1);
  await sink.write([eventEntry("up")], never);
  await sink.close();
  await consumer.first("status", (status) => status.state === "offline" && status.why === "stopped");

  const next = open(t, broker.url, 2);
  await next.write([eventEntry("up again")], never);
  // The same client id pushes the session out, as a broker does with a dead line: the will goes out.
  const thief = mqtt.connect(broker.url, { clientId: "offgas.test-lab.bench", protocolVersion: 5, reconnectPeriod: 0 });
  t.after(() => thief.endAsync(true));
  await consumer.first("status", (status) => status.state === "offline" && status.why === "lost");
  const offline = consumer.received.filter(({ payload }) => payload?.state === "offline").map(({ payload }) => [payload?.boot, payload?.why]);
  assert.deepEqual(offline.slice(0, 2), [
    [1, "stopped"],
    [2, "lost"],
  ]);
  assert.deepEqual(consumer.problems, []);
});

test("alarms of an earlier boot that this one does not hold end as normal; its own and renewed ones are left alone", async (t) => {
  const broker = await startMosquitto(t);
  const first = open(t, broker.url, 1);
  const cells = ["C1", "C2", "C3", "C5"];
  const vent = (cell: string, occurrence: string) => alarmEntry({ id: `vent:${cell}`, occurrence, scope: { kind: "cell", id: cell, cell } });
  const alarms = cells.map((cell) => vent(cell, `raised-in-boot-1-${cell}`));
  assert.deepEqual(await first.write(alarms, never), { kind: "taken" });
  first.live([estimateEntry({ cell: "C1" }), estimateEntry({ cell: "C9" })]);
  await first.write([eventEntry("estimates are out")], never);
  const heldBack = [vent("C4", "raised-in-boot-1-C4"), vent("C6", "raised-in-boot-1-C6")];
  await first.close();
  const stranger = mqtt.connect(broker.url, { protocolVersion: 5 });
  t.after(() => stranger.endAsync(true));
  await stranger.publishAsync(`${prefix}/alarm/garbage`, "not JSON", { qos: 1, retain: true });

  // The raises of C4 and C6 were still in the spool of boot 1; boot 2 raises C2 and C6 again and holds C5; C1 and C3 are gone.
  const second = open(t, broker.url, 2);
  const again = [vent("C2", "raised-in-boot-2-C2"), vent("C6", "raised-in-boot-2-C6")];
  const standing = alarms.flatMap((entry) => (entry.alarm.id === "vent:C5" ? [{ ...entry, type: "standing" as const }] : []));
  second.live([...again, ...standing, estimateEntry({ cell: "C1", stage: "swelling" })]);
  assert.deepEqual(await second.write([...heldBack, ...again], never), { kind: "taken" });
  const consumer = await consume(t, broker.url);
  const states = () => {
    const newest = new Map<string, string>();
    for (const { topic, payload } of consumer.received) {
      if (/\/(alarm|estimate)\//.test(topic))
        newest.set(topic.slice(prefix.length + 1), payload ? `${payload.state ?? payload.stage} ${payload.boot}` : "cleared");
    }
    return Object.fromEntries([...newest].sort());
  };
  const wanted = {
    "alarm/garbage": "cleared",
    "alarm/vent:C1": "normal 2",
    "alarm/vent:C2": "unack 2",
    "alarm/vent:C3": "normal 2",
    "alarm/vent:C4": "normal 2",
    "alarm/vent:C5": "unack 1",
    "alarm/vent:C6": "unack 2",
    "estimate/C1": "swelling 2",
    "estimate/C9": "cleared",
  };
  await consumer.until(() => JSON.stringify(states()) === JSON.stringify(wanted));
  const ended = await consumer.first("alarm", ({ id, state }) => id === "vent:C1" && state === "normal");
  assert.equal(ended.occurrence, "raised-in-boot-1-C1");
  assert.equal(ended.active, false);
  // A real alarm of this boot overrides what was settled.
  assert.deepEqual(await second.write([alarmEntry({ id: "vent:C1", occurrence: "raised-in-boot-2-C1" })], never), { kind: "taken" });
  await consumer.first("alarm", ({ occurrence, active }) => occurrence === "raised-in-boot-2-C1" && active);
});

test("an older state of an alarm, delivered late from a backlog, reaches subscribers and is not retained", async (t) => {
  const broker = await startMosquitto(t);
  const watcher = await consume(t, broker.url);
  const sink = open(t, broker.url);
  const old_ns = stamp();
  await sink.write([alarmEntry({ state: "ack" })], never);
  await sink.write([alarmEntry({ state: "unack" }, old_ns)], never);
  await watcher.first("alarm", ({ state }) => state === "unack");
  const late = await consume(t, broker.url);
  assert.equal((await late.first("alarm")).state, "ack");
});

test("a message above the broker's limit is refused by itself, and what is within it passes", async (t) => {
  const broker = await startMosquitto(t, { settings: ["max_packet_size 4000"] });
  const sink = open(t, broker.url);
  const consumer = await consume(t, broker.url);
  const [small, large] = [alarmEntry(), alarmEntry({ id: "vent:C2", why: ["x".repeat(5000)] })];
  const both = await sink.write([small, large], never);
  assert.ok(both.kind === "refused" && both.code === "sink/too-large");
  const alone = await sink.write([large], never);
  assert.ok(alone.kind === "refused" && alone.code === "sink/too-large");
  assert.match(alone.why, /alarm\/vent:C2 too large/);
  sink.live([estimateEntry({ reasons: ["y".repeat(5000)] })]);
  assert.deepEqual(await sink.write([small], never), { kind: "taken" });
  assert.equal(sink.liveDropped(), 1);
  await sink.write([eventEntry("end")], never);
  await consumer.first("event");
  assert.equal(consumer.received.filter(({ name }) => name === "status").length, 1, "the connection was never lost over it");
});

test("ten thousand events pass within the window, in order, with rising seq", async (t) => {
  const broker = await startMosquitto(t);
  const consumer = await consume(t, broker.url);
  const sink = open(t, broker.url);
  for (let batch = 0; batch < 10; batch++) {
    const entries = Array.from({ length: 1000 }, (_, at) => eventEntry(`${batch * 1000 + at}`));
    assert.deepEqual(await sink.write(entries, never), { kind: "taken" });
  }
  const events = () => consumer.received.filter(({ name }) => name === "event");
  await consumer.until(() => events().length >= 10_000);
  assert.deepEqual(
    events().map(({ payload }) => Number(payload?.text)),
    Array.from({ length: 10_000 }, (_, at) => at),
  );
  const seqs = events().map(({ payload }) => Number(payload?.seq));
  assert.ok(seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] ?? 0)));
});
