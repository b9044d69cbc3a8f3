/**
 * Fixed limits with a deadband, from the alarm table and the station file. Looks at good and uncertain samples.
 * A censored value counts for what it proves: "at least 1000 ppm" is over 800 ppm, and says nothing of 1700 ppm.
 */
import type { Station } from "../edge-agent/contracts/station.ts";
import { alarmKind } from "../edge-agent/core/alarms.ts";
import type { Finding } from "../edge-agent/core/judgement.ts";
import { quantityOf } from "../edge-agent/core/quantities.ts";
import type { Bound, Sample } from "../edge-agent/core/sample.ts";
import { own } from "./keyed.ts";
import { type Level, type LimitRule, limitRules } from "./limit-rules.ts";
import { measuredValue } from "./measured-value.ts";
import type { Evidence } from "./opinion.ts";
import type { Stage } from "./stage.ts";

/** By channel and alarm scope: which levels are reached, gravest first as in the rule. */
export type FixedLimitState = Record<string, boolean[]>;

interface Watch {
  readonly rule: LimitRule;
  readonly key: string;
  /** Said as long as nothing is reached; one object, since most samples are of this kind. */
  readonly calm: Finding;
}

const nothing: readonly Watch[] = [];

export function fixedLimits(station: Station): Stage<FixedLimitState, Evidence, readonly Finding[]> {
  const watches = new Map<string, Watch[]>();
  for (const rule of limitRules(station)) {
    const known = watches.get(rule.channel.id);
    if (known === undefined) watches.set(rule.channel.id, [watchOf(rule)]);
    else known.push(watchOf(rule));
  }
  return {
    start: () => ({}),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        for (const watch of watches.get(sample.channel) ?? nothing) {
          const finding = look(watch, state, sample);
          if (finding !== undefined) findings.push(finding);
        }
      }
      return [state, findings];
    },
  };
}

function watchOf(rule: LimitRule): Watch {
  const severity = rule.levels.at(-1)?.severity ?? alarmKind(rule.alarm).severity;
  return {
    rule,
    key: `${rule.alarm} ${rule.scope.id} ${rule.channel.id}`,
    calm: { alarm: rule.alarm, scope: rule.scope, by: rule.channel.id, severity, present: false, why: [] },
  };
}

function look({ rule, key, calm }: Watch, state: FixedLimitState, sample: Sample): Finding | undefined {
  const { bound } = sample;
  const value = measuredValue(sample);
  if (value === undefined) return undefined;
  const reached = own<boolean[]>(state, key, () => []);
  let worst: Level | undefined;
  let judged = true;
  let ended = false;
  for (const [index, level] of rule.levels.entries()) {
    const before = reached[index] ?? false;
    const now = isReached(level, value, bound, before);
    judged &&= now !== undefined;
    ended ||= before && now === false;
    reached[index] = now ?? before;
    if (reached[index]) worst ??= level;
  }
  if (worst !== undefined) return { ...calm, severity: worst.severity, present: true, why: whyReached(rule, worst, value, bound) };
  if (ended) return { ...calm, why: [`${sample.channel} ${amount(rule, value)} back inside its limit`] };
  return judged ? calm : undefined;
}

/** Undefined: a censored value that proves nothing about this level. */
function isReached({ side, limit, release }: Level, value: number, bound: Bound, before: boolean): boolean | undefined {
  // an under-limit is an over-limit seen in the mirror, except that a value on it is not yet under
  const mirrored = side === "under";
  const sign = mirrored ? -1 : 1;
  const proves = bound * sign;
  const inside = sign * (value - limit) > 0 || (value === limit && (!mirrored || bound === -1));
  if (inside) return proves === -1 ? undefined : true;
  if (proves === 1) return undefined;
  return before && sign * (value - release) > 0;
}

const amount = ({ channel }: LimitRule, value: number): string => `${Number(value.toPrecision(6))} ${quantityOf(channel.quantity).unit}`;

function whyReached(rule: LimitRule, { side, limit, because }: Level, value: number, bound: Bound): readonly string[] {
  const least = bound === 1 ? "at least " : bound === -1 ? "at most " : "";
  const word = side === "under" ? "below" : value > limit ? "above" : "at";
  const outside = side === "under" ? value < limit : value >= limit;
  const relation = outside ? word : "not yet back from";
  const why = [`${rule.channel.id} ${least}${amount(rule, value)} ${relation} ${amount(rule, limit)} (${because})`];
  if (rule.alarm === "toxic-gas" || rule.alarm === "oxygen-deficiency")
    why.push(
      rule.channel.rated_for_personal_safety
        ? `${rule.channel.id} is rated by its maker for personal safety`
        : `${rule.channel.id} is not rated for personal safety: this is no personnel alarm`,
    );
  return why;
}
