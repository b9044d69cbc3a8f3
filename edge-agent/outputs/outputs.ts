/**
 * The station's outputs and the one state that matters: which permits are energised. A permit is energised by `arm` alone, on a person's word;
 * `trip` takes it away at once and for good, until a person arms again. Opening, starting and stopping leave every permit de-energised.
 *
 * Events speak of the coil: `output-close` when a line was energised, `output-open` when it was de-energised. A tripped permit opens;
 * a tripped signal (lamp, siren, purge) closes; a tripped heartbeat stands still, so that the external watchdog opens.
 */
import type { TripTestRow } from "../contracts/command.ts";
import type { Output } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import type { Alarm, Event, EventKind } from "../core/judgement.ts";
import { currentPhase, type Interlocked, outputsToOpen } from "./interlocks.ts";
import type { LineBackends } from "./line.ts";
import { OutputLine, type OutputStatus } from "./output-line.ts";
import { openTimed, sentence, toTest } from "./trip-testing.ts";

/** A person's command. `because` is the command's id; `standing` are the alarms that stand now. */
export interface ByPerson {
  readonly at_s: number;
  readonly actor: string;
  readonly because: string;
  readonly standing: readonly Alarm[];
}

export interface Armed {
  readonly events: readonly Event[];
  /** Why not. Where a line failed while it was being energised, every permit is open now; otherwise nothing was touched. */
  readonly refused?: Fault;
}

export interface OutputsStatus {
  readonly armed: boolean;
  readonly outputs: readonly OutputStatus[];
}

type Cause = Required<Pick<Event, "at_s" | "because" | "text">>;

/** Opens every output de-energised. Never rejects: a line that cannot be opened is an event, and `arm` refuses while there is one. */
export async function openOutputs(station: Interlocked, backends: LineBackends, at_s: number): Promise<{ outputs: Outputs; events: Event[] }> {
  const lines = await Promise.all(station.outputs.map((output) => OutputLine.open(output, backends[output.kind])));
  const events = lines.flatMap((line) => (line.fault === undefined ? [] : [outputEvent("output-fault", line, { at_s, text: line.fault.message })]));
  return { outputs: new Outputs(station, lines), events };
}

export class Outputs {
  readonly #station: Interlocked;
  readonly #lines: readonly OutputLine[];
  readonly #permits: readonly OutputLine[];
  readonly #signals: readonly OutputLine[];
  readonly #heartbeats: readonly OutputLine[];
  readonly #due_s = new Map<OutputLine, number>();
  #armed = false;
  #closed = false;

  constructor(station: Interlocked, lines: readonly OutputLine[]) {
    const having = (role: Output["role"]) => lines.filter(({ output }) => output.role === role);
    this.#station = station;
    this.#lines = lines;
    this.#permits = having("permit");
    this.#signals = having("signal");
    this.#heartbeats = having("heartbeat");
  }

  /**
   * Energises each permit that no standing alarm holds open, and releases signals and heartbeats that none holds. Refused while a trip alarm
   * is active, a line is not usable or a read-back disagrees. A permit that is energised already is read, not pulsed.
   */
  arm({ at_s, actor, because, standing }: ByPerson): Armed {
    const held = this.#held(standing);
    const free = this.#permits.filter(({ output }) => !held.has(output.id));
    const refused = this.#refusal(standing, held, free);
    if (refused !== undefined) return { refused, events: [{ at_s, event: "arm-refused", because, text: refused.message }] };

    const closing = free.filter((line) => !line.energised);
    for (const line of closing) line.set(true);
    const unproven = closing.map((line) => line.check()).find((fault) => fault !== undefined);
    if (unproven !== undefined) {
      const text = `not armed: ${unproven.message}`;
      const opened = this.#openPermits({ at_s, because, text: "arming failed" });
      return { refused: new Fault(unproven.code, text), events: [{ at_s, event: "arm-refused", because, text }, ...opened] };
    }
    this.#armed = true;
    for (const line of free) line.because.clear();
    const closed = closing.map((line) => outputEvent("output-close", line, { at_s, because, text: `${line.output.id} energised: armed by ${actor}` }));
    const released = this.#release(held, { at_s, because, text: `armed by ${actor}` });
    const kept = this.#permits.flatMap(({ output: { id } }) => (held.has(id) ? [`; ${id} stays open (${held.get(id)?.join(", ")})`] : []));
    const text = `armed by ${actor}: ${free.map(({ output }) => output.id).join(", ")}${kept.join("")}`;
    return { events: [...closed, ...released, { at_s, event: "armed", because, text }] };
  }

  /** Opens every permit. Never throws and is never refused; a line that did not open is an `output-fault` among the events. */
  disarm({ at_s, actor, because, standing }: ByPerson): readonly Event[] {
    const cause = { at_s, because, text: `disarmed by ${actor}` };
    const events = [...this.#openPermits(cause), ...this.#release(this.#held(standing), cause)];
    const failed = events.flatMap(({ event, text }) => (event === "output-fault" ? [`; ${text}`] : []));
    return [...events, { ...cause, event: "disarmed", text: `${cause.text}${failed.join("")}` }];
  }

  /**
   * Opens one permit, or all that are energised, to prove that they open; `now_s` times it. Latched like a trip. Fault `command/refused`, before
   * anything is touched, where nothing would open.
   */
  tripTest({ at_s, actor, because }: ByPerson, id: string | undefined, now_s: () => number): { tested: readonly TripTestRow[]; events: readonly Event[] } {
    const lines = toTest(this.#lines, id);
    const tested = openTimed(lines, now_s);
    const text = sentence(actor, tested);
    for (const line of lines) line.because.add("trip-test");
    const events = lines.map((line) => outputEvent("output-open", line, { at_s, because, text: `${line.output.id} de-energised: trip-test by ${actor}` }));
    const faults = lines.flatMap((line) => (line.fault === undefined ? [] : [outputEvent("output-fault", line, { at_s, because, text: line.fault.message })]));
    return { tested, events: [...events, ...faults, { at_s, event: "trip-test", because, text }] };
  }

  /** What the interlocks say of this alarm in the current phase, done at once. Never throws. */
  act(alarm: Alarm): readonly Event[] {
    return this.trip(outputsToOpen(this.#station, currentPhase(this.#station.intent), alarm), alarm.id, alarm.at_s);
  }

  /**
   * Trips outputs in this turn of the event loop: all lines are written before the first is read back. Latched until a person arms.
   * Never throws. Repeating it writes again and tells only what changed or is still wrong.
   */
  trip(ids: readonly string[], because: string, at_s: number): readonly Event[] {
    const lines = this.#lines.filter(({ output }) => ids.includes(output.id));
    const events = drive(lines, ({ output }) => output.role === "signal", { at_s, because, text: because });
    for (const line of lines) line.because.add(because);
    return events;
  }

  /**
   * The level of each heartbeat changes once per period, and only through this call: it proves that the loop which decides still turns.
   * After a late call it goes on from there and makes up for nothing.
   */
  beat(at_s: number): readonly Event[] {
    const events: Event[] = [];
    for (const line of this.#heartbeats) {
      const due_s = this.#due_s.get(line) ?? at_s;
      if (line.because.size > 0 || !(at_s >= due_s)) continue;
      const { period_s } = line.output;
      this.#due_s.set(line, at_s < due_s + period_s ? due_s + period_s : at_s + period_s);
      line.set(!line.energised);
      const fault = line.checkForNews();
      if (fault !== undefined) events.push(outputEvent("output-fault", line, { at_s, text: fault.message }));
    }
    return events;
  }

  /**
   * Reads permits and signals back, about once a second. A permit that lost its level by another hand is tripped; a line that should be
   * open and is not is written again. Each disagreement is told once until it is gone.
   */
  supervise(at_s: number): readonly Event[] {
    const events: Event[] = [];
    for (const line of [...this.#permits, ...this.#signals]) {
      const fault = line.checkForNews();
      if (fault !== undefined) events.push(outputEvent("output-fault", line, { at_s, text: fault.message }));
      if (line.fault === undefined) continue;
      if (line.energised && line.output.role === "permit") events.push(...this.trip([line.output.id], "read-back", at_s));
      else line.set(line.energised);
    }
    return events;
  }

  status(): OutputsStatus {
    return { armed: this.#armed, outputs: this.#lines.map((line) => line.status()) };
  }

  /**
   * De-energises permits and heartbeats for good, and reads them back. A signal keeps its level: stopping the agent must not end a purge or
   * a siren. Never throws; done again, it tells nothing new.
   */
  close(at_s: number): readonly Event[] {
    if (this.#closed) return [];
    this.#closed = true;
    this.#armed = false;
    const cause = { at_s, because: "agent-stop", text: "the agent stops" };
    for (const line of this.#heartbeats) line.set(false);
    const events = drive(this.#permits, () => false, cause);
    for (const line of this.#lines) line.close();
    return events;
  }

  /** Outputs that standing alarms hold, with the alarms' ids. */
  #held(standing: readonly Alarm[]): ReadonlyMap<string, readonly string[]> {
    const phase = currentPhase(this.#station.intent);
    const held = new Map<string, string[]>();
    for (const alarm of standing) {
      for (const id of outputsToOpen(this.#station, phase, alarm)) held.set(id, [...(held.get(id) ?? []), alarm.id]);
    }
    return held;
  }

  #refusal(standing: readonly Alarm[], held: ReadonlyMap<string, readonly string[]>, free: readonly OutputLine[]): Fault | undefined {
    if (this.#closed) return new Fault("command/refused", "not armed: the agent is stopping");
    const trips = standing.filter(({ active, severity }) => active && severity === "trip").map(({ id }) => id);
    if (trips.length > 0) return new Fault("command/refused", `not armed: active at severity trip: ${trips.join(", ")}; remove the cause at the chamber first`);
    // also proves that each line that is about to close reads open
    for (const line of this.#lines) {
      const fault = line.check();
      if (fault !== undefined) return new Fault(fault.code, `not armed: ${fault.message}`);
    }
    if (this.#permits.length === 0) return new Fault("command/refused", "not armed: the station file has no output with energised_means: permit");
    if (free.length > 0) return undefined;
    return new Fault("command/refused", `not armed: every permit is held open by ${[...new Set([...held.values()].flat())].join(", ")}`);
  }

  #openPermits(cause: Cause): Event[] {
    this.#armed = false;
    return drive(this.#permits, () => false, cause);
  }

  /** Lets go of signals and heartbeats that no standing alarm holds. */
  #release(held: ReadonlyMap<string, readonly string[]>, cause: Cause): Event[] {
    const idle = [...this.#signals, ...this.#heartbeats].filter(({ output }) => !held.has(output.id));
    for (const line of idle) line.because.clear();
    return drive(
      idle.filter(({ output }) => output.role === "signal"),
      () => false,
      cause,
    );
  }
}

/** Writes all, then reads all; a line that disagrees is written once more before it is told. */
function drive(lines: readonly OutputLine[], level: (line: OutputLine) => boolean, { at_s, because, text }: Cause): Event[] {
  const before = lines.map((line) => line.energised);
  for (const line of lines) line.set(level(line));
  const events: Event[] = [];
  for (const [index, line] of lines.entries()) {
    const { id } = line.output;
    if (line.energised !== before[index]) {
      const [event, did] = line.energised ? (["output-close", "energised"] as const) : (["output-open", "de-energised"] as const);
      events.push(outputEvent(event, line, { at_s, because, text: `${id} ${did}: ${text}` }));
    }
    if (line.check() === undefined) continue;
    line.set(level(line));
    const fault = line.check();
    if (fault !== undefined) events.push(outputEvent("output-fault", line, { at_s, because, text: fault.message }));
  }
  return events;
}

const outputEvent = (event: EventKind, line: OutputLine, what: Omit<Event, "event" | "output">): Event => ({ event, output: line.output.id, ...what });
