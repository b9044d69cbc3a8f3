/** The process that reads topics, against a broker that speaks 3.1.1 alone and against sockets that are no broker. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Aedes } from "aedes";
import type { BusProcess } from "../../edge-agent/bus/bus-process.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { openFeeds } from "../../edge-agent/feeds/open.ts";
import { type Watch, watch } from "../bus/watch.ts";
import { fed, fedStation } from "./station.ts";

async function listen(t: TestContext, handle: (socket: Socket) => void, port = 0): Promise<{ server: Server; port: number; cut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  t.after(cut);
  return { server, port: (server.address() as AddressInfo).port, cut };
}

async function brokerOn(t: TestContext) {
  const broker = await Aedes.createBroker();
  t.after(() => new Promise<void>((resolve) => broker.close(resolve)));
  const at = await listen(t, (socket) => void broker.handle(socket));
  const publish = (topic: string, payload: string, retain = false) =>
    new Promise<void>((resolve) => broker.publish({ cmd: "publish", topic, payload, retain, qos: 0, dup: false }, () => resolve()));
  /** Once somebody listens. */
  const subscribed = () => once(broker, "subscribe");
  return { broker, ...at, publish, subscribed };
}

function read(t: TestContext, port: number, channels: Parameters<typeof fedStation>[0]): { heard: Watch; source: BusProcess } {
  const sinks = [{ kind: "mqtt", url: `mqtt://127.0.0.1:${port}` }];
  const station = fedStation(channels, { sinks });
  const [source, ...more] = openFeeds(station, { simulated: false, clock, origin_s: clock.monotonic_s() });
  assert.ok(source !== undefined && more.length === 0, "one process for all topics");
  t.after(() => source.stop());
  return { heard: watch(source), source };
}

const quick = { every: "20 ms" };

test("a value is read from a 3.1.1 broker, at its arrival, in its unit; two channels share a message", async (t) => {
  const { port, publish, subscribed } = await brokerOn(t);
  const listening = subscribed();
  const { heard } = read(t, port, [
    fed("C1.V", { driver: "mqtt", topic: "cycler/ch7", path: "$.V", unit: "mV" }, quick),
    fed(
      "C1.I",
      { driver: "mqtt", topic: "cycler/ch7", path: "$.I" },
      { quantity: "current", source: { driver: "mqtt", topic: "cycler/ch7", path: "$.I", unit: "A" }, ...quick },
    ),
  ]);
  await listening;
  await publish("cycler/ch7", '{"V":3500,"I":-1.5}');
  await heard.until("two readings", ({ all }) => all.length >= 2);
  assert.deepEqual(
    heard.all.map(({ channel, raw, reason }) => [channel, raw, reason]),
    [
      [0, 3.5, undefined],
      [1, -1.5, undefined],
    ],
  );
  assert.ok(heard.all.every(({ at_s }) => at_s > 0));
});

test("hostile payloads are bad readings of their channel; the next good one counts, and the process lives", async (t) => {
  const { port, publish, subscribed } = await brokerOn(t);
  const listening = subscribed();
  const { heard, source } = read(t, port, [fed("C1.V", { driver: "mqtt", topic: "x", path: "$.V" }, { every: "10 ms" })]);
  await listening;
  const { pid } = source;
  const payloads = ["", "NaN", '{"V":"NaN"}', '{"V":1e999}', '{"V":{}}', "[".repeat(60_000), `{"V":"${"9".repeat(70_000)}"}`, "\ud800{", '{"W":1}'];
  for (const [index, payload] of payloads.entries()) {
    await clock.sleep(0.02); // more than half a period behind the one before
    await publish("x", payload);
    await heard.until(`an answer to ${payload.slice(0, 20)}`, ({ all }) => all.length > index);
  }
  await clock.sleep(0.02);
  await publish("x", '{"V":3.6}');
  await heard.until("a good one", ({ all }) => all.at(-1)?.raw === 3.6);
  assert.ok(heard.all.slice(0, -1).every(({ raw, reason, detail }) => raw === undefined && reason === "malformed" && detail?.startsWith("x: ")));
  assert.deepEqual([source.pid, heard.restarts], [pid, []]);
});

test("what the broker had kept is told as stale, and only after three silent periods", async (t) => {
  const { port, publish } = await brokerOn(t);
  await publish("kept", "3.6", true);
  await publish("alive", "3.6", true);
  const { heard } = read(t, port, [fed("C1.V", { driver: "mqtt", topic: "kept" }, quick), fed("C1.W", { driver: "mqtt", topic: "alive" }, { every: "1 h" })]);
  await heard.until("a word on it", ({ all }) => all.length > 0);
  assert.deepEqual(
    heard.all.map(({ channel, raw, reason }) => [channel, raw, reason]),
    [[0, undefined, "stale"]],
  );
  await publish("kept", "3.7", true);
  await heard.until("the live value", ({ all }) => all.at(-1)?.raw === 3.7);
});

test("a flood costs its own topic; the other goes on, and the flood is counted", async (t) => {
  const { port, publish, subscribed } = await brokerOn(t);
  const listening = subscribed();
  const { heard, source } = read(t, port, [
    fed("C1.V", { driver: "mqtt", topic: "flood" }),
    fed("C1.W", { driver: "mqtt", topic: "calm" }, { every: "10 ms" }),
  ]);
  await listening;
  const flooded = () => heard.all.find(({ detail }) => detail?.startsWith("flood: more than 500 messages in one second"));
  for (let n = 0; flooded() === undefined; n++) {
    await Promise.all(Array.from({ length: 100 }, () => publish("flood", "1")));
    await publish("calm", String(n));
  }
  const calm = () => heard.all.filter(({ channel }) => channel === 1);
  // again and again, since one may arrive within half a period of the message before, which the flood held up
  const speaking = setInterval(() => void publish("calm", "-7"), 20);
  t.after(() => clearInterval(speaking));
  await heard.until("the calm one", () => calm().at(-1)?.raw === -7);
  clearInterval(speaking);
  assert.ok(calm().every(({ raw }) => raw !== undefined));
  assert.ok(heard.all.filter(({ channel }) => channel === 0).length < 20, "a reading or two for each half period, and the word on the flood");
  const [counters] = source.counters();
  assert.ok((counters?.skipped_readings ?? 0) > 300, JSON.stringify(counters));
  assert.deepEqual(heard.restarts, []);
});

test("a broker that goes is said in words, once a try, and read again when it is back", async (t) => {
  const { port, publish, subscribed, broker, cut } = await brokerOn(t);
  const listening = subscribed();
  const { heard, source } = read(t, port, [fed("C1.V", { driver: "mqtt", topic: "v" }, quick)]);
  await listening;
  await publish("v", "3.6");
  await heard.until("a reading", ({ all }) => all.length === 1);
  cut();
  await heard.until("no broker", ({ all }) => all.some(({ detail }) => detail?.includes("ECONNREFUSED")));
  assert.ok(heard.all.slice(1).every(({ raw, reason }) => raw === undefined && reason === "no-reply"));
  assert.match(
    heard.all.at(-1)?.detail ?? "",
    /^no MQTT broker answers at mqtt:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\): start the broker, or correct the sink's url$/,
  );
  const again = subscribed();
  await listen(t, (socket) => void broker.handle(socket), port);
  await again;
  await publish("v", "3.7");
  await heard.until("the value", ({ all }) => all.at(-1)?.raw === 3.7);
  assert.deepEqual([heard.restarts, source.counters()[0]?.bus_restarts], [[], 0]);
});

test("a topic that the broker does not let us read is said, with what to do; the others are read", async (t) => {
  const { broker, port, publish } = await brokerOn(t);
  broker.authorizeSubscribe = (_client, subscription, done) => done(null, subscription.topic === "secret" ? null : subscription);
  const { heard } = read(t, port, [fed("C1.V", { driver: "mqtt", topic: "secret" }), fed("C1.W", { driver: "mqtt", topic: "open" }, quick)]);
  await heard.until("its word", ({ all }) => all.length > 0);
  assert.deepEqual([heard.all[0]?.channel, heard.all[0]?.reason], [0, "no-reply"]);
  assert.match(heard.all[0]?.detail ?? "", /^mqtt:.* does not let a client without a user read secret: allow it in the broker's ACL$/);
  while (heard.all.at(-1)?.channel !== 1) {
    await publish("open", "3.6");
    await clock.sleep(0.02);
  }
  assert.equal(heard.all.at(-1)?.raw, 3.6);
});

test("a message without end from a 3.1.1 broker ends the connection and not the process", async (t) => {
  const endless = await listen(t, (socket) =>
    socket.once("data", (connect: Buffer) => {
      const accepts = connect[connect.indexOf("MQTT") + 4] === 4;
      socket.write(Buffer.from([0x20, 2, 0, accepts ? 0 : 1])); // unacceptable protocol version
      if (!accepts) {
        socket.end();
        return;
      }
      socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x76])); // a publish of 256 MiB
      const more = () => socket.writable && socket.write(Buffer.alloc(65_536, 0x20), more);
      more();
    }),
  );
  const { heard, source } = read(t, endless.port, [fed("C1.V", { driver: "mqtt", topic: "v" })]);
  await heard.until("its word", ({ all }) => all.some(({ detail }) => detail?.includes("sends a message of more than 1048576 Bytes")), 60); // connecting twice takes its time on a busy machine
  assert.deepEqual([heard.restarts, source.counters()[0]?.bus_restarts], [[], 0]);
});
