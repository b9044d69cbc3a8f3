/** Every scene, whole: what really happens in it hangs together. And a part of each: the same bytes from the same seed, a station file that loads, a recording that replays. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { replayRecording } from "../../../edge-agent/agent/replay.ts";
import { loadStation } from "../../../edge-agent/config/load.ts";
import { type Truth, truthSchema } from "../../../edge-agent/contracts/truth.ts";
import { systemClock } from "../../../edge-agent/core/clock.ts";
import { writeCase } from "../../../edge-agent/recording/case-folder.ts";
import { csvText } from "../../../edge-agent/recording/csv.ts";
import type { Scene } from "../../../models/twin/scenes/scene.ts";
import { scenes } from "../../../models/twin/scenes.ts";
import { simulate } from "../../../models/twin/simulate.ts";
import { tempFolder } from "../../support/temp.ts";

const folder = tempFolder({ after });
/** Of the scenes that are looked at in part. */
const part_s = 1500;
/** A runaway is what these come to, always or nearly so. */
const runaways = ["oven-ramp", "heat-wait-seek", "hot-soak", "heater-pad", "overcharge", "hard-short", "nail", "propagation", "low-gas"];
/** These end in fire without a warning that anything could give. */
const sudden = ["hard-short", "nail"];

function part(scene: Scene, seed: number): string {
  const { columns, rows } = simulate(scene, seed, part_s);
  return [...csvText(columns, rows())].join("");
}

function whole(scene: Scene, seed: number): { truth: Truth; last_s: number } {
  const { rows, truth } = simulate(scene, seed);
  let last_s = 0;
  for (const row of rows()) last_s = Math.max(last_s, row.time_s);
  return { truth: truthSchema.parse(truth()), last_s };
}

const timeOf = ({ events }: Truth, cell: string, event: string): number | undefined =>
  events.find((each) => each.cell === cell && each.event === event)?.time_s;

/** That what must come first comes first, for each cell that has both. */
function assertOrder(truth: Truth, last_s: number): void {
  const order = ["self-heating-0.2", "self-heating-0.5", "self-heating-1", "runaway", "t3"];
  for (const [index, { time_s }] of truth.events.entries()) {
    assert.ok(time_s >= (truth.events[index - 1]?.time_s ?? 0) && time_s <= last_s, `event ${index} at ${time_s} s of ${last_s} s`);
  }
  for (const cell of new Set(truth.events.map((event) => event.cell ?? ""))) {
    const times = order.map((event) => timeOf(truth, cell, event));
    const told = times.filter((time_s) => time_s !== undefined);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
      `${cell}: ${JSON.stringify(truth.events)}`,
    );
    assert.equal(
      told.length,
      times.indexOf(undefined) < 0 ? order.length : times.indexOf(undefined),
      `${cell}: none is left out: ${JSON.stringify(truth.events)}`,
    );
  }
}

test("the table names each scene once, in words of the command line", () => {
  assert.equal(new Set(scenes.map(({ name }) => name)).size, scenes.length);
  for (const { name, kind, about } of scenes) {
    assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    assert.equal(kind, name.replaceAll("-", "_"));
    assert.ok(about.length > 10 && !about.includes("\n"));
  }
});

for (const scene of scenes) {
  describe(scene.name, () => {
    test("the same seed, the same bytes; another seed, others", () => {
      const first = part(scene, 1);
      assert.equal(part(scene, 1), first);
      assert.notEqual(part(scene, 2), first);
      assert.ok(first.split("\n").length > 20);
    });

    test("its station file loads, its recording replays, and only an ill clock costs rows", async () => {
      const { station, columns, rows, truth } = simulate(scene, 3, part_s);
      const input = join(folder, scene.name, "run.csv.gz");
      await writeCase(input, { about: "a test", station, recording: csvText(columns, rows()), truth });
      const read = loadStation(join(folder, scene.name, "station.yaml"));
      const summary = await replayRecording({
        station: read,
        input,
        out: join(folder, scene.name, "out"),
        speed: Number.POSITIVE_INFINITY,
        clock: systemClock,
        progress: () => {},
      });
      assert.deepEqual(summary.dropped, { no_time: 0, duplicate_time: 0, backward_time: 0, malformed: 0 });
      assert.ok(summary.samples > 50);
      for (const { spec, channel } of pairs(scene, 3)) assert.equal(`${spec.every_s} s`, channel?.every, spec.column);
    });

    test("what happens hangs together", () => {
      const { truth, last_s } = whole(scene, 1);
      assert.equal(truth.healthy, scene.healthy);
      assertOrder(truth, last_s);
      if (scene.healthy) assert.deepEqual(truth.events, [], truth.notes);
      const runaway_s = timeOf(truth, "C1", "runaway");
      if (runaways.includes(scene.name)) assert.ok(runaway_s !== undefined, truth.notes);
      // of all seeds not quite every one, of these each
      const left_s = (runaway_s ?? Number.NaN) - (timeOf(truth, "C1", "self-heating-0.5") ?? 0);
      if (runaways.includes(scene.name) && !sudden.includes(scene.name)) assert.ok(left_s >= 300, `${left_s} s from 0.5 K/min to the runaway`);
      if (["near-miss", "vent-only"].includes(scene.name)) assert.ok(runaway_s === undefined && truth.events.length > 0, JSON.stringify(truth));
    });
  });
}

function pairs(scene: Scene, seed: number) {
  const { sensors, station } = scene.open(seed);
  return sensors.map((spec) => ({ spec, channel: station.channels.find(({ id }) => id === spec.column) }));
}

test("an ailing clock shows in the rows, and the replay counts what it costs", async () => {
  const scene = scenes.find(({ name }) => name === "instrument-fault");
  assert.ok(scene !== undefined);
  const seed = Array.from({ length: 200 }, (_, index) => index).find((index) => scene.open(index).clock.some(({ kind }) => kind === "out-of-order"));
  assert.ok(seed !== undefined);
  const { station, columns, rows, truth } = simulate(scene, seed);
  const input = join(folder, "clock", "run.csv");
  await writeCase(input, { about: "a test", station, recording: csvText(columns, rows()), truth });
  const order = { station: loadStation(join(folder, "clock", "station.yaml")), input, out: join(folder, "clock", "out"), speed: Number.POSITIVE_INFINITY };
  const { dropped } = await replayRecording({ ...order, clock: systemClock, progress: () => {} });
  assert.ok(dropped.backward_time > 0);
});
