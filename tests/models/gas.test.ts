/** Amounts of gas against the twin's own, and opened seals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Station, type StationInput, stationSchema } from "../../edge-agent/contracts/station.ts";
import type { Estimate, Finding } from "../../edge-agent/core/judgement.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import { gasWatch } from "../../models/gas/gas-watch.ts";
import type { Evidence } from "../../models/opinion.ts";
import { usualCell } from "../../models/twin/params/cell.ts";
import { sceneNamed } from "../../models/twin/scenes.ts";
import type { ChamberSetup } from "../../models/twin/setup.ts";
import { simulate } from "../../models/twin/simulate.ts";
import type { Drive, Species, World } from "../../models/twin/world.ts";
import { replayChannel, station } from "../support/station.ts";
import { dice, every, sample } from "./evidence.ts";
import { driveOf, worldOf } from "./twin/worlds.ts";

type ChannelInput = StationInput["channels"][number];
const units = { co2: "ppm", h2: "ppm", co: "ppm", hf: "ppm", voc: "ppm", temperature: "degC", pressure: "kPa", thickness: "mm", humidity: "pct" } as const;
const channel = (id: string, quantity: keyof typeof units, more: Partial<ChannelInput> = {}): ChannelInput =>
  replayChannel(id, { quantity, at: { pack: "P" }, source: { driver: "replay", column: id, unit: units[quantity] }, every: "5 s", ...more });

const space = (more: Partial<NonNullable<NonNullable<StationInput["packs"]>[number]["gas_space"]>> = {}) => ({
  free_volume: "100 L" as const,
  ventilation: "1 /h",
  leak_rate: "0.05 /h",
  ...more,
});
const box = (gas_space: ReturnType<typeof space> | undefined, channels: ChannelInput[], cells: string[] = ["C1"]): Station =>
  station({ cells: cells.map((id) => ({ id, pack: "P" })), packs: [{ id: "P", ...(gas_space && { gas_space }) }], channels });

const sensors: ChannelInput[] = [
  channel("co2", "co2", { t90: "46 s" }),
  channel("h2", "h2", { t90: "60 s" }),
  channel("co", "co", { t90: "25 s" }),
  channel("T", "temperature", { at: { cell: "C1" } }),
  channel("air", "temperature", { place: "chamber" }),
  channel("kPa", "pressure"),
];

interface Told {
  readonly vents: readonly (Finding & { readonly at_s: number })[];
  readonly known: ReturnType<ReturnType<typeof gasWatch>["known"]>;
}

/** Runs the gas stage alone; what it found, and what it knows of pack P at the end. */
function watch(of: Station, evidence: readonly Evidence[], pack = "P"): Told {
  const stage = gasWatch(of);
  let state = stage.start();
  const vents: Told["vents"][number][] = [];
  for (const moment of evidence) {
    const [next, findings] = stage.step(state, moment);
    state = next;
    for (const one of findings)
      if (one.present && !vents.some(({ scope }) => scope.kind === one.scope.kind && scope.id === one.scope.id)) vents.push({ ...one, at_s: moment.at_s });
  }
  return {
    vents,
    known: stage.known(
      state,
      pack,
      of.channels.map(({ id }) => id),
      evidence.at(-1)?.at_s ?? 0,
    ),
  };
}

/** A true world read every 5 s by lagging, noisy sensors, and what its cell let out of these gases, mmol. */
function inWorld(chamber: Partial<ChamberSetup>, cell: typeof usualCell, drive: (world: World) => Drive, until_s: number, seed: number) {
  const { normal } = dice(seed);
  const world = worldOf([cell], chamber);
  const lag: Record<string, number> = {};
  const felt = (name: Species, now: World, t90_s: number) => {
    const true_ppm = now.gas_ppm[name];
    const last = lag[name];
    lag[name] = last === undefined ? true_ppm : true_ppm + (last - true_ppm) * Math.exp((-5 * Math.log(10)) / t90_s);
    return lag[name];
  };
  const evidence: Evidence[] = [];
  for (let now = world.world(); now.at_s < until_s; now = world.step(drive(now), 5)) {
    const { at_s, cells } = now;
    const ppm = { co2: felt("co2", now, 46) + 8 * normal(), h2: felt("h2", now, 60) + 0.5 * normal(), co: felt("co", now, 25) + 0.5 * normal() };
    const others = { T: (cells[0]?.surface_degC ?? 0) + 0.05 * normal(), air: now.chamber_degC + 0.05 * normal(), kPa: now.pressure_kPa + 0.01 * normal() };
    evidence.push({ at_s, samples: Object.entries({ ...ppm, ...others }).map(([id, value]) => sample(id, at_s, value)) });
  }
  const [co2 = 0, co = 0, h2 = 0] = world.ledger().cells[0]?.released_mol ?? [];
  return { evidence, released_mmol: 1000 * (co2 + co + h2) };
}

const weak = { ...usualCell, pouch: { ...usualCell.pouch, burst_kPa: 20, slack_mL: 3 } };
const oven = ({ at_s }: World) => driveOf([{}], { setPoint_degC: Math.min(140, 25 + Math.max(0, at_s - 1200) / 30), room_degC: 25 });

test("what a cell let out is told within its uncertainty, sealed and aired", () => {
  for (const sealed of [true, false]) {
    const { evidence, released_mmol } = inWorld({ sealed, ventilation_per_h: 1 }, weak, oven, 6000, 3);
    const { made } = watch(box(space(sealed ? { sealed: true, ventilation: "0 /h" } : {}), sensors), evidence).known;
    assert.ok(made?.u !== undefined, "no amount");
    assert.ok(released_mmol > 0.5, `${released_mmol}`);
    assert.ok(Math.abs(made.value - released_mmol) <= 2 * made.u, `${made.value} ± ${made.u} of ${released_mmol}`);
    assert.ok(made.value > 0.5 * released_mmol && made.value < 1.6 * released_mmol, `${made.value} of ${released_mmol}`);
  }
});

test("where nothing is made, nothing is told beyond its uncertainty", () => {
  const { evidence, released_mmol } = inWorld({ ventilation_per_h: 1 }, usualCell, () => driveOf([{}], { room_degC: 25 }), 4 * 3600, 4);
  const { known, vents } = watch(box(space(), sensors), evidence);
  assert.equal(Math.round(released_mmol * 1000), 0);
  assert.ok(known.made?.u !== undefined && known.made.value < 2 * known.made.u, `${known.made?.value}`);
  assert.deepEqual(vents, []);
});

test("without volume or ventilation amounts cannot be known, and it says which; a sealed space needs no ventilation", () => {
  const evidence = every(5, 0, 100).map((at_s) => ({ at_s, samples: [sample("co2", at_s, 450), sample("h2", at_s, 1)] }));
  const known = (gas_space: Parameters<typeof box>[0]) => watch(box(gas_space, sensors), evidence).known;
  assert.deepEqual(known(undefined), { reasons: ["amounts of gas in P cannot be known: its free volume is not in the station file"] });
  assert.deepEqual(known(space({ free_volume: "unknown" })), known(undefined));
  assert.deepEqual(known(space({ ventilation: "unknown" })), { reasons: ["amounts of gas in P cannot be known: its ventilation is not in the station file"] });
  assert.ok(known(space({ ventilation: "unknown", sealed: true })).made !== undefined);
});

/** Readings of co2 and h2 and a cool or hot cell, from a course by time. */
const course = (until_s: number, at: (at_s: number) => Record<string, number>, seed = 7): Evidence[] => {
  const { normal } = dice(seed);
  const noise: Record<string, number> = { co2: 8, h2: 0.4, co: 0.4, hf: 0.03, voc: 0.1, T: 0.05, air: 0.05, kPa: 0.01, mm: 0.002, mm2: 0.002, pct: 0.1 };
  return every(5, 0, until_s).map((at_s) => ({
    at_s,
    samples: Object.entries(at(at_s)).map(([id, value]) => sample(id, at_s, value + (noise[id] ?? 0) * normal())),
  }));
};

test("people who breathe beside a leaky door: only CO2 rises, and it is not counted; with another gas, or in a sealed space, it is", () => {
  const people = (at_s: number) => ({ co2: 450 + 900 * (1 - Math.exp(-Math.max(0, at_s - 1800) / 1800)), h2: 0.5, air: 24 });
  const { made, reasons } = watch(box(space(), sensors), course(6000, people)).known;
  assert.ok(made?.u !== undefined && made.value < 2 * made.u && made.value < 0.2, `${made?.value}`);
  assert.match(reasons.join("; "), /only CO2 rises in P, .* mmol if it were made here: people or a leaky door give the same, and it is not counted/);
  const both = watch(
    box(space(), sensors),
    course(6000, (at_s) => ({ ...people(at_s), h2: at_s < 1800 ? 0.5 : 60 })),
  ).known;
  assert.ok((both.made?.value ?? 0) > 3, `${both.made?.value}`);
  const sealed = watch(box(space({ sealed: true }), sensors), course(6000, people)).known;
  // 800 ppm of 4.1 mol
  assert.ok(Math.abs((sealed.made?.value ?? 0) - 3.4) < 1, `${sealed.made?.value}`);
});

test("a sensor at the end of its range gives a least amount, without an uncertainty, and goes on giving it", () => {
  const flood = every(5, 0, 4000).map((at_s): Evidence => {
    const h2 = at_s < 1000 ? 1 : 1 + 2 * (at_s - 1000);
    const full = h2 >= 1000;
    return { at_s, samples: [sample("h2", at_s, full ? 1000 : h2, full ? { quality: "uncertain", bound: 1 } : {}), sample("air", at_s, 25)] };
  });
  const { made, reasons } = watch(box(space({ sealed: true }), sensors), flood).known;
  // 1000 ppm of 4.1 mol and what the sensor's lag hides; no more is proven
  assert.ok(made !== undefined && made.u === undefined && made.value > 3.9 && made.value < 5, `${made?.value}`);
  assert.match(reasons[0] ?? "", /H2 at least/);
});

test("a spike is no gas, and an open door takes back none that was made", () => {
  const spiked = watch(
    box(space({ sealed: true }), sensors),
    course(4000, (at_s) => ({ h2: at_s === 2000 ? 400 : 0.5, air: 25 })),
  ).known;
  assert.ok((spiked.made?.value ?? 1) < 0.05, `${spiked.made?.value}`);
  // a step, and a decay over 60 s, through a lag of 26 s
  const felt = (at_s: number) => 1 - Math.exp(-Math.max(0, at_s - 1000) / 26);
  const left = (past_s: number) => (60 * Math.exp(-past_s / 60) - 26 * Math.exp(-past_s / 26)) / 34;
  const door = (at_s: number) => ({ h2: 0.5 + 200 * (at_s < 2500 ? felt(at_s) : left(at_s - 2500)), air: 25 });
  const aired = watch(box(space({ sealed: true }), sensors), course(4000, door)).known;
  // 200 ppm of 4.1 mol
  assert.ok(Math.abs((aired.made?.value ?? 0) - 0.82) < 0.25, `${aired.made?.value}`);
});

test("in a sealed space pressure sees a swelling pouch before the sensors see gas, and both agree after", () => {
  const n0_mmol = (101.3 * 100 * 1000) / (8.314 * 298.15);
  const shared = (grown_mmol: number, out: number) => (at_s: number) => {
    const share = Math.min(1, Math.max(0, at_s - 1500) / 3000);
    return { kPa: 101.3 * (1 + (share * grown_mmol) / n0_mmol), air: 25, h2: 0.5 + (out * share * grown_mmol * 1e6) / n0_mmol, co2: 400 };
  };
  const sealed = box(space({ sealed: true }), sensors);
  assert.match(
    watch(sealed, course(6000, shared(60, 0.02))).known.reasons.join("; "),
    /pressure shows .* mmol more gas than at the start, sensors .*: the rest is still in a pouch/,
  );
  assert.match(watch(sealed, course(6000, shared(60, 0.95))).known.reasons.join("; "), /pressure shows .*: it is out of the cell/);
  assert.doesNotMatch(watch(sealed, course(6000, shared(0, 0))).known.reasons.join("; "), /pressure/);
});

const full = [...sensors, channel("hf", "hf"), channel("voc", "voc"), channel("mm", "thickness", { at: { cell: "C1" } }), channel("pct", "humidity")];
const burst = (from_s: number) => (at_s: number) => Math.max(0, 1 - Math.exp(-(at_s - from_s) / 40)) * (at_s >= from_s ? 1 : 0);

test("a vent is two kinds of gas that rise together at a hot cell: not one, and not at a cool one", () => {
  const puff = burst(2000);
  const at = (degC: number, gases: Record<string, number>) => (at_s: number) => ({
    co2: 450 + (gases.co2 ?? 0) * puff(at_s),
    h2: 0.5 + (gases.h2 ?? 0) * puff(at_s),
    co: 0.5 + (gases.co ?? 0) * puff(at_s),
    hf: 0.05 + (gases.hf ?? 0) * puff(at_s),
    voc: 0.2 + (gases.voc ?? 0) * puff(at_s),
    T: degC,
    air: degC,
  });
  const vents = (degC: number, gases: Record<string, number>) => watch(box(space(), full), course(4000, at(degC, gases))).vents;
  const [vent] = vents(90, { voc: 40, h2: 20 });
  assert.ok(vent && vent.at_s >= 2000 && vent.at_s <= 2060, `${vent?.at_s}`);
  assert.deepEqual([vent.scope.kind, vent.scope.id, vent.severity, vent.by], ["cell", "C1", "warning", "seal"]);
  assert.match(vent.why.join("; "), /h2 rose from 0\.\d+ ppm to .* within minutes.*the hottest thermometer there reads 90\.\d degC/);
  assert.deepEqual(vents(55, { h2: 200, co: 100, co2: 1000 }), [], "a bottle of mixed gas");
  assert.deepEqual(vents(55, { voc: 400, h2: 12 }), [], "a spill of solvent");
  assert.deepEqual(vents(90, { h2: 200, co: 60 }), [], "hydrogen, which the CO sensor feels");
  assert.deepEqual(vents(90, { co2: 2000 }), [], "one gas");
  const visit = at(90, { co2: 1500, voc: 5 });
  const opened = (at_s: number) => ({ ...visit(at_s), air: at_s < 1990 ? 90 : 60 + 30 * Math.min(1, Math.max(0, at_s - 2200) / 900) });
  assert.deepEqual(watch(box(space(), full), course(4000, opened)).vents, [], "a visitor who opens the door");
  assert.deepEqual(vents(25, { hf: 4, voc: 30 }), [], "two bottles, one after the other");
});

test("swelling that goes at once on a hot cell is a vent of that cell, within seconds; slowly, on a cool one, or without having grown, it is none", () => {
  const cells = box(
    space(),
    [
      channel("mm", "thickness", { at: { cell: "C1" } }),
      channel("mm2", "thickness", { at: { cell: "C2" } }),
      channel("T", "temperature", { at: { cell: "C1" } }),
    ],
    ["C1", "C2"],
  );
  const grown = (at_s: number) => Math.min(0.8, Math.max(0, at_s - 600) / 2000);
  const vents = (degC: number, mm: (at_s: number) => number) =>
    watch(
      cells,
      course(4000, (at_s) => ({ mm: mm(at_s), mm2: grown(at_s), T: degC })),
    ).vents;
  const [vent, ...more] = vents(100, (at_s) => (at_s < 3000 ? grown(at_s) : 0.2));
  assert.ok(vent && vent.at_s >= 3000 && vent.at_s <= 3015, `${vent?.at_s}`);
  assert.deepEqual([vent.scope.kind, vent.scope.id, more.length], ["cell", "C1", 0]);
  assert.match(vent.why[0] ?? "", /^the swelling went at once: mm fell from 0\.8\d* mm to 0\.2\d* mm|^the swelling went at once: mm fell from 0\.79\d* mm/);
  assert.deepEqual(
    vents(100, (at_s) => (at_s < 3000 ? grown(at_s) : Math.max(0.2, 0.8 - (at_s - 3000) / 1000))),
    [],
  );
  assert.deepEqual(
    vents(40, (at_s) => (at_s < 3000 ? grown(at_s) : 0.2)),
    [],
  );
  assert.deepEqual(
    vents(100, (at_s) => (at_s < 3000 ? 0 : -0.6)),
    [],
    "a sensor that slips",
  );
  assert.deepEqual(
    vents(100, (at_s) => (at_s === 3000 ? 0.1 : grown(at_s))),
    [],
    "a spike",
  );
});

test("without a thermometer the pressure of a sealed space, or the dryness of aired air, says that it is hot", () => {
  const blind = (gas_space: ReturnType<typeof space>) =>
    box(
      gas_space,
      full.filter(({ quantity }) => quantity !== "temperature"),
    );
  const puff = burst(3000);
  const gases = (at_s: number) => ({ voc: 0.2 + 30 * puff(at_s), h2: 0.5 + 20 * puff(at_s) });
  const warms = (at_s: number) => Math.min(1, Math.max(0, at_s - 700) / 1500);
  const by = (of: Station, more: (at_s: number) => Record<string, number>) =>
    watch(
      of,
      course(4000, (at_s) => ({ ...gases(at_s), ...more(at_s) })),
    ).vents.length;
  assert.equal(
    by(blind(space({ sealed: true })), (at_s) => ({ kPa: 101.3 * (1 + 0.2 * warms(at_s)) })),
    1,
  );
  assert.equal(
    by(blind(space({ sealed: true })), () => ({ kPa: 101.3 })),
    0,
  );
  assert.equal(
    by(blind(space()), (at_s) => ({ kPa: 101.3, pct: 45 * (1 - 0.98 * warms(at_s)) })),
    1,
  );
  assert.equal(
    by(blind(space()), () => ({ kPa: 101.3, pct: 45 })),
    0,
  );
});

/** A scene as its agent would see it, around the first vent or as a whole. */
function scene(name: string, seed: number, until_s: number) {
  const opened = sceneNamed(name) ?? assert.fail(name);
  const run = simulate(opened, seed, until_s);
  const evidence = [...run.rows()].map(
    ({ time_s, values }): Evidence => ({
      at_s: time_s,
      samples: values.flatMap((reading, i): Sample[] => {
        const id = run.columns[i] ?? "";
        if (reading === undefined) return [];
        return [sample(id, time_s, reading.value, reading.bound === 0 ? {} : { quality: "uncertain", bound: reading.bound })];
      }),
    }),
  );
  return { of: stationSchema.parse(run.station), evidence, vent_s: run.truth().events.find(({ event }) => event === "vent")?.time_s };
}

test("the twin's vents are told within a minute of the truth; calibration gas, solvent, breath and ramps tell none", () => {
  for (const seed of [2, 3, 13]) {
    const { of, evidence, vent_s = Number.NaN } = scene("vent-only", seed, 6000);
    const [vent] = watch(of, evidence, "P1").vents;
    assert.ok(vent && vent.at_s >= vent_s && vent.at_s - vent_s <= 60, `seed ${seed}: ${vent?.at_s}, truth ${vent_s}`);
  }
  const quiet = [
    ["calibration-gas", 1],
    ["calibration-gas", 11],
    ["solvent", 7],
    ["breathing", 3],
    ["chamber-ramp", 2],
    ["instrument-fault", 2],
  ] as const;
  for (const [name, seed] of quiet) {
    const { of, evidence } = scene(name, seed, 9600);
    assert.deepEqual(watch(of, evidence, "P1").vents, [], `${name} ${seed}`);
  }
});

test("the stage is vented from then on, with the amount beside it, and a restart between any two samples changes nothing", () => {
  const { of, evidence, vent_s = Number.NaN } = scene("vent-only", 3, 4200);
  const run = (restarts: boolean): Estimate[] => {
    const model = earlyWarning(of);
    let state = model.start();
    return evidence.flatMap((moment) => {
      const [next, { estimates }] = model.step(restarts && moment.at_s > 3700 ? JSON.parse(JSON.stringify(state)) : state, moment);
      state = next;
      return estimates;
    });
  };
  const told = run(false);
  const vented = told.filter(({ stage }) => stage === "vented");
  assert.ok(vented[0] && vented[0].at_s - vent_s <= 60 && vented[0].at_s >= vent_s, `${vented[0]?.at_s}`);
  assert.ok(told.filter(({ at_s }) => at_s > vent_s + 60).every(({ stage }) => stage === "vented"));
  assert.ok((vented.at(-1)?.gas_mmol?.value ?? 0) > 0);
  assert.match(vented.at(-1)?.reasons.join("; ") ?? "", /made in P1 since the start, in mmol: CO2/);
  assert.deepEqual(run(true), told);
});

test("never throws, and stays plain JSON, on any evidence: absurd values, repeated and falling-together times, gaps of weeks", () => {
  const of = box(space({ sealed: true }), full);
  const stage = gasWatch(of);
  let state = stage.start();
  const { uniform } = dice(11);
  let at_s = 0;
  for (let i = 0; i < 4000; i++) {
    at_s += uniform() < 0.2 ? 0 : uniform() < 0.01 ? 1e6 * uniform() : uniform() < 0.1 ? 1e-9 : 5 * uniform();
    const samples = full.flatMap(({ id }): Sample[] => {
      const value = uniform() < 0.9 ? 100 * uniform() : (uniform() - 0.5) * 10 ** (12 * uniform());
      const odd = uniform();
      if (odd < 0.2) return [];
      return [
        sample(
          id,
          at_s,
          odd < 0.25 ? undefined : value,
          odd < 0.3 ? { quality: "bad" } : odd < 0.4 ? { quality: "uncertain", bound: odd < 0.35 ? 1 : -1 } : {},
        ),
      ];
    });
    [state] = stage.step(state, { at_s, samples });
    const known = stage.known(
      state,
      "P",
      full.map(({ id }) => id),
      at_s,
    );
    assert.ok(known.made === undefined || Number.isFinite(known.made.value + (known.made.u ?? 0)), `${i}`);
    if (i % 50 === 0) assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  }
});
