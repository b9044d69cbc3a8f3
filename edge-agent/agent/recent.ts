/** What each channel gave of late, for a person who calibrates it: a ring of fixed size, so that it costs the same after a year. */
import type { RecentReadings } from "../contracts/command.ts";
import type { Channel } from "../contracts/station.ts";
import { quantityOf } from "../core/quantities.ts";
import type { Sample } from "../core/sample.ts";

const KEPT = 512;
/** How far back the ring reaches for sure, of a channel that keeps its pace to a tenth. */
export const reach_s = (every_s: number): number => 0.9 * KEPT * every_s;

interface Ring {
  readonly channel: Channel;
  readonly samples: Sample[];
  next: number;
}

export class Recent {
  readonly #rings: ReadonlyMap<string, Ring>;

  constructor(channels: readonly Channel[]) {
    this.#rings = new Map(channels.map((channel) => [channel.id, { channel, samples: [], next: 0 }]));
  }

  hear(sample: Sample): void {
    const ring = this.#rings.get(sample.channel);
    if (ring === undefined) return;
    ring.samples[ring.next] = sample;
    ring.next = (ring.next + 1) % KEPT;
  }

  /** Of the last `seconds`, as far back as the ring reaches; undefined for a channel that the station does not have. */
  over(id: string, seconds: number, now_s: number): RecentReadings | undefined {
    const ring = this.#rings.get(id);
    if (ring === undefined) return undefined;
    const { channel, samples, next } = ring;
    const kept = [...samples.slice(next), ...samples.slice(0, next)];
    const oldest_s = kept.length < KEPT ? undefined : kept[0]?.at_s; // undefined: nothing was overwritten yet
    const inside = kept.filter(({ at_s }) => at_s > now_s - seconds);
    const usable = inside.filter(({ quality }) => quality !== "bad");
    const doubts: Record<string, number> = {};
    for (const { reason } of inside) if (reason !== "none") doubts[reason] = (doubts[reason] ?? 0) + 1;
    const raw = spreadOf(usable.flatMap((sample) => sample.raw ?? []));
    const value = spreadOf(usable.flatMap((sample) => sample.value ?? []));
    return {
      channel: id,
      unit: quantityOf(channel.quantity).unit,
      every_s: channel.every_s,
      covers_s: Math.min(seconds, now_s - (oldest_s ?? Number.NEGATIVE_INFINITY)),
      n: inside.length,
      ...(raw !== undefined && { raw }),
      ...(value !== undefined && { value }),
      doubts,
    };
  }
}

/** `drift`: the mean of the later half less that of the earlier; a middle one of an odd number is in neither. */
function spreadOf(values: readonly number[]): RecentReadings["raw"] {
  const latest = values.at(-1);
  if (latest === undefined) return undefined;
  const mean = meanOf(values);
  const half = Math.floor(values.length / 2);
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1));
  return { n: values.length, mean, sd, drift: half === 0 ? 0 : meanOf(values.slice(-half)) - meanOf(values.slice(0, half)), latest };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
