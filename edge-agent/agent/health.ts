/** The agent's own health as one more sensor: numbers for the record, findings for the alarm engine. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Source } from "../bus/source.ts";
import type { AgentHealth } from "../core/health.ts";
import type { Finding, Scope } from "../core/judgement.ts";
import type { ClockState } from "../pipeline/stamper.ts";
import type { StoreStatus } from "../spool/store.ts";

const station: Scope = { kind: "station", id: "station" };
/** A deciding loop that was once late by this much is worth an engineer's look: the bar is 2 ms at p99. */
const LATE_ms = 250;

export interface HealthInputs {
  readonly at_s: number;
  readonly uptime_s: number;
  readonly sources: readonly Source[];
  readonly dropped: number;
  readonly clock: ClockState | undefined;
  /** Without a spool there is nothing to say about storing. */
  readonly store: StoreStatus | undefined;
}

export class Health {
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #evicted: number | undefined;

  constructor() {
    this.#delay.enable();
  }

  /** Findings of this second. Cheap: it runs on the deciding thread. */
  findings({ clock, store }: HealthInputs): Finding[] {
    const late_ms = this.#delay.max / 1e6;
    const findings: Finding[] = [
      finding("agent-degraded", "loop", late_ms > LATE_ms, `the deciding loop was late by ${late_ms.toFixed(0)} ms`),
      finding(
        "clock-unsure",
        "clock",
        clock?.unsure ?? false,
        clock?.step ?? `the wall clock is behind the stamps by ${(-(clock?.offset_ms ?? 0) / 1000).toFixed(1)} s; set the clock`,
      ),
    ];
    if (store === undefined) return findings;
    const evicting = this.#evicted !== undefined && store.evicted > this.#evicted;
    this.#evicted = store.evicted;
    findings.push(
      finding(
        "agent-degraded",
        "spool",
        store.trouble !== undefined,
        store.trouble === undefined ? "the spool works" : `${store.trouble.code}: ${store.trouble.why}`,
      ),
      finding(
        "agent-degraded",
        "eviction",
        evicting,
        `the spool's budget is full: ${store.evicted} samples were pushed out undelivered; mend the sink or raise spool.budget`,
      ),
    );
    for (const sink of store.sinks) {
      const why =
        sink.state === "waiting" ? `${sink.code ?? "sink"}: ${sink.why ?? "waiting"}; ${sink.backlog} entries wait in the spool` : `${sink.name} takes entries`;
      findings.push(finding("store-backlog", sink.name, sink.state === "waiting", why));
    }
    return findings;
  }

  /** The rows of measurement `agent`; restarts the loop-delay statistics. */
  rows({ at_s, uptime_s, sources, dropped, clock, store }: HealthInputs): AgentHealth[] {
    const delay = this.#delay;
    const rows: AgentHealth[] = [
      {
        at_s,
        values: {
          loop_delay_p99_ms: delay.percentile(99) / 1e6,
          loop_delay_max_ms: delay.max / 1e6,
          resident_MiB: process.memoryUsage.rss() / 1024 ** 2,
          dropped_readings: dropped,
          uptime_s,
          ...(clock !== undefined && { clock_offset_ms: clock.offset_ms }),
          ...(store !== undefined && {
            backlog_samples: Math.max(0, ...store.sinks.map((sink) => sink.backlog)),
            spool_MiB: store.spool_Bytes / 1024 ** 2,
            evicted_samples: store.evicted,
            dead_letters: store.sinks.reduce((sum, sink) => sum + sink.deadLetters, 0),
          }),
        },
      },
      ...sources.flatMap((source) => source.counters()).map(({ bus, ...values }) => ({ at_s, bus, values })),
    ];
    delay.reset();
    return rows;
  }

  close(): void {
    this.#delay.disable();
  }
}

const finding = (alarm: Finding["alarm"], by: string, present: boolean, why: string): Finding => ({
  alarm,
  scope: station,
  by,
  severity: alarm === "clock-unsure" ? "advisory" : "warning",
  present,
  why: [why],
});
