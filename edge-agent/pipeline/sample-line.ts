/**
 * Gas that a pump brings to its sensor. Without flow the sensor looks at what stands still in the tube, and its reading is no reading.
 *
 * The way takes time, and a sample's `at_s` stays the time at which the sensor saw the gas: it is when a decision became possible, and shifted back
 * it would let time run backwards for detectors that hear other channels too. So the delay is said where a person reads what was found.
 */
import type { SampleLine } from "../contracts/sample-line.ts";
import type { Channel } from "../contracts/station.ts";
import type { Finding } from "../core/judgement.ts";
import type { Calibrated } from "./calibration.ts";

/** `flow`: what its meter last said, where that still holds. "At most" proves no flow. */
export const flows = ({ minimum_flow_L_per_min }: SampleLine, flow: Calibrated | undefined): boolean =>
  flow?.value !== undefined && flow.value >= minimum_flow_L_per_min && flow.bound !== -1;

/** By channel, what is to be said of its delay. */
export const delays = (channels: readonly Channel[]): ReadonlyMap<string, string> =>
  new Map(
    channels.flatMap(({ id, line }) =>
      line === undefined || line.delay_s === 0 ? [] : [[id, `what ${id} reads left the chamber ${line.delay_s} s before (sample line)`] as const],
    ),
  );

/** Findings of a channel behind a sample line say so. */
export function withDelays(findings: readonly Finding[], delayed: ReadonlyMap<string, string>): readonly Finding[] {
  if (delayed.size === 0) return findings;
  return findings.map((finding) => {
    const sentence = finding.present ? delayed.get(finding.by) : undefined;
    return sentence === undefined ? finding : { ...finding, why: [...finding.why, sentence] };
  });
}
