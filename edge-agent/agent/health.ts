/** The agent's own health as one more sensor: numbers for the record, findings for the alarm engine. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Source } from "../bus/source.ts";
import type { AgentHealth } from "../core/health.ts";
import type { Finding, Scope } from "../core/judgement.ts";
import type { ClockState } from "../pipeline/stamper.ts";
import type { CommandCounts, StoreStatus } from "../spool/store.ts";

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

/** One thing that ails the agent. */
interface Cause {
  readonly alarm: "agent-degraded" | "clock-unsure" | "store-backlog";
  readonly by: string;
  readonly why: string;
  /** What is said when it has passed. */
  readonly passed: string;
}

export class Health {
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #present: readonly Cause[] = [];
  #evicted: number | undefined;
  #dropped = 0;

  constructor() {
    this.#delay.enable();
  }

  /** Findings of this second: every cause that is there, and once each that has passed. Cheap: it runs on the deciding thread. */
  findings(inputs: HealthInputs): Finding[] {
    const present = [...this.#loop(), ...clockCauses(inputs.clock), ...(inputs.store === undefined ? [] : this.#store(inputs.store))];
    const passed = this.#present.filter((before) => !present.some(({ alarm, by }) => alarm === before.alarm && by === before.by));
    this.#present = present;
    return [...present.map((cause) => finding(cause, true)), ...passed.map((cause) => finding(cause, false))];
  }

  #loop(): Cause[] {
    const late_ms = this.#delay.max / 1e6;
    if (!(late_ms > LATE_ms)) return [];
    return [{ alarm: "agent-degraded", by: "loop", why: `the deciding loop was late by ${late_ms.toFixed(0)} ms`, passed: "the deciding loop is in time" }];
  }

  #store({ trouble, evicted, dropped, sinks }: StoreStatus): Cause[] {
    const causes: Cause[] = [];
    // a code each, so that another trouble of the same disk or server is told as well
    if (trouble !== undefined)
      causes.push({ alarm: "agent-degraded", by: `spool ${trouble.code}`, why: `${trouble.code}: ${trouble.why}`, passed: "the spool works" });
    if (this.#evicted !== undefined && evicted > this.#evicted) {
      const why = `the spool's budget is full: ${evicted} samples were pushed out undelivered; mend the sink or raise spool.budget`;
      causes.push({ alarm: "agent-degraded", by: "eviction", why, passed: "the spool pushes nothing out" });
    }
    if (dropped > this.#dropped) {
      const why = `the disk does not keep up: ${dropped} samples fell out of memory before they were stored`;
      causes.push({ alarm: "agent-degraded", by: "memory", why, passed: "every sample reaches the disk" });
    }
    this.#dropped = dropped;
    if (sinks.length > 0) this.#evicted = evicted; // before the worker has spoken there are none, and its count goes back to earlier starts
    for (const { name, commands } of sinks) {
      for (const { actor, why } of commands?.keyless ?? []) {
        const refused = `${name} takes no command from ${actor}: ${why}; it is read again at the next connect`;
        causes.push({ alarm: "agent-degraded", by: `${name} key of ${actor}`, why: refused, passed: `${name} has the key of ${actor}` });
      }
    }
    for (const { name, state, code = "sink/unreachable", why = "it waits", backlog } of sinks) {
      if (state !== "waiting") continue;
      const waits = `${code}: ${why}; ${backlog} entries wait in the spool`;
      causes.push({ alarm: "store-backlog", by: `${name} ${code}`, why: waits, passed: `${name} takes entries` });
    }
    return causes;
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
            dropped_samples: store.dropped,
            set_aside_pieces: store.setAside,
            refused_commands: store.sinks.reduce((sum, { commands }) => sum + (commands === undefined ? 0 : refusedOf(commands)), 0),
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

const refusedOf = ({ refused, unproven, retained, oversized, crowded }: CommandCounts): number => refused + unproven + retained + oversized + crowded;

function clockCauses(clock: ClockState | undefined): Cause[] {
  if (clock?.unsure !== true) return [];
  const why = clock.step ?? `the wall clock is behind the stamps by ${(-clock.offset_ms / 1000).toFixed(1)} s; set the clock`;
  return [{ alarm: "clock-unsure", by: "clock", why, passed: "wall clock and stamps agree" }];
}

const finding = ({ alarm, by, why, passed }: Cause, present: boolean): Finding => ({
  alarm,
  scope: station,
  by,
  severity: alarm === "clock-unsure" ? "advisory" : "warning",
  present,
  why: [present ? why : passed],
});
