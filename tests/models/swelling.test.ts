/** The swelling observer on a toy gauge: what lasts is what the test says, beside expansion, breathing, noise and faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import type { Evidence } from "../../models/opinion.ts";
import { swellingOf } from "../../models/swelling/sentences.ts";
import { swelling, watchesOf } from "../../models/swelling/swelling.ts";
import { said } from "../config/base.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, sample } from "./evidence.ts";

const hour_s = 3600;
const day_s = 24 * hour_s;
const gauge = replayChannel("C1.mm", { quantity: "thickness", place: "jig", every: "60 s", source: { driver: "replay", column: "C1.mm", unit: "mm" } });
const surface = replayChannel("C1.t", { place: "surface", every: "60 s" });
const current = replayChannel("C1.I", { quantity: "current", every: "60 s", source: { driver: "replay", column: "C1.I", unit: "A" } });
const limitOf = (value: string) => [{ alarm: "swelling" as const, at: { cell: "C1" }, value, reason: "8 % of the fresh thickness" }];

const bench = (more: Partial<StationInput> = {}) =>
  station({ cells: [{ id: "C1", capacity: "5 Ah" }], channels: [gauge, surface], limits: limitOf("0.5 mm"), ...more });

interface Toy {
  readonly days: number;
  /** What lasts, mm by days. */
  readonly grown: (days: number) => number;
  readonly degC?: (at_s: number) => number;
  readonly current_A?: (at_s: number) => number;
  readonly noise_mm?: number;
  /** Of a random walk, mm per square root of a day. */
  readonly walk_mm?: number;
  readonly every_s?: number;
  readonly seed?: number;
  /** What the gauge makes of a reading. */
  readonly says?: (value: number, at_s: number) => number | undefined;
}

const perKelvin_mm = -0.0008;
const perCharge_mm = 0.15;

function toy({ days, grown, degC = () => 45, current_A, noise_mm = 0.002, walk_mm = 0, every_s = 180, seed = 1, says = (value) => value }: Toy): Evidence[] {
  const { normal } = dice(seed);
  const evidence: Evidence[] = [];
  let [walk, charge] = [0, 0];
  for (let at_s = 0; at_s <= days * day_s; at_s += every_s) {
    walk += walk_mm * Math.sqrt(every_s / day_s) * normal();
    const I = current_A?.(at_s);
    const reading = grown(at_s / day_s) + walk + perKelvin_mm * (degC(at_s) - degC(0)) + perCharge_mm * charge + noise_mm * normal();
    const said = says(reading, at_s);
    charge += ((I ?? 0) * every_s) / 3600 / 5;
    evidence.push({
      at_s,
      samples: [
        ...(I === undefined ? [] : [sample("C1.I", at_s, I)]),
        sample("C1.t", at_s, degC(at_s) + 0.05 * normal()),
        ...(said === undefined ? [] : [sample("C1.mm", at_s, said)]),
      ],
    });
  }
  return evidence;
}

interface Heard {
  readonly told_s: number | undefined;
  readonly knee_s: number | undefined;
  readonly found_s: number | undefined;
  readonly why: readonly string[];
  readonly forecasts: readonly { readonly at_s: number; readonly p05: number; readonly p50: number; readonly p95: number }[];
  readonly reasons: readonly string[];
}

/** What the observer says of a run: each hour, and when it first finds something. */
function hear(evidence: readonly Evidence[], of = bench()): Heard {
  const stage = swelling(of);
  const watches = [...watchesOf(of).values()];
  const ids = watches.map(({ channel }) => channel.id);
  let state = stage.start();
  let [told_s, knee_s, found_s]: (number | undefined)[] = [];
  let why: readonly string[] = [];
  let reasons: readonly string[] = [];
  const forecasts: Heard["forecasts"][number][] = [];
  for (const moment of evidence) {
    const [next, findings] = stage.step(state, moment);
    state = next;
    for (const finding of findings) {
      if (!finding.present || found_s !== undefined) continue;
      found_s = moment.at_s;
      why = finding.why;
    }
    if (moment.at_s % hour_s !== 0) continue;
    const known = swellingOf(state, watches, ids, moment.at_s);
    reasons = known.reasons;
    if (known.knee_s !== undefined && told_s === undefined) [told_s, knee_s] = [moment.at_s, known.knee_s];
    if (known.ahead !== undefined) forecasts.push({ at_s: moment.at_s, ...known.ahead });
  }
  return { told_s, knee_s, found_s, why, forecasts, reasons };
}

/** Settles by 60 um on the first day, and goes on by 30 um a day. */
const plateau = (days: number): number => 0.06 * (1 - Math.exp(-days / 0.4)) + 0.03 * days;
/** Behind a knee at day 4 the rate grows e-fold in 0.7 days, or by itself each 0.7 days. */
const exponential = (days: number): number => plateau(days) + (days < 4 ? 0 : 0.03 * (0.7 * Math.expm1((days - 4) / 0.7) - (days - 4)));
const quadratic = (days: number): number => plateau(days) + (days < 4 ? 0 : (0.03 * (days - 4) ** 2) / (2 * 0.7));
/** When a law reaches a level, s. */
const reaches = (law: (days: number) => number, level: number): number => {
  let days = 0;
  while (law(days) < level) days += 0.01;
  return days * day_s;
};

test("a steady growth, one that slows down, and a drifting gauge have no knee", () => {
  const laws: Toy["grown"][] = [plateau, (days) => 0.08 * Math.sqrt(days), (days) => 0.02 * days];
  for (const [index, grown] of laws.entries()) {
    for (const seed of [1, 2]) {
      const { told_s, found_s } = hear(toy({ days: 8, grown, walk_mm: 0.004, seed: 10 * index + seed }));
      assert.deepEqual([told_s, found_s], [undefined, undefined], `law ${index}, seed ${seed}`);
    }
  }
});

test("a knee is told within a tenth of the time until then, dated, and said in figures that can be checked", () => {
  for (const [grown, seed] of [
    [exponential, 1],
    [quadratic, 2],
  ] as const) {
    const { told_s = 0, knee_s = 0, found_s, why } = hear(toy({ days: 6, grown, seed }));
    // the rate is twice the plateau's 0.5 or 0.7 days after it began to grow
    const twice_s = (grown === exponential ? 4 + 0.7 * Math.LN2 : 4.7) * day_s;
    assert.ok(told_s > 4 * day_s && told_s < 1.1 * twice_s, `told at ${told_s / day_s} d`);
    assert.ok(Math.abs(knee_s - twice_s) < 8 * hour_s, `dated ${knee_s / day_s} d`);
    assert.ok(found_s !== undefined && found_s <= told_s);
    assert.match(
      why.join("\n"),
      /^C1\.mm has grown faster since a knee \d+ h into the run: by [\d.]+ um\/h over the last 5\.\d h, on its plateau by 1\.[1-4]\d um\/h\ntaken off C1\.mm: -?0\.000 mm for -?0\.\d K$/,
    );
  }
});

test("forecasts hold the truth as often as they say, before a knee widely and behind it narrowly", () => {
  let [n, held, before, behind] = [0, 0, 0, 0];
  const widths = { before: 0, behind: 0 };
  const laws = [plateau, exponential, quadratic, (days: number) => 0.09 * Math.sqrt(days), (days: number) => 0.03 * days];
  for (const [index, grown] of laws.entries()) {
    const limit_s = reaches(grown, 0.5);
    const { forecasts, told_s = Number.POSITIVE_INFINITY } = hear(toy({ days: Math.min(9, limit_s / day_s), grown, walk_mm: 0.002, seed: index + 5 }));
    assert.ok(forecasts.length > 0, `law ${index}`);
    for (const { at_s, p05, p50, p95 } of forecasts) {
      assert.ok(p05 <= p50 && p50 <= p95);
      n += 1;
      if (at_s + p05 <= limit_s && limit_s <= at_s + p95) held += 1;
      const width = Math.log(p95 / Math.max(hour_s, p05));
      if (at_s < told_s) {
        before += 1;
        widths.before += width;
      } else {
        behind += 1;
        widths.behind += width;
      }
    }
  }
  assert.ok(held / n >= 0.85, `${held} of ${n}`);
  assert.ok(behind > 10 && widths.behind / behind < 0.8 * (widths.before / before), `${widths.behind / behind} behind, ${widths.before / before} before`);
});

test("behind a knee whose rate stands as it is, forecasts hold the truth", () => {
  const leap = (days: number) => plateau(days) + 0.12 * Math.max(0, days - 2.5);
  const limit_s = reaches(leap, 0.5);
  const { forecasts, told_s = 0 } = hear(toy({ days: limit_s / day_s, grown: leap, seed: 3 }));
  const behind = forecasts.filter(({ at_s }) => at_s >= told_s);
  const held = behind.filter(({ at_s, p05, p95 }) => at_s + p05 <= limit_s && limit_s <= at_s + p95).length;
  assert.ok(behind.length > 10 && held >= 0.85 * behind.length, `${held} of ${behind.length}`);
});

test("no ramp, door, step, stair or stuck gauge is a knee", () => {
  const faults: Record<string, Partial<Toy>> = {
    "the chamber is set 15 K higher, and more gas comes": {
      degC: (at_s) => 45 + 15 * Math.max(0, Math.min(1, (at_s - 4 * day_s) / hour_s)),
      grown: (days) => plateau(days) + 0.06 * Math.max(0, days - 4),
    },
    "the door stands open twice": { degC: (at_s) => (Math.abs((at_s % (2 * day_s)) - day_s * 1.7) < 1800 ? 30 : 45) },
    "the frame warms and cools by day": { degC: (at_s) => 45 + 2 * Math.sin((2 * Math.PI * at_s) / day_s) },
    "it is knocked": { says: (value, at_s) => (at_s > 4 * day_s ? value + 0.05 : value) },
    "it is knocked a little": { says: (value, at_s) => (at_s > 4 * day_s + 500 ? value + 0.01 : value) },
    "its jig creeps": { noise_mm: 0.0005, says: (value, at_s) => value + 0.008 * (1 - Math.exp(Math.min(0, 1.6 * day_s - at_s) / hour_s)) },
    "it sticks for a day": { says: (value, at_s) => (Math.abs(at_s - 4 * day_s) < day_s / 2 ? 0.171 : value) },
    "it is coarse": { noise_mm: 0, says: (value) => Math.round(value * 100) / 100 },
    "it spikes": { says: (value, at_s) => ((at_s / 60) % 31 === 0 ? value + 5 : value) },
    "it is silent for half a day": { says: (value, at_s) => (Math.abs(at_s - 4 * day_s) < day_s / 4 ? undefined : value) },
  };
  for (const [what, more] of Object.entries(faults)) {
    const { told_s, found_s } = hear(toy({ days: 6, grown: plateau, ...more }));
    assert.deepEqual([told_s, found_s], [undefined, undefined], what);
  }
});

/** C/3 up and down. */
const cycler = (at_s: number): number => (at_s % (6 * hour_s) < 3 * hour_s ? 5 / 3 : -5 / 3);
const cycling = (channels: StationInput["channels"], value = "0.3 mm") =>
  bench({ channels, limits: limitOf(value), intent: { kind: "cycling", phases: [{ id: "cycling", planned: [], stop_test_on: [] }] } });

test("breathing passes no limit: what a measured current lifts is taken off", () => {
  const grown = (days: number) => 0.05 * days;
  const { found_s = 0, why } = hear(toy({ days: 7, grown, current_A: cycler }), cycling([gauge, surface, current]));
  assert.ok(Math.abs(found_s - 6 * day_s) < 6 * hour_s, `found at ${found_s / day_s} d`);
  assert.match(
    why.join("\n"),
    /^C1\.mm 0\.30\d mm at or above 0\.300 mm \(8 % of the fresh thickness\)\n(.*\n)?taken off C1\.mm: .* and -?0\.\d+ mm for -?\d+ % of charge$/,
  );
});

test("without a measured current a cycled cell's breathing cannot be told from gas: no knee, no forecast, and the limit stands on the reading", () => {
  const { told_s, found_s = 0, forecasts, reasons, why } = hear(toy({ days: 6, grown: exponential, current_A: cycler }), cycling([gauge, surface]));
  assert.deepEqual([told_s, forecasts.length], [undefined, 0]);
  assert.deepEqual(reasons, ["C1.mm: no current is measured: breathing cannot be told from gas"]);
  assert.ok(found_s < 4.5 * day_s, `${found_s / day_s}`);
  assert.equal(why[1], "C1.mm: no current is measured: breathing is not taken off");
});

test("no growth, no forecast: it says so", () => {
  const { forecasts, reasons } = hear(toy({ days: 4, grown: () => 0.01, noise_mm: 0.001 }));
  assert.equal(forecasts.length, 0);
  assert.match(reasons.join("\n"), /no significant growth: no time to a limit is told/);
});

test("the pace of the readings, repeats and disorder change little", () => {
  const often = hear(toy({ days: 5.6, grown: exponential, every_s: 20 }));
  const seldom = hear(toy({ days: 5.6, grown: exponential, every_s: 240 }));
  const untidy = hear(toy({ days: 5.6, grown: exponential }).flatMap((moment) => [moment, moment, { at_s: moment.at_s, samples: [] }]));
  for (const { told_s = 0 } of [seldom, untidy]) assert.ok(Math.abs(told_s - (often.told_s ?? 0)) <= 4 * hour_s, `${told_s} ${often.told_s}`);
});

test("a jig's force has its limit, in newtons", () => {
  const jig = replayChannel("C1.N", { quantity: "force", place: "jig", every: "60 s", source: { driver: "replay", column: "C1.N", unit: "N" } });
  const of = bench({ channels: [jig, surface], limits: limitOf("500 N") });
  const evidence = toy({ days: 3, grown: (days) => days }).map(({ at_s, samples }) => ({
    at_s,
    samples: [...samples, sample("C1.N", at_s, 300 + (100 * at_s) / day_s + dice(at_s + 1).normal())],
  }));
  const { found_s = 0, why } = hear(evidence, of);
  assert.ok(Math.abs(found_s - 2 * day_s) < hour_s, `${found_s / day_s} d`);
  assert.match(why[0] ?? "", /^C1\.N 50\d\.\d N at or above 500\.0 N/);
});

test("offgas check takes a limit on swelling in mm or N, and knows which gauge it is about", () => {
  const about = (value: string) =>
    said((file) => {
      for (const [id, quantity, unit] of [
        ["C1.mm", "thickness", "mm"],
        ["C1.N", "force", "N"],
      ])
        file.channels.push({ id, quantity, at: { cell: "C1" }, source: { driver: "replay", column: id, unit } });
      file.limits.push({ alarm: "swelling", at: { cell: "C1" }, value, reason: "8 % of the fresh thickness" });
    }).filter((line) => line.includes("limits[1]"));
  assert.deepEqual([about("0.5 mm"), about("500 N")], [[], []]);
  assert.match(about("5 kPa").join("\n"), /found the unit "kPa" \(swelling is about thickness, force: mm, um, N, kN\)/);
});

test("the whole model tells stage, knee and time to the limit, and its fixed limits leave swelling to the observer", () => {
  const model = earlyWarning(bench({ limits: limitOf("0.4 mm") }));
  let state = model.start();
  const stages = new Set<string>();
  let last: Evidence["at_s"] | undefined;
  let forecasts = 0;
  for (const moment of toy({ days: 5.5, grown: exponential, every_s: 120 })) {
    const [next, { estimates, findings }] = model.step(state, moment);
    state = next;
    const speaking = findings.filter(({ alarm }) => alarm === "swelling");
    assert.ok(speaking.length <= 1);
    for (const { stage, swelling_knee_s, time_to_swelling_limit_s } of estimates) {
      stages.add(stage);
      if (time_to_swelling_limit_s !== undefined) forecasts += 1;
      assert.ok(last === undefined || swelling_knee_s === last, "the date of a knee stands");
      last ??= swelling_knee_s;
    }
  }
  assert.deepEqual([...stages], ["normal", "swelling"]);
  assert.ok(last !== undefined && forecasts > 100);
});

const eventful = toy({
  days: 5.4,
  every_s: 240,
  grown: exponential,
  current_A: (at_s) => (at_s > 3 * day_s ? 0 : cycler(at_s) / 10),
  degC: (at_s) => Math.min(45, 22 + at_s / 60),
  says: (value, at_s) => (at_s % 7000 === 0 ? value + 1 : at_s > 2 * day_s ? value + 0.05 : value),
});
const everything = bench({ channels: [gauge, surface, current] });

/** JSON between any two samples changes no output, and every output is finite. */
function survivesRestart(evidence: readonly Evidence[]): void {
  const stage = swelling(everything);
  const watches = [...watchesOf(everything).values()];
  let kept = stage.start();
  let revived = stage.start();
  for (const moment of evidence) {
    const [nextKept, expected] = stage.step(kept, moment);
    const [nextRevived, actual] = stage.step(JSON.parse(JSON.stringify(revived)), moment);
    [kept, revived] = [nextKept, nextRevived];
    const told = (state: typeof kept) => swellingOf(state, watches, ["C1.mm"], moment.at_s);
    assert.deepEqual([actual, told(revived)], [expected, told(kept)]);
    assert.doesNotMatch(JSON.stringify([expected, told(kept)]), /NaN|Infinity|null/);
  }
}

test("a restart between any two samples of an eventful run changes nothing", () => survivesRestart(eventful));

test("hostile evidence never throws, gives no number that is none, and survives restarts", () => {
  const value = fc.oneof(
    fc.double({ min: -1, max: 2, noNaN: true }),
    fc.double(),
    fc.constantFrom(0, -0, 1e11, -1e11, 1e308, Number.NaN, Number.POSITIVE_INFINITY, undefined),
  );
  const step = fc.record({
    wait_s: fc.oneof(fc.constantFrom(0, 60, 200, 200, 200, 1000, 1e5, 1e9), fc.double({ min: 0, max: 900, noNaN: true })),
    samples: fc.array(
      fc.record({
        channel: fc.constantFrom("C1.mm", "C1.mm", "C1.mm", "C1.t", "C1.I", "stranger", "__proto__"),
        value,
        quality: fc.constantFrom("good" as const, "good" as const, "uncertain" as const, "bad" as const),
      }),
      { maxLength: 4 },
    ),
  });
  const hostile = fc.array(step, { minLength: 300, maxLength: 600, size: "max" });
  fc.assert(
    fc.property(hostile, (steps) => {
      let at_s = 0;
      survivesRestart(
        steps.map(({ wait_s, samples }): Evidence => {
          at_s += wait_s;
          return { at_s, samples: samples.map(({ channel, value: number, quality }) => sample(channel, at_s, number, { quality })) };
        }),
      );
    }),
    { numRuns: 10 },
  );
});

test("the memory of weeks stays small", () => {
  const stage = swelling(bench());
  let state = stage.start();
  for (const moment of toy({ days: 30, grown: plateau, every_s: 300 })) [state] = stage.step(state, moment);
  assert.ok(JSON.stringify(state).length < 15_000, `${JSON.stringify(state).length} characters`);
});
