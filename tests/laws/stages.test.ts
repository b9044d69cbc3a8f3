/** Laws that every stage keeps, whatever it is given. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { selfHeating } from "../../models/baselines/self-heating.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import { fixedLimits } from "../../models/fixed-limit.ts";
import { offGas } from "../../models/off-gas.ts";
import type { Evidence } from "../../models/opinion.ts";
import { runaway } from "../../models/runaway.ts";
import type { Stage } from "../../models/stage.ts";
import { cellHeat } from "../../models/thermal/cell-heat.ts";
import { dice, every, sample } from "../models/evidence.ts";
import { oven, toyRun } from "../models/heated-cell.ts";
import { replayChannel, station } from "../support/station.ts";

const replay = (unit: string) => ({ driver: "replay" as const, column: "x", unit });
const bench = station({
  cells: [
    { id: "C1", pack: "P", max_temperature: "60 degC" },
    { id: "C2", pack: "P" },
  ],
  packs: [{ id: "P", gas_space: { free_volume: "100 L", ventilation: "1 /h" } }],
  channels: [
    replayChannel("T"),
    replayChannel("tab", { place: "tab" }),
    replayChannel("heater", { quantity: "power", source: replay("W") }),
    replayChannel("T2", { at: { cell: "C2" } }),
    replayChannel("chamber", { at: { station: true }, place: "chamber" }),
    replayChannel("V", { quantity: "voltage", source: replay("V") }),
    replayChannel("I", { quantity: "current", source: replay("A") }),
    replayChannel("co2", { quantity: "co2", at: { pack: "P" }, source: replay("ppm") }),
    replayChannel("h2", { quantity: "h2", at: { cell: "C2" }, source: replay("ppm") }),
    replayChannel("o2", { quantity: "o2", at: { station: true }, source: replay("pct") }),
  ],
});

const stages: Readonly<Record<string, (station: Station) => Stage<unknown, Evidence, unknown>>> = {
  fixedLimits,
  runaway,
  offGas,
  selfHeating,
  cellHeat,
  earlyWarning,
};

/** Four hours in which everything happens: a ramp, self-heating, gas, a sinking voltage, a runaway; with gaps, repeats and bad samples. */
function eventful(): Evidence[] {
  const { normal, uniform } = dice(99);
  const { evidence } = toyRun({
    hours: 4.1,
    exchange_per_s: 5e-4,
    noise_K: 0.1,
    chamber_degC: oven(130),
    self_K_per_min: 0.3,
    current_A: (at_s) => (at_s % 900 < 300 ? 2 : 0),
  });
  return evidence.flatMap(({ at_s, samples }) => {
    if (at_s % 3000 > 2900 || (at_s > 2000 && at_s < 9000 && at_s % 3 > 0)) return [];
    const gas = at_s > 10_000 ? (at_s - 10_000) / 2 : 0;
    const more = [
      sample("T2", at_s, 25 + normal()),
      sample("tab", at_s, 24 + at_s / 400 + 0.1 * normal()),
      sample("heater", at_s, at_s % 1000 < 100 ? 5 : 0),
      sample("V", at_s, at_s < 11_000 ? 4.1 : 2.5),
      sample("co2", at_s, 500 + 5 * normal() + gas),
      sample("h2", at_s, Math.min(2000, gas), gas > 2000 ? { quality: "uncertain", bound: 1 } : {}),
      sample("o2", at_s, Math.max(0, 20.9 - gas / 100)),
    ];
    const all = [...samples, ...more].map((one) =>
      uniform() < 0.02 ? sample(one.channel, at_s, uniform() < 0.5 ? undefined : -1e4, { quality: "bad" }) : one,
    );
    const moment: Evidence = { at_s, samples: all };
    return uniform() < 0.05 ? [moment, moment, { at_s, samples: [] }] : [moment];
  });
}

const hostileValue = fc.oneof(
  fc.double({ min: -100, max: 2000, noNaN: true }),
  fc.double(),
  fc.constantFrom(0, -0, 85, 1e308, -1e308, Number.MIN_VALUE, Number.POSITIVE_INFINITY, Number.NaN, undefined),
);
const hostileStep = fc.record({
  wait_s: fc.oneof(fc.constantFrom(0, 1, 1, 1, 0.1, 60, 1e5, 1e9), fc.double({ min: 0, max: 20, noNaN: true })),
  samples: fc.array(
    fc.record({
      channel: fc.constantFrom("T", "T", "tab", "heater", "T2", "chamber", "V", "I", "co2", "h2", "o2", "stranger", "__proto__"),
      value: hostileValue,
      quality: fc.constantFrom("good" as const, "good" as const, "uncertain" as const, "bad" as const),
      bound: fc.constantFrom(0 as const, 0 as const, 1 as const, -1 as const),
    }),
    { maxLength: 6 },
  ),
});
const hostile = fc.array(hostileStep, { minLength: 150, maxLength: 400, size: "max" }).map((steps) => {
  let at_s = 0;
  return steps.map(({ wait_s, samples }): Evidence => {
    at_s += wait_s;
    return { at_s, samples: samples.map(({ channel, value, ...more }) => sample(channel, at_s, value, more)) };
  });
});

/** JSON between any two samples must change no output; every output is finite, and the state says the same after its round trip. */
function survivesRestart(stage: Stage<unknown, Evidence, unknown>, evidence: readonly Evidence[], each = 1): void {
  let kept = stage.start();
  let revived = stage.start();
  for (const [i, moment] of evidence.entries()) {
    const [nextKept, expected] = stage.step(kept, moment);
    const [nextRevived, actual] = stage.step(i % each === 0 ? JSON.parse(JSON.stringify(revived)) : revived, moment);
    assert.deepEqual(actual, expected);
    [kept, revived] = [nextKept, nextRevived];
    assertFinite(expected);
  }
  assert.deepEqual(withoutNegativeZero(JSON.parse(JSON.stringify(kept))), withoutNegativeZero(kept), "the state is plain JSON");
}

/** JSON writes -0 as 0, which no output may depend on. */
const withoutNegativeZero = (state: unknown): unknown =>
  typeof state === "number"
    ? state + 0
    : Array.isArray(state)
      ? state.map(withoutNegativeZero)
      : typeof state === "object" && state !== null
        ? Object.fromEntries(Object.entries(state).map(([key, inner]) => [key, withoutNegativeZero(inner)]))
        : state;

function assertFinite(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${value} in an output`);
  if (typeof value === "string") assert.doesNotMatch(value, /NaN|Infinity|undefined/);
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) assertFinite(inner);
}

const freeze = (evidence: readonly Evidence[]): readonly Evidence[] => {
  for (const moment of evidence) {
    for (const one of moment.samples) Object.freeze(one satisfies Sample);
    Object.freeze(moment.samples);
    Object.freeze(moment);
  }
  return Object.freeze(evidence);
};

const story = freeze(eventful());

for (const [name, build] of Object.entries(stages)) {
  test(`${name}: a restart between any two samples of an eventful run changes nothing, and its input stays untouched`, () => {
    survivesRestart(build(bench), story, 3);
  });

  test(`${name}: hostile evidence never throws, never gives a number that is none, and survives restarts`, () => {
    fc.assert(
      fc.property(hostile, (evidence) => survivesRestart(build(bench), freeze(evidence))),
      { numRuns: 12 },
    );
  });

  test(`${name}: two runs share nothing`, () => {
    const stage = build(bench);
    const all = () => {
      let state = stage.start();
      return story.map((moment) => {
        const [next, output] = stage.step(state, moment);
        state = next;
        return output;
      });
    };
    const second = all();
    // one by one: the difference of two whole runs takes minutes to print
    for (const [i, output] of all().entries()) assert.deepEqual(output, second[i]);
  });
}

test("the eventful run is eventful: every alarm of these detectors is found in it", () => {
  const model = earlyWarning(bench);
  let state = model.start();
  const found = new Set<string>();
  for (const moment of story) {
    const [next, { findings }] = model.step(state, moment);
    state = next;
    for (const { alarm, present } of findings) if (present) found.add(alarm);
  }
  assert.deepEqual([...found].sort(), [
    "flammable-gas",
    "gas-rise",
    "over-temperature",
    "oxygen-deficiency",
    "runaway",
    "runaway-imminent",
    "self-heating",
    "vent",
  ]);
});

test("the memory of a week at 1 Hz stays small", () => {
  const model = earlyWarning(bench);
  let state = model.start();
  const { normal } = dice(1);
  for (const at_s of every(1, 0, 100_000)) {
    [state] = model.step(state, { at_s, samples: [sample("T", at_s, 25 + normal()), sample("V", at_s, 4), sample("co2", at_s, 500 + normal())] });
  }
  assert.ok(JSON.stringify(state).length < 20_000, `${JSON.stringify(state).length} characters`);
});
