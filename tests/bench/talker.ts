/**
 * A bus process without chips: 64 channels at 10 Hz over IPC, one message a channel and beat, evenly spaced, each sample stamped as it is
 * sent. A channel with `over` exceeds its limit for one sample in every `PERIOD_beats`, in turn with the others.
 */
import type { BusPlan, SensorPlan } from "../../edge-agent/bus/messages.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { rate_Hz } from "./spool.ts";

/** Long enough for an alarm's off-delay to run out on the hurried clock of the bench. */
const PERIOD_beats = 6;

function rawOf({ options }: SensorPlan, index: number, beat: number): number {
  const { usual, over, noise } = options as { usual: number; over?: number; noise: number };
  if (over !== undefined && (beat + index) % PERIOD_beats === PERIOD_beats - 1 && beat >= PERIOD_beats) return over;
  return usual + noise * (Math.random() - 0.5);
}

async function talk({ sensors, deadline_s }: BusPlan): Promise<never> {
  setInterval(() => process.send?.({ kind: "alive" }), (deadline_s * 1000) / 4);
  process.send?.({ kind: "alive" });
  const spacing_s = 1 / (rate_Hz * sensors.length);
  const from_s = systemClock.monotonic_s();
  for (let sent = 0; ; sent++) {
    const wait_s = from_s + sent * spacing_s - systemClock.monotonic_s();
    if (wait_s > 0) await systemClock.sleep(wait_s);
    const index = sent % sensors.length;
    const sensor = sensors[index];
    const channel = sensor?.channels[0]?.channel;
    if (sensor === undefined || channel === undefined) continue;
    const raw = rawOf(sensor, index, Math.floor(sent / sensors.length));
    process.send?.({ kind: "readings", readings: [{ channel, at_s: systemClock.monotonic_s(), raw }] });
  }
}

if (process.send !== undefined) {
  process.on("disconnect", () => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // the parent decides when it ends
  process.once("message", (plan: BusPlan) => void talk(plan));
}
