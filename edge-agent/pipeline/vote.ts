/**
 * Several sensors of one quantity at one place → one value that no single sensor can make false.
 *
 * Good readings vote; those in doubt only where fewer than two are good. A majority within the tolerance of one another decides by its median,
 * and the others are outliers. Without a majority nobody can tell who is right: an odd number still has its middle one, which one wrong sensor
 * cannot move past the right ones; of an even number the worse of the two middle ones is taken, the hotter of two thermometers, since a false
 * alarm costs a look and a hidden rise a chamber. One voter alone decides for itself: `sensor-lost` says that the others are gone.
 */
import type { QuantityName } from "../core/quantities.ts";
import { reasons } from "../core/reasons.ts";
import type { Bound, Sample } from "../core/sample.ts";
import type { Calibrated } from "./calibration.ts";

export type Ballot = Pick<Sample, "channel" | "value" | "bound" | "quality" | "reason">;

export interface Elected extends Calibrated {
  /** Channels outside a majority. */
  readonly outliers: readonly string[];
  /** Who took part. */
  readonly voters: readonly string[];
}

/** Less of these is the danger. */
const lowIsWorse: readonly QuantityName[] = ["o2", "voltage"];

/** `tolerance` in the canonical unit: how far apart the farthest of those that agree may be. */
export function elect(ballots: readonly Ballot[], quantity: QuantityName, tolerance: number): Elected {
  const voters = eligible(ballots);
  const names = voters.map(({ channel }) => channel);
  const [first] = voters;
  if (first === undefined) return { quality: reasons["no-input"].quality, reason: "no-input", bound: 0, outliers: [], voters: [] };
  const agreeing = closest(voters, tolerance);
  if (agreeing.length * 2 > voters.length) {
    const doubtful = agreeing.find(({ quality }) => quality !== "good") ?? first;
    const { quality, reason } = agreeing.every((voter) => voter.quality === "good") ? ({ quality: "good", reason: "none" } as const) : doubtful;
    return { value: median(agreeing), quality, reason, bound: boundOf(agreeing), outliers: names.filter((name) => !has(agreeing, name)), voters: names };
  }
  const worse = lowIsWorse.includes(quantity) ? voters[Math.ceil(voters.length / 2) - 1] : voters[Math.floor(voters.length / 2)];
  const { quality } = reasons.disagreement;
  return { value: worse?.value ?? first.value, quality, reason: "disagreement", bound: boundOf(voters), outliers: [], voters: names };
}

type Voter = Ballot & { readonly value: number };

/** By value, lowest first. */
function eligible(ballots: readonly Ballot[]): Voter[] {
  const usable = ballots.flatMap((ballot): Voter[] => (ballot.value === undefined || ballot.quality === "bad" ? [] : [{ ...ballot, value: ballot.value }]));
  const good = usable.filter(({ quality }) => quality === "good");
  return (good.length >= 2 ? good : usable).sort((a, b) => a.value - b.value);
}

/** The largest set within the tolerance; of several, the one that lies closest together. */
function closest(voters: readonly Voter[], tolerance: number): readonly Voter[] {
  let best: readonly Voter[] = [];
  for (const [from, lowest] of voters.entries()) {
    const set = voters.slice(from).filter(({ value }) => value - lowest.value <= tolerance);
    if (set.length > best.length || (set.length === best.length && width(set) < width(best))) best = set;
  }
  return best;
}

const width = (set: readonly Voter[]): number => (set.at(-1)?.value ?? 0) - (set[0]?.value ?? 0);
const has = (set: readonly Voter[], name: string): boolean => set.some(({ channel }) => channel === name);

function median(sorted: readonly Voter[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)]?.value ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]?.value ?? 0;
  return (lower + upper) / 2;
}

/** Where one is at least what it says, so is the middle of all. "At most" is said only where all say so: it would keep an upper limit from being reached. */
function boundOf(set: readonly Voter[]): Bound {
  const some = (bound: Bound) => set.some((voter) => voter.bound === bound);
  if (some(-1)) return set.every(({ bound }) => bound === -1) ? -1 : 0;
  return some(1) ? 1 : 0;
}
