import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alarm, Estimate } from "../../edge-agent/core/judgement.ts";
import { hear, type StagesState, subjectsOf } from "../../models/cell-stage.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import type { Evidence } from "../../models/opinion.ts";
import { besideWords, packWords } from "../../models/pack.ts";
import { replayChannel, station } from "../support/station.ts";
import { sample } from "./evidence.ts";
import { oven, toyRun } from "./heated-cell.ts";

const pair = (packs: readonly [string, string]) =>
  station({
    cells: [
      { id: "C1", pack: packs[0] },
      { id: "C2", pack: packs[1] },
    ],
    channels: [replayChannel("T"), replayChannel("T2", { at: { cell: "C2" } }), replayChannel("chamber", { at: { station: true }, place: "chamber" })],
    intent: { kind: "abuse", phases: [{ id: "ramp" }] },
  });

const heated = { hours: 4, exchange_per_s: 0.002, noise_K: 0.05, chamber_degC: oven(150), self_K_per_min: 1.2 };

/** The toy's cell as C1, and what `other` makes of a moment as C2. */
function told(
  of: ReturnType<typeof station>,
  other: (moment: Evidence, T: number) => number,
): { estimates: Estimate[]; found: Pick<Alarm, "alarm" | "why" | "at_s">[] } {
  const model = earlyWarning(of);
  let state = model.start();
  const estimates: Estimate[] = [];
  const found: Pick<Alarm, "alarm" | "why" | "at_s">[] = [];
  for (const moment of toyRun(heated).evidence) {
    const T = moment.samples.find(({ channel }) => channel === "T")?.value ?? 0;
    const [next, opinion] = model.step(state, { ...moment, samples: [...moment.samples, sample("T2", moment.at_s, other(moment, T))] });
    state = next;
    estimates.push(...opinion.estimates);
    for (const { alarm, scope, present, why } of opinion.findings) if (present && scope.cell === "C2") found.push({ alarm, why, at_s: moment.at_s });
  }
  return { estimates, found };
}

/** C2 follows its oven, and C1 a little. */
function follower() {
  let degC = 25;
  return (_: Evidence, T: number) => {
    degC += 0.001 * (T - degC);
    return degC;
  };
}

const lastOf = (estimates: readonly Estimate[], name: string): Estimate => {
  const found = estimates.findLast(({ cell, pack }) => (cell ?? pack) === name);
  assert.ok(found);
  return found;
};

test("a pack is as grave as its gravest cell, and says which of them began", () => {
  const { estimates } = told(pair(["P", "P"]), follower());
  const pack = lastOf(estimates, "P");
  assert.equal(pack.stage, "runaway");
  assert.equal(pack.reasons[0], "C1: runaway");
  assert.match(pack.reasons.join("\n"), /^C1 ran away first, at \d+ s$/m);
  assert.equal(pack.self_heating_K_per_min, undefined);
});

test("beside a cell that ran away, a cell that warms is told with the other's heat in mind", () => {
  const { estimates, found } = told(pair(["P", "P"]), follower());
  const beside = /^C1 of the same pack ran away .* ago: what reaches C2 from it cannot be told from its own heat$/m;
  assert.match(lastOf(estimates, "C2").reasons.join("\n"), beside);
  const gone_s = estimates.find(({ cell, stage }) => cell === "C1" && stage === "runaway")?.at_s ?? Number.POSITIVE_INFINITY;
  const heating = found.filter(({ alarm, at_s }) => alarm === "self-heating" && at_s > gone_s);
  assert.ok(heating.length > 0);
  for (const { why } of heating) assert.match(why.join("\n"), beside);
  assert.doesNotMatch(lastOf(estimates, "C1").reasons.join("\n"), /of the same pack/);
});

test("cells that are all found to heat themselves at once are told to share a cause, or to be heated alike", () => {
  const { estimates } = told(pair(["P", "P"]), (_, T) => T);
  const together = estimates.filter(
    ({ pack, reasons }) => pack === "P" && reasons.some((reason) => /^all 2 cells were found to heat themselves within/.test(reason)),
  );
  assert.ok(together.length > 0);
  assert.ok(together.every(({ stage }) => stage === "self-heating"));
});

test("cells of different packs say nothing of each other", () => {
  const { estimates } = told(pair(["P", "Q"]), follower());
  assert.ok(estimates.every(({ reasons }) => !reasons.some((reason) => /of the same pack|ran away first|all 2 cells/.test(reason))));
});

test("the first stays the first when its runaway is over", () => {
  const subjects = subjectsOf(pair(["P", "P"]));
  const scopes = new Map(["cell C1", "cell C2", "pack P"].map((scope) => [scope, subjects.filter((subject) => subject.scopes.includes(scope))] as const));
  const state: StagesState = { subjects: {}, first_s: 0, last_s: null };
  const say = (cell: string, present: boolean, at_s: number) =>
    hear(state, scopes, [{ alarm: "runaway", scope: { kind: "cell", id: cell, cell, pack: "P" }, by: "runaway", severity: "trip", present, why: [] }], at_s);
  say("C1", true, 1000);
  say("C2", true, 2400);
  say("C1", false, 2500);
  assert.deepEqual(packWords(state, ["C1", "C2"]), ["C1 ran away first, at 1000 s, C2 23 min later"]);
  assert.deepEqual(besideWords(state, ["C1", "C2"], "C1", 2600), []);
});
