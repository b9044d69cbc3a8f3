/** The process that reads the files of one folder. A disk or share that does not answer within the deadline costs this process. */
import { guard } from "../bus/deadline.ts";
import { serve, stayAlive, tell } from "../bus/reader.ts";
import { systemClock as clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";
import { followFile } from "./csv-feed.ts";
import type { CsvPlan } from "./plan.ts";

const emit = (readings: readonly Reading[], skipped: number): void => tell({ kind: "readings", readings, skipped });

serve(async (plan: CsvPlan): Promise<never> => {
  void stayAlive(plan);
  const { signal } = new AbortController();
  return Promise.race(
    plan.sensors.map((file) => {
      const watched = guard(plan.deadline_s, clock, (what) => tell({ kind: "overdue", what }));
      return followFile(file, { clock, guard: watched, emit }, signal);
    }),
  );
});
