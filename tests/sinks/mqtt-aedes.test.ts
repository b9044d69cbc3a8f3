/** What needs no Debian package: an embedded 3.1.1 broker, and sockets that are no broker. */
import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { Aedes } from "aedes";
import type { MqttConfig } from "../../edge-agent/contracts/station.ts";
import { type MqttSink, openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
import type { Verdict } from "../../edge-agent/sinks/sink.ts";
import { alarmEntry, estimateEntry, eventEntry, sampleEntry } from "../support/entries.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const never = new AbortController().signal;
const hurried = hurriedClock(50);

async function listen(t: TestContext, handle: (socket: Socket) => void): Promise<{ server: Server; port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, sockets };
}

function open(t: TestContext, port: number, more: Partial<MqttConfig> = {}, clock = hurried): MqttSink {
  const sink = openMqttSink({ kind: "mqtt", url: `mqtt://127.0.0.1:${port}`, ...more }, station(), 3, clock);
  t.after(() => sink.close());
  return sink;
}

/** As the drain does: again until it is taken. */
async function deliver(sink: MqttSink, entries: Parameters<MqttSink["write"]>[0]): Promise<Verdict> {
  for (;;) {
    const verdict = await sink.write(entries, never);
    if (verdict.kind !== "later") return verdict;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function aedesOn(t: TestContext) {
  const broker = await Aedes.createBroker();
  t.after(() => new Promise<void>((resolve) => broker.close(resolve)));
  return { broker, ...(await listen(t, (socket) => void broker.handle(socket))) };
}

test("falls back to 3.1.1 where the broker has no v5, and delivers birth, alarm, event, samples and estimate", async (t) => {
  const { port } = await aedesOn(t);
  const sink = open(t, port);
  assert.deepEqual(await sink.write([alarmEntry(), eventEntry("started")], never), { kind: "taken" });
  const consumer = await consume(t, `mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const birth = await consumer.first("status");
  assert.ok(birth.state === "online" && birth.boot === 3);
  await consumer.first("alarm", ({ id, active }) => id === "vent:C1" && active);
  sink.live([sampleEntry({ value: 31 }), estimateEntry({ stage: "gassing" })]);
  await consumer.first("sample", ({ value }) => value === 31);
  await consumer.first("chart", ({ value }) => value === 31);
  await consumer.first("estimate", ({ stage }) => stage === "gassing");
  await sink.close();
  await consumer.first("status", ({ state }) => state === "offline");
  const seqs = consumer.received.flatMap(({ payload }) => (typeof payload?.seq === "number" ? [payload.seq] : []));
  assert.deepEqual(new Set(seqs).size, seqs.length, "no two messages share a seq");
  assert.deepEqual(consumer.problems, []);
});

test("ten lost connections add no listeners, and each ends with the retained state said again", async (t) => {
  const { port, broker } = await aedesOn(t);
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on("warning", warn);
  t.after(() => process.off("warning", warn));
  const watcher = await consume(t, `mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const sink = open(t, port, {}, hurriedClock(100));
  await deliver(sink, [alarmEntry()]);
  const stop = new AbortController();
  for (let lost = 1; lost <= 10; lost++) {
    const births = () => watcher.received.filter(({ name, payload }) => name === "status" && payload?.state === "online").length;
    const alarms = () => watcher.received.filter(({ name }) => name === "alarm").length;
    const before = [births(), alarms()] as const;
    (broker as unknown as { clients: Record<string, { conn: Socket }> }).clients["offgas.test-lab.bench"]?.conn.destroy();
    await watcher.until(() => births() > before[0] && alarms() > before[1]);
    const verdict = await sink.write([eventEntry(`after loss ${lost}`)], stop.signal);
    assert.ok(verdict.kind === "taken" || verdict.kind === "later");
  }
  const alarmSeqs = new Set(watcher.received.filter(({ name }) => name === "alarm").map(({ payload }) => payload?.seq));
  assert.equal(alarmSeqs.size, 1, "an alarm said again keeps its seq");
  assert.deepEqual(watcher.problems, []);
  assert.deepEqual(warnings, []);
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
});

test("on 3.1.1, too, an alarm that an earlier boot left retained ends as normal", async (t) => {
  const { port } = await aedesOn(t);
  const url = `mqtt://127.0.0.1:${port}`;
  const earlier = openMqttSink({ kind: "mqtt", url }, station(), 2, hurried);
  await deliver(earlier, [alarmEntry()]);
  await earlier.close();
  open(t, port);
  const consumer = await consume(t, url, { protocolVersion: 4 });
  const ended = await consumer.first("alarm", ({ boot, active }) => boot === 3 && !active);
  assert.deepEqual([ended.id, ended.state], ["vent:C1", "normal"]);
});

test("nothing listens: later, with the address and what to do", async (t) => {
  const { server, port } = await listen(t, () => undefined);
  server.close();
  await once(server, "close");
  const verdict = await open(t, port).write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unreachable");
  assert.match(verdict.why, new RegExp(`no MQTT broker answers at mqtt://127.0.0.1:${port} \\(ECONNREFUSED\\): start the broker`));
});

test("a listener that never answers: later, and no write hangs", async (t) => {
  const { port } = await listen(t, () => undefined);
  const verdict = await open(t, port).write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unreachable");
  assert.match(verdict.why, /answers no CONNECT within 10 s/);
});

test("a broker that connects and never acknowledges: later, and the connection is given up", async (t) => {
  const { port, sockets } = await listen(t, (socket) => socket.once("data", () => socket.write(Buffer.from([0x20, 3, 0, 0, 0]))));
  const sink = open(t, port);
  const verdict = await sink.write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unreachable");
  assert.match(verdict.why, /acknowledges nothing for 10 s/);
  const [first] = sockets;
  assert.ok(first);
  if (!first.destroyed) await once(first, "close");
});

test("an aborted write ends at once as later", async (t) => {
  const { port } = await listen(t, (socket) => socket.once("data", () => socket.write(Buffer.from([0x20, 3, 0, 0, 0]))));
  const sink = open(t, port, {}, hurriedClock(1));
  const stop = new AbortController();
  const writing = sink.write([alarmEntry()], stop.signal);
  stop.abort();
  assert.equal((await writing).kind, "later");
});

test("live entries without a connection, or with a broker that stopped reading, stay bounded and are counted", async (t) => {
  // Hears the CONNECT, answers, and never reads again.
  const { port } = await listen(t, (socket) =>
    socket.once("data", () => {
      socket.pause();
      socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
    }),
  );
  const sink = open(t, port, {}, hurriedClock(1));
  sink.live(Array.from({ length: 1000 }, () => sampleEntry()));
  assert.equal(sink.liveDropped(), 0, "offline is not a drop: nobody was promised these");
  while (sink.liveDropped() === 0) {
    sink.live(Array.from({ length: 2000 }, () => sampleEntry()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const dropped = sink.liveDropped();
  for (let round = 0; round < 20; round++) {
    sink.live(Array.from({ length: 2000 }, () => sampleEntry()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sink.liveDropped() - dropped > 35_000, `${sink.liveDropped() - dropped} dropped`);
  await sink.close();
});

test("at most one chart point a second and channel, while every sample passes", async (t) => {
  const { port } = await aedesOn(t);
  let now_s = 100;
  const stepped = { ...hurried, monotonic_s: () => now_s };
  const consumer = await consume(t, `mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const sink = open(t, port, {}, stepped);
  await deliver(sink, [eventEntry("connected")]);
  for (let tick = 0; tick < 100; tick++) {
    now_s = 100 + tick / 10;
    sink.live([sampleEntry({ value: tick })]);
  }
  await deliver(sink, [eventEntry("done")]);
  await consumer.first("event", ({ text }) => text === "done");
  const of = (name: string) => consumer.received.filter((one) => one.name === name).length;
  assert.deepEqual([of("sample"), of("chart")], [100, 10]);
  assert.deepEqual(consumer.problems, []);
});

test("no secret in what is printed of the sink or said of a failure", async (t) => {
  const file = join(tempFolder(t), "password");
  writeFileSync(file, "hunter2-secret\n");
  const { broker, port } = await aedesOn(t);
  broker.authenticate = (_client, _user, _password, done) => done(Object.assign(new Error("no"), { returnCode: 4 }) as never, false);
  const sink = open(t, port, { url: `mqtt://someone:url-secret@127.0.0.1:${port}`, user: "bench", password_file: file });
  const verdict = await sink.write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unauthorised");
  assert.match(verdict.why, new RegExp(`refuses user or password of user bench: put the right password in ${file}`));
  assert.doesNotMatch(inspect([sink, verdict], { depth: 9, showHidden: true }) + JSON.stringify(sink), /secret/);
});

test("a password file that is missing: later, and it says which", async (t) => {
  const verdict = await open(t, 1, { user: "bench", password_file: "/nowhere/password" }).write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/secret-file");
  assert.match(verdict.why, /password_file \/nowhere\/password cannot be read \(ENOENT\)/);
});
