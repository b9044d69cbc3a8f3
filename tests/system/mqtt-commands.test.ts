// needs: mosquitto
/** Commands over a real broker, from those who may, those who may not, and those who want harm. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import mqtt from "mqtt";
import { Answering } from "../../edge-agent/commands/answering.ts";
import { RemoteDoor } from "../../edge-agent/commands/remote-door.ts";
import type { ProvenCommand, Reply } from "../../edge-agent/contracts/command.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { type MqttSink, openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
import type { CommandCounts } from "../../edge-agent/spool/store.ts";
import { alarmEntry } from "../support/entries.ts";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.ts";
import { type Commander, commander, envelope, type Order } from "../support/mqtt-commander.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const root = "offgas/test-lab/bench";
const pageKey = "0badc0de".repeat(8);
const nurseKey = "feedface".repeat(8);
const occurrence = "01JDCXPAGH8RZYW5F4YQ0W3T7K";
const ack: Order = { verb: "ack", args: { alarm: "vent:C1", occurrence, severity: "warning" } };
const record = `journal ack vent:C1 (warning, occurrence ${occurrence}) by page (operator) over MQTT`;
const never = new AbortController().signal;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Bench {
  readonly broker: Mosquitto;
  readonly sink: MqttSink;
  readonly page: Commander;
  /** Journal and deeds, in order. */
  readonly log: readonly string[];
  readonly refusedAs: (what: Exclude<keyof CommandCounts, "listening" | "keyless">) => number;
  readonly listening: () => boolean;
  readonly sign: (order: Order) => ReturnType<typeof envelope>;
}

async function bench(t: TestContext, answered = async (reply: Reply) => reply): Promise<Bench> {
  const broker = await startMosquitto(t);
  const folder = tempFolder(t);
  const keyFile = (name: string, key: string) => {
    writeFileSync(join(folder, name), `${key}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  const commands = [
    { actor: "page", role: "operator" as const, key_file: keyFile("page", pageKey) },
    { actor: "nurse", role: "viewer" as const, key_file: keyFile("nurse", nurseKey) },
  ];
  const log: string[] = [];
  const answering = new Answering({
    clock: systemClock,
    journal: async ({ text }) => void log.push(`journal ${text}`),
    async carryOut({ id, verb }) {
      log.push(`did ${verb}`);
      return { v: 1, id, ok: true, text: `${verb} done` };
    },
  });
  const door = new RemoteDoor(answering, systemClock);
  const ask = async (command: ProvenCommand) => answered(await door.answer(command));
  const sink = openMqttSink({ kind: "mqtt", url: broker.url, commands }, station(), 1, systemClock, ask);
  t.after(() => sink.close());
  const counts = () => sink.commands?.() as CommandCounts;
  await until(() => counts().listening);
  const page = await commander(t, broker.url, root);
  return { broker, sink, page, log, refusedAs: (what) => counts()[what], listening: () => counts().listening, sign: (order) => envelope(pageKey, root, order) };
}

test("who holds the key acknowledges and looks, and hears what came of it", async (t) => {
  const { page, sign, log, refusedAs } = await bench(t);
  assert.equal((await page.ask("ack", sign(ack))).text, "ack done");
  assert.equal((await page.ask("status", envelope(nurseKey, root, { verb: "status", actor: "nurse", role: "viewer" }))).text, "status done");
  assert.deepEqual(log, [record, "did ack", "did status"]);
  assert.equal(refusedAs("taken"), 2);
});

test("what proves nothing is counted, and nobody is told anything", async (t) => {
  const { page, sign, log, refusedAs } = await bench(t);
  const good = sign(ack).text;
  const hostile: readonly string[] = [
    envelope(nurseKey, root, ack).text,
    envelope(pageKey, "offgas/test-lab/other", ack).text,
    envelope(pageKey, root, { ...ack, actor: "mallory" }).text,
    envelope(pageKey, root, { ...ack, actor: "nurse", role: "viewer" }).text,
    good.replace("vent:C1", "vent:C2"),
    good.replace(/"mac":"\w+"/, '"mac":""'),
    JSON.stringify({ ...JSON.parse(good), mac: undefined }),
    JSON.stringify({ ...JSON.parse(good), mac: null }),
    good.slice(0, -1),
    "",
    "null",
    "\u0000\ufffd",
    `{"actor":"page","args":${"[".repeat(490)}${"]".repeat(490)}}`,
  ];
  for (const text of hostile) await page.send("ack", text);
  await until(() => refusedAs("unproven") === hostile.length);
  assert.equal((await page.ask("ack", sign(ack))).ok, true, "and who may still may");
  assert.equal(page.replies.length, 1);
  assert.deepEqual(log, [record, "did ack"]);
});

test("what is proven and may not be is refused in one line", async (t) => {
  const { page, sign, log, refusedAs } = await bench(t);
  const past = (s: number) => new Date(Date.now() - s * 1000).toISOString();
  const rows: readonly (readonly [string, Order, RegExp])[] = [
    ["arm", { verb: "arm" }, /arm needs presence at the chamber/],
    ["disarm", { verb: "disarm" }, /disarm needs presence at the chamber/],
    ["reboot", { verb: "reboot" }, /verb: /],
    ["status", ack, /the topic says status and the command ack/],
    ["ack", { ...ack, role: "engineer" }, /the key of page is for the role operator, not engineer/],
    ["ack", { ...ack, issued_at: past(60), expires_at: past(30) }, /expired .* ago/],
    ["ack", { ...ack, issued_at: past(3600), expires_at: past(-10) }, /expires_at must follow issued_at by at most 300 s/],
    ["ack", { ...ack, issued_at: past(200), expires_at: past(-60) }, /issued before this agent started/],
    ["ack", { verb: "ack", args: { alarm: "vent:C1", sudo: true } }, /args: unknown key "sudo"/],
  ];
  for (const [topic, order, expected] of rows) {
    const { ok, text } = await page.ask(topic, sign(order));
    assert.equal(ok, false, text);
    assert.match(text, expected);
    assert.ok(!text.includes("\n"));
  }
  assert.equal(refusedAs("refused"), rows.length);
  assert.deepEqual(log, []);
});

test("a recorded command is refused, at once and after the broker came back", async (t) => {
  const { broker, page, sign, log, listening } = await bench(t);
  const recorded = sign(ack);
  assert.equal((await page.ask("ack", recorded)).ok, true);
  assert.match((await page.ask("ack", recorded)).text, /came before/);
  await broker.kill();
  await until(() => !listening());
  await broker.start();
  await until(listening);
  const again = await commander(t, broker.url, root);
  assert.match((await again.ask("ack", recorded)).text, /came before/);
  assert.equal((await again.ask("ack", sign(ack))).ok, true);
  assert.equal(log.filter((line) => line === "did ack").length, 2);
});

test("a command that was sent to be kept is refused, when it is sent and when the agent comes back", async (t) => {
  const { broker, page, sign, log, refusedAs, listening } = await bench(t);
  await page.send("ack", sign(ack).text, true);
  await until(() => refusedAs("retained") === 1);
  const thief = await mqtt.connectAsync(broker.url, { clientId: "offgas.test-lab.bench", protocolVersion: 5, reconnectPeriod: 0 });
  await until(() => !listening());
  await thief.endAsync();
  await until(() => refusedAs("retained") === 2);
  assert.equal((await page.ask("ack", sign(ack))).ok, true);
  assert.deepEqual(page.replies.length, 1);
  assert.deepEqual(log, [record, "did ack"]);
});

test("a message of more than 1 KiB is not looked at", async (t) => {
  const { page, sign, log, refusedAs } = await bench(t);
  await page.send("ack", sign({ ...ack, args: { alarm: "vent:C1", padding: "x".repeat(1024) } }).text);
  await page.send("ack", Buffer.alloc(100_000, 0x7b));
  await until(() => refusedAs("oversized") === 2);
  assert.equal((await page.ask("ack", sign(ack))).ok, true);
  assert.equal(page.replies.length, 1);
  assert.deepEqual(log, [record, "did ack"]);
});

test("of a thousand at once few wait, the others are counted, and alarms go out meanwhile", async (t) => {
  const open = Promise.withResolvers<void>();
  const { broker, sink, page, sign, log, refusedAs } = await bench(t, (reply) => open.promise.then(() => reply));
  const consumer = await consume(t, broker.url, {}, `${root}/alarm/+`);
  await Promise.all(Array.from({ length: 1000 }, () => page.send("ack", sign(ack).text)));
  await until(() => refusedAs("crowded") === 1000 - 16);
  assert.deepEqual(await sink.write([alarmEntry()], never), { kind: "taken" });
  await consumer.first("alarm");
  open.resolve();
  await until(() => refusedAs("taken") === 16);
  assert.equal(log.filter((line) => line === "did ack").length, 16);
  assert.equal((await page.ask("ack", sign(ack))).ok, true);
  await Promise.all(Array.from({ length: 1000 }, () => page.send("ack", "x")));
  await until(() => refusedAs("unproven") + refusedAs("crowded") === 2000 - 16);
  assert.equal((await page.ask("ack", sign(ack))).ok, true);
  assert.deepEqual(consumer.problems, []);
});
