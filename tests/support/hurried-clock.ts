/** A clock that runs faster, so that waits and deadlines of seconds pass in milliseconds; wall time stays true. */
import { type Clock, systemClock } from "../../edge-agent/core/clock.ts";

export const hurriedClock = (times: number): Clock => ({
  monotonic_s: () => systemClock.monotonic_s() * times,
  wall_ns: systemClock.wall_ns,
  sleep: (delay_s, signal) => systemClock.sleep(delay_s / times, signal),
});
