/** The process that reads a broker's topics: connection, TLS and what strangers send stay in here. */
import { serve, stayAlive, tell } from "../bus/reader.ts";
import { systemClock as clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";
import { followTopics } from "./mqtt-feed.ts";
import type { MqttPlan } from "./plan.ts";

const emit = (readings: readonly Reading[], skipped: number): void => tell({ kind: "readings", readings, skipped });

serve(async (plan: MqttPlan): Promise<never> => {
  void stayAlive(plan);
  return followTopics(plan, { clock, emit }, new AbortController().signal);
});
