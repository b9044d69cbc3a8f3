// needs: influxdb
/** Everything that a server and a network can do to a write: all of it waits, nothing is lost, and nothing before the sink ever waits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { FaultCode } from "../../edge-agent/core/faults.ts";
import { estimateEntry, eventEntry, sampleEntry } from "../support/entries.ts";
import { type Mode, startFaultProxy } from "../support/fault-proxy.ts";
import { hurriedKeeper } from "../support/hurried-keeper.ts";
import { startInfluxd } from "../support/influxd.ts";
import { storeStation, watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

const answer = (status: number, body = "", more: Partial<Mode & { kind: "answer" }> = {}): Mode => ({ kind: "answer", status, body, ...more });
const faults: readonly (readonly [name: string, mode: Mode, code: FaultCode])[] = [
  ["401", answer(401, '{"error":"authorization failed"}'), "sink/unauthorised"],
  ["403", answer(403, '{"error":"not allowed"}'), "sink/unauthorised"],
  ["404", answer(404, '{"error":"database not found"}'), "sink/not-found"],
  ["413", answer(413), "sink/too-large"],
  ["429", answer(429, "", { headers: { "retry-after": "2" } }), "sink/overloaded"],
  ["500", answer(500, '{"error":"engine: cache-max-memory-size exceeded"}'), "sink/server-error"],
  ["a page of another server", answer(200, "<html>login</html>"), "sink/server-error"],
  ["partial 400", answer(400, '{"error":"partial write: points beyond retention policy dropped=1"}', { forward: true }), "sink/refused"],
  ["400 for everything", answer(400, '{"error":"unable to parse"}'), "sink/refused"],
  ["hang after the head of an answer", { kind: "hang-after-headers" }, "sink/unreachable"],
  ["half-open connection", { kind: "half-open" }, "sink/unreachable"],
  ["connection reset", { kind: "reset" }, "sink/unreachable"],
];

test("a minute without influxd, then every wrong answer in turn: all arrives in the end, once", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const proxy = await startFaultProxy(t, influxd.url);
  const station = storeStation(tempFolder(t), [{ kind: "influxdb", url: proxy.url, database: "offgas" }]);
  const keeper = await hurriedKeeper(station, 10);
  let samples = 0;
  let events = 0;
  /** Commits while the sink is in trouble: it resolves only because commits do not wait for sinks. */
  const commitSome = async (): Promise<void> => {
    const entries: Entry[] = Array.from({ length: 200 }, () => sampleEntry({ value: samples++ }));
    events++;
    await keeper.commit([...entries, eventEntry(`event ${events}`)]);
  };
  await commitSome();
  await keeper.until((status) => status.sinks[0]?.backlog === 0);

  await influxd.stop();
  for (let second = 0; second < 60; second++) {
    await commitSome();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const down = await keeper.until((status) => status.sinks[0]?.state === "waiting");
  assert.equal(down.sinks[0]?.code, "sink/unreachable");
  assert.ok((down.sinks[0]?.backlog ?? 0) >= 60 * 201);
  await influxd.start();
  await keeper.until((status) => status.sinks[0]?.backlog === 0);

  for (const [name, mode, code] of faults) {
    proxy.set(mode);
    await commitSome();
    const status = await keeper.until((status) => status.sinks[0]?.state === "waiting");
    assert.equal(status.sinks[0]?.code, code, `${name}: ${status.sinks[0]?.why}`);
    await commitSome();
    if (proxy.requests < 2) await proxy.nextRequest();
    proxy.set({ kind: "pass" });
    const mended = await keeper.until((status) => status.sinks[0]?.backlog === 0);
    assert.deepEqual([mended.sinks[0]?.deadLetters, mended.evicted, mended.dropped], [0, 0, 0], name);
  }
  await keeper.close();
  const stored = await influxd.query("SELECT temperature_degC FROM sample");
  assert.deepEqual(
    stored.map((row) => Number(row.temperature_degC)),
    Array.from({ length: samples }, (_, n) => n),
  );
  // The spool's own event tells that the sink refused.
  const texts = (await influxd.query("SELECT text, kind FROM event WHERE kind = 'agent-start'")).map((row) => row.text);
  assert.deepEqual(
    texts,
    Array.from({ length: events }, (_, n) => `event ${n + 1}`),
  );
  assert.match((await influxd.query("SELECT text FROM event WHERE kind = 'sink-refused'"))[0]?.text ?? "", /refuses lines/);
});

test("one bad line in ten thousand is set aside with its reason; the rest arrive", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const station = storeStation(tempFolder(t), [{ kind: "influxdb", url: influxd.url, database: "offgas" }]);
  const keeper = await hurriedKeeper(station, 10);
  const far = 2n ** 63n - 1n; // later than influxd's last representable time
  const entries = Array.from({ length: 10_000 }, (_, n) => sampleEntry({ value: n, ...(n === 4321 ? { stamp_ns: far } : undefined) }));
  await keeper.commit(entries);
  const status = await keeper.until((status) => status.sinks[0]?.backlog === 0);
  assert.equal(status.sinks[0]?.deadLetters, 1);
  await keeper.close();
  assert.equal((await influxd.query("SELECT count(raw) FROM sample"))[0]?.count, "9999");
});

test("a channel whose type clashes does not empty into the dead letters, and the others stay live", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const station = storeStation(tempFolder(t), [{ kind: "influxdb", url: influxd.url, database: "offgas" }]);
  await fetch(`${influxd.url}/write?db=offgas`, { method: "POST", body: "estimate stage=1.5" }); // another program wrote a float there
  const keeper = await hurriedKeeper(station, 10);
  for (let round = 0; round < 20; round++) {
    await keeper.commit([...Array.from({ length: 100 }, () => estimateEntry()), ...Array.from({ length: 100 }, () => sampleEntry())]);
  }
  const held = await keeper.until((status) => status.sinks[0]?.state === "waiting" && (status.sinks[0]?.backlog ?? 0) <= 2000);
  assert.equal(held.sinks[0]?.code, "sink/refused");
  assert.match(held.sinks[0]?.why ?? "", /type conflict/);
  assert.ok((held.sinks[0]?.backlog ?? 0) >= 1800, `${held.sinks[0]?.backlog} are kept`);
  assert.ok((held.sinks[0]?.deadLetters ?? 0) <= 150, `${held.sinks[0]?.deadLetters} set aside`);
  await keeper.close();
  assert.equal((await influxd.query("SELECT count(raw) FROM sample"))[0]?.count, "2000");
});

test("the store takes entries while influxd is away, keeps them over its own end, and delivers them after", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const station = storeStation(tempFolder(t), [{ kind: "influxdb", url: influxd.url, database: "offgas" }]);
  await influxd.stop();
  const first = watchedStore(station);
  await first.store.opened;
  for (let round = 0; round < 50; round++) await first.store.journal(Array.from({ length: 100 }, () => sampleEntry()));
  assert.equal((await first.until((status) => status.sinks[0]?.state === "waiting")).sinks[0]?.backlog, 5000);
  assert.equal(await first.store.close(5), true);
  await influxd.start();
  const second = watchedStore(station);
  assert.equal((await second.store.opened).boot, 2);
  await second.until((status) => status.sinks[0]?.backlog === 0);
  assert.equal(await second.store.close(5), true);
  assert.equal((await influxd.query("SELECT count(raw) FROM sample"))[0]?.count, "5000");
});
