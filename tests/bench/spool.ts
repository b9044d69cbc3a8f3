/** What the spool costs and how fast it drains. Run by the bench; each returns figures, and asserts nothing. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { Drain } from "../../edge-agent/sinks/drain.ts";
import type { Sink } from "../../edge-agent/sinks/sink.ts";
import { Sorting } from "../../edge-agent/spool/sorting.ts";
import { Spool } from "../../edge-agent/spool/spool.ts";
import { replayChannel, station } from "../support/station.ts";

export const channelCount = 64;
export const rate_Hz = 10;
/** The commit interval of a station file that names none. */
const commit_s = 0.25;

export const benchStation = (): Station =>
  station({
    channels: Array.from({ length: channelCount }, (_, n) =>
      replayChannel(`C${n}.t`, { at: { station: true }, ...(n % 4 === 3 ? { quantity: "co2" as const } : undefined) }),
    ),
  });

/** A generator of the same noise every time (mulberry32). */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * 64 channels at 10 Hz with jitter of a millisecond, as a real bus has: three in four a thermocouple in sixteenths of a degree with 2 counts
 * of noise, every other one of them calibrated, so that its value is no short decimal; one in four a CO2 sensor in whole ppm.
 */
export function realistic(): (beat: number) => Sample[] {
  const random = noise(1);
  const start_ns = 1_790_000_000_000_000_000n;
  return (beat) =>
    Array.from({ length: channelCount }, (_, n) => {
      const at_ns = Math.round((beat / rate_Hz) * 1e9 + n * 1e5 + random() * 1e6);
      const co2 = n % 4 === 3;
      const raw = co2 ? Math.round(600 + n + random() * 6) : Math.round((25 + n / 4 + 5 * Math.sin(beat / 6000)) * 16 + random() * 2) / 16;
      const value = !co2 && n % 2 === 1 ? (raw - 0.1) * 1.002 : raw;
      return { channel: `C${n}.t`, at_s: at_ns / 1e9, stamp_ns: start_ns + BigInt(at_ns), value, raw, bound: 0, quality: "good", reason: "none" };
    });
}

const silent: Sink = { name: "silent", durable: ["record", "state", "sample"], write: async () => ({ kind: "taken" }), close: async () => {} };

/** Fills a spool for a sink that takes nothing, in commits as the agent makes them. */
function fill(directory: string, samples: number, sink: Pick<Sink, "name" | "durable">, progress: (share: number) => void = () => {}) {
  const bench = benchStation();
  const spool = new Spool({ directory, budget_Bytes: 8e9, station: bench, clock: systemClock });
  spool.attach([sink]);
  const sorting = new Sorting(bench.channels.map((channel) => channel.id));
  const next = realistic();
  const from_s = systemClock.monotonic_s();
  const beatsPerCommit = Math.ceil(rate_Hz * commit_s);
  for (let beat = 0; beat * channelCount < samples; beat++) {
    for (const sample of next(beat)) sorting.add({ type: "sample", sample });
    if ((beat + 1) % beatsPerCommit !== 0 && !sorting.ready) continue;
    const parcel = sorting.parcel();
    if (parcel !== undefined) spool.commit([parcel]);
    spool.tidy();
    progress((beat * channelCount) / samples);
  }
  const last = sorting.parcel();
  if (last !== undefined) spool.commit([last]);
  while (spool.tidy()) {}
  return { spool, fill_s: systemClock.monotonic_s() - from_s };
}

export interface FillFigures {
  readonly bytes_per_sample: number;
  readonly samples_per_s: number;
  /** Resident when a tenth was written, and at the end: the difference is what grows. */
  readonly early_MiB: number;
  readonly late_MiB: number;
}

/** Puts a backlog of `samples` on disk. */
export function fillBacklog(directory: string, samples: number, progress: (share: number) => void): FillFigures {
  let early_MiB = 0;
  const { spool, fill_s } = fill(directory, samples, silent, (share) => {
    if (share <= 0.1) early_MiB = resident_MiB();
    progress(share);
  });
  const late_MiB = resident_MiB();
  spool.close();
  const log = join(directory, "spool.db-wal");
  const bytes = statSync(join(directory, "spool.db")).size + (existsSync(log) ? statSync(log).size : 0);
  return { bytes_per_sample: bytes / samples, samples_per_s: samples / fill_s, early_MiB, late_MiB };
}

export interface StartFigures {
  /** From nothing to the first samples read. */
  readonly start_s: number;
  readonly before_MiB: number;
  readonly resident_MiB: number;
}

/** Opens a spool with a backlog, in a process that did not write it. */
export function measureStart(directory: string): StartFigures {
  const before_MiB = resident_MiB();
  const from_s = systemClock.monotonic_s();
  const spool = new Spool({ directory, budget_Bytes: 8e9, station: benchStation(), clock: systemClock });
  spool.attach([silent]);
  spool.read("sample", 0, Number.POSITIVE_INFINITY, 5000);
  const start_s = systemClock.monotonic_s() - from_s;
  const figures = { start_s, before_MiB, resident_MiB: resident_MiB() };
  spool.close();
  return figures;
}

const resident_MiB = (): number => process.memoryUsage.rss() / 2 ** 20;

/** Samples a second from a backlog on disk into `sink`, one process, one request at a time. */
export async function measureDrain(directory: string, samples: number, sink: Sink): Promise<{ readonly samples_per_s: number; readonly resident_MiB: number }> {
  const { spool } = fill(directory, samples, sink);
  const from_s = systemClock.monotonic_s();
  const drain = new Drain({ sink, spool, clock: systemClock, random: Math.random, onChange: () => {} });
  drain.wake();
  while (drain.status(0).backlog > 0) {
    await systemClock.sleep(0.02);
    spool.settle();
  }
  const elapsed_s = systemClock.monotonic_s() - from_s;
  drain.stop();
  await drain.ended;
  await sink.close();
  spool.close();
  return { samples_per_s: samples / elapsed_s, resident_MiB: resident_MiB() };
}
