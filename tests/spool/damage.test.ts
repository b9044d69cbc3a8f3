/** Files that a power cut or a dying card left behind: every one opens, nobody deletes anything by hand, and what can be read is kept. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { alarmEntry } from "../support/entries.ts";
import { commit, numbered, numbersOf, openSpool, pending } from "../support/spool.ts";
import { tempFolder } from "../support/temp.ts";

const commits = 30;

/** The files of a spool that was never closed, with `commits` commits of ten samples and an alarm each. */
function abandoned(folder: string): { readonly database: Buffer; readonly log: Buffer } {
  mkdirSync(folder);
  const spool = openSpool(folder);
  for (let n = 0; n < commits; n++) commit(spool, [...numbered(n * 10, 10), alarmEntry()]);
  const files = { database: readFileSync(join(folder, "spool.db")), log: readFileSync(join(folder, "spool.db-wal")) };
  spool.close();
  return files;
}

function revive(folder: string, database: Buffer, log: Buffer | undefined): { numbers: number[]; alarms: number; notices: number } {
  mkdirSync(folder);
  writeFileSync(join(folder, "spool.db"), database);
  if (log !== undefined) writeFileSync(join(folder, "spool.db-wal"), log);
  const spool = openSpool(folder);
  const numbers = numbersOf(pending(spool, "sample"));
  const record = pending(spool, "record");
  commit(spool, numbered(1000, 1)); // and it still takes more
  assert.equal(numbersOf(pending(spool, "sample")).at(-1), 1000);
  const notices = pending(spool, "record").filter((entry) => entry.type === "event").length;
  spool.close();
  return { numbers, alarms: record.filter((entry) => entry.type === "alarm").length, notices };
}

test("the log cut at any byte costs whole commits from the end, never one in the middle or a part of one", (t) => {
  const folder = tempFolder(t);
  const { database, log } = abandoned(join(folder, "whole"));
  let most = 0;
  for (let cut = 0; cut <= log.length; cut += Math.max(1, Math.floor(log.length / 40))) {
    const { numbers, alarms } = revive(join(folder, `cut-${cut}`), database, log.subarray(0, cut));
    assert.deepEqual(numbers, [...Array(numbers.length).keys()]);
    assert.equal(numbers.length, alarms * 10, `cut at ${cut}: a commit is whole or not there`);
    assert.ok(alarms >= most, "a longer log holds no less");
    most = alarms;
  }
  assert.equal(revive(join(folder, "uncut"), database, log).alarms, commits);
});

test("a log with flipped bits costs commits from there on", (t) => {
  const folder = tempFolder(t);
  const { database, log } = abandoned(join(folder, "whole"));
  for (let at = 5; at < log.length; at += Math.floor(log.length / 20)) {
    const wrong = Buffer.from(log);
    wrong[at] = (wrong[at] ?? 0) ^ 0x10;
    const { numbers } = revive(join(folder, `flip-${at}`), database, wrong);
    assert.deepEqual(numbers, [...Array(numbers.length).keys()]);
  }
});

for (const table of ["meta", "cursor"]) {
  test(`the page of ${table} unreadable and the rest not: what is committed after is read back, also where all before was taken`, (t) => {
    for (const taken of [0, 55, 100]) {
      const folder = tempFolder(t);
      const spool = openSpool(folder);
      commit(spool, numbered(0, 100));
      spool.cursors.done("sample", "sink", 0, taken);
      while (spool.settle()) {}
      spool.close();
      const path = join(folder, "spool.db");
      const database = new DatabaseSync(path);
      const page = Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table)?.rootpage);
      database.close();
      const file = readFileSync(path);
      file.fill(0xa5, (page - 1) * 4096, page * 4096);
      writeFileSync(path, file);
      const revived = openSpool(folder);
      commit(revived, numbered(1000, 5));
      assert.deepEqual(numbersOf(pending(revived, "sample")).slice(-5), [1000, 1001, 1002, 1003, 1004], `${taken} taken`);
      revived.close();
      const again = openSpool(folder);
      commit(again, numbered(2000, 5));
      assert.equal(numbersOf(pending(again, "sample")).filter((n) => n >= 1000).length, 10);
      again.close();
    }
  });
}

test("cursors beyond the head, in whatever way they came there, hide nothing that comes after", (t) => {
  const folder = tempFolder(t);
  const spool = openSpool(folder);
  commit(spool, numbered(0, 10));
  spool.close();
  const database = new DatabaseSync(join(folder, "spool.db"));
  database.prepare("UPDATE cursor SET ranges = ? WHERE lane = 'sample'").run("[[5,7],[9,40],[60,70],[900]]");
  database.close();
  const again = openSpool(folder);
  assert.deepEqual(numbersOf(pending(again, "sample")), [5, 6, 9]);
  commit(again, numbered(10, 10));
  assert.deepEqual(numbersOf(pending(again, "sample")), [5, 6, ...Array.from({ length: 11 }, (_, n) => 9 + n)]);
  assert.equal(again.read("sample", 500, Number.POSITIVE_INFINITY, 10).end, 500, "reading never goes back");
  again.close();
});

/** A closed spool of many pages. */
function settled(folder: string): Buffer {
  mkdirSync(folder);
  const spool = openSpool(folder);
  for (let n = 0; n < 40; n++) {
    const noisy = numbered(n * 1000, 1000).map((entry) =>
      entry.type === "sample" ? { ...entry, sample: { ...entry.sample, raw: Math.sin(1e6 * entry.sample.at_s) } } : entry,
    );
    commit(spool, [...noisy, alarmEntry()]);
  }
  spool.close();
  return readFileSync(join(folder, "spool.db"));
}

test("any page overwritten: the spool opens, says so, and never gives back a wrong sample", (t) => {
  const folder = tempFolder(t);
  const whole = settled(join(folder, "whole"));
  const pages = whole.length / 4096;
  let kept = 0;
  let broken = 0;
  for (let page = 0; page < pages; page += Math.max(1, Math.floor(pages / 40))) {
    const wrong = Buffer.from(whole);
    for (let at = page * 4096; at < (page + 1) * 4096; at++) wrong[at] = (at * 31) % 251;
    const place = join(folder, `page-${page}`);
    const { numbers, notices } = revive(place, wrong, undefined);
    const allowed = new Set(numbers);
    assert.equal(allowed.size, numbers.length, "nothing twice");
    for (const n of numbers) assert.ok(Number.isInteger(n) && n >= 0 && n < 40_000);
    kept += numbers.length / 40_000;
    if (numbers.length === 40_000) continue;
    broken++;
    assert.ok(notices > 0 || existsSync(join(place, "spool.db.set-aside-1")), `page ${page}: ${numbers.length} left and nothing said`);
  }
  assert.ok(broken > 10);
  t.diagnostic(
    `${((100 * kept) / Math.ceil(pages / Math.max(1, Math.floor(pages / 40)))).toFixed(1)} % of the samples kept, on average over ${broken} breaking pages`,
  );
});

test("a file that is no database is moved aside and a new one begun, again and again, and only the newest is kept", (t) => {
  const folder = tempFolder(t);
  for (let n = 1; n <= 3; n++) {
    writeFileSync(join(folder, "spool.db"), `not a database, for the time ${n} ${"x".repeat(5000)}`);
    const spool = openSpool(folder);
    assert.ok(spool.boot > 1_700_000_000, "without the old count, boot stays above every earlier one");
    commit(spool, numbered(0, 1));
    assert.equal(pending(spool, "record").length, 1, "an event tells it");
    spool.close();
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes("set-aside")),
      [`spool.db.set-aside-${n}`],
    );
  }
});

test("a page that goes bad under a running spool costs what stood on it; later entries are taken", (t) => {
  const folder = tempFolder(t);
  const whole = settled(join(folder, "whole"));
  const place = join(folder, "running");
  mkdirSync(place);
  copyFileSync(join(folder, "whole", "spool.db"), join(place, "spool.db"));
  const spool = openSpool(place);
  const wrong = Buffer.alloc(4096, 0xa5);
  const file = readFileSync(join(place, "spool.db"));
  for (let page = 20; page < whole.length / 4096; page += 9) wrong.copy(file, page * 4096);
  writeFileSync(join(place, "spool.db"), file);
  for (let n = 0; n < 5; n++) commit(spool, numbered(50_000 + n, 1));
  const numbers = numbersOf(pending(spool, "sample"));
  for (let n = 0; n < 5; n++) commit(spool, numbered(50_005 + n, 1));
  assert.deepEqual(
    numbersOf(pending(spool, "sample")).slice(-10),
    Array.from({ length: 10 }, (_, n) => 50_000 + n),
  );
  assert.ok(numbers.length < 40_010, "something was lost, or this proves nothing");
  assert.ok(pending(spool, "record").some((entry) => entry.type === "event"));
  spool.close();
});
