// needs: influxdb
/** The whole agent while its InfluxDB is away and then answers everything that a server can: reading never pauses, and all arrives in the end, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startAgent } from "../support/agent.ts";
import { periods_s, statusWhen, writeStation } from "../support/agent-station.ts";
import { type Mode, startFaultProxy } from "../support/fault-proxy.ts";
import { startInfluxd } from "../support/influxd.ts";
import { tempFolder } from "../support/temp.ts";

const AWAY_s = 60;
const ANSWERS_s = 3;
const answers: readonly (Mode & { kind: "answer" })[] = [
  { kind: "answer", status: 401, body: '{"error":"authorization failed"}' },
  { kind: "answer", status: 404, body: '{"error":"database not found"}' },
  { kind: "answer", status: 413 },
  { kind: "answer", status: 429, headers: { "retry-after": "1" } },
  { kind: "answer", status: 500, body: '{"error":"engine: cache full"}' },
  { kind: "answer", status: 400, body: '{"error":"partial write: points beyond retention policy dropped=1"}', forward: true },
];

test("InfluxDB away for a minute, then 401, 404, 413, 429, 500 and a partial 400", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const proxy = await startFaultProxy(t, influxd.url);
  const { path, socket } = writeStation(tempFolder(t), { sinks: [`{ kind: influxdb, url: "${proxy.url}", database: offgas }`] });
  const agent = startAgent(t, ["--config", path, "--simulated"]);
  await agent.line(({ event }) => event === "agent-start");
  const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));
  await statusWhen(socket, ({ store, buses }) => store.sinks[0]?.backlog === 0 && buses.every(({ reads }) => reads > 0));

  await influxd.stop();
  const since = await statusWhen(socket, ({ store }) => store.sinks[0]?.state === "waiting");
  const raised = await agent.line(({ alarm, state }) => alarm === "store-backlog:station" && state === "unack");
  assert.match(raised.msg, /^raised: sink\/unreachable: influxdb at http:\/\/127\.0\.0\.1:\d+ does not answer/);
  await statusWhen(socket, ({ at_s }) => at_s > since.at_s + AWAY_s);
  await influxd.start();
  const taking = () => statusWhen(socket, ({ store }) => store.uncommitted === 0 && store.sinks[0]?.backlog === 0 && store.sinks[0].state === "taking");
  await taking();
  for (const mode of answers) {
    proxy.set(mode);
    await proxy.nextRequest();
    // a partial write is the answer to one request: its halves are taken
    if (!mode.forward) await seconds(ANSWERS_s);
    proxy.set({ kind: "pass" });
    await taking();
  }
  const returned = await agent.line(({ alarm, msg }) => alarm === "store-backlog:station" && msg.startsWith("returned: "));
  assert.match(returned.msg, /^returned: influxdb .* takes entries$/);

  const last = await statusWhen(socket, ({ store }) => store.uncommitted === 0 && store.sinks[0]?.backlog === 0);
  agent.child.kill("SIGTERM");
  assert.equal(await agent.ended, 0, agent.stderr());
  assert.deepEqual(
    [last.store.evicted, last.store.dropped, last.store.sinks[0]?.deadLetters, last.buses.map(({ bus_restarts, read_faults }) => [bus_restarts, read_faults])],
    [
      0,
      0,
      0,
      [
        [0, 0],
        [0, 0],
      ],
    ],
  );
  assert.ok(!agent.log.some(({ alarm }) => alarm?.startsWith("sensor-lost")), "reading never paused");
  assert.ok(!agent.log.some(({ msg }) => msg.includes("    at ")) && agent.stderr() === "", "no stack trace");

  let rows = 0;
  for (const [channel, period_s] of Object.entries(periods_s)) {
    const found = await influxd.query(`SELECT "raw","quality" FROM "sample" WHERE "channel"='${channel}'`);
    const stamps = found.map(({ time }) => BigInt(time ?? 0));
    assert.equal(new Set(stamps).size, stamps.length);
    assert.ok(
      found.every(({ raw, quality }) => raw !== "" && quality === "2"),
      `${channel}: every row is a good reading`,
    );
    const gaps_s = stamps.slice(1).map((stamp, index) => Number(stamp - (stamps[index] ?? 0n)) / 1e9);
    t.diagnostic(`${channel}: ${found.length} rows, gaps ${Math.min(...gaps_s).toFixed(3)} to ${Math.max(...gaps_s).toFixed(3)} s`);
    assert.ok(Math.max(...gaps_s) < 1.6 * period_s, `${channel}: no gap`);
    assert.ok(Math.min(...gaps_s) > 0.4 * period_s, `${channel}: nothing twice under another stamp`);
    rows += found.length;
  }
  const reads = last.buses.reduce((sum, bus) => sum + bus.reads, 0);
  // readings of the last moments come after the status and before the end
  assert.ok(rows >= reads && rows <= reads + 6, `${reads} readings, ${rows} rows`);
  const told = new Set((await influxd.query(`SELECT "state" FROM "alarm" WHERE "id"='store-backlog:station'`)).map(({ state }) => state));
  assert.ok(told.has("1"), "the alarm itself arrived");
});
