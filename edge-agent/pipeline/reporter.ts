/**
 * Report by exception, between the decider and the store: decisions see every sample, spool and sinks those that say something new.
 *
 * A sample of a thinned channel is kept when it leaves the deadband around the last one kept, when quality, reason or bound change, and when the
 * heartbeat is due. Before a change the sample just before it is kept too, so that a step begins where it began. Held from one kept sample to the
 * next, the curve is wrong by at most the deadband; drawn straight between them, by at most twice that.
 *
 * An alarm that comes, changes or goes brings what was left out since the last kept sample, as far back as a minute, and a minute unthinned.
 * What ails the machine itself thins nothing less: a backlog would feed on it. What is kept stays in the order of its times.
 */
import type { Channel } from "../contracts/station.ts";
import type { AlarmName } from "../core/alarms.ts";
import { differenceOf } from "../core/difference.ts";
import type { Entry } from "../core/entry.ts";
import type { Sample } from "../core/sample.ts";

/** Around an alarm, on either side. */
const AROUND_s = 60;
const ofTheMachine: readonly AlarmName[] = ["agent-degraded", "clock-unsure", "store-backlog"];

type SampleEntry = Extract<Entry, { type: "sample" }>;

interface Lane {
  readonly deadband: number;
  readonly heartbeat_s: number;
  kept: Sample | undefined;
  /** Left out since then, oldest first; none older than the time around an alarm. */
  left: SampleEntry[];
}

export class Reporter {
  readonly #lanes: ReadonlyMap<string, Lane>;
  #whole_s = Number.NEGATIVE_INFINITY;

  constructor(channels: readonly Channel[]) {
    this.#lanes = new Map(
      channels.flatMap(({ id, quantity, report }) =>
        report === undefined
          ? []
          : [[id, { deadband: differenceOf(quantity, report.deadband) ?? 0, heartbeat_s: report.heartbeat_s, kept: undefined, left: [] }] as const],
      ),
    );
  }

  /** What of the entries is kept, and before it what was left out and now counts. */
  pass(entries: readonly Entry[]): readonly Entry[] {
    if (this.#lanes.size === 0) return entries;
    const kept: Entry[] = [];
    for (const entry of entries) {
      if (entry.type === "sample") this.#sample(entry, kept);
      else {
        if (entry.type === "alarm" && !ofTheMachine.includes(entry.alarm.alarm)) this.#around(entry.alarm.at_s, kept);
        kept.push(entry);
      }
    }
    return kept;
  }

  #sample(entry: SampleEntry, kept: Entry[]): void {
    const lane = this.#lanes.get(entry.sample.channel);
    if (lane === undefined) {
      kept.push(entry);
      return;
    }
    const { sample } = entry;
    if (sample.at_s <= this.#whole_s || isNews(lane, sample)) {
      const before = lane.left.at(-1);
      if (before !== undefined && isChange(lane, sample)) kept.push(before);
      lane.left = [];
      lane.kept = sample;
      kept.push(entry);
      return;
    }
    lane.left.push(entry);
    // in one cut for many samples, not one by one
    if (sample.at_s - (lane.left[0]?.sample.at_s ?? 0) > 2 * AROUND_s) lane.left = lane.left.filter((left) => left.sample.at_s >= sample.at_s - AROUND_s);
  }

  #around(at_s: number, kept: Entry[]): void {
    this.#whole_s = Math.max(this.#whole_s, at_s + AROUND_s);
    for (const lane of this.#lanes.values()) {
      const near = lane.left.filter(({ sample }) => sample.at_s >= at_s - AROUND_s);
      lane.left = [];
      lane.kept = near.at(-1)?.sample ?? lane.kept;
      kept.push(...near);
    }
  }
}

function isChange({ kept, deadband }: Lane, { value, quality, reason, bound }: Sample): boolean {
  if (kept === undefined || kept.quality !== quality || kept.reason !== reason || kept.bound !== bound) return true;
  if (kept.value === undefined || value === undefined) return kept.value !== value;
  return !(Math.abs(value - kept.value) <= deadband);
}

const isNews = (lane: Lane, sample: Sample): boolean => isChange(lane, sample) || sample.at_s - (lane.kept?.at_s ?? 0) >= lane.heartbeat_s;
