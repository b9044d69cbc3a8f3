import assert from "node:assert/strict";
import { test } from "node:test";
import type { Estimate } from "../../edge-agent/core/judgement.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import type { Evidence } from "../../models/opinion.ts";
import { replayChannel, station } from "../support/station.ts";
import { every, sample } from "./evidence.ts";

const gas = (id: string, at: { cell: string } | { pack: string }) =>
  replayChannel(id, { quantity: "voc", at, source: { driver: "replay", column: id, unit: "ppm" } });
const alone = station({ cells: [{ id: "C1" }], channels: [replayChannel("T"), gas("voc", { pack: "C1" })] });
const shared = station({
  cells: [
    { id: "C1", pack: "P" },
    { id: "C2", pack: "P" },
  ],
  channels: [replayChannel("T"), gas("voc", { pack: "P" })],
});

function estimates(of: ReturnType<typeof station>, evidence: readonly Evidence[]): Estimate[] {
  const model = earlyWarning(of);
  let state = model.start();
  return evidence.flatMap((moment) => {
    const [next, opinion] = model.step(state, moment);
    state = next;
    return opinion.estimates;
  });
}

const puff = (at_s: number) => [sample("T", at_s, 25 + 0.1 * (at_s % 3)), sample("voc", at_s, 2 + 0.05 * Math.sin(at_s * at_s) + (at_s >= 300 ? 50 : 0))];
const moments = (times_s: readonly number[]): Evidence[] => times_s.map((at_s) => ({ at_s, samples: puff(at_s) }));

test("an estimate at once, on every change of stage, and never more than 10 s apart, at any spacing", () => {
  for (const step_s of [0.1, 0.7, 1, 3, 4, 9.9, 10]) {
    const told = estimates(alone, moments(every(step_s, 0, 60))).map(({ at_s }) => at_s);
    assert.equal(told[0], 0);
    for (const [i, at_s] of told.slice(1).entries()) assert.ok(at_s - (told[i] ?? 0) <= 10 + 1e-9 && at_s - (told[i] ?? 0) > 4.9, `step ${step_s}: ${told}`);
  }
});

test("time that passes without samples still brings estimates", () => {
  const told = estimates(
    alone,
    every(1, 0, 30).map((at_s) => ({ at_s, samples: [] })),
  );
  assert.deepEqual(
    told.map(({ at_s }) => at_s),
    [0, 10, 20, 30],
  );
});

test("gas in a pack of one cell is the cell's; in a shared gas space it is the pack's", () => {
  const own = estimates(alone, moments(every(1, 0, 320)));
  const change = own.find(({ stage }) => stage === "gassing");
  assert.ok(change && change.at_s > 300 && change.at_s < 305 && change.cell === "C1", `${change?.at_s}`);
  assert.match(change.reasons[0] ?? "", /^voc 5\d(\.\d+)? ppm is/);
  const told = estimates(shared, moments(every(1, 0, 320)));
  assert.deepEqual([...new Set(told.filter(({ stage }) => stage === "gassing").map(({ cell, pack }) => cell ?? pack))], ["P"]);
});

test("the gravest finding decides, and its sentences are the reasons", () => {
  const hot = every(1, 0, 400).map((at_s) => ({ at_s, samples: [sample("T", at_s, 25 + 3 * Math.max(0, at_s - 350)), ...puff(at_s).slice(1)] }));
  const stages = estimates(alone, hot).map(({ stage }) => stage);
  assert.deepEqual([...new Set(stages)], ["normal", "gassing", "runaway"]);
  assert.match(estimates(alone, hot).at(-1)?.reasons[0] ?? "", /^\(c\) T rose by/);
});

test("no invented numbers: no probability, no time to runaway, and warm-up is said", () => {
  const [first] = estimates(alone, moments([0]));
  assert.deepEqual(first, {
    at_s: 0,
    cell: "C1",
    stage: "normal",
    reasons: ["no detector finds anything", "no full block of good temperatures yet", "voc is warming up: 1 of 120 good samples"],
  });
});
