/**
 * The law where the bytes are right and the number is wrong: what a single channel shows of it, and that a vote of three never follows it.
 * Beside each faulty chip stand two healthy ones in the same world, which takes a step meanwhile.
 */
import assert from "node:assert/strict";
import test from "node:test";
import type { FaultKind } from "../../edge-agent/bus/scripted-fault.ts";
import { type QuantityName, quantityOf } from "../../edge-agent/core/quantities.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { QualityRules } from "../../edge-agent/pipeline/quality.ts";
import { type Ballot, elect } from "../../edge-agent/pipeline/vote.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { inapplicable } from "../../edge-agent/sensors/inapplicable.ts";
import { asFitted } from "../../edge-agent/sensors/options.ts";
import type { Course } from "../../edge-agent/sensors/world.sim.ts";
import { DEADLINE_s, entryOf, planOf } from "./bench.ts";
import { caughtBy } from "./fault-library.ts";
import { withPart } from "./with-part.ts";

/** Each simulated part once: an ads1115-burst is an ads1115, looked at hundreds of times a second. */
const drivers = Object.keys(catalogue).filter((driver) => driver !== "ads1115-burst");

/** For each fault the drivers whose single channel marks every wrong number; for the others at least one wrong number is `good`. */
const seenAlone: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  stuck: [],
  frozen: [],
  bias: [],
  drift: [],
  spike: ["bmp3xx", "mprls"], // to the end of the range
  saturation: drivers,
  sign: [],
  unit: ["abp2", "ads1115", "hsc", "mprls", "nau7802"], // beyond the end of the range
  baseline: [],
  "warm-up": ["multigas", "multigas_uart", "stcc4"], // those who can tell that their chip came up, and wait long enough
  poisoned: [],
  slow: [],
};

/** What the first output measures here. */
const quantities: Readonly<Record<string, QuantityName>> = { midas: "hf", modbus: "temperature", nau7802: "force" };
/** Whose compensation goes on moving the last digit of a stuck element's number. */
const restless: readonly string[] = ["bmp3xx"];
const warmUp_s: Readonly<Record<string, number>> = { sgp41: 61 };

function caseOf(driver: string) {
  const plan = planOf(driver);
  const entry = asFitted(entryOf(driver), plan.options);
  const rule = entry.outputs[plan.channels[0]?.output ?? ""];
  const quantity = typeof rule === "string" ? rule : quantities[driver];
  if (quantity === undefined) throw new Error(`what does the first output of ${driver} measure?`);
  const warm_s = warmUp_s[driver] ?? 0;
  return { plan, quantity, fault_s: warm_s + 20.2, step_s: warm_s + 35.2, end_s: warm_s + 65.2 };
}

const step = (course: Course): void => {
  course.mean += 2 * Math.max(Math.abs(course.mean) / 10, 20 * course.noise);
};

async function samplesOf(driver: string, seed: number, fault?: FaultKind): Promise<Sample[]> {
  const { plan, quantity, fault_s, step_s, end_s } = caseOf(driver);
  const run = withPart(plan, seed, fault === undefined ? [] : [{ fault, at_s: fault_s }]);
  await run.clock.advance(step_s);
  for (const course of run.courses()) step(course);
  await run.clock.advance(end_s);
  assert.equal(run.failure(), undefined);
  assert.deepEqual(run.overdue, [], `nothing outlives ${DEADLINE_s} s`);
  return judged(run.readings, quantity).filter(({ at_s }) => at_s >= fault_s + 1); // a reading may have begun before the fault
}

function judged(readings: ReturnType<typeof withPart>["readings"], quantity: QuantityName): Sample[] {
  const rules = new QualityRules(quantity);
  return readings.flatMap((reading) => {
    const verdict = reading.channel === 0 ? rules.judge(reading) : "malformed";
    if (typeof verdict === "string") return [];
    const { raw, ...rest } = verdict;
    return [{ channel: "x", at_s: reading.at_s, stamp_ns: 0n, ...rest, ...(raw !== undefined && { value: raw }) }];
  });
}

/** The last of a channel at a time, as a vote has it. */
const at = (samples: readonly Sample[], at_s: number): Sample | undefined => samples.findLast((sample) => sample.at_s <= at_s);
const ballot = ({ value, bound, quality, reason }: Sample, channel: string): Ballot => ({
  channel,
  bound,
  quality,
  reason,
  ...(value !== undefined && { value }),
});

test("this file shows all that a rule or a partner must catch", () => {
  assert.deepEqual(Object.keys(seenAlone).sort(), [...new Set([...caughtBy("rule"), ...caughtBy("partner")])].sort());
});

for (const driver of drivers) {
  const { quantity } = caseOf(driver);
  const healthy = Promise.all([samplesOf(driver, 11), samplesOf(driver, 12)]);

  for (const [fault, seers = []] of Object.entries(seenAlone) as [FaultKind, readonly string[]][]) {
    if (inapplicable(fault, driver) !== undefined) continue;
    test(`${driver}: ${fault} is ${seers.includes(driver) ? "marked" : "not seen by the channel alone"}, and outvoted`, async () => {
      const [first, second] = await healthy;
      const faulty = await samplesOf(driver, 13, fault);
      const moments = faulty.flatMap((sample) => {
        const [a, b] = [at(first, sample.at_s), at(second, sample.at_s)];
        return a?.value === undefined || b?.value === undefined ? [] : [{ sample, a, b, low: Math.min(a.value, b.value), high: Math.max(a.value, b.value) }];
      });
      const tolerance = 1.5 * Math.max(...moments.map(({ low, high }) => high - low));
      const wrong = moments.filter(({ sample: { value }, low, high }) => value === undefined || value > low + 2 * tolerance || value < high - 2 * tolerance);
      assert.ok(wrong.length > 0, "the fault shows");
      const unmarked = wrong.filter(({ sample }) => sample.quality === "good");
      if (seers.includes(driver)) assert.deepEqual(unmarked, []);
      else assert.ok(unmarked.length > 0, "a number that nobody doubts, on a single channel");

      for (const { sample, a, b, low, high } of wrong) {
        const three = elect([ballot(sample, "faulty"), ballot(a, "a"), ballot(b, "b")], quantity, tolerance);
        assert.equal(three.quality, "good");
        assert.ok(three.value !== undefined && three.value >= low && three.value <= high, `${three.value} of ${low} to ${high}`);
        if (three.voters.includes("faulty")) assert.deepEqual(three.outliers, ["faulty"]);
        const two = elect([ballot(sample, "faulty"), ballot(a, "a")], quantity, tolerance);
        if (sample.quality === "good") assert.deepEqual([two.quality, two.reason], ["uncertain", "disagreement"]);
      }
    });
  }

  const { stuck_s } = quantityOf(quantity);
  if (stuck_s === undefined) continue;
  for (const fault of ["stuck", "frozen"] as const) {
    if (fault === "stuck" && restless.includes(driver)) continue;
    test(`${driver}: ${fault} for longer than ${stuck_s} s is called stuck, on a channel alone`, async () => {
      const run = withPart(planOf(driver, 60), 13, [{ fault, at_s: 300 }]);
      await run.clock.advance(300 + stuck_s + 300);
      const samples = judged(run.readings, quantity);
      assert.ok(samples.filter(({ at_s }) => at_s > 120 && at_s < 300).every(({ quality }) => quality === "good"));
      assert.deepEqual([samples.at(-1)?.quality, samples.at(-1)?.reason], ["uncertain", "stuck"]);
    });
  }
}
