import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Reason, reasons } from "../../edge-agent/core/reasons.ts";
import type { Bound } from "../../edge-agent/core/sample.ts";
import { type Ballot, elect } from "../../edge-agent/pipeline/vote.ts";

const ballot = (channel: string, value?: number, more: Partial<Ballot> = {}): Ballot => ({
  channel,
  bound: 0,
  quality: value === undefined ? "bad" : "good",
  reason: value === undefined ? "open-circuit" : "none",
  ...(value !== undefined && { value }),
  ...more,
});
const ballots = (...values: (number | undefined)[]) => values.map((value, index) => ballot("abcdefg"[index] ?? "", value));
const doubt = (reason: Reason): Partial<Ballot> => ({ quality: "uncertain", reason });
const stuck = doubt("stuck");
const atLeast = { ...doubt("saturated"), bound: 1 } as const;
const atMost = { ...doubt("saturated"), bound: -1 } as const;

type Row = [name: string, ballots: Ballot[], value: number | undefined, reason: Reason, outliers: string[]];

function holds(rows: readonly Row[], tolerance: number): void {
  for (const [name, given, value, reason, outliers] of rows) {
    const elected = elect(given, "temperature", tolerance);
    assert.deepEqual([elected.value, elected.reason, elected.outliers], [value, reason, outliers], name);
    assert.equal(elected.quality, reasons[reason].quality, name);
  }
}

test("majorities, outliers, and what is taken where there is none", () => {
  const rows: Row[] = [
    ["all agree", ballots(20, 22, 24), 22, "none", []],
    ["of two that agree the worse", ballots(20, 24), 24, "none", []],
    ["an outlier above", ballots(20, 21, 600), 21, "none", ["c"]],
    ["an outlier below", ballots(-20, 101, 100), 101, "none", ["a"]],
    ["one between two", ballots(20, 24, 28), 28, "none", ["a"]],
    ["one is lost", ballots(20, undefined, 22), 22, "none", []],
    ["one is left", ballots(undefined, undefined, 22), 22, "none", []],
    ["none is left", ballots(undefined, undefined, undefined), undefined, "no-input", []],
    ["no number", [ballot("a", Number.NaN), ballot("b", 22)], 22, "none", []],
    ["two disagree", ballots(20, 200), 200, "disagreement", []],
    ["three disagree", ballots(20, 100, 110), 100, "disagreement", []],
    ["two against two", ballots(20, 21, 300, 301), 300, "disagreement", []],
    ["on the edge of the tolerance", ballots(20, 25), 25, "none", []],
  ];
  holds(rows, 5);
});

test("those in doubt vote, are named where they are left out, and never make the result milder", () => {
  const hot = [ballot("c", 400, doubt("rate")), ballot("d", 401, doubt("calibrated-range")), ballot("e", 399, atLeast)];
  const expired = doubt("calibration-expired");
  const rows: Row[] = [
    ["three in doubt above two", [...ballots(25, 25.1), ...hot], 401, "saturated", ["a", "b"]],
    ["three apart, in a fast heating", [...ballots(25, 25.1), ballot("c", 400, doubt("rate")), ballot("d", 500, doubt("rate"))], 400, "disagreement", []],
    ["one in doubt against two", [ballot("a", 20, stuck), ballot("b", 100), ballot("c", 101)], 101, "none", ["a"]],
    ["one in doubt beside one good", [ballot("a", 20, stuck), ballot("b", 100)], 100, "disagreement", []],
    ["a needed one is in doubt", [ballot("a", 20, stuck), ballot("b", 21)], 21, "stuck", []],
    ["two good ones need no third", [ballot("a", 20, stuck), ballot("b", 21), ballot("c", 22)], 21, "none", []],
    ["all in doubt", [ballot("a", 20, stuck), ballot("b", 21, stuck)], 21, "stuck", []],
    ["two expired outvote one", [ballot("a", 25, expired), ballot("b", 25, expired), ballot("c", 400)], 25, "calibration-expired", ["c"]],
    ["two stuck do not", [ballot("a", 25, stuck), ballot("b", 25, stuck), ballot("c", 400)], 400, "disagreement", []],
    ["nor does one with one good", [ballot("a", 25, stuck), ballot("b", 25), ballot("c", 400)], 400, "disagreement", []],
  ];
  holds(rows, 5);
});

test("at least agrees with all beyond it and contradicts what is short of it; at most the other way round", () => {
  const rows: Row[] = [
    ["above one", [ballot("a", 20), ballot("b", 1000, atLeast)], 1000, "disagreement", []],
    ["above two that agree", [ballot("a", 20), ballot("b", 30), ballot("c", 1000, atLeast)], 30, "none", ["c"]],
    ["below two that agree", [ballot("a", 1200), ballot("b", 1201), ballot("c", 1000, atLeast)], 1201, "none", []],
    ["below one", [ballot("a", 1200), ballot("b", 1000, atLeast)], 1200, "saturated", []],
    ["two below one", [ballot("a", 1200), ballot("b", 1000, atLeast), ballot("c", 999, atLeast)], 1200, "saturated", []],
    ["with the hot one against the cold", [ballot("a", 20), ballot("b", 500, atLeast), ballot("c", 900)], 900, "saturated", ["a"]],
    ["nothing against either", [ballot("a", 20), ballot("b", 20, atLeast), ballot("c", 300)], 300, "disagreement", []],
    ["at most above one", [ballot("a", 1), ballot("b", 50, atMost)], 1, "saturated", []],
    ["at most below one", [ballot("a", 300), ballot("b", 50, atMost)], 300, "disagreement", []],
    ["at most, twice", [ballot("a", 300), ballot("b", 50, atMost), ballot("c", 51, atMost)], 51, "saturated", ["a"]],
  ];
  holds(rows, 10);
});

test("where less is worse, the lower of two that disagree is taken", () => {
  assert.equal(elect(ballots(20.9, 12), "o2", 1).value, 12);
  assert.equal(elect(ballots(3.9, 2.1), "voltage", 0.1).value, 2.1);
  assert.equal(elect(ballots(20.9, 20.5), "o2", 1).value, 20.5, "and of two that agree");
  assert.equal(elect(ballots(3.9, 2.1, 2.2, 3.8), "voltage", 0.1).value, 2.2);
});

test("a saturated voter bounds the result from below; at most is said by all or not at all", () => {
  const bound = (...given: Ballot[]) => elect(given, "temperature", 5).bound;
  assert.equal(bound(ballot("a", 1370, atLeast), ballot("b", 1372)), 1);
  assert.equal(bound(ballot("a", 0, atMost), ballot("b", 1)), 0);
  assert.equal(bound(ballot("a", 0, atMost), ballot("b", 1, atMost)), -1);
  assert.equal(bound(ballot("a", 20), ballot("b", 1370, atLeast)), 1, "the worse of two that disagree");
  assert.equal(elect([ballot("a", 5, atMost), ballot("b", 20)], "o2", 1).bound, -1, "less of it is worse");
});

test("whatever one of three or more says, the result stays within the tolerance of the others", () => {
  const degC = fc.double({ min: -50, max: 1300, noNaN: true });
  fc.assert(
    fc.property(fc.array(degC, { minLength: 2, maxLength: 6 }), degC, fc.integer({ min: 0, max: 5 }), (healthy, wrong, seat) => {
      const values = healthy.toSpliced(Math.min(seat, healthy.length), 0, wrong);
      const { value = Number.NaN } = elect(ballots(...values), "temperature", 5);
      const spread = Math.max(...healthy) - Math.min(...healthy);
      // five or more may split into camps; three have a middle, and camps need a majority
      if (healthy.length > 2 && spread > 5) return;
      assert.ok(value >= Math.min(...healthy) - 5 && value <= Math.max(...healthy) + 5, `${value} of ${values}`);
    }),
  );
});

test("the order of the voters does not matter", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 }), (values) => {
      const given = ballots(...values);
      assert.deepEqual(elect(given, "temperature", 5).value, elect(given.toReversed(), "temperature", 5).value);
    }),
  );
});

test("what a voter sees is worse than the result only where more than half of all say less", () => {
  const level = fc.oneof(fc.integer({ min: 20, max: 40 }), fc.integer({ min: 300, max: 320 }));
  const reason = fc.constantFrom<Reason>("none", "none", "stuck", "rate", "calibrated-range", "partner-unsure", "disagreement");
  const any = fc.record({ value: level, reason, bound: fc.constantFrom<Bound>(0, 0, 0, 1, -1) });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 7 }), (given) => {
      const voters = given.map((one, index) => ({ channel: `${index}`, ...one, quality: reasons[one.reason].quality }));
      const { value = Number.NaN } = elect(voters, "temperature", 5);
      for (const seen of voters.filter(({ bound }) => bound !== -1)) {
        if (seen.value <= value + 5) continue;
        const less = voters.filter((other) => other.bound !== 1 && other.value < seen.value);
        assert.ok(less.length * 2 > voters.length, `${value} where ${seen.channel} sees ${seen.value}`);
      }
      const measuring = voters.filter((voter) => !["stuck", "rate", "disagreement"].includes(voter.reason));
      const alone = elect(measuring, "temperature", 5).value ?? Number.NEGATIVE_INFINITY;
      assert.ok(value >= alone - 5, `${value}; ${alone} without those that may not measure`);
    }),
    { numRuns: 5000 },
  );
});
