/**
 * The deciding process: sources in, decisions and outputs in the same turn, the store told afterwards.
 * Nothing here waits for a disk, a network or a child.
 */
import type { Source, SourceCounters, SourceListener } from "../bus/source.ts";
import type { RecentReadings } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import type { Alarm, Event, Seen } from "../core/judgement.ts";
import type { Reading } from "../core/sample.ts";
import { watching } from "../core/watching.ts";
import type { Outputs } from "../outputs/outputs.ts";
import type { Coverage } from "../pipeline/coverage.ts";
import { Reporter } from "../pipeline/reporter.ts";
import type { ClockState, Stamper } from "../pipeline/stamper.ts";
import type { Store } from "../spool/store.ts";
import { Arrivals } from "./arrivals.ts";
import type { Assembly } from "./assemble.ts";
import { assemble } from "./assemble.ts";
import { eventEntry } from "./decider.ts";
import { Health, type HealthInputs } from "./health.ts";
import { Recent } from "./recent.ts";

/** Silences and alarm delays are looked at this often when no reading comes; each still falls due at its own exact time. */
const TICK_ms = 50;
const HEALTH_s = 10;
/** Without one usable reading for three periods of the fastest channel that watches, and this long, the heartbeat stands still: a loop that turns and sees nothing protects nobody. */
const BLIND_s = 10;
const STANDING_s = 10;

export interface AgentParts {
  readonly station: Station;
  readonly sources: readonly Source[];
  readonly outputs: Outputs;
  readonly store: Store | undefined;
  readonly stamper: Stamper;
  readonly clock: Clock;
  /** Monotonic reading at run time 0 for live buses; a recording brings its own time, and starts at `start_s`. */
  readonly origin_s: number;
  readonly start_s: number;
  readonly recorded: boolean;
  /** Everything that was decided, after the outputs: for the log. */
  told(entries: readonly Entry[]): void;
  ended(): void;
}

export class Agent implements SourceListener {
  readonly #parts: AgentParts;
  readonly #assembly: Assembly;
  readonly #health = new Health();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #arrivals: Arrivals;
  readonly #reporter: Reporter;
  readonly #recent: Recent;
  #now_s: number;
  readonly #blind_s: number;
  /** Channels that could show danger. */
  readonly #watching: ReadonlySet<string>;
  /** Wall progress of their last reading that was any good. */
  #usable_s = Number.NEGATIVE_INFINITY;
  #clock: ClockState | undefined;
  #nextRows_s = 0;
  #nextStanding_s = 0;

  constructor(parts: AgentParts) {
    const { station, stamper, start_s, outputs, recorded } = parts;
    this.#parts = parts;
    this.#reporter = new Reporter(station.channels);
    this.#recent = new Recent(station.channels);
    this.#arrivals = new Arrivals({ clock: parts.clock, readings: (readings) => this.#decide(readings), time: () => this.time(this.#live_s()) });
    this.#now_s = start_s;
    const watchers = watching(station.channels);
    this.#watching = new Set(watchers.map(({ id }) => id));
    this.#blind_s = Math.max(BLIND_s, 3 * Math.min(...watchers.map(({ every_s }) => every_s)));
    this.#assembly = assemble({ station, stamper, start_s, act: (alarm) => outputs.act(alarm), recorded });
  }

  start(): void {
    const { sources, recorded } = this.#parts;
    for (const source of sources) source.start(this);
    if (!recorded) this.#timers.push(setInterval(() => this.#arrivals.tick(), TICK_ms));
    this.#timers.push(setInterval(() => this.#supervise(), 1000));
    const periods_s = this.#parts.station.outputs.flatMap(({ role, period_s }) => (role === "heartbeat" ? [period_s] : []));
    if (periods_s.length > 0) this.#timers.push(setInterval(() => this.#beat(), Math.max(20, Math.min(...periods_s) * 100)));
  }

  /** A recording's come in the order of its rows, one source; those of several buses are put in order first. */
  readings: SourceListener["readings"] = (readings) => {
    if (this.#parts.recorded) this.#decide(readings);
    else this.#arrivals.add(readings);
  };

  time: SourceListener["time"] = (at_s) => {
    this.#now_s = Math.max(this.#now_s, at_s);
    this.#tell(this.#assembly.decider.time(at_s));
  };

  /** Repeats are counted with the bus: told each time, a bus that is not there would fill log and spool for ever. */
  restarted: SourceListener["restarted"] = (bus, text, again) => {
    if (!again) this.event({ event: "bus-restart", bus, text });
  };

  ended: SourceListener["ended"] = () => {
    this.event({ event: "recording-end", text: "the recording has no more rows" });
    this.#parts.ended();
  };

  get now_s(): number {
    return this.#parts.recorded ? this.#now_s : this.#live_s();
  }

  standing(): Alarm[] {
    return this.#assembly.engine.standing();
  }

  /** Essential channels that are lost, and those that have not given a usable reading yet. */
  blind(): ReturnType<Coverage["blind"]> {
    return this.#assembly.coverage.blind();
  }

  /** The alarm that a person wants to acknowledge, as it stands. Fault `command/refused`: that of the engine. */
  sought(id: string, seen: Seen): Alarm {
    return this.#assembly.engine.sought(id, seen);
  }

  /** A person has seen the alarm. False when somebody had before. Fault `command/refused`: that of the engine. */
  acknowledge(id: string, seen: Seen): boolean {
    const entries = this.#assembly.decider.acknowledge(this.now_s, id, seen);
    this.#tell(entries);
    return entries.length > 0;
  }

  /** A person has armed: latched alarms that have passed are over. */
  reset(): void {
    this.#tell(this.#assembly.decider.reset(this.now_s));
  }

  /** What a channel gave of late; undefined when the station has none such. */
  recent(channel: string, seconds: number): RecentReadings | undefined {
    return this.#recent.over(channel, seconds, this.now_s);
  }

  counters(): SourceCounters[] {
    return this.#parts.sources.flatMap((source) => source.counters());
  }

  event(event: Omit<Event, "at_s">): void {
    this.happened([{ ...event, at_s: this.now_s }]);
  }

  happened(events: readonly Event[]): void {
    this.#tell(this.#events(events));
  }

  /** Events as entries, for a caller that journals them itself. */
  entriesOf(events: readonly Event[]): Entry[] {
    return this.#events(events);
  }

  /** Ends every child and timer at once. Outputs stay as they are: whoever stops the agent opens them. */
  stop(): void {
    this.#arrivals.stop();
    for (const timer of this.#timers) clearInterval(timer);
    for (const source of this.#parts.sources) source.stop();
    this.#health.close();
  }

  #live_s(): number {
    return this.#parts.clock.monotonic_s() - this.#parts.origin_s;
  }

  #decide(readings: readonly Reading[]): void {
    this.#now_s = Math.max(this.#now_s, readings.at(-1)?.at_s ?? this.#now_s);
    const entries = this.#assembly.decider.readings(readings);
    let usable = false;
    for (const entry of entries) {
      if (entry.type !== "sample") continue;
      this.#recent.hear(entry.sample);
      usable ||= entry.sample.quality !== "bad" && this.#watching.has(entry.sample.channel);
    }
    if (usable) this.#usable_s = this.#live_s();
    this.#tell(entries);
  }

  #beat(): void {
    if (this.#live_s() - this.#usable_s < this.#blind_s) this.happened(this.#parts.outputs.beat(this.#live_s()));
  }

  #supervise(): void {
    const { recorded, stamper, clock, outputs, sources, store } = this.#parts;
    const at_s = this.now_s;
    const uptime_s = this.#live_s();
    // a recording's stamps keep the pace that was asked for; they are not compared with the wall
    if (!recorded) this.#clock = stamper.observe(clock.wall_ns(), at_s);
    if (this.#clock?.step !== undefined) this.event({ event: "clock-step", text: this.#clock.step });
    this.happened(outputs.supervise(at_s));
    const { dropped } = this.#assembly.intake;
    const inputs: HealthInputs = {
      at_s,
      uptime_s,
      sources,
      dropped: dropped.backward_time + dropped.duplicate_time + dropped.malformed,
      clock: this.#clock,
      store: store?.status(),
    };
    this.#tell(this.#assembly.decider.findings(at_s, this.#health.findings(inputs)));
    if (uptime_s >= this.#nextStanding_s) {
      this.#nextStanding_s = uptime_s + STANDING_s;
      this.#tell(this.standing().map((alarm) => ({ type: "standing", stamp_ns: stamper.stamp(`alarm/${alarm.id}`, at_s), alarm })));
    }
    if (uptime_s >= this.#nextRows_s) {
      this.#nextRows_s = uptime_s + HEALTH_s;
      this.#tell(this.#health.rows(inputs).map((agent) => ({ type: "agent", stamp_ns: stamper.stamp(`agent/${agent.bus ?? ""}`, at_s), agent })));
    }
  }

  #events(events: readonly Event[]): Entry[] {
    return events.map((event) => eventEntry(this.#parts.stamper, event));
  }

  #tell(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.#parts.store?.append(this.#reporter.pass(entries));
    this.#parts.told(entries);
  }
}
