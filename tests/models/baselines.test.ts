import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import type { Bound } from "../../edge-agent/core/sample.ts";
import { startBalance } from "../../models/baselines/heat-balance.ts";
import { heatingOf, selfHeating } from "../../models/baselines/self-heating.ts";
import { addReading, closeBlock, startBlock } from "../../models/baselines/slope.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample, series } from "./evidence.ts";
import { oven, toyRun } from "./heated-cell.ts";

const current = replayChannel("I", { quantity: "current", source: { driver: "replay", column: "I", unit: "A" } });
const chamber = replayChannel("chamber", { at: { station: true }, place: "chamber" });
const cell = { cells: [{ id: "C1", mass: "82 g" }] };
const seen = station({ ...cell, channels: [replayChannel("T"), chamber] });
const cycled = station({ ...cell, channels: [replayChannel("T"), chamber, current] });
const blind = station({ ...cell, channels: [replayChannel("T")] });

test("a block's rate and error are those of least squares: se = sigma sqrt(12 / (N³ - N))", () => {
  const { normal } = dice(4);
  const sigma = 0.25;
  const rates: number[] = [];
  const errors: number[] = [];
  for (let i = 0; i < 400; i++) {
    const block = startBlock(1e9, 25);
    for (let t = 0; t < 60; t++) addReading(block, 1e9 + t, 25 + (3 * t) / 60 + sigma * normal(), undefined, undefined);
    const closed = closeBlock(block);
    assert.ok(closed);
    rates.push(closed.rate_K_per_min);
    errors.push(closed.u_K_per_min);
  }
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const textbook = 60 * sigma * Math.sqrt(12 / (60 ** 3 - 60));
  assert.ok(Math.abs(mean(rates) - 3) < 4 * (textbook / Math.sqrt(400)));
  assert.ok(Math.abs(Math.sqrt(mean(rates.map((x) => (x - mean(rates)) ** 2))) / textbook - 1) < 0.12);
  assert.ok(Math.abs(mean(errors) / textbook - 1) < 0.05);
});

test("a converter's single step of 1 K is not read as a sure rate", () => {
  const block = startBlock(0, 25);
  for (let t = 0; t <= 60; t++) addReading(block, t, t < 30 ? 25 : 26, undefined, undefined);
  const closed = closeBlock(block);
  assert.ok(closed && closed.rate_K_per_min < 2 * closed.u_K_per_min);
});

test("an oven ramp heats the cell from outside: no finding, whatever the exchange", () => {
  for (const exchange_per_s of [5e-4, 1.33e-3, 3e-3])
    for (const noise_K of [0.0625, 0.25]) {
      const { evidence } = toyRun({ hours: 5, exchange_per_s, noise_K, chamber_degC: oven(130) });
      assert.deepEqual(raised(run(selfHeating(seen), evidence)), [], `${exchange_per_s} 1/s, ${noise_K} K`);
    }
});

test("self-heating after an oven ramp is found, and told apart from the chamber's heat", () => {
  for (const exchange_per_s of [5e-4, 1.33e-3]) {
    const { evidence, crossed_s = 0 } = toyRun({ hours: 5, exchange_per_s, noise_K: 0.0625, chamber_degC: oven(130), self_K_per_min: 0.3 });
    const [found, ...more] = raised(run(selfHeating(seen), evidence));
    assert.ok(found && found.at_s > crossed_s && found.at_s < crossed_s + 600, `found ${found?.at_s}, crossed ${crossed_s}`);
    assert.deepEqual(more, []);
    assert.equal(found.severity, "alarm");
    assert.match(found.why[0] ?? "", /T changes by \+0\.\d\d K\/min, of which \+0\.\d\d ± 0\.\d\d K\/min is not exchange/);
  }
});

test("cycling at 1C with its heat of current is no self-heating where the current is measured", () => {
  const toy = {
    hours: 10,
    exchange_per_s: 1.33e-3,
    noise_K: 0.0625,
    chamber_degC: () => 25,
    current_A: (at_s: number) => [5, 0, -5, 0][Math.floor(at_s / 3000) % 4] ?? 0,
    ohmic_K_per_s_A2: 0.03 / 90,
  };
  assert.deepEqual(raised(run(selfHeating(cycled), toyRun(toy).evidence)), []);
});

test("a current that nobody measures is said, not guessed: a warning that needs a faster rate", () => {
  const unmeasured = station({ ...cell, channels: [replayChannel("T"), chamber], intent: { kind: "cycling", phases: [{ id: "p" }] } });
  const hot = (self_K_per_min: number) => toyRun({ hours: 2, exchange_per_s: 1e-5, noise_K: 0.0625, chamber_degC: () => 130, self_K_per_min }).evidence;
  assert.deepEqual(raised(run(selfHeating(unmeasured), hot(0.2).slice(0, 900))), []);
  const [found] = raised(run(selfHeating(unmeasured), hot(2)));
  assert.equal(found?.severity, "warning");
  assert.match(found?.why.join("; ") ?? "", /no current is measured/);
});

test("without a chamber temperature it says what it cannot know, and gives no number for self-heating", () => {
  const { normal } = dice(2);
  const heated = series("T", every(1, 0, 3600), (at_s) => 25 + (5 * Math.max(0, at_s - 600)) / 60 + 0.1 * normal());
  const stage = selfHeating(blind);
  const [found] = raised(run(stage, heated));
  assert.ok(found && found.at_s > 600 && found.at_s <= 1000);
  assert.equal(found.severity, "warning");
  assert.match(found.why[0] ?? "", /no chamber temperature: heating from outside cannot be told from self-heating$/);
  let state = stage.start();
  for (const moment of heated) [state] = stage.step(state, moment);
  const { net, reasons } = heatingOf(state, ["T"]);
  assert.equal(net, undefined);
  assert.match(reasons[0] ?? "", /T changes by \+5\.\d\d/);
});

test("without a chamber temperature nothing is learned of exchange or of calm: a day's cooling is not the cell's own", () => {
  const stage = selfHeating(blind);
  let state = stage.start();
  const before = startBalance().theta;
  for (const moment of series("T", every(10, 0, 20_000), (at_s) => 60 - 0.0015 * at_s)) [state] = stage.step(state, moment);
  assert.ok((state.trackers.T?.balance.n ?? 0) > 100);
  assert.deepEqual(state.trackers.T?.balance.theta, before);
});

test("the estimate carries its uncertainty, and covers the truth", () => {
  const { evidence } = toyRun({ hours: 3, exchange_per_s: 1.33e-3, noise_K: 0.0625, chamber_degC: () => 60 });
  const stage = selfHeating(seen);
  let state = stage.start();
  for (const moment of evidence) [state] = stage.step(state, moment);
  const { net } = heatingOf(state, ["T"]);
  assert.ok(net?.u !== undefined && net.u > 0.02 && net.u < 0.1, `u ${net?.u}`);
  assert.ok(Math.abs(net.value) < 3 * net.u, `${net.value}`);
});

test("uncertain and bad samples are not used; a chamber that falls silent is said", () => {
  const { evidence } = toyRun({ hours: 1, exchange_per_s: 1.33e-3, noise_K: 0.05, chamber_degC: () => 25 });
  const doubted = evidence.map(({ at_s, samples }) => ({ at_s, samples: samples.map((one) => ({ ...one, quality: "uncertain" as const })) }));
  assert.deepEqual(run(selfHeating(seen), doubted), []);
  const silent = evidence.map(({ at_s, samples }) => ({ at_s, samples: at_s < 1800 ? samples : samples.filter(({ channel }) => channel === "T") }));
  const stage = selfHeating(seen);
  let state = stage.start();
  for (const moment of silent) [state] = stage.step(state, moment);
  assert.match(heatingOf(state, ["T"]).reasons[0] ?? "", /no chamber temperature/);
});

test("doubts of accuracy alone, of the cell or its chamber, hide no self-heating and teach nothing; others are passed over", () => {
  const { evidence, crossed_s = 0 } = toyRun({ hours: 5, exchange_per_s: 1.33e-3, noise_K: 0.0625, chamber_degC: oven(130), self_K_per_min: 0.3 });
  const doubted = (id: string, from_s: number, reason: Reason, bound: Bound = 0) =>
    evidence.map(({ at_s, samples }) => ({
      at_s,
      samples: samples.map((one) => (one.channel === id && at_s >= from_s ? { ...one, quality: "uncertain" as const, reason, bound } : one)),
    }));
  for (const id of ["T", "chamber"])
    for (const reason of ["calibrated-range", "calibration-expired", "partner-unsure", "operating-range"] as const) {
      const [found] = raised(run(selfHeating(seen), doubted(id, crossed_s - 600, reason)));
      assert.ok(found && found.at_s > crossed_s && found.at_s < crossed_s + 600, `${id} ${reason}: ${found?.at_s}`);
      assert.equal(found.severity, "alarm");
      const stage = selfHeating(seen);
      let state = stage.start();
      for (const moment of doubted(id, 1000, reason).slice(0, 6000)) [state] = stage.step(state, moment);
      const blocks = state.trackers.T?.balance.n ?? 0;
      assert.ok(blocks > 10 && blocks < 18, `${id} ${reason}: ${blocks} blocks taught`);
    }
  for (const [reason, bound] of [
    ["stuck", 0],
    ["saturated", 1],
    ["operating-range", 1],
  ] as const)
    assert.deepEqual(raised(run(selfHeating(seen), doubted("T", crossed_s - 600, reason, bound))), [], reason);
});

test("a block with a gap of ten minutes is thrown away, not bridged", () => {
  const moments = [...every(1, 0, 50), ...every(1, 650, 700)].map((at_s) => ({ at_s, samples: [sample("T", at_s, at_s < 600 ? 25 : 125)] }));
  assert.deepEqual(run(selfHeating(blind), moments), []);
});

test("slow channels keep their own pace: a thermometer every 400 s, a chamber every 300 s", () => {
  const slow = station({
    ...cell,
    channels: [replayChannel("T", { every: "400 s" }), replayChannel("air", { at: { station: true }, place: "chamber", every: "300 s" })],
  });
  const stage = selfHeating(slow);
  let state = stage.start();
  for (const at_s of every(100, 0, 12_000)) {
    const samples = [...(at_s % 300 === 0 ? [sample("air", at_s, 60)] : []), ...(at_s % 400 === 0 ? [sample("T", at_s, 60)] : [])];
    [state] = stage.step(state, { at_s, samples });
  }
  assert.ok(Math.abs(heatingOf(state, ["T"]).net?.value ?? Number.NaN) < 0.01);
});
