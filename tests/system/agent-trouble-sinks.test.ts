// needs: influxdb mosquitto openssl
/** A sink that refuses, cannot be trusted or is not there, as a person at the station sees it: one line, no secret, and nothing stored is lost. */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { startAgent } from "../support/agent.ts";
import { statusWhen, writeStation } from "../support/agent-station.ts";
import { makeCertificates } from "../support/certificates.ts";
import { startInfluxd } from "../support/influxd.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { consume } from "../support/mqtt-consumer.ts";
import { tempFolder } from "../support/temp.ts";

const WRONG = "Tr0ub4dor-and-3";
const RIGHT = "correct-horse-battery";

interface Trouble {
  readonly folder: string;
  readonly sink: string;
  /** All that the person is told. */
  readonly told: RegExp;
  readonly mend: () => void | Promise<void>;
}

/** Runs an agent into the trouble, mends it, and ends it when all is delivered. */
async function troubled(t: TestContext, { folder, sink, told, mend }: Trouble): Promise<void> {
  const { path, socket, spool } = writeStation(folder, { sinks: [sink] });
  const agent = startAgent(t, ["--config", path, "--simulated"]);
  const raised = await agent.line(({ alarm }) => alarm === "store-backlog:station");
  assert.match(raised.msg, told);
  const waiting = await statusWhen(socket, ({ store }) => (store.sinks[0]?.backlog ?? 0) > 0);
  await mend();
  await statusWhen(socket, ({ store }) => store.uncommitted === 0 && store.sinks[0]?.backlog === 0 && store.sinks[0].state === "taking");
  const { store, buses } = await statusWhen(socket, ({ at_s }) => at_s > waiting.at_s);
  assert.deepEqual([store.dropped, store.evicted, store.sinks[0]?.deadLetters], [0, 0, 0]);
  assert.ok(buses.every(({ read_faults, bus_restarts }) => read_faults === 0 && bus_restarts === 0));
  agent.child.kill("SIGINT");
  assert.equal(await agent.ended, 0, agent.stderr());
  assert.equal(agent.log.filter(({ msg }) => msg.includes("sink/")).length, 1, "said once, not at every try");
  assert.equal(agent.stderr(), "");
  const written = readdirSync(spool).filter((name) => !name.endsWith(".sock"));
  const all = [JSON.stringify(agent.log), ...written.map((name) => readFileSync(join(spool, name), "latin1"))].join("");
  for (const secret of [WRONG, RIGHT]) assert.ok(!all.includes(secret), "no secret in log or spool");
}

const secretFile = (folder: string, secret: string): string => {
  const path = join(folder, "secret");
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return path;
};

describe("a sink in trouble is one clear line, and what waited arrives when it is mended", { concurrency: 3 }, () => {
  test("InfluxDB: wrong password", async (t) => {
    const folder = tempFolder(t);
    const influxd = await startInfluxd(t, { database: "offgas", auth: { admin: "root-secret", writers: { agent: RIGHT } } });
    await troubled(t, {
      folder,
      sink: `{ kind: influxdb, url: "${influxd.url}", database: offgas, user: agent, password_file: ${secretFile(folder, WRONG)} }`,
      told: /^raised: sink\/unauthorised: influxdb at http:\S+ refuses user agent \(401\): check password_file; \d+ entries wait in the spool$/,
      mend: () => void secretFile(folder, RIGHT),
    });
    const first = await influxd.query(`SELECT "text" FROM "event" WHERE "kind"='agent-start'`);
    assert.equal(first.length, 1, "what was stored first arrived");
  });

  test("MQTT: wrong password", async (t) => {
    const folder = tempFolder(t);
    const mosquitto = await startMosquitto(t, { users: { agent: RIGHT, page: "page-secret" } });
    const consumer = await consume(t, mosquitto.url, { username: "page", password: "page-secret" });
    await troubled(t, {
      folder,
      sink: `{ kind: mqtt, url: "${mosquitto.url}", user: agent, password_file: ${secretFile(folder, WRONG)} }`,
      told: /^raised: sink\/unauthorised: mqtt:\S+ (refuses user or password of|does not admit) user agent: put the right password in \S+, or [^;]*; \d+ entries/,
      mend: () => void secretFile(folder, RIGHT),
    });
    await consumer.until((received) => received.some(({ payload }) => payload?.event === "agent-start"));
  });

  test("MQTT: a certificate of another authority", async (t) => {
    const folder = tempFolder(t);
    const tls = makeCertificates(tempFolder(t));
    const mosquitto = await startMosquitto(t, { tls });
    const consumer = await consume(t, mosquitto.url, { ca: readFileSync(tls.ca) });
    const trusted = join(folder, "ca.crt");
    copyFileSync(tls.otherCa, trusted);
    await troubled(t, {
      folder,
      sink: `{ kind: mqtt, url: "${mosquitto.url}", ca_file: ${trusted} }`,
      told: /^raised: sink\/certificate: the certificate of mqtts:\S+ is not signed by the authority in ca_file \S+ \([A-Z_]+\): put the certificate of the authority/,
      mend: () => copyFileSync(tls.ca, trusted),
    });
    await consumer.until((received) => received.some(({ payload }) => payload?.event === "agent-start"));
  });

  test("MQTT: nothing listens", async (t) => {
    const folder = tempFolder(t);
    const mosquitto = await startMosquitto(t);
    await mosquitto.stop();
    await troubled(t, {
      folder,
      sink: `{ kind: mqtt, url: "${mosquitto.url}" }`,
      told: /^raised: sink\/unreachable: no MQTT broker answers at mqtt:\S+ \(ECONNREFUSED\): start the broker, or correct the sink's url; \d+ entries/,
      mend: () => mosquitto.start(),
    });
  });
});
