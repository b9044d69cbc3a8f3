// needs: influxdb mosquitto
/** An alarm from its cause to the page of a phone and back: raised, acknowledged from afar, and shown so by everybody who asks. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { offgas, startAgent } from "../support/agent.ts";
import { statusWhen, writeStation } from "../support/agent-station.ts";
import { startInfluxd } from "../support/influxd.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { commander, envelope } from "../support/mqtt-commander.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { tempFolder } from "../support/temp.ts";

const key = "0badc0de".repeat(8);
const root = "offgas/lab/trouble";
const lost = "sensor-lost:C1.surface";

test("an alarm is acknowledged over MQTT: its retained state, InfluxDB and the command line say so; arming from afar is refused", async (t) => {
  const folder = tempFolder(t);
  const influxd = await startInfluxd(t, { database: "offgas" });
  const broker = await startMosquitto(t);
  writeFileSync(join(folder, "page.key"), `${key}\n`, { mode: 0o600 });
  const { path, socket } = writeStation(folder, {
    sinks: [
      `{ kind: influxdb, url: "${influxd.url}", database: offgas }`,
      `{ kind: mqtt, url: "${broker.url}", commands: [{ actor: page, role: operator, key_file: page.key }] }`,
    ],
  });
  const start = () => startAgent(t, ["--config", path, "--simulated", "--fault", "i2c-1/0x67:nack@0s"]);
  const agent = start();
  await agent.line(({ event }) => event === "agent-start");
  const listening = () => statusWhen(socket, ({ store }) => store.sinks.some(({ commands }) => commands?.listening === true));
  await listening();
  const page = await commander(t, broker.url, root);
  const consumer = await consume(t, broker.url, {}, `${root}/alarm/+`);
  const raised = await consumer.first("alarm", ({ id, state }) => id === lost && state === "unack");

  const order = { verb: "ack", args: { alarm: lost, occurrence: raised.occurrence, severity: raised.severity } };
  const seen = envelope(key, root, order);
  assert.deepEqual(await page.ask("ack", seen), { v: 1, id: seen.id, ok: true, text: `${lost} acknowledged by page` });
  const { occurrence, active } = await consumer.first("alarm", ({ id, state }) => id === lost && state === "ack");
  assert.deepEqual([occurrence, active], [raised.occurrence, true]);
  const late = await consume(t, broker.url, {}, `${root}/alarm/+`);
  await late.until((received) => received.some(({ retained, payload }) => retained && payload?.id === lost && payload.state === "ack"));

  assert.match((await page.ask("arm", envelope(key, root, { verb: "arm" }))).text, /arm needs presence at the chamber/);
  assert.match((await page.ask("status", envelope(key, root, { verb: "status" }))).text, /^lab\/trouble: not armed, .*sensor-lost:C1\.surface/);
  assert.match((await offgas("alarms", "--config", path)).stdout, /^sensor-lost:C1\.surface +warning +ack /m);
  await statusWhen(socket, ({ store }) => store.uncommitted === 0 && store.sinks.every(({ backlog }) => backlog === 0));
  const rows = await influxd.query(`SELECT "active","state","acknowledged" FROM "alarm" WHERE "id"='${lost}'`);
  assert.deepEqual(
    rows.map(({ active, acknowledged }) => `${active} ${acknowledged}`).filter((row, at, all) => row !== all[at - 1]),
    ["1 0", "1 1"],
  );
  const journal = await influxd.query(`SELECT "text" FROM "event" WHERE "kind"='command'`);
  assert.deepEqual(
    journal.map(({ text }) => text),
    [`ack ${lost} (warning, occurrence ${raised.occurrence}) by page (operator) over MQTT`],
  );
  agent.child.kill("SIGINT");
  assert.equal(await agent.ended, 0, agent.stderr());
  assert.deepEqual([...consumer.problems, ...late.problems], []);

  const next = start();
  await next.line(({ event }) => event === "agent-start");
  await listening();
  assert.match((await page.ask("ack", seen)).text, /issued before this agent started/, "a command to the agent of before is none to this one");
});
