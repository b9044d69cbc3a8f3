/** Samples a second through the whole of `offgas replay` on one thread: recording read, decided, timeline written. */
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { replayRecording } from "../../edge-agent/agent/replay.ts";
import { loadStation } from "../../edge-agent/config/load.ts";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { fixedLimits } from "../../models/fixed-limit.ts";
import type { Model } from "../../models/opinion.ts";
import { station } from "../support/station.ts";
import type { Bench } from "./part.ts";
import { recordedStation, writeRecording } from "./recording.ts";
import type { Figure } from "./table.ts";

const ROWS = 10_000;
/** A short recording is over before its code is compiled: it is replayed until this much time has passed. */
const LEAST_s = 5;
const [FIXED_BAR, FULL_BAR] = [100_000, 15_000];

interface Replayed {
  readonly name: string;
  readonly station: Station;
  readonly input: string;
}

export async function replay({ progress }: Bench): Promise<Figure[]> {
  progress("writing a recording of 64 channels");
  const synthetic = join(tmpdir(), "run.csv");
  await writeRecording(synthetic, ROWS);
  const folder = resolve(import.meta.dirname, "../cases/ul-fsri");
  const recordings: Replayed[] = [
    { name: "64 channels at 10 Hz", station: station(recordedStation), input: synthetic },
    { name: "the UL FSRI case", station: loadStation(join(folder, "station.yaml")), input: join(folder, "run.csv.gz") },
  ];
  const figures: Figure[] = [];
  for (const model of ["fixed limits only", "full model"]) {
    for (const recording of recordings) {
      const name = `replay, ${model}, ${recording.name}`;
      progress(name);
      const fixed = model === "fixed limits only";
      const { samples, wall_s, runs } = await repeated(recording, fixed ? limitsAlone(recording.station) : undefined);
      const bar = { of: "samples", least: fixed ? FIXED_BAR : FULL_BAR };
      figures.push({ name, values: { samples: samples / wall_s }, unit: "samples/s", bar, n: `${samples} samples in ${runs} runs` });
    }
  }
  return figures;
}

async function repeated({ station, input }: Replayed, model: Model | undefined) {
  let [samples, wall_s, runs] = [0, 0, 0];
  while (wall_s < LEAST_s) {
    const order = { station, input, out: join(tmpdir(), "replayed"), speed: Number.POSITIVE_INFINITY, clock: systemClock, progress: () => {} };
    const summary = await replayRecording(model === undefined ? order : { ...order, model });
    samples += summary.samples;
    wall_s += summary.wall_s;
    runs++;
  }
  return { samples, wall_s, runs };
}

function limitsAlone(station: Station): Model {
  const limits = fixedLimits(station);
  return {
    start: limits.start,
    step(state, evidence) {
      const [next, findings] = limits.step(state as ReturnType<typeof limits.start>, evidence);
      return [next, { estimates: [], findings }];
    },
  };
}
