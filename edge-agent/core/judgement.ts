/** What detectors say (findings), what the model believes (estimates), what became of it (alarms), and what happened (events). */
import type { AlarmName, AlarmState, ScopeKind, Severity } from "./alarms.ts";
import type { Stage } from "./stages.ts";

/** A channel, cell, pack or station by id, with the tags that alarms and rows carry. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly id: string;
  readonly cell?: string;
  readonly pack?: string;
  readonly channel?: string;
}

/** What one detector sees now. The alarm engine adds delays, latches and identity. */
export interface Finding {
  readonly alarm: AlarmName;
  readonly scope: Scope;
  /** Which detector or channel says so: several may speak for one alarm, which is present while any of them says so. */
  readonly by: string;
  readonly severity: Severity;
  readonly present: boolean;
  /** Sentences with numbers and units that an engineer can check. */
  readonly why: readonly string[];
}

/** A value with its standard uncertainty (k = 1) in the same unit; `u` is left out when it is not known. */
export interface Uncertain {
  readonly value: number;
  readonly u?: number;
}

export interface Estimate {
  readonly at_s: number;
  /** The cell, or the pack of several cells. */
  readonly cell?: string;
  readonly pack?: string;
  readonly stage: Stage;
  /** Said where no detector can judge now: a stage `normal` is then no finding. */
  readonly judged?: false;
  /** Only where the model gives probabilities; rule-based detectors do not invent them. */
  readonly p?: Readonly<Partial<Record<Stage, number>>>;
  readonly self_heating_K_per_min?: Uncertain;
  readonly gas_mmol?: Uncertain;
  readonly swelling_pct?: Uncertain;
  readonly time_to_runaway_s?: { readonly p05: number; readonly p50: number; readonly p95: number };
  /** Until irreversible swelling reaches its limit. */
  readonly time_to_swelling_limit_s?: { readonly p05: number; readonly p50: number; readonly p95: number };
  /** Run time at which the swelling began to grow faster: said from when it is found, for as long as it holds. */
  readonly swelling_knee_s?: number;
  readonly reasons: readonly string[];
}

export interface Alarm {
  readonly at_s: number;
  /** `<alarm>:<scope>` */
  readonly id: string;
  /** ULID of this raise: acknowledgements, notifications and de-duplication use it. */
  readonly occurrence: string;
  readonly alarm: AlarmName;
  readonly scope: Scope;
  readonly severity: Severity;
  readonly active: boolean;
  readonly state: AlarmState;
  /** The run's intent expected it in this phase. */
  readonly planned: boolean;
  readonly why: readonly string[];
}

/** What a person who acknowledges has seen of an alarm, as far as they say: the raise, and how grave it was. */
export interface Seen {
  readonly occurrence?: string | undefined;
  readonly severity?: Severity | undefined;
}

export const eventKinds = [
  "agent-start",
  "agent-stop",
  "armed",
  "disarmed",
  "arm-refused",
  "trip-test",
  "output-open",
  "output-close",
  "output-fault",
  "bus-restart",
  "command",
  "clock-step",
  "spool-evicted",
  "spool-set-aside",
  "sink-refused",
  "recording-end",
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface Event {
  readonly at_s: number;
  readonly event: EventKind;
  readonly text: string;
  readonly output?: string;
  readonly bus?: string;
  /** The alarm id or command id that caused it. */
  readonly because?: string;
}
