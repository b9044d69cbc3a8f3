/**
 * The baseline early-warning model of a station: fixed limits, the runaway criteria, off-gas onset and net self-heating, and from what they
 * find the stage of every cell. Pure: no clock, no input or output. The state is plain JSON and is changed in place.
 */
import type { Station } from "../edge-agent/contracts/station.ts";
import type { Finding } from "../edge-agent/core/judgement.ts";
import { hear, type StagesState, subjectsOf, tell } from "./cell-stage.ts";
import { type FixedLimitState, fixedLimits } from "./fixed-limit.ts";
import { type OffGasState, offGas, warmingUp } from "./off-gas.ts";
import type { Model } from "./opinion.ts";
import { type RunawayState, runaway } from "./runaway.ts";
import { heatingOf, type SelfHeatingState, selfHeating } from "./self-heating.ts";

export interface EarlyWarningState {
  fixed: FixedLimitState;
  runaway: RunawayState;
  offGas: OffGasState;
  selfHeating: SelfHeatingState;
  stages: StagesState;
}

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over by the detectors that cannot use them. */
export function earlyWarning(station: Station): Model<EarlyWarningState> {
  const limits = fixedLimits(station);
  const criteria = runaway(station);
  const gas = offGas(station);
  const heat = selfHeating(station);
  const subjects = subjectsOf(station);
  const byScope = new Map(subjects.flatMap((subject) => subject.scopes.map((scope) => [scope, subject] as const)));

  return {
    start: () => ({
      fixed: limits.start(),
      runaway: criteria.start(),
      offGas: gas.start(),
      selfHeating: heat.start(),
      stages: { subjects: {}, last_s: null },
    }),
    step(state, evidence) {
      const findings: Finding[] = [];
      let found: readonly Finding[];
      [state.fixed, found] = limits.step(state.fixed, evidence);
      findings.push(...found);
      [state.runaway, found] = criteria.step(state.runaway, evidence);
      findings.push(...found);
      [state.offGas, found] = gas.step(state.offGas, evidence);
      findings.push(...found);
      [state.selfHeating, found] = heat.step(state.selfHeating, evidence);
      findings.push(...found);
      hear(state.stages, byScope, findings);
      const estimates = tell(state.stages, subjects, evidence.at_s, ({ thermometers, gasChannels, names }) => {
        const heating = "cell" in names ? heatingOf(state.selfHeating, thermometers) : { reasons: [] };
        return { ...heating, reasons: [...heating.reasons, ...warmingUp(state.offGas, gasChannels)] };
      });
      return [state, { estimates, findings }];
    },
  };
}
