/** The worker's side: what a commit that fails in part leaves behind. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { Keeper } from "../../edge-agent/sinks/keeper.ts";
import type { FromWorker, Parcel } from "../../edge-agent/spool/parcel.ts";
import { alarmEntry, eventEntry } from "../support/entries.ts";
import { freePort } from "../support/mosquitto.ts";
import { commit, numbered, openSpool, pending } from "../support/spool.ts";
import { storeStation } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

const alarmIds = (entries: readonly Entry[]): string[] => entries.flatMap((entry) => (entry.type === "alarm" ? [entry.alarm.id] : []));
const parcelOf = (seq: number, ...entries: Entry[]): Parcel => ({ seq, blocks: [], entries, extraChannels: [] });

test("a commit for which no room can be made keeps nothing, so that its retry writes nothing twice", (t) => {
  const folder = tempFolder(t);
  openSpool(folder).close();
  const database = new DatabaseSync(join(folder, "spool.db"));
  database.exec("CREATE TRIGGER stuck BEFORE DELETE ON sample_blob BEGIN SELECT RAISE(ABORT, 'stuck'); END");
  database.close();
  const spool = openSpool(folder, { budget_Bytes: 1e6 });
  let failures = 0;
  for (let n = 0; failures < 3 && n < 500; n++) {
    const noisy = numbered(n * 1000, 1000).map((entry) => (entry.type === "sample" ? { ...entry, sample: { ...entry.sample, raw: Math.random() } } : entry));
    const entries = [...noisy, alarmEntry({ id: `vent:${n}` })];
    for (let tries = 0; tries < 2; tries++) {
      try {
        commit(spool, entries);
        break;
      } catch {
        failures++;
      }
    }
  }
  assert.ok(failures > 0, "room was wanted, or this proves nothing");
  const ids = alarmIds(pending(spool, "record"));
  assert.deepEqual(ids, [...new Set(ids)]);
  spool.close();
});

test("parcels that were committed one by one are not committed again because a later one does not fit", async (t) => {
  const folder = tempFolder(t);
  const url = `http://127.0.0.1:${await freePort()}`;
  const told: FromWorker[] = [];
  const station = storeStation(folder, [{ kind: "influxdb", url, database: "offgas" }], { spool: { directory: folder, budget: "16 MB" } });
  const keeper = await Keeper.open({ station, boot: undefined, clock: systemClock, random: Math.random, say: (message) => told.push(message) });
  const circular: { self?: unknown } = {};
  circular.self = circular;
  keeper.receive(parcelOf(1, alarmEntry({ id: "vent:C1" })));
  keeper.receive(parcelOf(2, Object.assign(eventEntry("x"), { circular })));
  keeper.receive(parcelOf(3, eventEntry(randomBytes(15e6).toString("base64"))));
  await new Promise((resolve) => setImmediate(resolve));
  await keeper.close(2); // and tries once more
  assert.deepEqual(told.at(-1), { type: "closed", complete: false });
  const name = `influxdb ${url}/offgas`;
  const spool = openSpool(folder, { takers: [{ name, durable: ["record"] }] });
  assert.deepEqual(alarmIds(pending(spool, "record", name)), ["vent:C1"]);
  spool.close();
});
