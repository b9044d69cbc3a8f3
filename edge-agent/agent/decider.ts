/**
 * The path of design as one readable loop: readings → samples → opinion → alarms → outputs, in one turn of the event loop.
 * No clock, no disk, no network: what it decides depends on the readings and their run times alone.
 */

import type { Model } from "../../models/opinion.ts";
import type { AlarmEngine } from "../alarms/engine.ts";
import type { Channel } from "../contracts/station.ts";
import type { Entry } from "../core/entry.ts";
import type { Alarm, Event, Finding, Seen } from "../core/judgement.ts";
import type { Reading, Sample } from "../core/sample.ts";
import type { Contacts } from "../pipeline/contacts.ts";
import type { Coverage } from "../pipeline/coverage.ts";
import type { Derived } from "../pipeline/derived.ts";
import type { Intake } from "../pipeline/intake.ts";
import { isRunTime } from "../pipeline/quality.ts";
import { withDelays } from "../pipeline/sample-line.ts";
import type { Stamper } from "../pipeline/stamper.ts";

export interface DeciderParts {
  readonly channels: readonly Channel[];
  readonly intake: Intake;
  readonly coverage: Coverage;
  readonly contacts: Contacts;
  readonly derived: Derived;
  /** Channels that the model does not see. */
  readonly unheard: ReadonlySet<string>;
  /** What findings of a channel say of its sample line. */
  readonly delays: ReadonlyMap<string, string>;
  readonly model: Model;
  readonly engine: AlarmEngine;
  readonly stamper: Stamper;
  /** Opens what the intent says for a raised alarm, at once; returns what was done. */
  act(alarm: Alarm): readonly Event[];
}

/** A recording may jump by years. Silence that long is told at its ends: said every ten seconds, it would fill the memory. */
const LONG_GAP_s = 3600;

export class Decider {
  readonly #parts: DeciderParts;
  #state: unknown;
  /** The newest run time that the model has seen: it never falls, though buses report a little out of step. */
  #now_s = Number.NEGATIVE_INFINITY;

  constructor(parts: DeciderParts) {
    this.#parts = parts;
    this.#state = parts.model.start();
  }

  /** Takes readings as they come; returns everything that came of them, outputs already written. */
  readings(readings: readonly Reading[]): Entry[] {
    const entries: Entry[] = [];
    for (let from = 0; from < readings.length; ) {
      const at_s = readings[from]?.at_s ?? 0;
      let to = from + 1;
      while (to < readings.length && readings[to]?.at_s === at_s) to += 1;
      if (isRunTime(at_s)) this.#advance(at_s, false, entries);
      this.#moment(at_s, this.#take(readings.slice(from, to)), entries);
      from = to;
    }
    return entries;
  }

  /** Lets time pass up to and including `at_s`: silences and alarm delays fall due, each at its own exact time. */
  time(at_s: number): Entry[] {
    const entries: Entry[] = [];
    if (isRunTime(at_s)) this.#advance(at_s, true, entries);
    return entries;
  }

  /** Findings from outside the model, such as the agent's own health. */
  findings(at_s: number, findings: readonly Finding[]): Entry[] {
    const entries: Entry[] = [];
    this.#alarms(this.#parts.engine.step(Math.max(at_s, this.#now_s), findings), entries);
    return entries;
  }

  /** A person has seen an alarm. It changes no output: those follow the cause, not who knows of it. Fault: that of the engine. */
  acknowledge(at_s: number, id: string, seen?: Seen): Entry[] {
    return this.#parts.engine.acknowledge(Math.max(at_s, this.#now_s), id, seen).map((alarm) => this.#entry(alarm));
  }

  /** A person has looked and re-armed: latched alarms that have passed are over. */
  reset(at_s: number): Entry[] {
    const entries: Entry[] = [];
    this.#alarms(this.#parts.engine.reset(Math.max(at_s, this.#now_s)), entries);
    return entries;
  }

  #take(readings: readonly Reading[]): Sample[] {
    const { intake, coverage, channels } = this.#parts;
    for (const reading of readings) {
      const channel = channels[reading.channel];
      if (reading.detail !== undefined && channel !== undefined) coverage.explain(channel.id, reading.detail);
    }
    return intake.moment(readings);
  }

  #advance(to_s: number, inclusive: boolean, entries: Entry[]): void {
    const { intake, engine } = this.#parts;
    for (;;) {
      const due_s = Math.min(intake.nextSilence_s, engine.due_s);
      if (inclusive ? !(due_s <= to_s) : !(due_s < to_s)) return;
      const at_s = Math.max(due_s, this.#now_s);
      this.#moment(at_s, intake.silences(at_s), entries);
      if (to_s - at_s > LONG_GAP_s) intake.passOver(to_s);
    }
  }

  #moment(at_s: number, measured: readonly Sample[], entries: Entry[]): void {
    const { coverage, contacts, derived, unheard, delays, model, engine, stamper } = this.#parts;
    if (isRunTime(at_s) && at_s > this.#now_s) this.#now_s = at_s;
    const calculated = derived.see(measured);
    const samples = calculated.samples.length === 0 ? measured : [...measured, ...calculated.samples];
    for (const sample of samples) entries.push({ type: "sample", sample });
    const heard = unheard.size === 0 ? samples : samples.filter(({ channel }) => !unheard.has(channel));
    const outside = [...coverage.see(samples), ...contacts.see(samples), ...calculated.findings];
    if (heard.length === 0 && samples.length > 0) {
      this.#alarms(engine.step(this.#now_s, outside), entries);
      return; // a burst is hundreds of moments at once: none of them may keep a decision waiting
    }
    const [state, opinion] = model.step(this.#state, { at_s: this.#now_s, samples: heard });
    this.#state = state;
    const findings = [...outside, ...withDelays(opinion.findings, delays)];
    this.#alarms(engine.step(this.#now_s, findings), entries);
    this.#alarms(engine.time(this.#now_s), entries);
    for (const estimate of opinion.estimates) {
      const about = estimate.cell ?? estimate.pack ?? "station";
      entries.push({ type: "estimate", stamp_ns: stamper.stamp(`estimate/${about}`, estimate.at_s), estimate });
    }
  }

  /** The outputs come first: nothing else is done with an alarm before its relay is written. */
  #alarms(alarms: readonly Alarm[], entries: Entry[]): void {
    const { act, stamper } = this.#parts;
    for (const alarm of alarms) {
      const events = alarm.active ? act(alarm) : [];
      entries.push(this.#entry(alarm));
      for (const event of events) entries.push(eventEntry(stamper, event));
    }
  }

  #entry(alarm: Alarm): Entry {
    return { type: "alarm", stamp_ns: this.#parts.stamper.stamp(`alarm/${alarm.id}`, alarm.at_s), alarm };
  }
}

/** Events share one series of stamps, so that no two ever overwrite each other. */
export const eventEntry = (stamper: Stamper, event: Event): Entry => ({ type: "event", stamp_ns: stamper.stamp("event", event.at_s), event });
