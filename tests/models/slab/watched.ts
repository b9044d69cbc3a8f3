/** A run on the slab as the model hears of it, and what it said. */
import type { Estimate } from "../../../edge-agent/core/judgement.ts";
import { earlyWarning } from "../../../models/early-warning.ts";
import type { Evidence } from "../../../models/opinion.ts";
import { replayChannel, station } from "../../support/station.ts";
import { sample } from "../evidence.ts";
import type { SlabRow, SlabRun } from "./runs.ts";

const current = replayChannel("I", { quantity: "current", source: { driver: "replay", column: "I", unit: "A" } });
const air = replayChannel("air", { at: { station: true }, place: "chamber" });

export interface Watched {
  /** First alarm of self-heating; undefined: none. */
  readonly alarm_s: number | undefined;
  readonly why: readonly string[];
  /** True net rate at that time. */
  readonly net_K_per_min: number;
  readonly estimates: readonly Estimate[];
  /** True net rates beside the estimates. */
  readonly truths: readonly number[];
  readonly hours: number;
}

/** `without`: channels that the station lacks. */
export function watch(run: SlabRun, without: readonly string[] = []): Watched {
  const { capacity_Ah, mass_g, every_s } = run;
  const pace = { every: `${every_s} s` };
  const channels = [replayChannel("T", pace), replayChannel("T2", pace), { ...air, ...pace }, { ...current, ...pace }];
  const model = earlyWarning(
    station({
      cells: [{ id: "C1", capacity: `${capacity_Ah} Ah`, mass: `${mass_g.toFixed(0)} g` }],
      channels: channels.filter(({ id }) => !without.includes(id)),
    }),
  );
  let state = model.start();
  let [alarm_s, net, hours]: [number | undefined, number, number] = [undefined, 0, 0];
  let why: readonly string[] = [];
  const estimates: Estimate[] = [];
  const truths: number[] = [];
  for (const row of run.rows()) {
    const [next, opinion] = model.step(state, asEvidence(row, without));
    state = next;
    hours = row.at_s / 3600;
    for (const estimate of opinion.estimates) {
      estimates.push(estimate);
      truths.push(row.net_K_per_min);
    }
    const found = opinion.findings.find(({ alarm, present }) => present && alarm === "self-heating");
    if (found === undefined || alarm_s !== undefined) continue;
    [alarm_s, net, why] = [row.at_s, row.net_K_per_min, found.why];
  }
  return { alarm_s, why, net_K_per_min: net, estimates, truths, hours };
}

const asEvidence = ({ at_s, surface_degC, back_degC, chamber_degC, current_A }: SlabRow, without: readonly string[]): Evidence => ({
  at_s,
  samples: [sample("air", at_s, chamber_degC), sample("I", at_s, current_A), sample("T", at_s, surface_degC), sample("T2", at_s, back_degC)].filter(
    ({ channel }) => !without.includes(channel),
  ),
});
