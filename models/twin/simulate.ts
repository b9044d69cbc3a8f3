/** A scene and its seed → the rows of a recording, and what really happened. */
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import type { Truth } from "../../edge-agent/contracts/truth.ts";
import { stamped } from "./clock-faults.ts";
import { type NetHistory, netHistory } from "./net-history.ts";
import { openWorld } from "./open-world.ts";
import { simulateParams as p } from "./params/simulate.ts";
import { seeded } from "./random.ts";
import type { OpenedScene, Scene } from "./scenes/scene.ts";
import { openSensor, type Sensor } from "./sensor.ts";
import type { Reading } from "./sensor-faults.ts";
import { type TruthWatch, watchTruth } from "./truth-watch.ts";
import type { World } from "./world.ts";

export interface RecordedRow {
  readonly time_s: number;
  /** In the order of `columns`; undefined where nothing was measured. */
  readonly values: readonly (Reading | undefined)[];
}

export interface Simulation {
  readonly station: StationInput;
  readonly columns: readonly string[];
  /** Of the whole run, s; a scene may be over earlier. */
  readonly duration_s: number;
  /** Once: the world goes on as the rows are taken. */
  rows(): Generator<RecordedRow>;
  /** What happened as far as rows were taken. */
  truth(): Truth;
  /** The cell's own heating at a time, K/min, as far as rows were taken. */
  netRate(cell: string, at_s: number): number | undefined;
}

/** `limit_s` ends the run earlier. */
export function simulate(scene: Scene, seed: number, limit_s = Number.POSITIVE_INFINITY): Simulation {
  const opened = scene.open(seed);
  const { station, sensors: specs, clock, swellingLimit_pct, notes } = opened;
  const random = seeded(`${scene.name}/${seed}/sensors`);
  const sensors = specs.map((spec) => openSensor(spec, random.branch(spec.column)));
  const duration_s = Math.min(limit_s, opened.duration_s);
  const ids = station.cells.map(({ id }) => id);
  const watch = watchTruth(ids, swellingLimit_pct, station.intent?.kind === "storage");
  const history = netHistory(ids);
  return {
    station,
    columns: specs.map(({ column }) => column),
    duration_s,
    rows: () => stamped(measured(opened, sensors, [watch, history], duration_s), clock, random.branch("clock")),
    truth: () => ({ v: 1, kind: scene.kind, healthy: scene.healthy, events: watch.events(), notes: `scene ${scene.name}, seed ${seed}: ${notes}` }),
    netRate: history.at,
  };
}

/** The world goes on in steps short enough for its truth; a row at every time at which a sensor is due. */
function* measured(
  { setup, drive, isOver }: OpenedScene,
  sensors: readonly Sensor[],
  watches: readonly Pick<TruthWatch | NetHistory, "see">[],
  until_s: number,
): Generator<RecordedRow> {
  const world = openWorld(setup);
  const due = sensors.map(({ spec }) => spec.phase_s);
  let now = world.world();
  for (;;) {
    for (const sensor of sensors) sensor.see(now);
    for (const watch of watches) watch.see(now);
    const at_s = now.at_s;
    if (due.some((time_s) => time_s <= at_s + p.together_s))
      yield { time_s: round(at_s), values: sensors.map((sensor, index) => readIfDue(sensor, due, index, at_s)) };
    if (at_s >= until_s - p.together_s || isOver(now)) return;
    const next_s = Math.min(until_s, ...due);
    now = world.step(drive(now), Math.min(next_s - at_s, longest_s(now)));
  }
}

const round = (time_s: number): number => Math.round(time_s * 1e3) / 1e3;

function readIfDue(sensor: Sensor, due: number[], index: number, at_s: number): Reading | undefined {
  const time_s = due[index] ?? 0;
  if (time_s > at_s + p.together_s) return undefined;
  due[index] = time_s + sensor.spec.every_s;
  return sensor.read();
}

/** The longest step: by what is going on in the hottest cell. */
function longest_s({ cells }: World): number {
  const own_K_per_min = Math.max(...cells.map(({ net_K_per_min }) => net_K_per_min));
  if (own_K_per_min > p.fast_K_per_min) return p.fastStep_s;
  return own_K_per_min > p.warm_K_per_min ? p.warmStep_s : p.calmStep_s;
}
