/** What a model takes and gives. */
import type { Estimate, Finding } from "../edge-agent/core/judgement.ts";
import type { Sample } from "../edge-agent/core/sample.ts";
import type { Stage } from "./stage.ts";

/** All samples of one moment, in channel order. `at_s` never falls; it may repeat, and it may come without samples, to say that time passed. */
export interface Evidence {
  readonly at_s: number;
  readonly samples: readonly Sample[];
}

export interface Opinion {
  /** On every change of stage, and at least every 10 s of run time. */
  readonly estimates: readonly Estimate[];
  /** From the detectors that had something to look at; one that was not consulted is not named. */
  readonly findings: readonly Finding[];
}

export type Model<State = unknown> = Stage<State, Evidence, Opinion>;
