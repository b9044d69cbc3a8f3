/** What a switch says of the station. Mains alone raises an alarm; the other contacts are recorded. */
import type { Channel } from "../contracts/station.ts";
import type { Finding } from "../core/judgement.ts";
import type { Sample } from "../core/sample.ts";

export class Contacts {
  /** Channels that watch the mains, each with whether it was last read as closed. */
  readonly #mains: Map<string, boolean | undefined>;

  constructor(channels: readonly Channel[]) {
    this.#mains = new Map(channels.flatMap(({ id, contact }) => (contact === "mains" ? [[id, undefined] as const] : [])));
  }

  /** Findings for the contacts that changed with these samples. One that cannot be read says nothing: its last word stands, and it is a lost sensor. */
  see(samples: readonly Sample[]): Finding[] {
    return samples.flatMap(({ channel, value }) => {
      if (value === undefined || !this.#mains.has(channel)) return [];
      const closed = value >= 0.5;
      if (this.#mains.get(channel) === closed) return [];
      this.#mains.set(channel, closed);
      const why = closed ? `${channel} reads closed: mains is there` : `${channel} reads open: mains is lost, and the station runs on its backup supply`;
      return [{ alarm: "mains-lost", scope: { kind: "station", id: "station" }, by: channel, severity: "alarm", present: !closed, why: [why] }];
    });
  }
}
