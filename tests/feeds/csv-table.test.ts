/** Rows as cyclers write them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { problemOf, readHeader, readRow } from "../../edge-agent/feeds/csv-table.ts";

const V = { channel: 0, column: "Voltage(V)", factor: 1, offset: 0 };
const I = { channel: 1, column: "I", factor: 1e-3, offset: 0 };
const values = (header: string, row: string) => {
  const table = readHeader(header);
  assert.ok(table);
  assert.equal(problemOf(table, ["Voltage(V)", "I"]), undefined);
  return readRow(table, row, [V, I], 5).map(({ raw, reason, detail, bound }) => detail ?? reason ?? (bound === undefined ? raw : [raw, bound]));
};

for (const [name, header, row, expected] of [
  ["commas", "Time,Voltage(V),I", "00:01,3.651,-1250", [3.651, -1.25]],
  ["semicolons and decimal commas", "Zeit;Voltage(V);I", "00:01;3,651;-1250,5", [3.651, -1.2505]],
  ["semicolons and decimal points", "Zeit;Voltage(V);I", "00:01;3.651;1e3", [3.651, 1]],
  ["tabs", "Time\tVoltage(V)\tI", "a,b\t3.651\t0", [3.651, 0]],
  ["quotes around a separator", 'Time,"Voltage(V)",I', '"1,5 s","3.651",0', [3.651, 0]],
  ["blanks around names and values", " Time , Voltage(V) , I ", " x , 3.651 , 0 ", [3.651, 0]],
  ["a separator behind every row", "Time,Voltage(V),I", "x,3.651,0,", [3.651, 0]],
  ["a mark of byte order", "\ufeffVoltage(V),I,Time", "3.651,0,x", [3.651, 0]],
  ["a blank cell", "Time,Voltage(V),I", "x,,7", [0.007]],
  ["a censored value", "Time,Voltage(V),I", "x,>=5,0", [[5, 1], 0]],
  ["a decimal comma among commas", "Time,Voltage(V),I", "x,3,651,0", ["a row of 4 cells under 3 columns", "a row of 4 cells under 3 columns"]],
  ["a decimal comma among tabs", "Time\tVoltage(V)\tI", "x\t3,651\t0", ['Voltage(V): found "3,651", which is no number', 0]],
  ["thousands", "Zeit;Voltage(V);I", "x;1.234,5;0", ['Voltage(V): found "1.234,5", which is no number', 0]],
  ["half a row", "Time,Voltage(V),I", "x,3.6", ["a row of 2 cells under 3 columns", "a row of 2 cells under 3 columns"]],
  ["no number", "Time,Voltage(V),I", "x,OVER,0", ['Voltage(V): found "OVER", which is no number', 0]],
  ["zeros of a file made in advance", "Time,Voltage(V),I", "x,\0\0,0", [String.raw`Voltage(V): found "\u0000\u0000", which is no number`, 0]],
  ["a broken quote", "Time,Voltage(V),I", 'x,"3.6,0', ["a quote in the row is broken", "a quote in the row is broken"]],
] as const)
  test(name, () => assert.deepEqual(values(header, row), expected));

test("a column that is not there, or twice, is named", () => {
  const table = readHeader("Time;Voltage;Voltage");
  assert.ok(table);
  assert.match(problemOf(table, ["Volt"]) ?? "", /^no column "Volt"; the first line names "Time", "Voltage", "Voltage"$/);
  assert.match(problemOf(table, ["Voltage"]) ?? "", /^column "Voltage" stands twice$/);
});

test("any header and any row: finite numbers or malformed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (header, row) => {
      const table = readHeader(`Voltage(V)${header}`.replaceAll("\n", " "));
      if (table === undefined) return;
      const wanted = [{ ...V, column: table.columns[0] ?? "" }];
      for (const { raw, reason } of readRow(table, row.replaceAll("\n", " "), wanted, 1))
        assert.ok(raw === undefined ? reason === "malformed" : Number.isFinite(raw));
    }),
  );
});
