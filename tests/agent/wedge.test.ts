/** A bus whose transfer never returns, as a person at the station sees it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startAgent } from "../support/agent.ts";
import { periods_s, statusWhen, stored, writeStation } from "../support/agent-station.ts";
import { childrenOf, gone } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

const WEDGED_AT_s = 2;

describe("a wedged bus costs its own channels, is ended and started again, and changes nothing else", { concurrency: true }, () => {
  for (const [fault, words] of [
    ["hang", /no answer within 500 ms/],
    ["wedge", /read from 0x67 took longer than 500 ms|write to 0x67 took longer than 500 ms/],
  ] as const)
    test(fault, async (t) => {
      const { path, spool, socket } = writeStation(tempFolder(t));
      const agent = startAgent(t, ["--config", path, "--simulated", "--fault", `i2c-1/0x67:${fault}@${WEDGED_AT_s}s`]);
      const lost = await agent.line(({ alarm }) => alarm?.startsWith("sensor-lost:") === true);
      assert.equal(lost.alarm, "sensor-lost:C1.surface");
      assert.match(lost.msg, /^raised: C1\.surface: bus-deadline: .*\(i2c-1: .*; bus process ended, restart 1 in 0\.5 s\)$/);
      assert.match(lost.msg, words);
      const before = await statusWhen(socket, () => true);
      await statusWhen(socket, ({ buses }) => (buses[0]?.reads ?? 0) >= (before.buses[0]?.reads ?? 0) + 2);

      const children = childrenOf(agent.child.pid ?? 0);
      const told = performance.now();
      agent.child.kill("SIGINT");
      assert.equal(await agent.ended, 0, agent.stderr());
      t.diagnostic(`Ctrl-C to end: ${(performance.now() - told).toFixed(0)} ms`);
      assert.equal(children.length, 2, "one process a bus");
      await gone(children);

      assert.deepEqual(
        agent.log.flatMap(({ alarm, event, state }) => (alarm === "store-backlog:station" ? [] : [alarm ?? event, state])).filter((word) => word !== undefined),
        ["agent-start", "bus-restart", "sensor-lost:C1.surface", "unack", "agent-stop"],
      );
      assert.equal(agent.stderr(), "");
      const { samples } = stored(spool);
      const of = (channel: string) => samples.filter((sample) => sample.channel === channel);
      assert.deepEqual(
        of("C1.surface")
          .filter(({ quality }) => quality === "bad")
          .map(({ reason, raw }) => [reason, raw]),
        [["bus-deadline", undefined]],
        "one row that says so, and no number",
      );
      const tab = of("C1.tab");
      assert.ok(tab.length >= 3 && tab.every(({ quality }) => quality === "good"));
      for (const [index, { at_s }] of tab.entries()) {
        const gap_s = at_s - (tab[index - 1]?.at_s ?? at_s);
        assert.ok(gap_s < 2 * periods_s["C1.tab"], `the other bus lost no beat: ${gap_s} s between two samples`);
      }
    });

  test("Ctrl-C while a transfer hangs and nobody has noticed yet", async (t) => {
    const { path, socket } = writeStation(tempFolder(t), { deadline: "60 s" });
    const agent = startAgent(t, ["--config", path, "--simulated", "--fault", `i2c-1/0x67:hang@${WEDGED_AT_s}s`, "--fault", `i2c-2/0x66:wedge@${WEDGED_AT_s}s`]);
    await agent.line(({ event }) => event === "agent-start");
    // both buses have read before and owe two periods
    const { buses } = await statusWhen(socket, ({ at_s, buses }) => at_s > WEDGED_AT_s + 2 && buses.every(({ reads }) => reads > 0));
    const children = childrenOf(agent.child.pid ?? 0);
    assert.equal(children.length, 2);
    assert.deepEqual((await statusWhen(socket, () => true)).buses, buses, "nothing comes of either");
    const told = performance.now();
    agent.child.kill("SIGINT");
    assert.equal(await agent.ended, 0, agent.stderr());
    t.diagnostic(`Ctrl-C to end: ${(performance.now() - told).toFixed(0)} ms`);
    await gone(children);
  });
});
