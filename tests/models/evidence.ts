/** Samples and evidence for model tests, and the small dice they throw. */
import type { Finding } from "../../edge-agent/core/judgement.ts";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import type { Bound, Quality, Sample } from "../../edge-agent/core/sample.ts";
import type { Evidence } from "../../models/opinion.ts";
import type { Stage } from "../../models/stage.ts";

export interface More {
  readonly quality?: Quality;
  readonly bound?: Bound;
  /** One that fits the quality when left out. */
  readonly reason?: Reason;
}

export const sample = (channel: string, at_s: number, value: number | undefined, { quality = "good", bound = 0, reason }: More = {}): Sample => ({
  channel,
  at_s,
  stamp_ns: 0n,
  ...(value === undefined ? {} : { value }),
  bound,
  quality,
  reason: reason ?? (quality === "good" ? "none" : quality === "bad" ? "out-of-range" : bound === 0 ? "stuck" : "saturated"),
});

/** One channel at a steady pace: value by time. */
export function series(channel: string, times_s: readonly number[], value: (at_s: number) => number): Evidence[] {
  return times_s.map((at_s) => ({ at_s, samples: [sample(channel, at_s, value(at_s))] }));
}

export const every = (step_s: number, from_s: number, to_s: number): number[] =>
  Array.from({ length: Math.floor((to_s - from_s) / step_s + 1e-9) + 1 }, (_, i) => from_s + i * step_s);

export interface Said extends Finding {
  readonly at_s: number;
}

/** Runs a detector over evidence from its start; everything it said, with the time. */
export function run<State>(stage: Stage<State, Evidence, readonly Finding[]>, evidence: readonly Evidence[]): Said[] {
  let state = stage.start();
  return evidence.flatMap((moment) => {
    const [next, findings] = stage.step(state, moment);
    state = next;
    return findings.map((finding) => ({ ...finding, at_s: moment.at_s }));
  });
}

/** The moments in which a detector began to find something. */
export function raised(said: readonly Said[]): Said[] {
  const before = new Map<string, boolean>();
  return said.filter(({ alarm, scope, by, present }) => {
    const key = `${alarm} ${scope.id} ${by}`;
    const was = before.get(key) ?? false;
    before.set(key, present);
    return present && !was;
  });
}

/** Marsaglia's xorshift32 and Box-Muller: the same dice in every run. */
export function dice(seed: number): { uniform(): number; normal(): number } {
  let a = seed | 0 || 1;
  const uniform = () => {
    a ^= a << 13;
    a ^= a >>> 17;
    a ^= a << 5;
    return ((a >>> 0) + 0.5) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}
