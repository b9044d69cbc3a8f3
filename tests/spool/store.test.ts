/** The store through its worker: what the deciding thread may count on. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { maxHeldSamples } from "../../edge-agent/spool/holding.ts";
import { openStore } from "../../edge-agent/spool/open.ts";
import { alarmEntry, estimateEntry, sampleEntry } from "../support/entries.ts";
import { freePort } from "../support/mosquitto.ts";
import { factsOfAll, openSpool, pending } from "../support/spool.ts";
import { replayChannel, station } from "../support/station.ts";
import { storeStation, watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

/** A sink that nobody answers: everything stays in the spool. */
const nobody = async () => [{ kind: "influxdb" as const, url: `http://127.0.0.1:${await freePort()}`, database: "offgas" }];

test("what journal has acknowledged is in the file, with channels that the station does not name", async (t) => {
  const folder = tempFolder(t);
  const sinks = await nobody();
  const { store } = watchedStore(storeStation(folder, sinks));
  assert.deepEqual(await store.opened, { boot: 1, lastStamp_ns: 0n });
  const entries = [sampleEntry({ value: 1 }), sampleEntry({ channel: "unheard-of", value: 2 }), alarmEntry()];
  await store.journal(entries);
  assert.equal(store.status().uncommitted, 0);
  assert.equal(await store.close(5), true);
  const spool = openSpool(folder, { takers: [{ name: `influxdb ${sinks[0]?.url}/offgas`, durable: ["sample", "record"] }] });
  const name = `influxdb ${sinks[0]?.url}/offgas`;
  const samples = pending(spool, "sample", name);
  const facts = factsOfAll(samples);
  assert.deepEqual(facts, [{ id: "C1.t", quantity: "temperature", cell: "C1", pack: "C1" }, { id: "unheard-of" }]);
  const handedOver = entries.map((entry, index) => (entry.type === "sample" ? { ...entry, facts: facts[index] } : entry));
  assert.deepEqual([...samples, ...pending(spool, "record", name)], handedOver);
  spool.close();
});

test("a sample needs no call but append to be committed, within the commit interval; close commits the rest", async (t) => {
  const folder = tempFolder(t);
  const { store, until } = watchedStore(storeStation(folder, await nobody()));
  await store.opened;
  store.append([sampleEntry()]);
  assert.equal((await until((status) => status.sinks[0]?.backlog === 1)).uncommitted, 0);
  store.append(Array.from({ length: 10_000 }, () => sampleEntry()));
  assert.equal(await store.close(5), true);
  const again = watchedStore(storeStation(folder, await nobody()));
  await again.store.opened;
  assert.equal(await again.store.close(5), true);
});

test("a folder that cannot be used, or that another agent uses, is told by opened; append still returns", async (t) => {
  const folder = tempFolder(t);
  const code = async (of: Promise<unknown>) =>
    of.then(
      () => "none",
      (error) => (isFault(error) ? error.code : String(error)),
    );
  const missing = openStore({ station: storeStation(join(folder, "none", "none"), []), clock: systemClock });
  missing.append([sampleEntry()]);
  assert.equal(await code(missing.opened), "spool/unavailable");
  missing.append([sampleEntry()]);
  assert.equal(await code(missing.journal([sampleEntry()])), "spool/unavailable");
  assert.deepEqual([missing.status().dropped, missing.status().trouble?.code], [2, "spool/unavailable"]);
  assert.equal(await missing.close(1), false);

  const first = openStore({ station: storeStation(folder, []), clock: systemClock });
  await first.opened;
  const second = openStore({ station: storeStation(folder, []), clock: systemClock });
  assert.equal(await code(second.opened), "spool/in-use");
  await second.close(1);
  assert.equal(await first.close(5), true);
  const third = openStore({ station: storeStation(folder, []), clock: systemClock });
  assert.equal((await third.opened).boot, 2);
  assert.equal(await third.close(5), true);
  assert.equal(await code(openStore({ station: station(), clock: systemClock }).opened), "spool/unavailable");
});

test("while the worker does not answer, memory stays bounded, samples fall out oldest first and are counted, alarms never", async (t) => {
  const folder = tempFolder(t);
  // Another process holds the file for as long as it likes: the worker is inside a call of SQLite's that waits.
  new DatabaseSync(join(folder, "spool.db")).close();
  const holder = new DatabaseSync(join(folder, "spool.db"));
  holder.exec("BEGIN EXCLUSIVE");
  const store = openStore({ station: storeStation(folder, await nobody()), clock: systemClock });
  const extra = 50_000;
  const block = Array.from({ length: 1000 }, () => sampleEntry());
  for (let n = 0; n < maxHeldSamples + extra; n += block.length) store.append(block);
  store.append([alarmEntry()]);
  const { dropped, uncommitted } = store.status();
  holder.exec("ROLLBACK");
  holder.close();
  assert.ok(dropped > 0 && dropped < extra + 8192, `${dropped} dropped`);
  assert.ok(uncommitted <= maxHeldSamples + 4 * 6 * 1024, `${uncommitted} held`);
  await store.opened;
  assert.equal(await store.close(10), true, "what was not dropped is committed");
  assert.ok(store.status().dropped >= dropped);
});

test("closing keeps its limit though the worker never comes back", async (t) => {
  const folder = tempFolder(t);
  new DatabaseSync(join(folder, "spool.db")).close();
  const holder = new DatabaseSync(join(folder, "spool.db"));
  holder.exec("BEGIN EXCLUSIVE");
  const store = openStore({ station: storeStation(folder, []), clock: systemClock });
  store.append([sampleEntry()]);
  assert.equal(await store.close(0.2), false);
  holder.exec("ROLLBACK");
  holder.close();
});

test("channels of a station that shrank are still known to the sinks", async (t) => {
  const folder = tempFolder(t);
  const sinks = await nobody();
  const wide = watchedStore(storeStation(folder, sinks, { channels: [replayChannel("C1.t"), replayChannel("gone", { quantity: "co2" })] }));
  await wide.store.journal([sampleEntry({ channel: "gone" })]);
  await wide.store.close(5);
  const name = `influxdb ${sinks[0]?.url}/offgas`;
  const spool = openSpool(folder, { takers: [{ name, durable: ["sample"] }] });
  assert.deepEqual(factsOfAll(pending(spool, "sample", name)), [{ id: "gone", quantity: "co2", cell: "C1", pack: "C1" }]);
  spool.close();
});

test("a worker that dies is started again; alarms that it had not committed are sent again, samples lost with it are counted", async (t) => {
  const folder = tempFolder(t);
  const sinks = await nobody();
  const { store, until } = watchedStore(storeStation(folder, sinks));
  await store.opened;
  // More than its heap holds at once: the worker's own limit ends it.
  const heavy = Array.from({ length: 40 }, (_, n) =>
    estimateEntry({ at_s: n, reasons: Array.from({ length: 60_000 }, (_, line) => `reason ${n} ${line} ${"x".repeat(40)}`) }),
  );
  store.append([...heavy, sampleEntry(), alarmEntry({ id: "vent:C9" })]);
  const died = await until((status) => status.dropped > 0 && status.uncommitted === 0);
  assert.equal(died.dropped, heavy.length + 1);
  await store.journal([sampleEntry()]);
  assert.equal(await store.close(5), true, "nothing waits any more");
  assert.equal(store.status().dropped, died.dropped, "and what was lost is still told");
  const name = `influxdb ${sinks[0]?.url}/offgas`;
  const spool = openSpool(folder, { takers: [{ name, durable: ["record", "sample"] }] });
  assert.equal(spool.boot, 2, "a worker's restart is no start of the agent");
  assert.equal(pending(spool, "record", name).filter((entry) => entry.type === "alarm").length, 1);
  assert.equal(pending(spool, "sample", name).length, 1);
  spool.close();
});
