import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
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
const stuck = { quality: "uncertain", reason: "stuck" } as const;

test("majorities, outliers, and what is taken where there is none", () => {
  const rows: [name: string, ballots: Ballot[], value: number | undefined, reason: string, outliers: string[]][] = [
    ["all agree", ballots(20, 22, 24), 22, "none", []],
    ["an outlier above", ballots(20, 21, 600), 20.5, "none", ["c"]],
    ["an outlier below", ballots(-20, 101, 100), 100.5, "none", ["a"]],
    ["one is lost", ballots(20, undefined, 22), 21, "none", []],
    ["one is left", ballots(undefined, undefined, 22), 22, "none", []],
    ["none is left", ballots(undefined, undefined, undefined), undefined, "no-input", []],
    ["two disagree", ballots(20, 200), 200, "disagreement", []],
    ["three disagree", ballots(20, 100, 110), 100, "disagreement", []],
    ["two against two", ballots(20, 21, 300, 301), 300, "disagreement", []],
    ["on the edge of the tolerance", ballots(20, 25), 22.5, "none", []],
    ["a doubtful one does not vote", [ballot("a", 20, stuck), ballot("b", 100), ballot("c", 101)], 100.5, "none", []],
    ["a doubtful one beside one good", [ballot("a", 20, stuck), ballot("b", 100)], 100, "disagreement", []],
    ["all in doubt", [ballot("a", 20, stuck), ballot("b", 21, stuck)], 20.5, "stuck", []],
  ];
  for (const [name, given, value, reason, outliers] of rows) {
    const elected = elect(given, "temperature", 5);
    assert.deepEqual([elected.value, elected.reason, elected.outliers], [value, reason, outliers], name);
    assert.equal(elected.quality, reason === "none" ? "good" : reason === "no-input" ? "bad" : "uncertain", name);
  }
});

test("where less is worse, the lower of two that disagree is taken", () => {
  assert.equal(elect(ballots(20.9, 12), "o2", 1).value, 12);
  assert.equal(elect(ballots(3.9, 2.1), "voltage", 0.1).value, 2.1);
});

test("a saturated voter bounds the result from below; at most is said by all or not at all", () => {
  const top = { bound: 1, quality: "uncertain", reason: "saturated" } as const;
  assert.deepEqual(elect([ballot("a", 1370, top), ballot("b", 1372)], "temperature", 5).bound, 1);
  assert.deepEqual(elect([ballot("a", 0, { ...top, bound: -1 }), ballot("b", 1)], "temperature", 5).bound, 0);
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
