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
    reasons: [
      "no detector finds anything",
      "no full block of good temperatures yet",
      "amounts of gas in C1 cannot be known: its free volume is not in the station file",
      "voc is warming up: 1 of 120 good samples",
    ],
  });
});

const last = (told: readonly Estimate[]) => told.at(-1) ?? assert.fail("no estimate");
const chambered = station({ cells: [{ id: "C1" }], channels: [replayChannel("T"), replayChannel("air", { at: { station: true }, place: "chamber" })] });
/** 100 degC in an oven of 100 degC; from 600 s on by itself, a factor e faster every 8 K, from this rate. */
const lostAt = (lost_s: number, K_per_min: number, silence: "bad" | "silent"): Evidence[] =>
  every(1, 0, lost_s + 7200).map((at_s) => {
    const T =
      at_s < lost_s
        ? [sample("T", at_s, 100 - 8 * Math.log(1 - (K_per_min * Math.max(0, at_s - 600)) / 480))]
        : silence === "bad"
          ? [sample("T", at_s, undefined, { quality: "bad" })]
          : [];
    return { at_s, samples: [...T, sample("air", at_s, 100)] };
  });

test("a lost thermometer makes its detector unavailable: no number, no calm, and a finding that nothing has ended stands", () => {
  for (const silence of ["bad", "silent"] as const) {
    const calm = estimates(chambered, lostAt(1800, 0, silence));
    assert.ok(calm.some(({ at_s, self_heating_K_per_min }) => at_s > 1700 && at_s < 1800 && self_heating_K_per_min !== undefined));
    assert.deepEqual(last(calm), {
      at_s: 9000,
      cell: "C1",
      stage: "normal",
      judged: false,
      reasons: ["no detector can judge: normal is no finding", "unavailable: T has given nothing good since 1799.0 s"],
    });
    assert.ok(calm.every(({ at_s, self_heating_K_per_min }) => at_s < 1820 || self_heating_K_per_min === undefined));
    const heated = estimates(chambered, lostAt(1800, 0.3, silence));
    assert.deepEqual(last(heated), {
      at_s: 9000,
      cell: "C1",
      stage: "self-heating",
      judged: false,
      reasons: [
        "self-heating by T was found before it was lost, and nothing has ended it",
        "runaway-imminent by T was found before it was lost, and nothing has ended it",
        "unavailable: T has given nothing good since 1799.0 s",
      ],
    });
  }
});

test("a thermometer that comes back says nothing of its heating before it has been watched for a full block", () => {
  const back = every(1, 0, 7300).map((at_s) => ({ at_s, samples: at_s < 1800 || at_s >= 7200 ? [sample("T", at_s, 25), sample("air", at_s, 25)] : [] }));
  const told = estimates(chambered, back);
  const [after] = told.filter(({ at_s }) => at_s >= 7200);
  assert.ok(after && after.at_s < 7210 && after.self_heating_K_per_min === undefined, `${after?.at_s}`);
  assert.deepEqual(after.reasons.slice(1), ["no full block of good temperatures yet"]);
  assert.ok(last(told).self_heating_K_per_min !== undefined);
});

test("what never spoke is unavailable too; a gas channel that is lost is said beside the thermometer that is not", () => {
  const never = estimates(
    alone,
    every(1, 0, 30).map((at_s) => ({ at_s, samples: [] })),
  );
  assert.equal(never[0]?.reasons[0], "no detector finds anything");
  assert.deepEqual(last(never).reasons, [
    "no detector can judge: normal is no finding",
    "amounts of gas in C1 cannot be known: its free volume is not in the station file",
    "unavailable: T has given nothing good yet",
    "unavailable: voc has given nothing good yet",
  ]);
  const gasLost = estimates(
    alone,
    every(1, 0, 400).map((at_s) => ({ at_s, samples: at_s < 200 ? puff(at_s) : puff(at_s).slice(0, 1) })),
  );
  assert.equal(last(gasLost).stage, "normal");
  assert.equal(last(gasLost).reasons[0], "the detectors that can judge find nothing");
  assert.equal(last(gasLost).reasons.at(-1), "unavailable: voc has given nothing good since 199.0 s");
  const pack = estimates(
    shared,
    every(1, 0, 400).map((at_s) => ({ at_s, samples: at_s < 200 ? puff(at_s) : puff(at_s).slice(0, 1) })),
  );
  const ofPack = pack.filter((one) => one.pack === "P");
  assert.deepEqual(last(ofPack).reasons, [
    "the detectors that can judge find nothing",
    "amounts of gas in P cannot be known: its free volume is not in the station file",
    "unavailable: voc has given nothing good since 199.0 s",
  ]);
});

test("a slow sensor is not a lost one, and an uncertain temperature still serves runaway", () => {
  const slow = station({ cells: [{ id: "C1" }], channels: [replayChannel("T", { every: "60 s" })] });
  assert.equal(
    estimates(
      slow,
      every(10, 0, 3600).map((at_s) => ({ at_s, samples: at_s % 60 === 0 ? [sample("T", at_s, 25)] : [] })),
    ).some(({ reasons }) => reasons.join().includes("unavailable")),
    false,
  );
  const doubted = estimates(
    chambered,
    every(1, 0, 60).map((at_s) => ({ at_s, samples: [sample("T", at_s, 25, { quality: "uncertain" })] })),
  );
  assert.deepEqual(last(doubted).reasons, ["the detectors that can judge find nothing", "unavailable: T has given nothing good yet"]);
});
