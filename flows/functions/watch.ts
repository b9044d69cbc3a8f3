/**
 * What is known of the station now, from its messages alone. Nothing is judged here: stages, severities and states are the agent's.
 * A new boot of the agent ends all values of the old one; its alarms stay until the agent itself says that they are over.
 */
import type { Payload } from "../../edge-agent/contracts/topics.ts";
import { type AlarmName, alarmNames } from "../../edge-agent/core/alarms.ts";
import { Reading } from "./reading.ts";

type Birth = Extract<Payload<"status">, { state: "online" }>;
export type Alarm = Payload<"alarm"> & { readonly alarm: AlarmName };
export type Channel = Birth["channels"][number];

export type Link =
  /** Without `since_ms` nobody knows since when: the broker had kept it. */
  | { readonly state: "stopped" | "lost"; readonly since_ms?: number; readonly heard_ms: number }
  | { readonly state: "online"; readonly since_ms: number }
  | { readonly state: "unheard" };

/** An output that an alarm opened or switched on, until the agent says the contrary. */
export interface Acted {
  readonly output: string;
  readonly did: "opened" | "switched on";
  readonly because: string;
  readonly at_ms: number;
}

export interface Happening {
  readonly text: string;
  readonly at_ms: number;
  readonly seq: number;
  readonly boot: number;
}

const most_happenings = 8;
const leastPatience_ms = 15_000;
/** Warm-ups and slow channels: nobody is called before two values have told how fast they come. */
const firstPatience_ms = 120_000;

export class Watch {
  #birth: Birth | undefined;
  #boot: number | undefined;
  link: Link = { state: "unheard" };
  broker = false;
  readonly readings = new Map<string, Reading>();
  readonly #estimates = new Map<string, Payload<"estimate">>();
  readonly #alarms = new Map<string, Alarm>();
  readonly #acted = new Map<string, Acted>();
  happenings: readonly Happening[] = [];
  /** When anything measured last came. */
  lastReading_ms: number | undefined;
  /** Messages that no schema knows: counted, since silence must not look like calm. */
  unread = 0;

  status(status: Payload<"status">, now_ms: number, retained: boolean): void {
    // the will of a boot that is over, told late by the broker, says nothing of the one that lives
    if (status.state === "offline" && this.#boot !== undefined && status.boot !== this.#boot) return;
    if (status.boot !== this.#boot) this.#startOver(status.boot);
    if (status.state === "online") {
      this.#birth = status;
      this.link = { state: "online", since_ms: now_ms };
    } else if (this.link.state !== status.why) this.link = { state: status.why, ...(retained ? {} : { since_ms: now_ms }), heard_ms: now_ms };
  }

  #startOver(boot: number): void {
    this.#boot = boot;
    this.#birth = undefined;
    this.readings.clear();
    this.#acted.clear();
    this.lastReading_ms = undefined;
  }

  /** True when the point is news. */
  chart(point: Payload<"chart">, now_ms: number): boolean {
    if (point.boot !== this.#boot) return false;
    const reading = this.readings.get(point.channel) ?? new Reading();
    this.readings.set(point.channel, reading);
    if (!reading.take(point, now_ms)) return false;
    if (point.value !== undefined) this.lastReading_ms = now_ms;
    return true;
  }

  estimate(topic: string, estimate: Payload<"estimate"> | undefined): void {
    if (estimate === undefined) this.#estimates.delete(topic);
    else this.#estimates.set(topic, estimate);
  }

  /** True when what stands has changed. `undefined`: an empty message, nothing is known of it any more. */
  alarm(topic: string, alarm: Alarm | undefined): boolean {
    if (alarm === undefined) return this.#alarms.delete(topic);
    const known = this.#alarms.get(topic);
    if (known !== undefined && BigInt(known.stamp_ns) >= BigInt(alarm.stamp_ns)) return false;
    this.#alarms.set(topic, alarm);
    return true;
  }

  event(event: Payload<"event">): void {
    if (this.#boot !== undefined && event.boot !== this.#boot) return;
    if (this.happenings.some(({ boot, seq }) => boot === event.boot && seq === event.seq)) return;
    const at_ms = Date.parse(event.time);
    this.happenings = [{ text: event.text, at_ms, seq: event.seq, boot: event.boot }, ...this.happenings].slice(0, most_happenings);
    const { output, because = "" } = event;
    if (output === undefined) return;
    this.#acted.delete(output);
    if (!isAlarmId(because)) return;
    if (event.event === "output-open") this.#acted.set(output, { output, did: "opened", because, at_ms });
    if (event.event === "output-close") this.#acted.set(output, { output, did: "switched on", because, at_ms });
  }

  /** After this long without any measured value something is wrong: a station may be as slow as its fastest channel. */
  get patience_ms(): number {
    const stale_ms = [...this.readings.values()].map((reading) => reading.stale_ms);
    return stale_ms.length === 0 ? leastPatience_ms : Math.max(leastPatience_ms, Math.min(...stale_ms));
  }

  /** Nobody watches the cells though somebody should: since when, and why it is thought so. Undefined where a person stopped the agent. */
  silence(now_ms: number): { readonly since_ms: number; readonly why: string } | undefined {
    const { broker, link, lastReading_ms } = this;
    if (!broker) return undefined;
    if (link.state === "lost") return { since_ms: link.heard_ms, why: "the broker says that the agent's connection broke" };
    if (link.state !== "online" || this.channels.length === 0) return undefined;
    const last_ms = Math.max(link.since_ms, lastReading_ms ?? 0);
    const isPaced = [...this.readings.values()].some((reading) => reading.isPaced);
    return now_ms - last_ms > (isPaced ? this.patience_ms : firstPatience_ms)
      ? { since_ms: last_ms, why: "the agent is connected and no measured value comes" }
      : undefined;
  }

  get channels(): readonly Channel[] {
    return this.#birth?.channels ?? [];
  }

  /** In the order of the station file. Without a birth, those that anything was said of. */
  get cells(): readonly string[] {
    if (this.#birth !== undefined) return this.#birth.cells;
    const named = [...this.#estimates.values(), ...this.standing].flatMap(({ cell }) => cell ?? []);
    return [...new Set(named)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  estimateOf(cell: string): Payload<"estimate"> | undefined {
    return [...this.#estimates.values()].find((estimate) => estimate.cell === cell && estimate.boot === this.#boot);
  }

  /** Everything that is not over. */
  get standing(): readonly Alarm[] {
    return [...this.#alarms.values()].filter(({ state }) => state !== "normal");
  }

  get boot(): number | undefined {
    return this.#boot;
  }

  get acted(): readonly Acted[] {
    return [...this.#acted.values()];
  }
}

const isAlarmId = (text: string): boolean => (alarmNames as readonly string[]).includes(text.slice(0, text.indexOf(":")));
