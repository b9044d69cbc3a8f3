/** What the spool costs and how fast it drains. Run by the bench; each returns figures, and asserts nothing. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { Drain } from "../../edge-agent/sinks/drain.ts";
import type { Sink } from "../../edge-agent/sinks/sink.ts";
import { Sorting } from "../../edge-agent/spool/sorting.ts";
import { Spool } from "../../edge-agent/spool/spool.ts";
import { replayChannel, station } from "../support/station.ts";

const channelCount = 64;
const rate_Hz = 10;
/** The commit interval of a station file that names none. */
const commit_s = 0.25;

export const benchStation = (): Station =>
  station({
    channels: Array.from({ length: channelCount }, (_, n) =>
      replayChannel(`C${n}.t`, { at: { station: true }, ...(n % 4 === 3 ? { quantity: "co2" as const } : undefined) }),
    ),
  });

/** A generator of the same noise every time (mulberry32). */
function noise(seed: number): () => number {
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
export function fill(directory: string, samples: number, sink: Pick<Sink, "name" | "durable"> = silent): { readonly spool: Spool; readonly fill_s: number } {
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
  }
  const last = sorting.parcel();
  if (last !== undefined) spool.commit([last]);
  while (spool.tidy()) {}
  return { spool, fill_s: systemClock.monotonic_s() - from_s };
}

export interface BacklogFigures {
  readonly samples: number;
  readonly bytes_per_sample: number;
  readonly samples_per_s: number;
  /** From nothing to ready to read, with this backlog. */
  readonly start_s: number;
  readonly resident_MiB: number;
}

/** Bytes a sample of a backlog of `samples`, and how long opening it takes. */
export function measureBacklog(directory: string, samples: number): BacklogFigures {
  const { spool, fill_s } = fill(directory, samples);
  spool.close();
  const from_s = systemClock.monotonic_s();
  const again = new Spool({ directory, budget_Bytes: 8e9, station: benchStation(), clock: systemClock });
  again.attach([silent]);
  again.read("sample", 0, Number.POSITIVE_INFINITY, 5000);
  const start_s = systemClock.monotonic_s() - from_s;
  again.close();
  const log = join(directory, "spool.db-wal");
  const bytes = statSync(join(directory, "spool.db")).size + (existsSync(log) ? statSync(log).size : 0);
  return { samples, bytes_per_sample: bytes / samples, samples_per_s: samples / fill_s, start_s, resident_MiB: process.memoryUsage.rss() / 2 ** 20 };
}

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
  return { samples_per_s: samples / elapsed_s, resident_MiB: process.memoryUsage.rss() / 2 ** 20 };
}

/** Microseconds that `add` takes of the deciding thread, per sample: the cost of `append` before the thread hand-over. */
export function measureAppend(samples: number): number {
  const sorting = new Sorting(benchStation().channels.map((channel) => channel.id));
  const next = realistic();
  const entries: Entry[] = Array.from({ length: Math.ceil(samples / channelCount) }, (_, beat) => next(beat)).flatMap((beat) =>
    beat.map((sample) => ({ type: "sample", sample }) as const),
  );
  const from_s = systemClock.monotonic_s();
  for (const entry of entries) {
    sorting.add(entry);
    if (sorting.ready) sorting.parcel();
  }
  return ((systemClock.monotonic_s() - from_s) * 1e6) / entries.length;
}
