/** Commands over a broker that has no MQTT 5, keys that are none, and what must not be mistaken for a command. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Aedes, type Client } from "aedes";
import type { CommanderConfig } from "../../edge-agent/contracts/station.ts";
import { readCommandKeys } from "../../edge-agent/sinks/command-keys.ts";
import { openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
import { readSecret } from "../../edge-agent/sinks/secret.ts";
import type { CommandCounts } from "../../edge-agent/spool/store.ts";
import { alarmEntry } from "../support/entries.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { commander, envelope } from "../support/mqtt-commander.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const root = "offgas/test-lab/bench";
const key = "0badc0de".repeat(8);
const never = new AbortController().signal;
const vent = { verb: "ack", args: { alarm: "vent:C1" } };

function keyFile(t: TestContext, text: string): string {
  const path = join(tempFolder(t), "key");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function bench(t: TestContext) {
  const broker = await Aedes.createBroker();
  t.after(() => new Promise<void>((resolve) => broker.close(resolve)));
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const commands = [{ actor: "page", role: "operator" as const, key_file: keyFile(t, `${key}\n`) }];
  const open = (...more: readonly CommanderConfig[]) => {
    const sink = openMqttSink({ kind: "mqtt", url, commands: [...commands, ...more] }, station(), 1, hurriedClock(20), async ({ text }) => ({
      v: 1,
      id: JSON.parse(text).id,
      ok: true,
      text: "done",
    }));
    t.after(() => sink.close());
    return sink;
  };
  return { broker, url, open };
}

async function until(holds: () => boolean | undefined): Promise<void> {
  while (holds() !== true) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a command is heard and answered over 3.1.1 too; one that the broker kept is refused", async (t) => {
  const { url, open } = await bench(t);
  const page = await commander(t, url, root, 4);
  await page.send("ack", envelope(key, root, vent).text, true);
  const sink = open();
  await until(() => sink.commands?.().retained === 1);
  assert.equal((await page.ask("ack", envelope(key, root, vent))).text, "done");
  assert.deepEqual(sink.commands?.(), { listening: true, taken: 1, refused: 0, unproven: 0, retained: 1, oversized: 0, crowded: 0, keyless: [] });
});

test("looking at what an earlier boot left does not end listening, and clears no command that the broker kept", async (t) => {
  const { broker, url, open } = await bench(t);
  const page = await commander(t, url, root, 4);
  await page.send("ack", "kept", true);
  const cleared: string[] = [];
  broker.on("publish", ({ topic, payload }) => {
    if (topic.startsWith(root) && payload.length === 0) cleared.push(topic);
  });
  broker.publish({ cmd: "publish", topic: `${root}/alarm/stale:x`, payload: "nobody can read this", qos: 0, retain: true, dup: false }, () => {});
  open();
  await until(() => cleared.length > 0);
  assert.deepEqual(cleared, [`${root}/alarm/stale:x`]);
  assert.equal((await page.ask("ack", envelope(key, root, vent))).text, "done");
});

test("a broker that does not let the agent listen still gets its alarms, and the counts say so", async (t) => {
  const { broker, open } = await bench(t);
  broker.authorizeSubscribe = (_, subscription, done) => done(null, subscription.topic.includes("/command/") ? null : subscription);
  const sink = open();
  while ((await sink.write([alarmEntry()], never)).kind !== "taken") await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(sink.commands?.().listening, false);
});

test("a command key that cannot be read shuts out its actor alone: alarms go out, the others command; deleting one revokes it at the next connect", async (t) => {
  const { broker, url, open } = await bench(t);
  const agents: Client[] = [];
  broker.on("client", (client) => client.id.startsWith("offgas.") && agents.push(client));
  const nurse = keyFile(t, "short");
  const sink = open({ actor: "nurse", role: "operator", key_file: nurse });
  const counts = () => sink.commands?.() as CommandCounts;
  const page = await commander(t, url, root, 4);
  const order = { ...vent, actor: "nurse" };
  const reconnected = async () => {
    agents.at(-1)?.close();
    await until(() => !counts().listening);
    await until(() => counts().listening);
  };
  while ((await sink.write([alarmEntry()], never)).kind !== "taken") await new Promise((resolve) => setTimeout(resolve, 10));
  await until(() => counts().listening);
  assert.equal((await page.ask("ack", envelope(key, root, vent))).text, "done");
  await page.send("ack", envelope(key, root, order).text);
  await until(() => counts().unproven === 1);
  const [fault, ...more] = counts().keyless;
  assert.deepEqual([fault?.actor, more], ["nurse", []]);
  assert.match(fault?.why ?? "", /^key_file \S+ holds no key: write at least 64 hex digits/);

  writeFileSync(nurse, key);
  await reconnected();
  assert.deepEqual(counts().keyless, []);
  assert.equal((await page.ask("ack", envelope(key, root, order))).text, "done");
  rmSync(nurse);
  await reconnected();
  await page.send("ack", envelope(key, root, order).text);
  await until(() => counts().unproven === 2);
  assert.match(counts().keyless[0]?.why ?? "", /cannot be read \(ENOENT\)/);
});

test("a pipe, a device or a large file in the place of a secret is told at once, not waited for", (t) => {
  const folder = tempFolder(t);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [pipe, "/dev/zero", folder]) assert.throws(() => readSecret(path, "password_file"), { code: "sink/secret-file", message: /is no file: / });
  const large = keyFile(t, "x".repeat(4097));
  assert.throws(() => readSecret(large, "token_file"), { code: "sink/secret-file", message: /^token_file \S+ is larger than 4 KiB: it holds something else$/ });
  assert.equal(readSecret(large, "ca_file", "sink/certificate").length, 4097, "a certificate may be");
});

test("a key is at least 32 Bytes of hex in a file that can be read; anything else is one line without it", (t) => {
  const readFrom = (key_file: string) => readCommandKeys([{ actor: "page", role: "operator", key_file }]);
  const read = (text: string) => readFrom(keyFile(t, text)).keys.get("page")?.bytes;
  const faultOf = (path: string) => readFrom(path).faults.get("page");
  assert.deepEqual(read(`${key}\n`), Buffer.from(key, "hex"));
  assert.deepEqual(read(`${key.toUpperCase()}\r\n`), Buffer.from(key, "hex"));
  assert.equal(read("ab".repeat(64))?.length, 64);
  for (const text of [key.slice(2), `${key}0`, key.replace("0", "x"), `${key} ${key}`, "secret"]) {
    assert.equal(read(text), undefined);
    const fault = faultOf(keyFile(t, text));
    assert.equal(fault?.code, "sink/secret-file");
    assert.match(fault?.message ?? "", /^key_file \S+ holds no key: write at least 64 hex digits into it, as `openssl rand -hex 32` makes them$/);
  }
  assert.match(faultOf(keyFile(t, ""))?.message ?? "", /^key_file \S+ is empty/);
  assert.match(faultOf("/nowhere")?.message ?? "", /cannot be read \(ENOENT\)/);
});
