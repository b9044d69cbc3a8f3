/**
 * Findings → alarms: on- and off-delays, latches, acknowledgements, one identity per raise. Acts on run time only, so that a replay at any speed decides the same.
 * Several detectors may speak for one alarm; it stands while any of them finds it.
 */
import { didYouMean } from "../contracts/nearest.ts";
import { type AlarmKind, type AlarmState, alarmId, alarmKind, type Severity, severityCode } from "../core/alarms.ts";
import { Fault } from "../core/faults.ts";
import type { Alarm, Finding, Seen } from "../core/judgement.ts";

interface Standing {
  readonly id: string;
  readonly kind: AlarmKind;
  /** The latest word of each detector. */
  readonly voices: Map<string, Finding>;
  /** The detectors that this raise has named, each with the time since when its voice is gone: Infinity while it is there. */
  readonly named: Map<string, number>;
  /** The alarm as last told; undefined until first raised. */
  told?: Alarm;
  /** Since when the voices disagree with what was told, and about what. */
  pending?: { readonly about: "presence" | "severity"; readonly since_s: number };
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
    for (const finding of findings) touched.add(this.#hear(at_s, finding));
    const changes: Alarm[] = [];
    for (const standing of touched) this.#judge(standing, at_s, changes);
    return changes;
  }

  /**
   * When an off-delay next runs out; Infinity when none is running. An on-delay never ends by time alone: it asks for a second finding that
   * still says so, or a single spike of a slow sensor would outlast it.
   */
  get due_s(): number {
    let due_s = Number.POSITIVE_INFINITY;
    for (const standing of this.#alarms.values()) {
      if (isReturning(standing)) due_s = Math.min(due_s, standing.pending.since_s + standing.kind.offDelay_s);
    }
    return due_s;
  }

  /** Lets time pass without a finding; returns what changed. */
  time(at_s: number): Alarm[] {
    const changes: Alarm[] = [];
    for (const standing of this.#alarms.values()) if (isReturning(standing)) this.#judge(standing, at_s, changes);
    return changes;
  }

  /** A person has seen it. Returns what changed: nothing where somebody had acknowledged before. Fault: that of `sought`. */
  acknowledge(at_s: number, id: string, seen: Seen = {}): Alarm[] {
    const { standing, told } = this.#sought(id, seen);
    const state = acknowledged[told.state];
    if (state === undefined) return [];
    standing.told = { ...told, at_s, state };
    return [standing.told];
  }

  /** The alarm that a person wants to acknowledge, as it stands. Fault `command/refused` when it does not, or is not what they saw: raised again, or graver. */
  sought(id: string, seen: Seen): Alarm {
    return this.#sought(id, seen).told;
  }

  #sought(id: string, { occurrence, severity }: Seen): { readonly standing: Standing; readonly told: Alarm } {
    const standing = this.#alarms.get(id);
    const told = standing?.told;
    if (standing === undefined || told === undefined || told.state === "normal") {
      const ids = this.standing().map((alarm) => alarm.id);
      throw new Fault("command/refused", `no alarm "${id}" stands${didYouMean(id, ids) || "; look with `offgas alarms`"}`);
    }
    if (occurrence !== undefined && occurrence !== told.occurrence)
      throw new Fault("command/refused", `${id} was raised again since: look, and acknowledge occurrence ${told.occurrence}`);
    if (severity !== undefined && severityCode(told.severity) > severityCode(severity))
      throw new Fault("command/refused", `${id} is graver than what was seen, ${told.severity} and not ${severity}: look, and acknowledge it as it is now`);
    return { standing, told };
  }

  /** A person at the chamber has looked: what is latched and has passed returns to normal. Returns what changed. */
  reset(at_s: number): Alarm[] {
    const changes: Alarm[] = [];
    for (const standing of this.#alarms.values()) {
      if (standing.told?.state !== "latched-unack" && standing.told?.state !== "latched-ack") continue;
      standing.told = { ...standing.told, at_s, state: "normal" };
      changes.push(standing.told);
    }
    return changes;
  }

  /** Alarms that are active, or latched and not yet reset. */
  standing(): Alarm[] {
    return [...this.#alarms.values()].flatMap(({ told }) => (told === undefined || told.state === "normal" ? [] : [told]));
  }

  #hear(at_s: number, finding: Finding): Standing {
    const id = alarmId(finding.alarm, finding.scope.id);
    let standing = this.#alarms.get(id);
    if (standing === undefined) {
      standing = { id, kind: alarmKind(finding.alarm), voices: new Map(), named: new Map() };
      this.#alarms.set(id, standing);
    }
    standing.voices.set(finding.by, finding);
    const { named, kind } = standing;
    const gone_s = named.get(finding.by);
    if (gone_s !== undefined) {
      // what has been gone for as long as an alarm must be to return is news when it comes again
      if (finding.present && at_s >= gone_s + kind.offDelay_s) named.delete(finding.by);
      else named.set(finding.by, finding.present ? Number.POSITIVE_INFINITY : Math.min(gone_s, at_s));
    }
    return standing;
  }

  /** What nobody has seen yet, a graver severity or a further cause, is unacknowledged again. */
  #judge(standing: Standing, at_s: number, changes: Alarm[]): void {
    const { kind, told } = standing;
    const present = [...standing.voices.values()].filter((voice) => voice.present);
    const active = told?.active ?? false;
    const graver = severityCode(gravest(present)) > severityCode(told?.severity ?? "advisory");
    const about = present.length > 0 !== active ? "presence" : active && graver ? "severity" : undefined;
    if (about === undefined) {
      delete standing.pending;
      const joined = active && kind.tellsCauses && present.some(({ by }) => !standing.named.has(by));
      if (joined && told !== undefined) changes.push(this.#tell(standing, at_s, present, "unack", told.occurrence));
      return;
    }
    if (standing.pending?.about !== about) standing.pending = { about, since_s: at_s };
    const returning = about === "presence" && active;
    // the same sum as in `due_s`, so that a delay that is due has run out also in floating point
    if (at_s < standing.pending.since_s + (returning ? kind.offDelay_s : kind.onDelay_s)) return;
    delete standing.pending;
    if (told === undefined || !active) changes.push(this.#tell(standing, at_s, present, "unack", this.#rules.occurrence(at_s)));
    else changes.push(this.#tell(standing, at_s, present, returning ? returned(kind, told.state) : "unack", told.occurrence));
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
    for (const { by } of present) standing.named.set(by, Number.POSITIVE_INFINITY);
    standing.told = told;
    return told;
  }
}

/** What an acknowledgement makes of a state; what it leaves alone is not here. */
const acknowledged: Readonly<Partial<Record<AlarmState, AlarmState>>> = { unack: "ack", "latched-unack": "latched-ack" };

function returned({ latches }: AlarmKind, state: AlarmState): AlarmState {
  if (!latches) return "normal";
  return state === "ack" ? "latched-ack" : "latched-unack";
}

function isReturning(standing: Standing): standing is Standing & { pending: NonNullable<Standing["pending"]> } {
  return standing.pending?.about === "presence" && standing.told?.active === true;
}

function gravest(findings: readonly Finding[]): Severity {
  return findings.reduce<Severity>((worst, { severity }) => (severityCode(severity) > severityCode(worst) ? severity : worst), "advisory");
}
