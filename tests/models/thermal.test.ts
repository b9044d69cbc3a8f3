/** The thermal observer on a simulator that it was not written on: what it finds, what it leaves alone, what its numbers are worth. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type SlabKind, type SlabTruth, slabRun } from "./slab/runs.ts";
import { type Watched, watch } from "./slab/watched.ts";

/** Each run once, for all that is asked of it. */
const seen = new Map<string, { readonly watched: Watched; readonly truth: SlabTruth }>();
function watched(kind: SlabKind, seed: number) {
  const key = `${kind} ${seed}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const run = slabRun(kind, seed);
  const fresh = { watched: watch(run, ["T2"]), truth: run.truth() };
  seen.set(key, fresh);
  return fresh;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("ovens, soaks, heat-wait-seek: self-heating is found before runaway, and by most of the time from 0.5 K/min on", () => {
  const used: number[] = [];
  for (const kind of ["oven-ramp", "hot-soak", "heat-wait-seek"] as const)
    for (let seed = 301; seed <= (kind === "heat-wait-seek" ? 303 : 306); seed++) {
      const {
        watched: { alarm_s },
        truth: { runaway_s, heating_s },
      } = watched(kind, seed);
      const [, half_s, one_s] = heating_s;
      // a separator that gives way without a minute at 1 K/min leaves nothing to warn of
      if (runaway_s === null || half_s === null || one_s === null || runaway_s - half_s < 300) continue;
      assert.ok(alarm_s !== undefined && alarm_s < runaway_s, `${kind} ${seed}: ${alarm_s} of ${runaway_s}`);
      used.push(Math.min(1, (runaway_s - alarm_s) / (runaway_s - half_s)));
    }
  assert.ok(used.length >= 6, `${used.length} runs`);
  assert.ok(mean(used) > 0.75, used.map((share) => share.toFixed(2)).join(" "));
});

const calm: readonly SlabKind[] = ["storage", "cycling", "chamber-ramp", "fan-failure", "fallen", "door"];
for (const kind of calm) {
  test(`${kind}: healthy for hours, no self-heating`, () => {
    for (let seed = 301; seed <= 302; seed++)
      for (const without of [["T2"], ["T2", "I"], ["T2", "air"]]) {
        const { alarm_s, why } = watch(slabRun(kind, seed, 6), without);
        assert.equal(alarm_s, undefined, `${kind} ${seed} without ${without}: ${why.join("; ")}`);
      }
  });
}

test("a cell that heats itself and does not run away: an alarm only above 0.1 K/min of its own", () => {
  for (let seed = 301; seed <= 306; seed++) {
    const { alarm_s, net_K_per_min } = watch(slabRun("near-miss", seed));
    assert.ok(alarm_s === undefined || net_K_per_min > 0.1, `${seed}: ${net_K_per_min}`);
  }
});

test("the net rate follows the truth, and its uncertainty covers it", () => {
  const zs: number[] = [];
  for (let seed = 301; seed <= 304; seed++) {
    const { estimates, truths } = watched("oven-ramp", seed).watched;
    for (const [i, { self_heating_K_per_min: net }] of estimates.entries()) {
      const truth = truths[i] ?? 0;
      if (net?.u === undefined || truth < 0.2 || truth > 3) continue;
      zs.push((net.value - truth) / net.u);
    }
  }
  assert.ok(zs.length > 100);
  const inside = zs.filter((z) => Math.abs(z) < 3).length / zs.length;
  assert.ok(inside > 0.7, `${(100 * inside).toFixed(0)} % within three sigmas`);
});

test("the time to runaway: in order, given once self-heating is sure, seldom too late", () => {
  let [given, late] = [0, 0];
  for (const kind of ["oven-ramp", "hot-soak"] as const)
    for (let seed = 301; seed <= 306; seed++) {
      const {
        watched: { estimates },
        truth: { runaway_s, heating_s },
      } = watched(kind, seed);
      for (const { at_s, time_to_runaway_s: ahead } of estimates) {
        if (ahead === undefined) continue;
        assert.ok(0 <= ahead.p05 && ahead.p05 <= ahead.p50 && ahead.p50 <= ahead.p95 && Number.isFinite(ahead.p95));
        if (runaway_s === null || at_s >= runaway_s || at_s < (heating_s[0] ?? runaway_s)) continue;
        given += 1;
        if (ahead.p05 > runaway_s - at_s) late += 1;
      }
    }
  assert.ok(given > 200 && late / given < 0.15, `${late} of ${given}`);
});
