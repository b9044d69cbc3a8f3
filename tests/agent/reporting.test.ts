/** Report by exception, where the agent hands over to the store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent } from "../../edge-agent/agent/agent.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { simulatedLines } from "../../edge-agent/outputs/simulated.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";
import { watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

test("decisions see every sample, the store what says something new", async (t) => {
  const made = station({
    channels: [replayChannel("t", { report: { deadband: "40 K", heartbeat: "1 h" } })],
    spool: { directory: tempFolder(t), budget: "64 MB", commit: "20 ms" },
  });
  const { store } = watchedStore(made);
  await store.opened;
  const stored: Entry[] = [];
  const { outputs } = await openOutputs(made, { gpio: simulatedLines, simulated: simulatedLines }, 0);
  const agent = new Agent({
    station: made,
    sources: [],
    outputs,
    store: Object.assign(Object.create(store), { append: (entries: readonly Entry[]) => void stored.push(...entries) }),
    stamper: new Stamper({ clock: systemClock, at_s: 0 }),
    clock: systemClock,
    origin_s: 0,
    start_s: 0,
    recorded: true,
    told: () => {},
    ended: () => {},
  });
  const kept = () => stored.flatMap((entry) => (entry.type === "sample" ? [entry.sample.at_s] : []));
  for (let at_s = 0; at_s < 100; at_s++) agent.readings([{ channel: 0, at_s, raw: 25 + (at_s % 2) }]);
  assert.deepEqual(kept(), [0]);
  assert.equal(agent.recent("t", 50)?.n, 50, "a person who looks sees every sample too");
  // above the cell's 60 degC within the deadband
  for (let at_s = 100; at_s < 104; at_s++) agent.readings([{ channel: 0, at_s, raw: 62 }]);
  assert.deepEqual(
    agent.standing().map(({ id }) => id),
    ["over-temperature:C1"],
  );
  assert.deepEqual(kept(), [0, ...Array.from({ length: 63 }, (_, index) => 41 + index)], "with the minute before the alarm");
  agent.stop();
  assert.equal(await store.close(5), true);
});
