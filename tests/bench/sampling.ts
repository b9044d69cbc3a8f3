/**
 * How true the beat of 64 channels at 10 Hz is, and what one bus costs that hangs: simulated chips on four buses, each in its own process, listened to
 * as the deciding process does. Times are those at which the chips gave their values.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Source } from "../../edge-agent/bus/source.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { openBuses } from "../../edge-agent/sensors/open.ts";
import type { Bench } from "./part.ts";
import { channelCount, rate_Hz } from "./spool.ts";
import { busCount, fastStation } from "./stations.ts";
import { type Figure, spread } from "./table.ts";

const SETTLE_s = 5;
const HANG_AT_s = 20;
const END_s = 40;
const BEAT_s = 1 / rate_Hz;

export async function sampling({ room, progress }: Bench): Promise<Figure[]> {
  const station = stationSchema.parse(fastStation(mkdtempSync(join(tmpdir(), "sampling-")), { influxUrl: undefined, mqttUrl: undefined }));
  const faults = [{ bus: "i2c-1", address: 0x48, fault: "hang", at_s: HANG_AT_s }] as const;
  const origin_s = systemClock.monotonic_s();
  const sources: readonly Source[] = openBuses(station, { simulated: true, faults, clock: systemClock, origin_s });
  const heard = new Map<number, Reading[]>();
  let restarted_s = Number.NaN;
  for (const source of sources) {
    source.start({
      readings: (readings) => {
        for (const reading of readings) heard.set(reading.channel, [...(heard.get(reading.channel) ?? []), reading]);
      },
      time() {},
      ended() {},
      restarted: () => {
        restarted_s = systemClock.monotonic_s() - origin_s;
      },
    });
    room.after(async () => source.stop());
  }
  for (let left_s = END_s; left_s > 0; left_s--) {
    progress(`${left_s} s to go`);
    await systemClock.sleep(1);
  }
  for (const source of sources) source.stop();
  return figuresOf(heard, restarted_s);
}

function figuresOf(heard: ReadonlyMap<number, readonly Reading[]>, restarted_s: number): Figure[] {
  const perBus = channelCount / busCount;
  const [hung, others] = [[...heard].filter(([channel]) => channel < perBus), [...heard].filter(([channel]) => channel >= perBus)];
  const offBeat_ms = (from_s: number, to_s: number) =>
    others.flatMap(([, readings]) => offTheGrid_ms(goodTimes(readings).filter((at_s) => at_s >= from_s && at_s < to_s)));
  const [before_ms, during_ms] = [offBeat_ms(SETTLE_s, HANG_AT_s), offBeat_ms(HANG_AT_s, HANG_AT_s + 5)];
  const gaps_s = hung.map(([, readings]) => Math.max(...apart(goodTimes(readings).filter((at_s) => at_s > SETTLE_s))));
  const told_s = Math.min(
    ...hung.flatMap(([, readings]) => readings.filter(({ reason, at_s }) => reason === "bus-deadline" && at_s >= HANG_AT_s).map(({ at_s }) => at_s)),
  );
  return [
    {
      name: `jitter of sampling, ${channelCount} channels × ${rate_Hz} Hz, ${busCount} buses`,
      values: spread(before_ms),
      unit: "ms off the beat",
      n: `${before_ms.length} samples`,
    },
    { name: "  the same on the other buses in the 5 s after one hangs", values: spread(during_ms), unit: "ms off the beat", n: `${during_ms.length} samples` },
    {
      name: "one bus hangs: until its channels are told",
      values: { after: told_s - HANG_AT_s, restarted: restarted_s - HANG_AT_s },
      unit: "s",
      n: `${hung.length} channels`,
    },
    { name: "  its channels without a reading", values: { longest: Math.max(...gaps_s) }, unit: "s", n: `${hung.length} channels` },
  ];
}

const goodTimes = (readings: readonly Reading[]): number[] => readings.filter(({ raw }) => raw !== undefined).map(({ at_s }) => at_s);
const apart = (times_s: readonly number[]): number[] => times_s.slice(1).map((at_s, index) => at_s - (times_s[index] ?? at_s));

/** How far each time lies from the grid of beats that fits them best in the middle, in ms. */
function offTheGrid_ms(times_s: readonly number[]): number[] {
  const [first = 0] = times_s;
  const phases_s = times_s.map((at_s) => at_s - first - BEAT_s * Math.round((at_s - first) / BEAT_s));
  const middle_s = phases_s.toSorted((a, b) => a - b)[Math.floor(phases_s.length / 2)] ?? 0;
  return phases_s.map((phase_s) => 1000 * Math.abs(phase_s - middle_s));
}
