/** The machine's clock as a scripted `clock-step` has it. */
import type { ScriptedFault } from "../bus/scripted-fault.ts";
import type { Clock } from "../core/clock.ts";

const STEP_ns = -3_600_000_000_000n;

/** A wall time that is set back by an hour at each `clock-step`; monotonic time knows nothing of it. `origin_s`: monotonic seconds at run time 0. */
export function steppedClock(clock: Clock, faults: readonly ScriptedFault[], origin_s: number): Clock {
  const steps_s = faults.filter(({ fault }) => fault === "clock-step").map(({ at_s }) => at_s + origin_s);
  if (steps_s.length === 0) return clock;
  const past = () => steps_s.filter((at_s) => at_s <= clock.monotonic_s()).length;
  return {
    monotonic_s: () => clock.monotonic_s(),
    wall_ns: () => clock.wall_ns() + STEP_ns * BigInt(past()),
    sleep: (delay_s, signal) => clock.sleep(delay_s, signal),
  };
}
