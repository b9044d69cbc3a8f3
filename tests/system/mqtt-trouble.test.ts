// needs: mosquitto openssl
/** The MQTT sink on a real broker that is killed, refuses, or cannot be trusted. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { MqttConfig } from "../../edge-agent/contracts/station.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { type MqttSink, openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
import { makeCertificates } from "../support/certificates.ts";
import { alarmEntry, estimateEntry, eventEntry, sampleEntry } from "../support/entries.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const never = new AbortController().signal;

function open(t: TestContext, config: Omit<MqttConfig, "kind">): MqttSink {
  const sink = openMqttSink({ kind: "mqtt", ...config }, station(), 1, hurriedClock(20));
  t.after(() => sink.close());
  return sink;
}

/** As the drain does: the same batch again until it is taken. Resolves to how often that was. */
async function deliver(sink: MqttSink, entries: readonly Entry[]): Promise<number> {
  for (let tries = 1; ; tries++) {
    const verdict = await sink.write(entries, never);
    if (verdict.kind === "taken") return tries;
    assert.equal(verdict.kind, "later", JSON.stringify(verdict));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function secretFile(t: TestContext, password: string): string {
  const file = join(tempFolder(t), "password");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return file;
}

/** A door between sink and broker, so that a consumer can be back before the sink is. */
async function doorTo(t: TestContext, port: number) {
  const sockets = new Set<Socket>();
  let shut = false;
  const server = createServer((near) => {
    if (shut) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket) && other.destroy());
    }
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const move = (to: boolean) => () => {
    shut = to;
  };
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, shut: move(true), open: move(false) };
}

test("a broker killed again and again under fire: no alarm is lost, repeats carry their seq, and retained state is said again", async (t) => {
  const broker = await startMosquitto(t);
  const door = await doorTo(t, broker.port);
  const consumer = await consume(t, broker.url);
  const sink = open(t, { url: door.url });
  await deliver(sink, [alarmEntry({ id: "vent:C9", occurrence: "before" })]);
  sink.live([estimateEntry({ stage: "gassing" })]);

  let sent = 0;
  let repeats = 0;
  for (let round = 1; round <= 3; round++) {
    const firing = (async () => {
      for (let batch = 0; batch < 10; batch++) {
        const entries = Array.from({ length: 200 }, () => alarmEntry({ id: `vent:A${sent++ % 50}`, occurrence: `${sent}` }));
        repeats += (await deliver(sink, entries)) - 1;
      }
    })();
    const before = consumer.received.length;
    await consumer.until(() => consumer.received.length > before + 300);
    door.shut();
    await broker.kill();
    sink.live([...Array.from({ length: 1000 }, () => sampleEntry()), estimateEntry({ stage: "vented" })]);
    await broker.start();
    await consumer.until(() => consumer.subscriptions() > round);
    door.open();
    await firing;
  }
  t.diagnostic(`${sent} alarms; batches sent again: ${repeats}`);
  assert.ok(repeats >= 3, "each kill met a batch in flight");
  const seqs = new Map<string, Set<unknown>>();
  const allCame = () => {
    seqs.clear();
    for (const { name, payload } of consumer.received) {
      if (name !== "alarm" || !payload) continue;
      const occurrence = String(payload.occurrence);
      seqs.set(occurrence, (seqs.get(occurrence) ?? new Set()).add(payload.seq));
    }
    return seqs.size === sent + 1;
  };
  await consumer.until(allCame);
  for (const [occurrence, all] of seqs) assert.equal(all.size, 1, `occurrence ${occurrence} came under ${[...all]}`);

  const late = await consume(t, broker.url);
  await late.first("alarm", ({ id }) => id === "vent:C9"); // told the first broker, long before
  await late.first("estimate", ({ stage }) => stage === "vented");
  for (let id = 0; id < 50; id++) {
    const { occurrence } = await late.first("alarm", (alarm) => alarm.id === `vent:A${id}`);
    assert.equal(Number(occurrence), sent - 49 + id, `vent:A${id} stands at its newest`);
  }
  assert.deepEqual([...consumer.problems, ...late.problems], []);
});

test("a broker that hangs: later; the same alarm under the same seq when it comes back; and closing does not wait for it", async (t) => {
  const broker = await startMosquitto(t);
  const sink = open(t, { url: broker.url });
  const consumer = await consume(t, broker.url, { keepalive: 0 });
  await deliver(sink, [eventEntry("up")]);
  broker.pause();
  t.after(() => broker.resume());
  const alarm = alarmEntry();
  const verdict = await sink.write([alarm], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unreachable");
  assert.match(verdict.why, /acknowledges nothing for 10 s/);
  broker.resume();
  await deliver(sink, [alarm]);
  await deliver(sink, [eventEntry("end")]);
  await consumer.first("event", ({ text }) => text === "end");
  const alarms = consumer.received.filter(({ name }) => name === "alarm");
  assert.equal(new Set(alarms.map(({ payload }) => payload?.seq)).size, 1);
  broker.pause();
  await sink.close();
  assert.equal((await sink.write([alarm], never)).kind, "later");
});

test("a wrong password: later, with the file to mend and no secret; the right one works without a restart", async (t) => {
  const broker = await startMosquitto(t, { users: { bench: "right-secret" } });
  const password_file = secretFile(t, "wrong-secret");
  const sink = open(t, { url: broker.url, user: "bench", password_file });
  const verdict = await sink.write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unauthorised");
  assert.match(verdict.why, new RegExp(`user bench: put the right password in ${password_file}`));
  assert.doesNotMatch(verdict.why, /secret/);
  writeFileSync(password_file, "right-secret\n");
  await deliver(sink, [alarmEntry()]);
});

test("a publish that the access list denies: later, naming user and topic, and delivered once the list allows it", async (t) => {
  const broker = await startMosquitto(t, {
    users: { bench: "s" },
    acl: ["user bench", "topic write offgas/test-lab/bench/status", "topic write offgas/test-lab/bench/event"],
  });
  const sink = open(t, { url: broker.url, user: "bench", password_file: secretFile(t, "s") });
  const [event, alarm] = [eventEntry("allowed"), alarmEntry()];
  const verdict = await sink.write([event, alarm], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/unauthorised");
  assert.match(verdict.why, /does not let user bench publish offgas\/test-lab\/bench\/alarm\/vent:C1: allow it in the broker's ACL/);
  writeFileSync(join(broker.folder, "acl"), "user bench\ntopic readwrite offgas/#\n");
  broker.reload();
  const consumer = await consume(t, broker.url, { username: "bench", password: "s" });
  await deliver(sink, [event, alarm]);
  await consumer.first("alarm", ({ id }) => id === "vent:C1");
  assert.equal(consumer.received.filter(({ name }) => name === "event").length, 0, "what was acknowledged is not sent again");
});

test("certificates: the right authority passes; another or none is said, naming ca_file; a host that it does not name, too", async (t) => {
  const certificates = makeCertificates(tempFolder(t));
  const broker = await startMosquitto(t, { tls: certificates });
  await deliver(open(t, { url: broker.url, ca_file: certificates.ca }), [alarmEntry()]);
  const why = async (config: Omit<MqttConfig, "kind">) => {
    const verdict = await open(t, config).write([alarmEntry()], never);
    assert.ok(verdict.kind === "later" && verdict.code === "sink/certificate", JSON.stringify(verdict));
    return verdict.why;
  };
  assert.match(await why({ url: broker.url, ca_file: certificates.otherCa }), new RegExp(`not signed by the authority in ca_file ${certificates.otherCa} `));
  assert.match(await why({ url: broker.url }), /signed by an unknown authority .*: name the authority's certificate in the sink's ca_file/);
  const elsewhere = makeCertificates(tempFolder(t), "DNS:elsewhere.example");
  const other = await startMosquitto(t, { tls: elsewhere });
  assert.match(await why({ url: other.url, ca_file: elsewhere.ca }), /is for another host/);
  assert.match(await why({ url: broker.url, ca_file: "/nowhere/ca.crt" }), /ca_file \/nowhere\/ca\.crt cannot be read \(ENOENT\)/);
  assert.match(await why({ url: broker.url, ca_file: certificates.key }), /ca_file|certificate/);
});

test("mqtts:// to a listener without TLS, and mqtt:// to one with it: one line each, and nothing hangs", async (t) => {
  const plain = await startMosquitto(t);
  const secure = await startMosquitto(t, { tls: makeCertificates(tempFolder(t)) });
  const wrong = await open(t, { url: `mqtts://localhost:${plain.port}` }).write([alarmEntry()], never);
  assert.ok(wrong.kind === "later" && wrong.code === "sink/unreachable", JSON.stringify(wrong));
  const bare = await open(t, { url: `mqtt://localhost:${secure.port}` }).write([alarmEntry()], never);
  assert.ok(bare.kind === "later" && bare.code === "sink/unreachable", JSON.stringify(bare));
});
