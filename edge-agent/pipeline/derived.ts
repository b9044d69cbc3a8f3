/**
 * Derived channels: calculated from what their inputs last said, in the moment in which any of them spoke, without waiting for the others. An input
 * that is silent is said to be stale after three periods, so that nothing older is counted. Silence and quality of inputs are the intake's business.
 */
import { type DerivedSource, derivedOf } from "../contracts/derived.ts";
import type { Channel } from "../contracts/station.ts";
import { differenceOf } from "../core/difference.ts";
import type { Finding } from "../core/judgement.ts";
import { quantityOf } from "../core/quantities.ts";
import type { Sample } from "../core/sample.ts";
import type { Calibrated } from "./calibration.ts";
import { scopeOf } from "./coverage.ts";
import { hydrogen } from "./hydrogen.ts";
import type { Stamper } from "./stamper.ts";
import { type Elected, elect } from "./vote.ts";

/** A disagreement that lasted for so many periods of the slowest voter is a fault: readings of a fast heating are apart by their beats alone. */
const DISAGREEING_PERIODS = 3;

interface Lane {
  readonly channel: Channel;
  readonly source: DerivedSource;
  readonly tolerance: number;
  readonly hold_s: number;
  at_s: number;
  /** Outliers, and the channel itself where no majority is found: since when, and whether that was told. */
  readonly apart: Map<string, { readonly since_s: number; told: boolean }>;
}

export interface Heard {
  readonly samples: readonly Sample[];
  readonly findings: readonly Finding[];
}

const nothing: Heard = { samples: [], findings: [] };

export class Derived {
  /** Inputs before those that need them. */
  readonly #lanes: readonly Lane[];
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #inputs: ReadonlySet<string>;
  readonly #last = new Map<string, Sample>();
  readonly #stamper: Stamper;

  constructor(channels: readonly Channel[], stamper: Stamper) {
    this.#stamper = stamper;
    this.#channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.#lanes = inOrder(channels).map(({ channel, source }) => ({
      channel,
      source,
      tolerance: (source.rule === "vote" && differenceOf(channel.quantity, source.tolerance)) || 0,
      hold_s: DISAGREEING_PERIODS * Math.max(...source.of.map((id) => this.#channels.get(id)?.every_s ?? 0)),
      at_s: Number.NEGATIVE_INFINITY,
      apart: new Map(),
    }));
    this.#inputs = new Set(this.#lanes.flatMap(({ source }) => source.of));
  }

  /** What the samples of one moment give. */
  see(samples: readonly Sample[]): Heard {
    if (this.#lanes.length === 0) return nothing;
    const fresh = new Set<string>();
    const hear = (sample: Sample) => {
      if (!this.#inputs.has(sample.channel)) return;
      this.#last.set(sample.channel, sample);
      fresh.add(sample.channel);
    };
    for (const sample of samples) hear(sample);
    const derived: Sample[] = [];
    const findings: Finding[] = [];
    for (const lane of this.#lanes) {
      if (!lane.source.of.some((id) => fresh.has(id))) continue;
      const inputs = lane.source.of.flatMap((id) => this.#last.get(id) ?? []);
      lane.at_s = Math.max(lane.at_s, ...inputs.map(({ at_s }) => at_s));
      const sample = this.#sample(lane, lane.source.rule === "vote" ? this.#vote(lane, inputs, findings) : this.#hydrogen(lane));
      derived.push(sample);
      hear(sample);
    }
    return { samples: derived, findings };
  }

  #sample({ channel: { id }, at_s }: Lane, { value, quality, reason, bound }: Calibrated): Sample {
    return { channel: id, at_s, stamp_ns: this.#stamper.stamp(id, at_s), ...(value !== undefined && { value }), bound, quality, reason };
  }

  #hydrogen({ source }: Lane): Calibrated {
    const [apparent = "", optical = ""] = source.of;
    return hydrogen(this.#last.get(apparent), this.#last.get(optical));
  }

  #vote(lane: Lane, inputs: readonly Sample[], findings: Finding[]): Elected {
    const { channel, tolerance, apart, at_s, hold_s } = lane;
    const elected = elect(inputs, channel.quantity, tolerance);
    const suspects = elected.reason === "disagreement" ? [channel.id] : elected.outliers;
    for (const [id, { told }] of apart) {
      if (suspects.includes(id)) continue;
      apart.delete(id);
      if (told) findings.push(this.#finding(lane, id, false, `${id} agrees again`));
    }
    for (const id of suspects) {
      const state = apart.get(id) ?? { since_s: at_s, told: false };
      apart.set(id, state);
      if (state.told || at_s - state.since_s < hold_s) continue;
      state.told = true;
      findings.push(this.#finding(lane, id, true, this.#why(lane, id, elected)));
    }
    return elected;
  }

  #why({ channel, tolerance }: Lane, suspect: string, { voters, value = 0 }: Elected): string {
    const { unit } = quantityOf(channel.quantity);
    const said = voters.map((id) => `${id} ${amount(this.#last.get(id)?.value ?? 0)}`).join(", ");
    const apart = `more than ${amount(tolerance)} ${unit} apart (${said})`;
    if (suspect === channel.id) return `${suspect}: ${voters.join(" and ")} are ${apart}; nobody can tell which is right, ${amount(value)} ${unit} is taken`;
    return `${suspect} is left out of ${channel.id}: ${apart}`;
  }

  #finding({ channel }: Lane, suspect: string, present: boolean, why: string): Finding {
    const scope = scopeOf(this.#channels.get(suspect) ?? channel);
    return { alarm: "sensor-lost", scope, by: `vote:${channel.id}`, severity: "warning", present, why: [why] };
  }
}

const amount = (value: number): string => String(Number(value.toPrecision(5)));

/** Derived channels, each behind those that it needs. One that needs itself is left out: `offgas check` refuses it. */
function inOrder(channels: readonly Channel[]): { readonly channel: Channel; readonly source: DerivedSource }[] {
  const waiting = new Map(
    channels.flatMap((channel) => {
      const source = derivedOf(channel);
      return source === undefined ? [] : [[channel.id, { channel, source }] as const];
    }),
  );
  const ordered: { readonly channel: Channel; readonly source: DerivedSource }[] = [];
  for (let before = -1; before !== ordered.length; ) {
    before = ordered.length;
    for (const [id, each] of [...waiting]) {
      if (each.source.of.some((input) => waiting.has(input))) continue;
      waiting.delete(id);
      ordered.push(each);
    }
  }
  return ordered;
}
