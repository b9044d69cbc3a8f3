/**
 * Judged readings → calibrated ones: flow of the sample line, zero and span or a curve, temperature, cross-sensitivity, and the range of the certificate.
 *
 * A channel that is corrected by others takes what they last said, of the same moment where they spoke in it. It never waits for them: where one is
 * missing, bad, in doubt or older than three of its periods, the value goes on without its share and says that it is unsure.
 *
 * Cross-sensitivities are mutual: indicated = true + Σ factor × the others' true, solved for all channels that hang together.
 * A saturated reading stays a bound through all of it. One that is only bounded from above by a saturated partner is told as unsure and without
 * a bound: "at most" would keep an upper limit from being reached.
 */
import type { Calibration } from "../contracts/calibration.ts";
import type { Channel } from "../contracts/station.ts";
import { type Curve, curveOver, onCurve } from "../core/curve.ts";
import { solve } from "../core/linear-system.ts";
import { type Reason, reasons } from "../core/reasons.ts";
import type { Bound } from "../core/sample.ts";
import type { Judged } from "./quality.ts";
import { flows } from "./sample-line.ts";

/** What a channel says of itself, before the others are heard: no value where it is bad. */
export interface Calibrated extends Omit<Judged, "raw"> {
  readonly value?: number;
}

export interface Taken {
  readonly channel: number;
  readonly at_s: number;
  readonly judged: Judged;
}

interface Lane {
  readonly channel: Channel;
  readonly curve: Curve | undefined;
  readonly temperature: number | undefined;
  readonly flow: number | undefined;
  /** Itself first, then all whose gas reaches its reading, directly or through one another. */
  readonly mixed: readonly number[];
  /** Calibrated after every channel of a lower rank. */
  readonly rank: number;
  last: (Calibrated & { readonly at_s: number }) | undefined;
}

/** A partner's word holds this many of its periods, as long as a channel may be silent before it is stale. */
const PATIENCE_PERIODS = 3;

export class Calibrations {
  readonly #lanes: readonly Lane[];
  readonly #alone: boolean;

  constructor(channels: readonly Channel[]) {
    const indexOf = new Map(channels.map(({ id }, index) => [id, index]));
    this.#lanes = channels.map((channel, index) => ({
      channel,
      curve: curveFor(channel.calibration),
      temperature: indexOf.get(channel.calibration?.temperature?.channel ?? ""),
      flow: indexOf.get(channel.line?.flow ?? ""),
      mixed: mixedWith(index, channels, indexOf),
      rank: channel.line !== undefined ? 2 : channel.calibration?.temperature !== undefined ? 1 : 0,
      last: undefined,
    }));
    this.#alone = this.#lanes.every(({ rank, mixed }) => rank === 0 && mixed.length === 1);
  }

  /** The readings of one moment, in any order → what each is worth, in the same order. */
  moment(taken: readonly Taken[]): Calibrated[] {
    if (this.#alone || taken.length === 1) return taken.map((each) => this.#final(each.channel, this.#hear(each)));
    for (const each of taken.toSorted((a, b) => this.#rank(a) - this.#rank(b))) this.#hear(each);
    return taken.map(({ channel }) => this.#final(channel, this.#lanes[channel]?.last));
  }

  #rank({ channel }: Taken): number {
    return this.#lanes[channel]?.rank ?? 0;
  }

  #hear({ channel: index, at_s, judged }: Taken): Lane["last"] {
    const lane = this.#lanes[index];
    if (lane === undefined) return undefined;
    lane.last = { ...this.#indicated(lane, at_s, judged), at_s };
    return lane.last;
  }

  #indicated({ channel, curve, temperature, flow }: Lane, at_s: number, { raw, ...judged }: Judged): Calibrated {
    const { calibration, line } = channel;
    if (line !== undefined && judged.quality !== "bad" && !flows(line, this.#heard(flow, at_s)))
      return { ...judged, quality: reasons["no-flow"].quality, reason: "no-flow" };
    // a bad reading has no value for anyone to use
    if (raw === undefined || judged.quality === "bad") return judged;
    if (calibration === undefined) return { ...judged, value: raw };
    const effect = calibration.temperature;
    const partner = effect && this.#heard(temperature, at_s);
    const warmer_K = effect === undefined || partner?.value === undefined ? 0 : partner.value - effect.reference_degC;
    const gain = 1 + (effect?.span_per_K ?? 0) * warmer_K;
    const reading = raw - (effect?.zero_per_K ?? 0) * warmer_K;
    const straight = curve === undefined ? (reading - calibration.zero) * calibration.span : onCurve(curve, reading);
    // so far from the reference that the correction would turn the sensor round: it says nothing here
    const value = gain > 0 ? straight * gain : straight;
    const [low, high] = calibration.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const covered = value >= low && value <= high && gain > 0;
    const sure = effect === undefined || partner?.quality === "good";
    return doubted({ ...judged, value }, covered ? (sure ? "none" : "partner-unsure") : "calibrated-range");
  }

  /** What a channel last said that has a value and still holds. */
  #heard(index: number | undefined, at_s: number): Calibrated | undefined {
    const lane = index === undefined ? undefined : this.#lanes[index];
    if (lane?.last?.value === undefined || at_s - lane.last.at_s > PATIENCE_PERIODS * lane.channel.every_s) return undefined;
    return lane.last;
  }

  #final(index: number, indicated: Lane["last"]): Calibrated {
    const lane = this.#lanes[index];
    if (lane === undefined || indicated === undefined) return { quality: "bad", reason: "no-reply", bound: 0 };
    const { at_s, ...own } = indicated;
    if (own.value === undefined || lane.mixed.length === 1) return own;
    const heard = lane.mixed.map((other) => ({ other, said: other === index ? own : this.#heard(other, at_s) }));
    const sure = heard.every(({ other, said }) => other === index || said?.quality === "good");
    const known = heard.filter(({ said }) => said !== undefined);
    const shares = this.#shares(known.map(({ other }) => other));
    if (shares === undefined) return doubted(own, "partner-unsure");
    let value = 0;
    const bounds = new Set<Bound>();
    for (const [place, { said }] of known.entries()) {
      const share = shares[place] ?? 0;
      value += share * (said?.value ?? 0);
      if (said !== undefined && said.bound !== 0 && share !== 0) bounds.add((said.bound * Math.sign(share)) as Bound);
    }
    const [only = 0, ...more] = bounds;
    const bound = more.length > 0 || (only === -1 && own.bound !== -1) ? 0 : only;
    return doubted({ ...own, value, bound }, sure ? "none" : "partner-unsure");
  }

  /** What each channel's indication adds to the truth of the first. */
  #shares(channels: readonly number[]): number[] | undefined {
    // the transposed system with the first unit vector: one row of the inverse
    const matrix = channels.map((column) => channels.map((row) => (row === column ? 1 : this.#factor(row, column))));
    return solve(
      matrix,
      channels.map((_, place) => (place === 0 ? 1 : 0)),
    );
  }

  #factor(on: number, of: number): number {
    const id = this.#lanes[of]?.channel.id;
    return this.#lanes[on]?.channel.calibration?.cross?.find(({ channel }) => channel === id)?.factor ?? 0;
  }
}

/** What is in doubt already keeps its own reason. */
function doubted(calibrated: Calibrated, reason: Reason): Calibrated {
  return reason === "none" || calibrated.reason !== "none" ? calibrated : { ...calibrated, quality: reasons[reason].quality, reason };
}

function curveFor(calibration: Calibration | undefined): Curve | undefined {
  const { polynomial, range } = calibration ?? {};
  if (polynomial === undefined) return undefined;
  const curve = range && curveOver(polynomial, range);
  if (curve === undefined) throw new RangeError("a calibration curve that does not rise over its range; `offgas check` refuses it");
  return curve;
}

function mixedWith(first: number, channels: readonly Channel[], indexOf: ReadonlyMap<string, number>): readonly number[] {
  const mixed = [first];
  // grows while it is walked
  for (const index of mixed)
    for (const { channel } of channels[index]?.calibration?.cross ?? []) {
      const other = indexOf.get(channel);
      if (other !== undefined && !mixed.includes(other)) mixed.push(other);
    }
  return mixed;
}
