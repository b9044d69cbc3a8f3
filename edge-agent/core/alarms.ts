/**
 * The one table of alarms. Limits are defaults with their source; a station file may tighten them or, with a reason, widen them.
 * `over` and `under` are in the canonical unit of `quantity`.
 */
import type { QuantityName } from "./quantities.ts";

export const severities = ["advisory", "warning", "alarm", "trip"] as const;
export type Severity = (typeof severities)[number];
export const severityCode = (severity: Severity): number => severities.indexOf(severity) + 1;

export const alarmStates = ["normal", "unack", "ack", "rtn-unack", "latched-unack", "latched-ack", "shelved", "suppressed", "out-of-service"] as const;
export type AlarmState = (typeof alarmStates)[number];
export const alarmStateCode = (state: AlarmState): number => alarmStates.indexOf(state);

export type ScopeKind = "cell" | "pack" | "channel" | "station";

/** A default fixed limit on every channel of a quantity. */
export interface Limit {
  readonly quantity: QuantityName;
  readonly over?: number;
  readonly under?: number;
  readonly severity: Severity;
  readonly source: string;
}

export interface AlarmKind {
  readonly severity: Severity;
  readonly scopes: readonly ScopeKind[];
  /** How long the condition must hold before the alarm is raised, and be gone before it returns to normal. */
  readonly onDelay_s: number;
  readonly offDelay_s: number;
  /** For fixed limits: how far back inside the limit the value must come, as a share of the limit. */
  readonly deadband: number;
  /** Once raised it stays until a person resets it, even when the value returns to normal. */
  readonly latches: boolean;
  /** While it stands, each further cause is told once, and again when it comes back after the off-delay: several things can ail a machine, and each has its own remedy. */
  readonly tellsCauses: boolean;
  readonly limits: readonly Limit[];
  readonly means: string;
}

const held = { onDelay_s: 0, offDelay_s: 60, deadband: 0, latches: true, tellsCauses: false, limits: [] } as const;
const passing = { onDelay_s: 0, offDelay_s: 60, deadband: 0, latches: false, tellsCauses: false, limits: [] } as const;

/** Latching follows knowledge of ISA-18.2 practice: runaway, HF, 25 % LFL and watchdog alarms latch; deadbands and delays are engineering choices. */
export const alarms = {
  "gas-rise": { ...passing, severity: "warning", scopes: ["cell", "pack", "station"], offDelay_s: 300, means: "a gas channel left its learned baseline" },
  swelling: { ...passing, severity: "warning", scopes: ["cell"], offDelay_s: 300, means: "irreversible swelling beyond its limit" },
  vent: { ...held, severity: "alarm", scopes: ["cell", "pack"], means: "a seal opened" },
  "self-heating": { ...held, severity: "alarm", scopes: ["cell"], means: "the cell heats itself: net of heater, current and exchange with its chamber" },
  "runaway-imminent": { ...held, severity: "alarm", scopes: ["cell"], means: "time to runaway is inside its lower bound" },
  runaway: { ...held, severity: "trip", scopes: ["cell"], means: "thermal runaway by GB 38031-2025 C.5.3.7" },
  "over-temperature": {
    ...passing,
    severity: "alarm",
    scopes: ["cell", "channel"],
    onDelay_s: 1,
    deadband: 0.02,
    means: "above the maker's maximum operating temperature, or the station's limit",
  },
  "over-pressure": { ...passing, severity: "alarm", scopes: ["channel"], deadband: 0.02, means: "above the station's pressure limit" },
  "toxic-gas": {
    ...held,
    severity: "alarm",
    scopes: ["channel"],
    onDelay_s: 2,
    deadband: 0.1,
    limits: [
      { quantity: "hf", over: 3, severity: "alarm", source: "OSHA 8 h TWA 3 ppm (PMC6290397 table 3)" },
      { quantity: "hf", over: 30, severity: "trip", source: "IDLH 30 ppm (PMC6290397 table 3)" },
      { quantity: "co", over: 200, severity: "alarm", source: "NIOSH 1972 ceiling 200 ppm" },
      { quantity: "co2", over: 30_000, severity: "alarm", source: "NIOSH STEL 30 000 ppm, from memory: verify for your site" },
    ],
    means: "a toxic gas above an exposure limit; a personnel alarm only where the sensor is rated for it",
  },
  "oxygen-deficiency": {
    ...held,
    severity: "alarm",
    scopes: ["channel"],
    onDelay_s: 2,
    deadband: 0.02,
    limits: [{ quantity: "o2", under: 19.5, severity: "alarm", source: "OSHA 29 CFR 1910.146: below 19.5 vol% is oxygen-deficient" }],
    means: "oxygen below the limit; a personnel alarm only where the sensor is rated for it",
  },
  "flammable-gas": {
    ...held,
    severity: "warning",
    scopes: ["channel"],
    onDelay_s: 1,
    deadband: 0.1,
    limits: [
      {
        quantity: "h2",
        over: 1700,
        severity: "warning",
        source: "10 % of the mixture LFL by Le Chatelier for NMC811 vent gas (Howard 2025, Batteries 11, 320)",
      },
      { quantity: "h2", over: 4300, severity: "trip", source: "25 % of the mixture LFL, same mix" },
      { quantity: "co", over: 3000, severity: "warning", source: "10 % of the mixture LFL, same mix" },
      { quantity: "co", over: 7500, severity: "trip", source: "25 % of the mixture LFL, same mix" },
    ],
    means: "vent gas near its lower flammable limit, by its H2 or CO share",
  },
  "sensor-lost": { ...passing, severity: "warning", scopes: ["channel"], offDelay_s: 10, means: "a channel gives no usable reading" },
  "coverage-lost": { ...passing, severity: "alarm", scopes: ["station"], offDelay_s: 10, means: "an essential channel is lost: its detectors are unavailable" },
  "agent-degraded": { ...passing, severity: "warning", scopes: ["station"], offDelay_s: 30, tellsCauses: true, means: "the agent itself is impaired" },
  "clock-unsure": { ...passing, severity: "advisory", scopes: ["station"], onDelay_s: 0, means: "the wall clock stepped or was never set" },
  "store-backlog": {
    ...passing,
    severity: "warning",
    scopes: ["station"],
    onDelay_s: 10,
    offDelay_s: 10,
    tellsCauses: true,
    means: "samples wait in the spool: a sink is not taking them",
  },
  "mains-lost": { ...held, severity: "alarm", scopes: ["station"], means: "the station runs on its backup supply" },
} as const satisfies Record<string, AlarmKind>;

export type AlarmName = keyof typeof alarms;
export const alarmNames = Object.keys(alarms) as AlarmName[];
export const alarmKind = (name: AlarmName): AlarmKind => alarms[name];
/** The alarms that mean "this cell runs away or is about to". */
export const classRunaway: readonly AlarmName[] = ["self-heating", "runaway-imminent", "runaway"];
export const alarmId = (alarm: AlarmName, scope: string): string => `${alarm}:${scope}`;
