/** Lost sensors and lost coverage: silence must never look like calm. */
import type { Channel } from "../contracts/station.ts";
import type { Finding, Scope } from "../core/judgement.ts";
import { type Reason, reasons } from "../core/reasons.ts";
import type { Sample } from "../core/sample.ts";

/** One bad reading is noise on the wire; the third in a row is a lost sensor. */
const BAD_IN_A_ROW = 3;
/** Behind these reasons somebody has already waited: no need to wait again. */
const waited: readonly Reason[] = ["stale", "bus-deadline"];

interface Watch {
  readonly channel: Channel;
  readonly scope: Scope;
  bad: number;
  lost: boolean;
  /** Has given a usable reading since the start. */
  seen: boolean;
}

export class Coverage {
  readonly #watches: ReadonlyMap<string, Watch>;
  readonly #details = new Map<string, string>();

  constructor(channels: readonly Channel[]) {
    this.#watches = new Map(channels.map((channel) => [channel.id, { channel, scope: scopeOf(channel), bad: 0, lost: false, seen: false }]));
  }

  /** What the source said about its last failure on this channel, for the reason's sentence. */
  explain(channel: string, detail: string): void {
    this.#details.set(channel, detail);
  }

  /** Essential channels that are lost, and those that have not given a usable reading yet: on a slow machine a bus may seem lost before it has begun. */
  blind(): { readonly lost: string[]; readonly unseen: string[] } {
    const essential = [...this.#watches.values()].filter(({ channel }) => channel.essential);
    const ids = (watches: readonly Watch[]) => watches.map(({ channel }) => channel.id);
    return { lost: ids(essential.filter(({ lost }) => lost)), unseen: ids(essential.filter(({ seen }) => !seen)) };
  }

  /** Findings for the channels whose state changed with these samples. */
  see(samples: readonly Sample[]): Finding[] {
    const findings: Finding[] = [];
    let essential = false;
    for (const sample of samples) {
      const watch = this.#watches.get(sample.channel);
      if (watch === undefined) continue;
      watch.bad = sample.quality === "bad" ? watch.bad + 1 : 0;
      if (watch.bad === 0) {
        watch.seen = true;
        this.#details.delete(sample.channel);
      }
      const lost = watch.bad >= BAD_IN_A_ROW || (watch.bad > 0 && (watch.lost || waited.includes(sample.reason)));
      if (lost === watch.lost) continue;
      watch.lost = lost;
      essential ||= watch.channel.essential;
      findings.push({ alarm: "sensor-lost", scope: watch.scope, by: "coverage", severity: "warning", present: lost, why: [this.#why(sample)] });
    }
    if (essential) findings.push(this.#station());
    return findings;
  }

  #why({ channel, reason }: Sample): string {
    const detail = this.#details.get(channel);
    return `${channel}: ${reason}: ${reasons[reason].means}${detail === undefined ? "" : ` (${detail})`}`;
  }

  #station(): Finding {
    const { lost } = this.blind();
    const why = lost.length > 0 ? `essential channels lost: ${lost.join(", ")}; their detectors are unavailable` : "all essential channels are back";
    return { alarm: "coverage-lost", scope: { kind: "station", id: "station" }, by: "coverage", severity: "alarm", present: lost.length > 0, why: [why] };
  }
}

export function scopeOf({ id, at }: Channel): Scope {
  return { kind: "channel", id, channel: id, ...("cell" in at && { cell: at.cell }), ...("pack" in at && { pack: at.pack }) };
}
