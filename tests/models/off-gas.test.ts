import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import type { Bound } from "../../edge-agent/core/sample.ts";
import { isGasChannel, offGas, warmingUp } from "../../models/off-gas.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, raised, run, sample, series } from "./evidence.ts";

const co2 = station({ channels: [replayChannel("P.co2", { quantity: "co2", at: { pack: "C1" }, source: { driver: "replay", column: "x", unit: "ppm" } })] });

/** AR(1) noise of 10 ppm about 500 ppm. */
function noise(phi: number, seed: number): () => number {
  const { normal } = dice(seed);
  let r = normal();
  return () => {
    r = phi * r + Math.sqrt(1 - phi * phi) * normal();
    return 500 + 10 * r;
  };
}

test("says nothing while warming up, then one word a sample", () => {
  const value = noise(0, 1);
  const said = run(offGas(co2), series("P.co2", every(1, 0, 199), value));
  assert.equal(said[0]?.at_s, 120);
  assert.ok(said.every(({ present }) => !present));
  const stage = offGas(co2);
  const [state] = stage.step(stage.start(), { at_s: 0, samples: [sample("P.co2", 0, 500)] });
  assert.deepEqual(warmingUp(state, ["P.co2", "other"]), ["P.co2 is warming up: 1 of 120 good samples", "other is warming up: 0 of 120 good samples"]);
});

test("finds a step of five sigma within half a minute, names numbers, and lets go when it is over", () => {
  const value = noise(0.5, 5);
  const said = run(
    offGas(co2),
    series("P.co2", every(1, 0, 6000), (at_s) => value() + (at_s >= 3000 && at_s < 4000 ? 50 : 0)),
  );
  const [found, ...more] = raised(said);
  assert.ok(found && found.at_s >= 3000 && found.at_s <= 3030, `${found?.at_s}`);
  assert.deepEqual(more, []);
  assert.equal(found.scope.kind, "pack");
  assert.match(found.why[0] ?? "", /^P.co2 5\d\d(\.\d)? ppm is [3-8]\d(\.\d+)? ppm above its learned baseline/);
  const over = said.find(({ at_s, present }) => at_s > found.at_s && !present)?.at_s ?? 0;
  assert.ok(over > 3990 && over < 4100, `${over}`);
});

test("six channel-days of correlated noise, drifting zeros among them, raise nothing", () => {
  for (const [seed, phi, drift] of [
    [1, 0, 0],
    [2, 0.5, 0],
    [3, 0.9, 0],
    [4, 0.5, 20],
    [5, 0.5, -200],
    [6, 0.8, -20],
  ] as const) {
    const value = noise(phi, seed);
    const said = run(
      offGas(co2),
      series("P.co2", every(1, 0, 86_400), (at_s) => value() + (drift * at_s) / 3600),
    );
    assert.deepEqual(raised(said), [], `phi ${phi}, drift ${drift} ppm/h`);
  }
});

test("a channel that falls never alarms; a spike of one or two samples never does", () => {
  const value = noise(0.5, 8);
  const falling = (at_s: number) => value() - at_s / 4;
  assert.deepEqual(raised(run(offGas(co2), series("P.co2", every(1, 0, 1600), falling))), []);
  const spiky = (at_s: number) => value() + (at_s > 200 && at_s % 97 < 2 ? 10_000 : 0);
  assert.deepEqual(raised(run(offGas(co2), series("P.co2", every(1, 0, 6000), spiky))), []);
});

test("nothing is learned while an alarm stands: a rise that stays is still there five hours later", () => {
  const value = noise(0, 9);
  const said = run(
    offGas(co2),
    series("P.co2", every(5, 0, 3000 + 5 * 3600), (at_s) => value() + (at_s >= 3000 ? 100 : 0)),
  );
  assert.equal(raised(said).length, 1);
  assert.equal(said.at(-1)?.present, true);
});

test("a lasting shift of the zero or the room is learned anew after six hours, said, and a further rise is found again", () => {
  const value = noise(0.5, 9);
  const said = run(
    offGas(co2),
    series("P.co2", every(5, 0, 86_400), (at_s) => value() + (at_s >= 3000 ? 100 : 0) + (at_s >= 50_000 ? 100 : 0)),
  );
  const [first, second, ...more] = raised(said).map(({ at_s }) => at_s);
  assert.ok(first !== undefined && first < 3100 && second !== undefined && second >= 50_000 && second < 50_100, `${first}, ${second}`);
  assert.deepEqual(more, []);
  const over = said.find(({ at_s, present }) => at_s > first && !present);
  assert.ok(over && Math.abs(over.at_s - first - 6 * 3600) < 900, `${over?.at_s}`);
  assert.match(
    over.why[0] ?? "",
    /^P.co2 stood (9\d|10\d)(\.\d+)? ppm above its baseline for 6 h without a further rise: (59\d|60\d)(\.\d)? ppm is taken as its new baseline/,
  );
  assert.equal(said.at(-1)?.present, false);
});

test("a rise that goes on rising, that is saturated, or that was not read for six hours is not learned", () => {
  const value = noise(0, 13);
  const rising = (at_s: number) => value() + (at_s >= 3000 ? 100 + (at_s - 3000) / 360 : 0);
  assert.equal(run(offGas(co2), series("P.co2", every(5, 0, 86_400), rising)).at(-1)?.present, true);
  const saturated = every(5, 0, 86_400).map((at_s) => ({
    at_s,
    samples: [at_s < 3000 ? sample("P.co2", at_s, value()) : sample("P.co2", at_s, 5000, { quality: "uncertain", bound: 1 })],
  }));
  assert.equal(run(offGas(co2), saturated).at(-1)?.present, true);
  const unread = [...every(5, 0, 6000), ...every(5, 80_000, 83_000)];
  assert.equal(
    run(
      offGas(co2),
      series("P.co2", unread, (at_s) => value() + (at_s >= 3000 ? 100 : 0)),
    ).at(-1)?.present,
    true,
  );
});

test("a rise just too small for an alarm does not stop the learning for ever", () => {
  const { normal } = dice(14);
  const said = run(
    offGas(co2),
    series("P.co2", every(5, 0, 60_000), (at_s) => 420 + normal() + (at_s >= 3000 ? 25 : 0) + (at_s >= 50_000 ? 25 : 0)),
  );
  assert.deepEqual(raised(said), []);
});

test("a gas channel of the station bears the word that other alarms of the station bear", () => {
  const room = station({
    channels: [replayChannel("co2", { quantity: "co2", at: { station: true }, source: { driver: "replay", column: "x", unit: "ppm" } })],
  });
  const value = noise(0, 15);
  const [found] = raised(
    run(
      offGas(room),
      series("co2", every(1, 0, 400), (at_s) => value() + (at_s >= 300 ? 200 : 0)),
    ),
  );
  assert.deepEqual(found?.scope, { kind: "station", id: "station" });
});

test("a rise too small to matter is no gas, however sure it is", () => {
  const value = noise(0, 10);
  const said = run(
    offGas(co2),
    series("P.co2", every(1, 0, 8000), (at_s) => (value() - 500) / 20 + 500 + (at_s >= 2000 ? 10 : 0)),
  );
  assert.deepEqual(raised(said), []);
});

test("learns from good samples only, but a saturated reading proves gas", () => {
  const value = noise(0, 12);
  const moments = every(1, 0, 400).map((at_s) => ({
    at_s,
    samples: [at_s < 300 ? sample("P.co2", at_s, value()) : sample("P.co2", at_s, 40_000, { quality: "uncertain", bound: 1 })],
  }));
  assert.equal(raised(run(offGas(co2), moments)).length, 1);
  const uncertain = every(1, 0, 400).map((at_s) => ({
    at_s,
    samples: [sample("P.co2", at_s, at_s < 300 ? value() : 40_000, at_s < 300 ? {} : { quality: "uncertain" })],
  }));
  assert.deepEqual(raised(run(offGas(co2), uncertain)), []);
});

test("a rise that leaves the calibrated range, or any doubt of accuracy alone, is found and teaches nothing; a doubt of the reading itself is passed over", () => {
  const doubted = (reason: Reason, bound: Bound, value: (at_s: number) => number, from_s = 300) =>
    every(1, 0, 1200).map((at_s) => ({ at_s, samples: [sample("P.co2", at_s, value(at_s), at_s < from_s ? {} : { quality: "uncertain", reason, bound })] }));
  for (const reason of ["calibrated-range", "calibration-expired", "partner-unsure", "operating-range"] as const) {
    const value = noise(0, 12);
    const [found, ...more] = raised(
      run(
        offGas(co2),
        doubted(reason, 0, (at_s) => value() + (at_s < 600 ? 0 : 100)),
      ),
    );
    assert.ok(found && found.at_s >= 600 && found.at_s < 630 && more.length === 0, `${reason}: ${found?.at_s}`);
    const level = (from_s: number, until_s: number) => {
      const stage = offGas(co2);
      const calm = noise(0, 12);
      let state = stage.start();
      for (const moment of doubted(reason, 0, calm, from_s).slice(0, until_s)) [state] = stage.step(state, moment);
      return state["P.co2"]?.baseline.level;
    };
    assert.equal(level(300, 900), level(300, 300), `${reason} teaches`);
    assert.notEqual(level(900, 900), level(300, 300));
    assert.equal(level(0, 900), 0, `${reason} warms up`);
  }
  for (const [reason, bound] of [
    ["stuck", 0],
    ["rate", 0],
    ["disagreement", 0],
    ["calibrated-range", -1],
  ] as const)
    assert.deepEqual(
      raised(
        run(
          offGas(co2),
          doubted(reason, bound, (at_s) => (at_s < 300 ? 500 + (at_s % 2) : 600)),
        ),
      ),
      [],
      reason,
    );
});

test("a constant zero with one flicker of its last digit is calm", () => {
  const h2 = station({ channels: [replayChannel("h2", { quantity: "h2", at: { station: true }, source: { driver: "replay", column: "x", unit: "ppm" } })] });
  assert.deepEqual(
    raised(
      run(
        offGas(h2),
        series("h2", every(1, 0, 20_000), (at_s) => (at_s % 7 === 0 ? 1 : 0)),
      ),
    ),
    [],
  );
});

test("gas channels are gases and flows of a gas, never oxygen", () => {
  const channels = station({
    channels: [
      replayChannel("a", { quantity: "co2" }),
      replayChannel("b", { quantity: "o2" }),
      replayChannel("c", { quantity: "flow" }),
      replayChannel("d", { quantity: "flow", gas: "h2" }),
      replayChannel("e", { quantity: "flow", gas: "o2" }),
      replayChannel("f"),
    ],
  }).channels;
  assert.deepEqual(
    channels.filter(isGasChannel).map(({ id }) => id),
    ["a", "d"],
  );
});
