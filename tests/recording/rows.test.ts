import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Row, readRows } from "../../edge-agent/recording/rows.ts";
import { tempFolder } from "../support/temp.ts";

async function rowsOf(t: TestContext, content: string | Uint8Array, columns: string[], name = "run.csv"): Promise<Row[]> {
  const path = join(tempFolder(t), name);
  writeFileSync(path, content);
  return Array.fromAsync(readRows(path, columns));
}

test("blanks, censored values, quotes, a byte order mark, short rows and rows without a time", async (t) => {
  const rows = await rowsOf(t, '\uFEFFtime_s,"CO2, dry",note,t\r\n0,400,x,21.5\r\n1,>=1000,x,\r\n,1,x,1\r\n2,<=5\r\n3,abc,,0x10\r\n', ["t", "CO2, dry"]);
  assert.deepEqual(rows, [
    {
      at_s: 0,
      fields: [
        { value: 21.5, bound: 0 },
        { value: 400, bound: 0 },
      ],
    },
    { at_s: 1, fields: [undefined, { value: 1000, bound: 1 }] },
    {
      at_s: undefined,
      fields: [
        { value: 1, bound: 0 },
        { value: 1, bound: 0 },
      ],
    },
    { at_s: 2, fields: [undefined, { value: 5, bound: -1 }] },
    { at_s: 3, fields: ["malformed", "malformed"] },
  ]);
});

test("absolute times count from the first row, seconds are the recording's own, gzip is read as it is", async (t) => {
  const times = async (content: string | Uint8Array, name?: string) => (await rowsOf(t, content, [], name)).map((row) => row.at_s);
  assert.deepEqual(await times("time_s\n1500\n1501.5\n"), [1500, 1501.5]);
  assert.deepEqual(await times("unix_time_s\n1700000000\n1700000001.5\n"), [0, 1.5]);
  assert.deepEqual(await times("time\n2026-01-01T00:00:00Z\nnever\n2026-01-01T00:01:00Z\n"), [0, undefined, 60]);
  assert.deepEqual(await times(gzipSync("time_s\n7\n"), "run.csv.gz"), [7]);
});

test("each broken recording gives one line that says what to do", async (t) => {
  const broken: [content: string | Uint8Array, message: RegExp, name?: string][] = [
    ["", /run\.csv: empty; the first line must name the columns/],
    ["seconds,a\n0,1\n", /no time column; name one of time_s, unix_time_s, time \(found "seconds", "a"\)/],
    ["time_s,unix_time_s,a\n", /2 time columns \(time_s, unix_time_s\); keep one/],
    ["time_s,b\n0,1\n", /no column "a", which the station file names; the recording has "time_s", "b"/],
    ["time_s,a,a\n0,1,2\n", /column "a" stands twice/],
    ['time_s,a\n0,"1\n', /run\.csv: .*[Qq]uote/],
    ["time_s,a\n0,1\n", /damaged or not gzip/, "run.csv.gz"],
    [gzipSync("time_s,a\n0,1\n".repeat(10_000)).subarray(0, 60), /damaged or not gzip/, "run.csv.gz"],
    [`time_s,a\n0,"${"x".repeat(2_000_000)}"\n`, /run\.csv: .*record/i],
  ];
  for (const [content, message, name] of broken) {
    await assert.rejects(
      rowsOf(t, content, ["a"], name),
      (error: Error) => error.name === "Fault" && message.test(error.message) && !error.message.includes("\n"),
      String(message),
    );
  }
  await assert.rejects(Array.fromAsync(readRows("/nowhere/run.csv", [])), /\/nowhere\/run\.csv: no such file/);
});
