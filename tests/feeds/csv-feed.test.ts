/** A real file that grows, turns and breaks under the reader, look by look. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, ftruncateSync, openSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { Follower } from "../../edge-agent/feeds/csv-feed.ts";
import { CsvTail, longestLine_Bytes } from "../../edge-agent/feeds/csv-tail.ts";
import { tempFolder } from "../support/temp.ts";

const header = "Time,Voltage(V),Current(A)\n";
/** So long that no machine is slow enough to make an old table of one that a test has just written. */
const rowEvery_s = 60;

function follow(t: TestContext, content?: string | Buffer) {
  const file = join(tempFolder(t), "ch7.csv");
  if (content !== undefined) writeFileSync(file, content);
  const tail = new CsvTail(file, rowEvery_s, systemClock);
  const follower = new Follower({ file, period_s: 1, channels: [{ channel: 3, column: "Voltage(V)", factor: 1, offset: 0 }] });
  let at_s = 0;
  /** Values, or the reasons why there are none, without the file's name. */
  const look = async (after_s = 1) => {
    at_s += after_s;
    const { readings, skipped } = follower.read(await tail.look(), at_s);
    const said = readings.map(({ raw, reason, detail }) => raw ?? `${reason}: ${detail?.replace(`${file}: `, "")}`);
    return skipped === 0 ? said : [...said, { skipped }];
  };
  return { file, look, append: (text: string | Buffer) => appendFileSync(file, text) };
}

test("rows that come are readings; those that stood there before are not", async (t) => {
  const { look, append } = follow(t, `${header}1,3.60,0\n2,3.61,0\n`);
  assert.deepEqual(await look(), []);
  assert.deepEqual(await look(), []);
  append("3,3.62,0\n");
  assert.deepEqual(await look(), [3.62]);
  append("4,3.62,0\r\n");
  assert.deepEqual(await look(), [3.62]);
  assert.deepEqual(await look(), []);
});

test("a half-written row waits for its line break, and so does a half-written header", async (t) => {
  const { look, append } = follow(t, header.slice(0, 9));
  assert.deepEqual(await look(), []);
  append(header.slice(9));
  append("1,3.");
  assert.deepEqual(await look(), []);
  append("6");
  assert.deepEqual(await look(), []);
  append("5,0\n2,3");
  assert.deepEqual(await look(), [3.65]);
  append(".7,0\n");
  assert.deepEqual(await look(), [3.7]);
});

test("of a burst the newest row counts, and the others are counted", async (t) => {
  const { look, append } = follow(t, header);
  await look();
  append("1,3.1,0\n2,3.2,0\n\n3,3.3,0\n");
  assert.deepEqual(await look(), [3.3, { skipped: 2 }]);
  append(Array.from({ length: 200_000 }, (_, n) => `${n},3.4,0\n`).join("")); // more than is read at once
  append("x,3.5,0\n");
  const [value, counted] = await look();
  assert.equal(value, 3.5);
  assert.ok(typeof counted === "object" && counted.skipped > 50_000);
});

test("a file that is not there yet is said once a period, and all its rows are new where it was written just now", async (t) => {
  const { file, look } = follow(t);
  const missing = "no-reply: there is no such file yet: has the cycler begun its export, and is the share mounted?";
  assert.deepEqual([await look(), await look(0.4), await look(0.4), await look(0.4)], [[missing], [], [], [missing]]);
  writeFileSync(file, `${header}1,3.6,0\n`);
  assert.deepEqual(await look(), [3.6]);
  rmSync(file);
  assert.deepEqual(await look(), [missing]);
});

test("a table that comes into sight with a share is old unless it was changed within three periods", async (t) => {
  const changed_s: readonly [string, ago_s: number, said: readonly number[]][] = [
    ["just within them", 2.8 * rowEvery_s, [3.6]],
    ["by a clock that is a little ahead", -2.8 * rowEvery_s, [3.6]],
    ["beyond them", 3.2 * rowEvery_s, []],
    ["by a clock that is far ahead", -3.2 * rowEvery_s, []],
    ["in 2001", Date.now() / 1000 - 1_000_000_000, []],
  ];
  for (const [name, ago_s, expected] of changed_s) {
    const { file, look, append } = follow(t);
    const comes = (rows: string, from: string) => {
      writeFileSync(from, header + rows);
      utimesSync(from, Date.now() / 1000 - ago_s, Date.now() / 1000 - ago_s);
      renameSync(from, file);
    };
    await look();
    comes("1,3.6,0\n", `${file}.share`);
    assert.deepEqual([await look(), await look()], [expected, []], name);
    append("2,3.7,0\n");
    assert.deepEqual(await look(), [3.7], `${name}, and a row came`);
    rmSync(file);
    assert.equal((await look()).length, 1);
    comes("1,3.6,0\n2,3.7,0\n3,3.6,0\n", `${file}.share`);
    const [newest] = await look(); // beside it the rows before are skipped, where the file system gives the file another inode than it had
    assert.deepEqual([newest, await look()], [expected[0], []], `${name}, and the share was away`);
  }
});

test("rotated by rename: the new file is read from its first row, with the columns that it names", async (t) => {
  const { file, look, append } = follow(t, header);
  await look();
  append("1,3.6,0\n");
  assert.deepEqual(await look(), [3.6]);
  renameSync(file, `${file}.1`);
  writeFileSync(file, "Step;Voltage(V)\n1;3,71\n");
  assert.deepEqual(await look(), [3.71]);
});

test("written anew as a whole at each export: only a new last row is a reading", async (t) => {
  const { file, look } = follow(t, `${header}1,3.6,0\n`);
  await look();
  const rewrite = (rows: string) => {
    writeFileSync(`${file}.new`, header + rows);
    renameSync(`${file}.new`, file);
  };
  rewrite("1,3.6,0\n");
  assert.deepEqual(await look(), []);
  rewrite("1,3.6,0\n2,3.7,0\n");
  const [value] = await look();
  assert.equal(value, 3.7);
});

test("truncated in place: begun anew, also where it has grown past the old end meanwhile", async (t) => {
  const { file, look, append } = follow(t, header);
  await look();
  append("1,3.6,0\n");
  assert.deepEqual(await look(), [3.6]);
  truncateSync(file, 0);
  assert.deepEqual(await look(), []);
  append(`${header}1,3.8,0\n`);
  assert.deepEqual(await look(), [3.8]);
  const handle = openSync(file, "r+");
  ftruncateSync(handle, 0);
  append(`${header}1,3.9,0.00000000000000000000\n`);
  assert.deepEqual(await look(), [3.9]);
});

test("columns that are named again, in another order, hold from there on", async (t) => {
  const { look, append } = follow(t, header);
  await look();
  append("1,3.6,0\nVoltage(V),Time,Current(A)\n3.7,2,0\n");
  assert.deepEqual(await look(), [3.7, { skipped: 1 }]);
  append("Time,Voltage(V),Current(A)\n");
  assert.deepEqual(await look(), []);
  append("3,3.8,0\n");
  assert.deepEqual(await look(), [3.8]);
});

test("a column that is not there is said at once, and once a period while rows come", async (t) => {
  const { look, append } = follow(t, "Time,Volt\n");
  const said = 'malformed: no column "Voltage(V)"; the first line names "Time", "Volt"';
  assert.deepEqual(await look(), [said]);
  append("1,3.6\n");
  assert.deepEqual([await look(0.5), await look()], [[], []]);
  append("2,3.6\n");
  assert.deepEqual((await look()).slice(0, 1), [said]);
});

test("garbage and a huge line are malformed, and the next row is read", async (t) => {
  const { look, append } = follow(t, header);
  await look();
  append(Buffer.from([0, 255, 254, 10]));
  assert.deepEqual(await look(), ["malformed: a row of 1 cells under 3 columns"]);
  append(Buffer.alloc(longestLine_Bytes + 1, "x"));
  assert.deepEqual(await look(), [`malformed: a line is longer than ${longestLine_Bytes} Bytes`]);
  append(Buffer.alloc(3_000_000, "x"));
  assert.deepEqual(await look(), []);
  append("x,9,9\n7,3.7,0\n");
  assert.deepEqual(await look(), [3.7]);
});

test("zeros that a program wrote in advance are no rows", async (t) => {
  for (const room_Bytes of [100, longestLine_Bytes + 1, 3_000_000]) {
    const room = Buffer.alloc(room_Bytes);
    const { file, look } = follow(t, header);
    await look();
    for (const [rows, value] of [
      ["8,3.8,0\n", 3.8],
      ["8,3.8,0\n9,3.9,0\n", 3.9],
    ] as const) {
      writeFileSync(file, Buffer.concat([Buffer.from(header + rows), room]));
      assert.deepEqual((await look()).slice(0, 1), [value]);
    }
    assert.deepEqual(await look(), []);
  }
});

test("UTF-16, a folder and a pipe are told from a table; Latin-1 is read", async (t) => {
  const utf16 = follow(t, Buffer.from("\ufeffTime,Voltage(V)\n1,3.6\n", "utf16le"));
  assert.deepEqual(await utf16.look(), ["malformed: it is UTF-16: let it be exported as UTF-8"]);
  const latin = follow(t, Buffer.from("T(\u00b0C),Voltage(V)\n", "latin1"));
  await latin.look();
  latin.append(Buffer.from("25\u00b0,3.6\n", "latin1"));
  assert.deepEqual(await latin.look(), [3.6]);
  const pipe = follow(t);
  execFileSync("mkfifo", [pipe.file]);
  assert.deepEqual(await pipe.look(), ["no-reply: this is no file"]);
});
