/** From a station file to the processes that read what others measure. */
import { BusProcess } from "../bus/bus-process.ts";
import type { ProcessPlan } from "../bus/messages.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { csvPlans, mqttPlan, simulatedPlan } from "./plan.ts";

export interface FeedOptions {
  /** Courses that look alive in the place of broker and files. */
  readonly simulated: boolean;
  readonly clock: Clock;
  /** Monotonic seconds at run time 0. */
  readonly origin_s: number;
}

const entries = {
  mqtt: new URL("./mqtt-child.ts", import.meta.url),
  csv: new URL("./csv-child.ts", import.meta.url),
  simulated: new URL("./simulated.ts", import.meta.url),
};

/** Nothing starts yet. Throws Fault `config/invalid` for what `offgas check` would refuse too. */
export function openFeeds(station: Station, { simulated, clock, origin_s }: FeedOptions): BusProcess[] {
  const opened = (plan: ProcessPlan | undefined, entry: URL) => (plan === undefined ? [] : [new BusProcess({ plan, entry, clock, origin_s })]);
  if (simulated) return opened(simulatedPlan(station), entries.simulated);
  return [...opened(mqttPlan(station), entries.mqtt), ...csvPlans(station).flatMap((plan) => opened(plan, entries.csv))];
}
