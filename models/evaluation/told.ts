/** What a model said over one recording, kept as small as the score needs it: a storage test of a month has millions of estimates. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import { type AlarmName, type Severity, severityCode } from "../../edge-agent/core/alarms.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Alarm, Estimate } from "../../edge-agent/core/judgement.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { measuredValue } from "../measured-value.ts";
import { evaluationParams as p } from "../params/evaluation.ts";
import { thermometersOf } from "../station-map.ts";
import { type Interval, plainTimeToRunaway } from "./interval.ts";

/** An alarm that was raised, or that became graver: one for each step of an occurrence. */
export interface Raise {
  readonly at_s: number;
  readonly occurrence: string;
  readonly alarm: AlarmName;
  readonly severity: Severity;
  readonly cell?: string;
  readonly pack?: string;
}

/** A time to runaway, in force until the next estimate of the cell. */
export interface Forecast {
  readonly cell: string;
  readonly at_s: number;
  until_s: number;
  readonly left: Interval;
  /** What a fixed activation energy says of the same heating rate and the cell's temperature. */
  readonly plain?: Interval;
}

export interface SwellingForecast {
  readonly cell: string;
  readonly at_s: number;
  readonly left: Interval;
}

/** A knee in the swelling, at the moment when it was first told. */
export interface KneeTold {
  readonly cell: string;
  readonly at_s: number;
  /** When it was, by the model. */
  readonly knee_s: number;
}

export interface Told {
  /** When the recording ends. */
  readonly to_s: number;
  /** Its length without its holes. */
  readonly watched_s: number;
  /** Of hazards, in time order. */
  readonly raises: readonly Raise[];
  readonly forecasts: readonly Forecast[];
  readonly swelling: readonly SwellingForecast[];
  readonly knees: readonly KneeTold[];
}

/** Alarms about the machine and its sensors: no word about a cell. */
const ofTheMachine: ReadonlySet<AlarmName> = new Set(["sensor-lost", "coverage-lost", "agent-degraded", "clock-unsure", "store-backlog", "mains-lost"]);

/** Takes what a replay decides, entry by entry. */
export class Hearing {
  readonly #thermometers: ReadonlyMap<string, string>;
  /** By cell, then by channel: the latest temperature. */
  readonly #warm = new Map<string, Map<string, number>>();
  readonly #gravest = new Map<string, number>();
  readonly #open = new Map<string, Forecast>();
  readonly #swellingHeard_s = new Map<string, number>();
  readonly #kneeCells = new Set<string>();
  readonly #raises: Raise[] = [];
  readonly #forecasts: Forecast[] = [];
  readonly #swelling: SwellingForecast[] = [];
  readonly #knees: KneeTold[] = [];

  constructor(station: Station) {
    this.#thermometers = new Map(station.cells.flatMap(({ id }) => thermometersOf(station, id).map((channel) => [channel.id, id] as const)));
  }

  hear(entry: Entry): void {
    if (entry.type === "sample") this.#sample(entry.sample);
    else if (entry.type === "estimate") this.#estimate(entry.estimate);
    else if (entry.type === "alarm") this.#alarm(entry.alarm);
  }

  told({ to_s, watched_s }: Pick<Told, "to_s" | "watched_s">): Told {
    for (const forecast of this.#open.values()) forecast.until_s = to_s;
    return { to_s, watched_s, raises: this.#raises, forecasts: this.#forecasts, swelling: this.#swelling, knees: this.#knees };
  }

  #sample(sample: Sample): void {
    const cell = this.#thermometers.get(sample.channel);
    const value_degC = measuredValue(sample);
    if (cell === undefined || value_degC === undefined) return;
    const seen = this.#warm.get(cell) ?? new Map<string, number>();
    this.#warm.set(cell, seen.set(sample.channel, value_degC));
  }

  #alarm({ at_s, occurrence, alarm, severity, scope, active }: Alarm): void {
    if (!active || ofTheMachine.has(alarm)) return;
    const grave = severityCode(severity);
    if (grave <= (this.#gravest.get(occurrence) ?? 0)) return;
    this.#gravest.set(occurrence, grave);
    const { cell, pack } = scope;
    this.#raises.push({ at_s, occurrence, alarm, severity, ...(cell !== undefined && { cell }), ...(pack !== undefined && { pack }) });
  }

  #estimate({ at_s, cell, time_to_runaway_s, time_to_swelling_limit_s, swelling_knee_s, self_heating_K_per_min }: Estimate): void {
    if (cell === undefined) return;
    const open = this.#open.get(cell);
    if (open !== undefined) open.until_s = at_s;
    this.#open.delete(cell);
    if (isWhole(time_to_runaway_s)) {
      const hottest_degC = Math.max(...(this.#warm.get(cell)?.values() ?? []));
      const plain = plainTimeToRunaway(hottest_degC, self_heating_K_per_min?.value ?? 0);
      const forecast: Forecast = { cell, at_s, until_s: at_s, left: time_to_runaway_s, ...(plain && { plain }) };
      this.#forecasts.push(forecast);
      this.#open.set(cell, forecast);
    }
    const heard_s = this.#swellingHeard_s.get(cell) ?? Number.NEGATIVE_INFINITY;
    if (isWhole(time_to_swelling_limit_s) && at_s - heard_s >= p.swellingEvery_s) {
      this.#swellingHeard_s.set(cell, at_s);
      this.#swelling.push({ cell, at_s, left: time_to_swelling_limit_s });
    }
    if (swelling_knee_s !== undefined && !this.#kneeCells.has(cell)) {
      this.#kneeCells.add(cell);
      this.#knees.push({ cell, at_s, knee_s: swelling_knee_s });
    }
  }
}

const isWhole = (left: Interval | undefined): left is Interval => left !== undefined && [left.p05, left.p50, left.p95].every(Number.isFinite);
