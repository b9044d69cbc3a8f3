/** Samples a second from a backlog on disk into a real influxd beside it, on the same cores. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { openInfluxSink } from "../../edge-agent/sinks/influx.ts";
import { maybeInfluxd } from "./installed.ts";
import type { Bench } from "./part.ts";
import { benchStation, measureDrain } from "./spool.ts";
import type { Figure } from "./table.ts";

/** Whole beats of 64 channels. */
const SAMPLES = 512_000;
const BAR = 50_000;

export async function drain({ room, progress }: Bench): Promise<Figure[]> {
  const name = "backlog → InfluxDB";
  const influxd = await maybeInfluxd(room);
  if (influxd === undefined) return [{ name, missing: "needs influxd (apt-get install influxdb)" }];
  progress(`${SAMPLES} samples`);
  const sink = openInfluxSink({ kind: "influxdb", url: influxd.url, database: "offgas", flavour: "v1" }, benchStation(), systemClock);
  const { samples_per_s, resident_MiB } = await measureDrain(join(tmpdir(), "drain"), SAMPLES, sink);
  const found = Number((await influxd.query('SELECT COUNT("quality") FROM "sample"', "offgas"))[0]?.count ?? 0);
  const note = `${found} of ${SAMPLES} points found there; ${Math.round(resident_MiB)} MiB resident in the draining process`;
  return [{ name, values: { samples: samples_per_s }, unit: "samples/s", bar: { of: "samples", least: BAR }, n: `${SAMPLES} samples`, note }];
}
