import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClockFault, stamped } from "../../../models/twin/clock-faults.ts";
import { seeded } from "../../../models/twin/random.ts";

const rows = Array.from({ length: 100 }, (_, time_s) => ({ time_s, true_s: time_s }));
const times = (...faults: ClockFault[]): number[] => [...stamped(rows, faults, seeded(1))].map(({ time_s }) => time_s);

test("without a fault rows pass as they are", () => {
  assert.deepEqual([...stamped(rows, [], seeded(1))], rows);
});

test("a jump moves the stamps of its time, and no others", () => {
  assert.deepEqual(
    times({ kind: "jump", from_s: 40, until_s: 60, by_s: -30 }),
    rows.map(({ time_s }) => (time_s >= 40 && time_s < 60 ? time_s - 30 : time_s)),
  );
});

test("out of order: every row is there, some after the one that followed", () => {
  const told = times({ kind: "out-of-order", from_s: 20, until_s: 80, share: 0.3 });
  assert.notDeepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    told.toSorted((a, b) => a - b),
    rows.map(({ time_s }) => time_s),
  );
  assert.deepEqual(
    told.slice(0, 20),
    rows.slice(0, 20).map(({ time_s }) => time_s),
  );
});

test("repeated: some rows come twice, none is lost", () => {
  const told = times({ kind: "repeated", from_s: 20, until_s: 80, share: 0.3 });
  assert.ok(told.length > 100);
  assert.deepEqual(
    [...new Set(told)],
    rows.map(({ time_s }) => time_s),
  );
});
