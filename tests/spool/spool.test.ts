/** What the spool keeps, forgets, lets go and refuses. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { isFault } from "../../edge-agent/core/faults.ts";
import { encodeSamples } from "../../edge-agent/spool/blob.ts";
import { emptyBlock, putSample } from "../../edge-agent/spool/block.ts";
import type { Spool } from "../../edge-agent/spool/spool.ts";
import { alarmEntry, estimateEntry, eventEntry } from "../support/entries.ts";
import { commit, factsOfAll, numbered, numbersOf, openSpool, pending, taker } from "../support/spool.ts";
import { replayChannel, station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const faultOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isFault(error)) return error.toString();
    throw error;
  }
  return "none";
};

test("boot counts openings, the newest stamp is remembered, and what was kept is there again", (t) => {
  const folder = tempFolder(t);
  const first = openSpool(folder);
  assert.deepEqual([first.boot, first.lastStamp_ns], [1, 0n]);
  const alarm = alarmEntry();
  commit(first, [...numbered(0, 10), alarm, estimateEntry()]);
  first.close();
  const second = openSpool(folder);
  assert.equal(second.boot, 2);
  assert.ok(second.lastStamp_ns >= alarm.stamp_ns);
  assert.deepEqual(numbersOf(pending(second, "sample")), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(pending(second, "record"), [alarm]);
  assert.equal(pending(second, "state").length, 1);
  second.close();
});

test("alarms and events of one moment get stamps of their own, also over a restart", (t) => {
  const folder = tempFolder(t);
  const same = 5_000n;
  const spool = openSpool(folder);
  commit(spool, [alarmEntry({}, same), alarmEntry({}, same), { ...eventEntry("x"), stamp_ns: same } as ReturnType<typeof alarmEntry>]);
  spool.close();
  const again = openSpool(folder);
  commit(again, [alarmEntry({}, same)]);
  assert.deepEqual(
    pending(again, "record").map((entry) => entry.type !== "sample" && entry.stamp_ns),
    [same, same + 1n, same + 2n, same + 3n],
  );
  again.close();
});

test("what every sink has taken is forgotten, and only that", (t) => {
  const folder = tempFolder(t);
  const takers = [taker, { name: "slow", durable: ["sample"] as const }];
  const spool = openSpool(folder, { takers });
  for (let n = 0; n < 100; n += 10) commit(spool, numbered(n, 10));
  spool.cursors.done("sample", "sink", 0, 100);
  spool.cursors.done("sample", "slow", 20, 35);
  while (spool.settle()) {}
  assert.deepEqual(numbersOf(pending(spool, "sample", "slow")), [...Array(20).keys(), ...Array.from({ length: 65 }, (_, n) => 35 + n)]);
  spool.close();
  const database = new DatabaseSync(join(folder, "spool.db"));
  assert.deepEqual(
    database
      .prepare("SELECT first FROM sample_blob ORDER BY first")
      .all()
      .map((row) => row.first),
    [0, 10, 30, 40, 50, 60, 70, 80, 90],
  );
  database.close();
  // "slow" is no longer configured: it must not hold the rest.
  const without = openSpool(folder);
  assert.deepEqual(pending(without, "sample"), []);
  while (without.settle()) {}
  assert.equal(without.read("sample", 0, Number.POSITIVE_INFINITY, 10).entries.length, 0);
  without.close();
});

test("a sink named anew begins at the oldest kept entry; a lane that nobody takes is not kept", (t) => {
  const folder = tempFolder(t);
  const spool = openSpool(folder, { takers: [{ name: "sink", durable: ["record"] }] });
  commit(spool, [...numbered(0, 5), alarmEntry(), alarmEntry()]);
  spool.cursors.done("record", "sink", 0, 1);
  spool.settle();
  spool.close();
  const again = openSpool(folder, {
    takers: [
      { name: "sink", durable: ["record"] },
      { name: "new", durable: ["record", "sample"] },
    ],
  });
  assert.equal(pending(again, "record", "sink").length, 1);
  assert.equal(pending(again, "record", "new").length, 2);
  assert.deepEqual(pending(again, "sample", "new"), []);
  assert.equal(again.lastStamp_ns > 4n, true, "stamps of entries that nobody keeps count all the same");
  again.close();
});

test("a full budget lets samples go first, oldest first, then states, and never alarms; what went is counted for good", (t) => {
  const folder = tempFolder(t);
  const budget_Bytes = 2e6;
  let spool = openSpool(folder, { budget_Bytes });
  const alarms = Array.from({ length: 200 }, () => alarmEntry());
  commit(spool, alarms);
  let next = 0;
  for (let round = 0; round < 150; round++) {
    const entries = numbered(next, 2000).map((entry) =>
      entry.type === "sample" ? { ...entry, sample: { ...entry.sample, value: Math.sin(1e6 * next++) } } : entry,
    );
    commit(spool, entries);
    assert.ok(spool.bytes <= budget_Bytes, `${spool.bytes} bytes`);
  }
  const kept = pending(spool, "sample");
  assert.equal(kept.length + spool.evicted, next, "kept and evicted make all");
  assert.ok(kept.length > 50_000 && spool.evicted > 50_000, `${kept.length} kept, ${spool.evicted} evicted`);
  const [first] = kept;
  assert.equal(first?.type === "sample" && first.sample.at_s, next - kept.length, "the oldest went");
  const events = pending(spool, "record").filter((entry) => entry.type === "event");
  assert.equal(events.length, 1, "told once, though it evicted many times");
  assert.match(JSON.stringify(events[0]?.event), /spool-evicted.*oldest entries/);
  assert.deepEqual(pending(spool, "record").slice(0, 200), alarms);
  spool.close();
  spool = openSpool(folder, { budget_Bytes });
  assert.equal(pending(spool, "sample").length + spool.evicted, next, "the count outlives the process");
  spool.close();
});

test("small commits of a backlog are joined, bit for bit, and take fewer bytes", (t) => {
  const folder = tempFolder(t);
  const spool = openSpool(folder);
  for (let n = 0; n < 40_000; n += 100) commit(spool, numbered(n, 100));
  spool.cursors.done("sample", "sink", 0, 150);
  const before = pending(spool, "sample");
  while (spool.tidy()) {}
  while (spool.settle()) {}
  assert.deepEqual(pending(spool, "sample"), before);
  spool.close();
  const database = new DatabaseSync(join(folder, "spool.db"));
  const { blobs, bytes } = database.prepare("SELECT count(*) AS blobs, sum(length(content)) AS bytes FROM sample_blob").get() as {
    blobs: number;
    bytes: number;
  };
  database.close();
  assert.ok(blobs < 140, `${blobs} blobs`);
  assert.ok(bytes < 40_000 * 2, `${bytes} bytes`);
});

test("a folder that cannot be used is one clear line", (t) => {
  const folder = tempFolder(t);
  assert.match(
    faultOf(() => openSpool(join(folder, "none", "spool"))),
    /^spool\/unavailable: .*none does not exist, so there is no place for the spool; make it: mkdir -p .*none\/spool$/,
  );
  mkdirSync(join(folder, "taken"));
  const spool = openSpool(join(folder, "taken"));
  assert.match(
    faultOf(() => openSpool(join(folder, "taken"))),
    /^spool\/in-use: another agent uses the spool/,
  );
  spool.close();
  openSpool(join(folder, "taken")).close();
});

test("a spool of a newer version stays as it is", (t) => {
  const folder = tempFolder(t);
  openSpool(folder).close();
  const path = join(folder, "spool.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  const before = readFileSync(path);
  assert.match(
    faultOf(() => openSpool(folder)),
    /^spool\/newer: .*format 99/,
  );
  assert.deepEqual(readFileSync(path), before);
});

test("a file with no tables yet is brought to the format of today", (t) => {
  const folder = tempFolder(t);
  new DatabaseSync(join(folder, "spool.db")).close();
  const spool = openSpool(folder);
  commit(spool, numbered(0, 3));
  assert.equal(spool.boot, 1);
  spool.close();
});

test("a channel that becomes another quantity or moves keeps what waits as it was; one that comes back has its number again", (t) => {
  const folder = tempFolder(t);
  const [home, moved] = [
    { id: "C1.t", quantity: "temperature", cell: "C1", pack: "C1" },
    { id: "C1.t", quantity: "temperature", cell: "C1", pack: "P2" },
  ] as const;
  const volts = { id: "C1.t", quantity: "voltage" } as const;
  const described = [
    [home, station()],
    [volts, station({ channels: [replayChannel("C1.t", { quantity: "voltage", at: { station: true } })] })],
    [moved, station({ cells: [{ id: "C1", pack: "P2" }] })],
    [home, station()],
  ] as const;
  described.forEach(([, station], index) => {
    const spool = openSpool(folder, { station });
    commit(spool, numbered(2 * index, 2));
    spool.close();
  });
  const spool = openSpool(folder, { station: station({ channels: [replayChannel("other")] }) });
  const waiting = pending(spool, "sample");
  assert.deepEqual(numbersOf(waiting), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(
    factsOfAll(waiting),
    described.flatMap(([facts]) => [facts, facts]),
  );
  spool.close();
  const database = new DatabaseSync(join(folder, "spool.db"));
  assert.equal(database.prepare("SELECT count(*) AS channels FROM channel").get()?.channels, 4, "three descriptions and the other channel");
  database.close();
});

test("a file of format 1, in which a channel's name was unique, is brought to the format of today with all that it holds", (t) => {
  const folder = tempFolder(t);
  const older = new DatabaseSync(join(folder, "spool.db"));
  older.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE channel (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, quantity TEXT, cell TEXT, pack TEXT);
    CREATE TABLE record_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
    CREATE TABLE state_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
    CREATE TABLE sample_blob (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, content BLOB NOT NULL);
    CREATE TABLE cursor (sink TEXT NOT NULL, lane TEXT NOT NULL, ranges TEXT NOT NULL, PRIMARY KEY (sink, lane)) WITHOUT ROWID;
    CREATE TABLE dead_letter (id INTEGER PRIMARY KEY, sink TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, why TEXT NOT NULL, entry TEXT NOT NULL);
    CREATE TABLE set_aside (id INTEGER PRIMARY KEY, lane TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, why TEXT NOT NULL, content BLOB NOT NULL);
    INSERT INTO meta VALUES ('boot', '4'), ('next_sample', '2'), ('evicted_samples', '9');
    INSERT INTO channel VALUES (6, 'gone', 'co2', NULL, 'P1'), (7, 'C1.t', 'temperature', 'C1', 'C1');
    PRAGMA user_version = 1;`);
  const block = emptyBlock(2);
  const measured = numbered(0, 2).flatMap((entry) => (entry.type === "sample" ? [entry.sample] : []));
  measured.forEach((sample, index) => {
    putSample(block, 6 + index, sample);
  });
  older.prepare("INSERT INTO sample_blob VALUES (0, 2, ?)").run(encodeSamples(block));
  older.close();

  const spool = openSpool(folder, { station: station({ channels: [replayChannel("C1.t", { quantity: "voltage" })] }) });
  commit(spool, numbered(2, 1));
  assert.deepEqual([spool.boot, spool.evicted], [5, 9]);
  assert.deepEqual(numbersOf(pending(spool, "sample")), [0, 1, 2]);
  assert.deepEqual(factsOfAll(pending(spool, "sample")), [
    { id: "gone", quantity: "co2", pack: "P1" },
    { id: "C1.t", quantity: "temperature", cell: "C1", pack: "C1" },
    { id: "C1.t", quantity: "voltage", cell: "C1", pack: "C1" },
  ]);
  spool.close();
});

/** What a spool should hold, in the simplest words. */
interface Model {
  all: number;
  taken: Set<number>;
  gone: Set<number>;
}
interface Real {
  spool: Spool;
  readonly folder: string;
}
type Step = fc.Command<Model, Real>;
const check = (model: Model, { spool }: Real) => {
  const expected = Array.from({ length: model.all }, (_, n) => n).filter((n) => !model.taken.has(n) && !model.gone.has(n));
  assert.deepEqual(numbersOf(pending(spool, "sample")), expected);
};
const step = (name: string, run: (model: Model, real: Real) => void): Step => ({
  check: () => true,
  run: (model, real) => {
    run(model, real);
    check(model, real);
  },
  toString: () => name,
});
const append = (count: number) =>
  step(`append ${count}`, (model, { spool }) => {
    commit(spool, numbered(model.all, count));
    model.all += count;
  });
const deliver = (live: boolean, limit: number) =>
  step(`deliver ${live ? "live" : "backlog"} ${limit}`, (model, { spool }) => {
    const ranges = spool.cursors.of("sample", "sink");
    const part = live ? ranges.parts.at(-1) : ranges.parts[0];
    if (part === undefined || part.first >= model.all) return;
    const portion = spool.read("sample", part.first, part.end, limit);
    for (const n of numbersOf(portion.entries)) model.taken.add(n);
    spool.cursors.done("sample", "sink", portion.first, portion.end);
  });
const jump = (back: number) => step(`jump ${back}`, (model, { spool }) => spool.cursors.jump("sample", "sink", Math.max(0, model.all - back)));
const housekeeping = step("housekeeping", (_, { spool }) => {
  while (spool.settle()) {}
  while (spool.tidy()) {}
});
const reopen = step("settle, close, open", (_, real) => {
  real.spool.settle();
  real.spool.close();
  real.spool = openSpool(real.folder);
});
/** A power cut: the files as they are, in another folder. */
const cut = (t: { after: (end: () => void) => void }) =>
  step("power cut", (model, real) => {
    const copy = tempFolder(t as never);
    for (const name of ["spool.db", "spool.db-wal"]) copyFileSync(join(real.folder, name), join(copy, name));
    const revived = openSpool(copy);
    // Cursors may be older than what was taken; nothing else may be missing.
    const found = new Set(numbersOf(pending(revived, "sample")));
    for (let n = 0; n < model.all; n++) if (!model.taken.has(n) && !model.gone.has(n)) assert.ok(found.has(n), `${n} is lost`);
    revived.close();
  });
const rot = step("bit rot", (model, real) => {
  real.spool.settle();
  real.spool.close();
  const database = new DatabaseSync(join(real.folder, "spool.db"));
  const row = database.prepare("SELECT first, count FROM sample_blob ORDER BY first DESC LIMIT 1").get() as { first: number; count: number } | undefined;
  if (row !== undefined) {
    database.prepare("UPDATE sample_blob SET content = zeroblob(length(content)) WHERE first = ?").run(row.first);
    for (let n = row.first; n < row.first + row.count; n++) model.gone.add(n);
  }
  database.close();
  real.spool = openSpool(real.folder);
  pending(real.spool, "sample");
});

test("against a simple model: append, deliver, jump, housekeeping, restart, power cut, bit rot", (t) => {
  const steps = [
    fc.integer({ min: 1, max: 300 }).map(append),
    fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 400 })).map(([live, limit]) => deliver(live, limit)),
    fc.integer({ min: 0, max: 100 }).map(jump),
    fc.constantFrom(housekeeping, reopen, cut(t), rot),
  ];
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 25 }), (commands) => {
      const folder = tempFolder(t);
      const real: Real = { spool: openSpool(folder), folder };
      try {
        fc.modelRun(() => ({ model: { all: 0, taken: new Set<number>(), gone: new Set<number>() }, real }), commands);
      } finally {
        real.spool.close();
      }
    }),
    { numRuns: 60 },
  );
});
