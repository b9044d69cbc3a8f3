/**
 * Several sensors of one quantity at one place → one value that no single sensor can make false.
 *
 * Everyone votes that has a value, those in doubt included: in a fast heating the honest ones are the first to be doubted. One at the end of its range
 * says "at least" (or "at most") and agrees with all that lies beyond, but not with what lies short of it. A majority within the tolerance of one
 * another decides by its middle one, the worse of the two middle ones where their number is even (the hotter of two thermometers), and the others
 * are outliers. It is a majority only where more than half of all contradict each of those. Its value is good where its good ones alone are more
 * than half of all.
 *
 * Without a majority nobody can tell who is right: an odd number still has its middle one, which one wrong sensor cannot move past the right ones; of
 * an even number the worse of the two middle ones is taken, since a false alarm costs a look and a hidden rise a chamber. "At least" counts there for
 * the worst that anyone says. Those that may not measure at all, such as a stuck one, can make the result worse, never milder: where the others
 * alone would say worse, that is taken as a disagreement. One voter alone decides for itself: `sensor-lost` says that the others are gone.
 */
import type { QuantityName } from "../core/quantities.ts";
import { doubtsAccuracy, reasons } from "../core/reasons.ts";
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
  const sign = lowIsWorse.includes(quantity) ? -1 : 1;
  const voters = ballots.flatMap((ballot) => voterOf(ballot, sign) ?? []).sort((a, b) => a.level - b.level);
  const names = voters.map(({ channel }) => channel);
  if (voters.length === 0) return { quality: reasons["no-input"].quality, reason: "no-input", bound: 0, outliers: [], voters: [] };
  const all = decide(voters, tolerance);
  const sound = voters.filter(isSound);
  const level = sound.length === 0 ? all.level : decide(sound, tolerance).level;
  const { majority } = all;
  if (majority !== undefined && level - all.level <= tolerance) {
    const outliers = names.filter((name) => !majority.some(({ channel }) => channel === name));
    return { value: sign * all.level, ...standing(majority, voters.length, sign), outliers, voters: names };
  }
  const { quality } = reasons.disagreement;
  return { value: sign * Math.max(level, all.level), quality, reason: "disagreement", bound: boundOf(voters, sign), outliers: [], voters: names };
}

/** With the sign turned where less is worse: more is worse. */
interface Voter extends Ballot {
  readonly level: number;
  /** Where the truth lies, if not at `level`: 1 beyond it, -1 short of it. */
  readonly beyond: number;
}

function voterOf(ballot: Ballot, sign: number): Voter | undefined {
  const { value, quality, bound } = ballot;
  return value === undefined || !Number.isFinite(value) || quality === "bad" ? undefined : { ...ballot, level: sign * value, beyond: sign * bound };
}

/** Measures, if not well. */
const isSound = ({ quality, reason }: Voter): boolean => quality === "good" || reason === "saturated" || doubtsAccuracy(reason);

const least = ({ level, beyond }: Voter): number => (beyond < 0 ? Number.NEGATIVE_INFINITY : level);
const most = ({ level, beyond }: Voter): number => (beyond > 0 ? Number.POSITIVE_INFINITY : level);

interface Decision {
  readonly level: number;
  /** None: nobody can tell who is right. */
  readonly majority?: readonly Voter[];
}

function decide(voters: readonly Voter[], tolerance: number): Decision {
  const { top, members } = largest(voters, tolerance);
  const contradicts = (member: Voter, other: Voter) =>
    member.beyond === 0 || least(member) - most(other) > tolerance || least(other) - most(member) > tolerance;
  const moreThanHalf = (some: readonly Voter[]) => some.length * 2 > voters.length;
  const others = voters.filter((voter) => !members.includes(voter));
  if (moreThanHalf(members) && others.every((other) => moreThanHalf(members.filter((member) => contradicts(member, other))))) {
    const placed = members.filter(({ beyond }) => beyond >= 0);
    return { level: middle(placed.length === 0 ? members : placed, top), majority: members };
  }
  return { level: middle(voters, Math.max(...voters.map(({ level }) => level))) };
}

interface Camp {
  /** The worst that one of them says at least. */
  readonly top: number;
  readonly members: readonly Voter[];
}

/** The most that one truth could satisfy; of several such, those that lie closest together, then the worse. */
function largest(voters: readonly Voter[], tolerance: number): Camp {
  let best: Camp = { top: 0, members: [] };
  for (const { level: top } of voters.toReversed()) {
    const members = voters.filter((voter) => least(voter) <= top && most(voter) >= top - tolerance);
    const camp = { top, members };
    if (members.length > best.members.length || (members.length === best.members.length && width(camp) < width(best))) best = camp;
  }
  return best;
}

const width = ({ top, members }: Camp): number => top - Math.min(top, ...members.filter(({ beyond }) => beyond === 0).map(({ level }) => level));

/** The worse of two middle ones. What is "at least" counts as `open`. */
function middle(voters: readonly Voter[], open: number): number {
  const levels = voters.map(({ level, beyond }) => (beyond > 0 ? open : level)).sort((a, b) => a - b);
  return levels[Math.floor(levels.length / 2)] ?? open;
}

function standing(majority: readonly Voter[], voters: number, sign: number): Pick<Elected, "quality" | "reason" | "bound"> {
  const doubtful = majority.find(({ quality }) => quality !== "good");
  const good = majority.filter(({ quality }) => quality === "good");
  if (doubtful === undefined || good.length * 2 > voters) return { quality: "good", reason: "none", bound: boundOf(good, sign) };
  return { quality: doubtful.quality, reason: doubtful.reason, bound: boundOf(majority, sign) };
}

/** Where one is at least as bad as it says, so is the middle of all. That it is no worse is said only where all say so: it would keep a limit from being reached. */
function boundOf(voters: readonly Voter[], sign: number): Bound {
  if (voters.every(({ beyond }) => beyond < 0)) return sign === 1 ? -1 : 1;
  return voters.some(({ beyond }) => beyond > 0) && voters.every(({ beyond }) => beyond >= 0) ? (sign === 1 ? 1 : -1) : 0;
}
