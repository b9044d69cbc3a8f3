// needs: mosquitto
/** The whole agent on what others measure: a cycler's topic on a real broker that is killed, flooded and lied to, and a cycler's growing table. */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import mqtt from "mqtt";
import { startAgent } from "../support/agent.ts";
import { nobody, type Status, statusWhen, stored } from "../support/agent-station.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { childrenOf, gone } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

const header = "Time;Voltage(V)\n";

function writeStation(folder: string, url: string) {
  const path = join(folder, "station.yaml");
  writeFileSync(join(folder, "password"), "secret\n", { mode: 0o600 });
  writeFileSync(
    path,
    `version: 1
site: lab
station: fed
cells: [{ id: C1, max_temperature: 60 degC }]
channels:
  - { id: C1.V, quantity: voltage, at: { cell: C1 }, source: { driver: mqtt, topic: cycler/ch7, path: $.V, unit: V }, every: 500 ms }
  - { id: C1.I, quantity: current, at: { cell: C1 }, source: { driver: mqtt, topic: cycler/ch7, path: "$['I mA']", unit: mA }, every: 500 ms }
  - { id: mains, quantity: voltage, at: { station: true }, source: { driver: mqtt, topic: mains/V, unit: V }, every: 500 ms }
  - { id: C1.file, quantity: voltage, at: { cell: C1 }, source: { driver: csv-tail, file: ch7.csv, column: Voltage(V), unit: V }, every: 500 ms }
sinks:
  - { kind: influxdb, url: "http://127.0.0.1:9", database: offgas }
  - { kind: mqtt, url: "${url}", user: agent, password_file: password }
spool: { directory: spool, budget: 50 MB, commit: 100 ms }
`,
  );
  return { path, spool: join(folder, "spool"), socket: join(folder, "spool", "offgas.sock"), table: join(folder, "ch7.csv") };
}

/** A cycler that says its state for as long as the test runs, and reconnects by itself. */
function cycler(t: TestContext, url: string, table: string) {
  const client = mqtt.connect(url, { username: "cycler", password: "secret", reconnectPeriod: 50, queueQoSZero: false });
  client.on("error", () => undefined);
  const state = { volts: 3.6, mains: 230, written: 3.6, row: 0, lies: [] as readonly (string | Buffer)[] };
  const say = (topic: string, payload: string | Buffer) => client.connected && client.publish(topic, payload, { qos: 1 }, () => undefined);
  const timer = setInterval(() => {
    state.row++;
    say("cycler/ch7", state.lies[state.row % state.lies.length] ?? JSON.stringify({ V: state.volts, "I mA": -1500 }));
    say("mains/V", String(state.mains));
    if (!existsSync(table) || statSync(table).size === 0) appendFileSync(table, header);
    appendFileSync(table, `${state.row};${String(state.written).replace(".", ",")}\n`);
  }, 300);
  t.after(() => {
    clearInterval(timer);
    client.end(true);
  });
  return { state, say };
}

test("publish and table row to sample; broker killed and back; lies, a flood, a turned and a cut table", async (t) => {
  const broker = await startMosquitto(t, { users: { agent: "secret", cycler: "secret" } });
  const folder = tempFolder(t);
  const { path, spool, socket, table } = writeStation(folder, broker.url);
  writeFileSync(table, `${header}0;9,9\n`);
  const agent = startAgent(t, ["--config", path]);
  await agent.line(({ event }) => event === "agent-start");
  const { state, say } = cycler(t, broker.url, table);
  /** Resolves when so much more has been counted of the topics or the files. */
  const more = (bus: string) => async (counter: "reads" | "read_faults" | "skipped_readings", count: number) => {
    const of = ({ buses }: Pick<Status, "buses">) => buses.find((each) => each.bus.startsWith(bus))?.[counter] ?? 0;
    const from = of(await statusWhen(socket, () => true));
    await statusWhen(socket, (status) => of(status) >= from + count);
  };
  const [topics, files] = [more("mqtt source"), more("csv-tail")];
  await Promise.all([topics("reads", 6), files("reads", 2)]);

  await broker.kill();
  await topics("read_faults", 6); // the lost connection, and one try that nobody answered
  state.volts = 3.7;
  state.written = 3.7;
  await files("reads", 2); // meanwhile the table goes on
  await broker.start();
  await topics("reads", 6);

  state.lies = ['{"V":"NaN"}', '{"V":1e999}', "\0\xff", "[".repeat(50_000), Buffer.alloc(100_000, "9"), Buffer.alloc(1_000_000, "[")];
  await topics("read_faults", 12);
  state.lies = [];
  await topics("reads", 6);

  let flooding = true;
  const flood = setInterval(() => {
    for (let n = 0; flooding && n < 200; n++) say("cycler/ch7", '{"V":3.7,"I mA":0}');
  }, 20);
  t.after(() => clearInterval(flood));
  await topics("skipped_readings", 400);
  state.mains = 231;
  await topics("reads", 3);
  flooding = false;

  renameSync(table, `${table}.1`);
  state.written = 3.81;
  await files("reads", 2);
  truncateSync(table, 0);
  state.written = 3.82;
  await files("reads", 2);

  const children = childrenOf(agent.child.pid ?? 0);
  const last = await statusWhen(socket, ({ store }) => store.uncommitted === 0);
  agent.child.kill("SIGTERM");
  assert.equal(await agent.ended, 0, agent.stderr());
  assert.equal(children.length, 2, "one process for the topics, one for the folder");
  await gone(children);
  assert.deepEqual(
    last.buses.map(({ bus, bus_restarts }) => [bus, bus_restarts]),
    [
      ["mqtt source", 0],
      [`csv-tail ${folder}`, 0],
    ],
    "nothing of this cost a process",
  );
  const { samples } = stored(spool, nobody);
  const good = (name: string) => [...new Set(samples.filter(({ channel, quality }) => channel === name && quality === "good").map(({ value }) => value))];
  const reasons = (name: string) => new Set(samples.filter(({ channel, value }) => channel === name && value === undefined).map(({ reason }) => reason));
  assert.deepEqual(good("C1.V"), [3.6, 3.7]);
  assert.ok(reasons("C1.V").has("no-reply") && reasons("C1.V").has("malformed"));
  assert.ok(reasons("mains").has("no-reply") && !reasons("mains").has("malformed"), "the lies and the flood were not its own");
  assert.deepEqual(good("C1.I").slice(0, 1), [-1.5]);
  assert.deepEqual(good("mains"), [230, 231]);
  assert.deepEqual(good("C1.file"), [3.6, 3.7, 3.81, 3.82], "never the row that stood there before");
});

test("simulated, a station of chip, topic and table runs without broker, file or bus", async (t) => {
  const folder = tempFolder(t);
  const { path, spool, socket } = writeStation(folder, "mqtt://127.0.0.1:9");
  const chip = "  - { id: C1.t, quantity: temperature, at: { cell: C1 }, source: { driver: mcp9601, bus: i2c-1, address: 0x67 } }\nsinks:";
  writeFileSync(path, readFileSync(path, "utf8").replace("channels:", "buses: [{ id: i2c-1, kind: i2c, device: 1 }]\nchannels:").replace("sinks:", chip));
  const agent = startAgent(t, ["--config", path, "--simulated"]);
  await agent.line(({ event }) => event === "agent-start");
  await statusWhen(socket, ({ buses, store }) => buses.length === 2 && buses.every(({ reads }) => reads >= 8) && store.uncommitted === 0);
  agent.child.kill("SIGTERM");
  assert.equal(await agent.ended, 0, agent.stderr());
  const { samples } = stored(spool, nobody);
  for (const channel of ["C1.V", "C1.I", "mains", "C1.file", "C1.t"])
    assert.ok(
      samples.some((sample) => sample.channel === channel && sample.quality === "good"),
      channel,
    );
});
