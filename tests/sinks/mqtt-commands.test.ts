/** Commands over a broker that has no MQTT 5, keys that are none, and what must not be mistaken for a command. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Aedes } from "aedes";
import { readCommandKeys } from "../../edge-agent/sinks/command-keys.ts";
import { openMqttSink } from "../../edge-agent/sinks/mqtt.ts";
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
  const open = () => {
    const sink = openMqttSink({ kind: "mqtt", url, commands }, station(), 1, hurriedClock(20), async ({ text }) => ({
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
  assert.deepEqual(sink.commands?.(), { listening: true, taken: 1, refused: 0, unproven: 0, retained: 1, oversized: 0, crowded: 0 });
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

test("a sink whose command key cannot be read waits and says so, as with a password, and goes on when it is mended", async (t) => {
  const { url } = await bench(t);
  const key_file = keyFile(t, "short");
  const commands = [{ actor: "page", role: "operator" as const, key_file }];
  const sink = openMqttSink({ kind: "mqtt", url, commands }, station(), 1, hurriedClock(50), async () => undefined);
  t.after(() => sink.close());
  const verdict = await sink.write([alarmEntry()], never);
  assert.ok(verdict.kind === "later" && verdict.code === "sink/secret-file" && !verdict.why.includes("short"), JSON.stringify(verdict));
  writeFileSync(key_file, key);
  while ((await sink.write([alarmEntry()], never)).kind !== "taken") await new Promise((resolve) => setTimeout(resolve, 10));
});

test("a key is at least 32 Bytes of hex in a file that can be read; anything else is one line without it", (t) => {
  const read = (text: string) => readCommandKeys([{ actor: "page", role: "operator", key_file: keyFile(t, text) }]).get("page")?.bytes;
  assert.deepEqual(read(`${key}\n`), Buffer.from(key, "hex"));
  assert.deepEqual(read(`${key.toUpperCase()}\r\n`), Buffer.from(key, "hex"));
  assert.equal(read("ab".repeat(64))?.length, 64);
  for (const text of [key.slice(2), `${key}0`, key.replace("0", "x"), `${key} ${key}`, "secret"]) {
    assert.throws(() => read(text), {
      code: "sink/secret-file",
      message: /^key_file \S+ holds no key: write at least 64 hex digits into it, as `openssl rand -hex 32` makes them$/,
    });
  }
  assert.throws(() => read(""), { code: "sink/secret-file", message: /^key_file \S+ is empty/ });
  assert.throws(() => readCommandKeys([{ actor: "page", role: "operator", key_file: "/nowhere" }]), {
    code: "sink/secret-file",
    message: /cannot be read \(ENOENT\)/,
  });
});
