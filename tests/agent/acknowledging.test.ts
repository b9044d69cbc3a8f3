/** A person at the command line sees what stands and says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { offgas, startAgent } from "../support/agent.ts";
import { stored, writeStation } from "../support/agent-station.ts";
import { tempFolder } from "../support/temp.ts";

test("alarms lists what stands; ack is told, journalled and kept; what does not stand is refused", async (t) => {
  const { path, spool } = writeStation(tempFolder(t));
  const agent = startAgent(t, ["--config", path, "--simulated", "--fault", "i2c-1/0x67:nack@0s"]);
  await agent.line(({ alarm }) => alarm === "sensor-lost:C1.surface");
  const on = (...args: string[]) => offgas(...args, "--config", path);

  const listed = await on("alarms");
  assert.match(listed.stdout, /^sensor-lost:C1\.surface +warning +unack +since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n {2}\S/m, listed.stderr);
  const { alarms } = JSON.parse((await on("alarms", "--json")).stdout);
  const lost = alarms.find(({ id }: { id: string }) => id === "sensor-lost:C1.surface");
  assert.deepEqual([lost.state, lost.active, lost.planned, lost.since], ["unack", true, false, new Date(lost.since).toISOString()]);

  assert.match(
    (await on("ack", "sensor-lost:C1.surfac")).stderr,
    /^command\/refused: no alarm "sensor-lost:C1\.surfac" stands; did you mean "sensor-lost:C1\.surface"\?\n$/,
  );
  const older = await on("ack", lost.id, "--occurrence", "01JDCXPAGH8RZYW5F4YQ0W3T7K");
  assert.deepEqual([older.code, older.stdout], [1, ""]);
  assert.match(older.stderr, new RegExp(`was raised again since: look, and acknowledge occurrence ${lost.occurrence}\n$`));

  assert.match((await on("ack", lost.id, "--severity", "advisory")).stderr, /is graver than what was seen, warning and not advisory: look/);

  const seen = await on("ack", lost.id, "--occurrence", lost.occurrence.toLowerCase(), "--severity", lost.severity);
  assert.equal(seen.code, 0, seen.stderr);
  assert.match(seen.stdout, /^sensor-lost:C1\.surface acknowledged by \S/);
  assert.match((await on("ack", lost.id)).stdout, /was acknowledged before\n$/);
  assert.match((await on("alarms")).stdout, /^sensor-lost:C1\.surface +warning +ack /m);
  agent.child.kill("SIGINT");
  assert.equal(await agent.ended, 0, agent.stderr());

  assert.match((await agent.line(({ alarm, state }) => alarm === lost.id && state === "ack")).msg, /^acknowledged: /);
  const { record } = stored(spool);
  const told = record.flatMap((entry) => (entry.type === "alarm" && entry.alarm.id === lost.id ? [[entry.alarm.state, entry.alarm.occurrence]] : []));
  assert.deepEqual(told, [
    ["unack", lost.occurrence],
    ["ack", lost.occurrence],
  ]);
  const journal = record.flatMap((entry) => (entry.type === "event" && entry.event.event === "command" ? [entry.event.text] : []));
  assert.match(journal.at(-1) ?? "", new RegExp(`^ack sensor-lost:C1\\.surface \\(warning, occurrence ${lost.occurrence}\\) by \\S.* \\(operator\\)$`));
  assert.equal(journal.length, 2, "what was refused is no record");
});
