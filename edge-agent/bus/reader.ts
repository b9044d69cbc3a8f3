/**
 * The child's side of a process that reads for the agent: takes its plan, tells, stays heard, and ends with the agent. It holds no state worth
 * saving: the agent may kill it at any moment.
 */
import { flushCompileCache } from "node:module";
import { systemClock as clock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import { BEATS_PER_DEADLINE, type BusMessage, type ProcessPlan } from "./messages.ts";

/** By signal, since an ordinary exit waits for a transfer that a worker thread still has. */
export const end = (): void => void process.kill(process.pid, "SIGKILL");

let unsent = 0;
export function tell(message: BusMessage, then: () => void = () => {}): void {
  unsent++;
  process.send?.(message, undefined, undefined, () => {
    unsent--;
    then();
  });
}

/** Heartbeats; one at a time, so that they do not pile up while the agent is busy. Begins when the process is ready to read. */
export async function stayAlive({ deadline_s }: ProcessPlan): Promise<never> {
  flushCompileCache(); // where the agent has one: its processes end by signal, which would write nothing
  for (;;) {
    if (unsent === 0) tell({ kind: "alive" });
    await clock.sleep(deadline_s / BEATS_PER_DEADLINE);
  }
}

/** Runs the one plan that the agent sends. A Fault says that nothing can be read at all; other errors end the process with their own words. */
export function serve<Plan extends ProcessPlan>(run: (plan: Plan) => Promise<never>): void {
  process.on("disconnect", end);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // sent to the whole group; the agent decides when a bus ends
  process.once("message", (plan: Plan) => {
    run(plan).catch((error: unknown) => {
      if (isFault(error)) tell({ kind: "unusable", why: error.message }, end);
      else throw error;
    });
  });
}
