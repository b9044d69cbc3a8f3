/** From spawning `offgas` to its answer, and to the first sample that is stored and sent. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Influxd } from "../support/influxd.ts";
import { maybeInfluxd } from "./installed.ts";
import { running, toTheEnd } from "./offgas.ts";
import type { Bench } from "./part.ts";
import { writeChipStation } from "./stations.ts";
import { type Figure, spread } from "./table.ts";

const [SHORT_RUNS, LONG_RUNS] = [10, 3];
const LOOK_s = 0.01;
const PATIENCE_s = 30;

export async function startUp({ room, progress }: Bench): Promise<Figure[]> {
  const influxd = await maybeInfluxd(room);
  const folder = mkdtempSync(join(tmpdir(), "start-"));
  const config = writeChipStation(folder, { influxUrl: influxd?.url, mqttUrl: undefined });
  const cache = join(folder, "compiled");
  const figures: Figure[] = [];

  for (const [name, args] of [
    ["offgas --help", ["--help"]],
    ["offgas check", ["check", config]],
  ] as const) {
    progress(name);
    rmSync(cache, { recursive: true, force: true });
    const first_s = await timed(() => toTheEnd(args, cache));
    const later_s: number[] = [];
    for (let run = 0; run < SHORT_RUNS; run++) later_s.push(await timed(() => toTheEnd(args, cache)));
    const { p50, max } = spread(later_s);
    figures.push({ name: `start-up, ${name}`, values: { p50, max, "first ever": first_s }, unit: "s", n: `${SHORT_RUNS} runs` });
  }

  const [deciding_s, stored_s]: [number[], number[]] = [[], []];
  for (let run = 0; run <= LONG_RUNS; run++) {
    progress(`offgas run --simulated, ${run} of ${LONG_RUNS}`);
    if (influxd !== undefined) await influxd.query('DROP MEASUREMENT "sample"', "offgas");
    const from_s = systemClock.monotonic_s();
    const agent = running(room, ["--simulated", "--config", config], cache);
    await agent.event("agent-start");
    const started_s = systemClock.monotonic_s() - from_s;
    if (influxd !== undefined) await firstSample(influxd);
    const delivered_s = systemClock.monotonic_s() - from_s;
    await agent.stop();
    if (run === 0) continue; // compiles
    deciding_s.push(started_s);
    stored_s.push(delivered_s);
  }
  const n = `${LONG_RUNS} runs`;
  const ends = ({ p50, max }: ReturnType<typeof spread>) => ({ p50, max });
  figures.push({ name: "start-up, offgas run → outputs open and deciding", values: ends(spread(deciding_s)), unit: "s", n });
  const name = "start-up, offgas run → first sample stored and sent";
  if (influxd === undefined) return [...figures, { name, missing: "needs influxd (apt-get install influxdb)" }];
  const note = "of it a second that the simulated chips take for their first results";
  return [...figures, { name, values: ends(spread(stored_s)), unit: "s", n, note }];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from_s = systemClock.monotonic_s();
  await work();
  return systemClock.monotonic_s() - from_s;
}

async function firstSample(influxd: Influxd): Promise<void> {
  const limit_s = systemClock.monotonic_s() + PATIENCE_s;
  while ((await influxd.query('SELECT "quality" FROM "sample" LIMIT 1', "offgas")).length === 0) {
    if (systemClock.monotonic_s() > limit_s) throw new Error(`no sample in InfluxDB within ${PATIENCE_s} s of offgas run`);
    await systemClock.sleep(LOOK_s);
  }
}
