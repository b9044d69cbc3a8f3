/** Outputs and alarms as these tests need them. */
import type { AlarmName, Severity } from "../../edge-agent/core/alarms.ts";
import type { Alarm } from "../../edge-agent/core/judgement.ts";

export const alarm = (name: AlarmName, severity: Severity, active = true): Alarm => ({
  at_s: 1,
  id: `${name}:C1`,
  occurrence: "01",
  alarm: name,
  scope: { kind: "cell", id: "C1", cell: "C1" },
  severity,
  active,
  state: active ? "unack" : "rtn-unack",
  planned: false,
  why: [],
});

export const permit = (id: string) => ({ id, kind: "simulated" as const });
export const signal = (id: string) => ({ id, kind: "simulated" as const, energised_means: "active" as const });
export const heartbeat = (id: string) => ({ id, kind: "simulated" as const, role: "heartbeat" as const, period: "1 s" });
