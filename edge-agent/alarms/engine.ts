/**
 * Findings → alarms: on- and off-delays, latches, one identity per raise. Acts on run time only, so that a replay at any speed decides the same.
 * Several detectors may speak for one alarm; it stands while any of them finds it.
 */
import { type AlarmKind, type AlarmState, alarmId, alarmKind, type Severity, severityCode } from "../core/alarms.ts";
import type { Alarm, Finding } from "../core/judgement.ts";

interface Standing {
  readonly id: string;
  readonly kind: AlarmKind;
  /** The latest word of each detector. */
  readonly voices: Map<string, Finding>;
  /** The detectors that this raise has named. */
  readonly named: Set<string>;
  /** The alarm as last told; undefined until first raised. */
  told?: Alarm;
  /** Since when the voices disagree with what was told. */
  since_s?: number;
}

export interface AlarmRules {
  /** A new ULID for a raise at this run time. */
  occurrence(at_s: number): string;
  /** The run's intent expects this alarm in the current phase. */
  planned(alarm: Finding["alarm"]): boolean;
}

export class AlarmEngine {
  readonly #alarms = new Map<string, Standing>();
  readonly #rules: AlarmRules;

  constructor(rules: AlarmRules) {
    this.#rules = rules;
  }

  /** Takes findings of one moment; returns what changed, in the order of the findings. */
  step(at_s: number, findings: readonly Finding[]): Alarm[] {
    const touched = new Set<Standing>();
    for (const finding of findings) touched.add(this.#hear(finding));
    const changes: Alarm[] = [];
    for (const standing of touched) this.#judge(standing, at_s, changes);
    return changes;
  }

  /** When a delay next runs out; Infinity when none is running. */
  get due_s(): number {
    let due_s = Number.POSITIVE_INFINITY;
    for (const { since_s, told, kind } of this.#alarms.values()) {
      if (since_s !== undefined) due_s = Math.min(due_s, since_s + (told?.active ? kind.offDelay_s : kind.onDelay_s));
    }
    return due_s;
  }

  /** Lets time pass without a finding; returns what changed. */
  time(at_s: number): Alarm[] {
    const changes: Alarm[] = [];
    for (const standing of this.#alarms.values()) if (standing.since_s !== undefined) this.#judge(standing, at_s, changes);
    return changes;
  }

  /** Alarms that are active, or returned but not yet acknowledged or reset. */
  standing(): Alarm[] {
    return [...this.#alarms.values()].flatMap(({ told }) => (told === undefined || told.state === "normal" ? [] : [told]));
  }

  #hear(finding: Finding): Standing {
    const id = alarmId(finding.alarm, finding.scope.id);
    let standing = this.#alarms.get(id);
    if (standing === undefined) {
      standing = { id, kind: alarmKind(finding.alarm), voices: new Map(), named: new Set() };
      this.#alarms.set(id, standing);
    }
    standing.voices.set(finding.by, finding);
    return standing;
  }

  #judge(standing: Standing, at_s: number, changes: Alarm[]): void {
    const { kind, told } = standing;
    const present = [...standing.voices.values()].filter((voice) => voice.present);
    const active = told?.active ?? false;
    if (present.length > 0 === active) {
      delete standing.since_s;
      const graver = severityCode(gravest(present)) > severityCode(told?.severity ?? "advisory");
      const joined = kind.tellsCauses && present.some(({ by }) => !standing.named.has(by));
      if (active && told !== undefined && (graver || joined)) changes.push(this.#tell(standing, at_s, present, told.state, told.occurrence));
      return;
    }
    standing.since_s ??= at_s;
    // the same sum as in `due_s`, so that a delay that is due has run out also in floating point
    if (at_s < standing.since_s + (active ? kind.offDelay_s : kind.onDelay_s)) return;
    delete standing.since_s;
    if (active) changes.push(this.#tell(standing, at_s, present, kind.latches ? "latched-unack" : "rtn-unack", told?.occurrence ?? ""));
    else changes.push(this.#tell(standing, at_s, present, "unack", told?.state === "latched-unack" ? told.occurrence : this.#rules.occurrence(at_s)));
  }

  #tell(standing: Standing, at_s: number, present: readonly Finding[], state: AlarmState, occurrence: string): Alarm {
    const voices = present.length > 0 ? present : [...standing.voices.values()];
    const first = voices[0];
    if (first === undefined) throw new Error(`alarm ${standing.id} without a voice`);
    const told: Alarm = {
      at_s,
      id: standing.id,
      occurrence,
      alarm: first.alarm,
      scope: first.scope,
      severity: present.length > 0 ? gravest(present) : (standing.told?.severity ?? first.severity),
      active: present.length > 0,
      state,
      planned: this.#rules.planned(first.alarm),
      why: [...new Set(voices.flatMap((voice) => voice.why))],
    };
    if (told.occurrence !== standing.told?.occurrence) standing.named.clear();
    for (const { by } of present) standing.named.add(by);
    standing.told = told;
    return told;
  }
}

function gravest(findings: readonly Finding[]): Severity {
  return findings.reduce<Severity>((worst, { severity }) => (severityCode(severity) > severityCode(worst) ? severity : worst), "advisory");
}
