import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { csvText } from "../../edge-agent/recording/csv.ts";
import { readRows } from "../../edge-agent/recording/rows.ts";
import { tempFolder } from "../support/temp.ts";

test("what is written is read again: blanks, both bounds, fractions, names with commas and quotes", async (t) => {
  const columns = ["a", 'Cell "5", outside', "c"];
  const rows = [
    { time_s: 0, values: [{ value: 0.1 + 0.2, bound: 0 as const }, undefined, { value: 1000, bound: 1 as const }] },
    {
      time_s: 0.5,
      values: [
        { value: -1e-7, bound: 0 as const },
        { value: 4, bound: 0 as const },
        { value: 5, bound: -1 as const },
      ],
    },
  ];
  const text = [...csvText(columns, rows)].join("");
  assert.match(text, /^time_s,a,"Cell ""5"", outside",c\n0,0\.3,,>=1000\n/);
  const path = join(tempFolder(t), "run.csv");
  writeFileSync(path, text);
  const read: unknown[] = [];
  for await (const row of readRows(path, columns)) read.push(row);
  assert.deepEqual(read, [
    { at_s: 0, fields: [{ value: 0.3, bound: 0 }, undefined, { value: 1000, bound: 1 }] },
    {
      at_s: 0.5,
      fields: [
        { value: -1e-7, bound: 0 },
        { value: 4, bound: 0 },
        { value: 5, bound: -1 },
      ],
    },
  ]);
});
