/** What nobody should do to a running agent. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { cli, startAgent } from "../support/agent.ts";
import { statusWhen, stored, writeStation } from "../support/agent-station.ts";
import { childrenOf, gone } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

/** A station of one recorded channel and its recording. */
function recorded(folder: string, rows: readonly string[]): string[] {
  const config = join(folder, "station.yaml");
  const input = join(folder, "run.csv");
  const channel = "{ id: C1.t, quantity: temperature, at: { cell: C1 }, source: { driver: replay, column: t, unit: degC }, every: 1 s }";
  writeFileSync(config, `version: 1\nsite: lab\nstation: recorded\ncells: [{ id: C1, max_temperature: 60 degC }]\nchannels:\n  - ${channel}\n`);
  writeFileSync(input, `time_s,t\n${rows.join("\n")}\n`);
  return ["--config", config, "--input", input];
}

/** Stops within the two seconds that are promised; the rest is for a loaded machine, and still below every limit inside the agent. */
const STOP_GUARD_s = 4.5;

describe("no crash, no hang, no lie", { concurrency: 3 }, () => {
  test("Ctrl-C right after the start: nothing that was begun keeps the agent alive", async (t) => {
    const { path } = writeStation(tempFolder(t));
    const agent = startAgent(t, ["--config", path, "--simulated"]);
    await agent.line(({ event }) => event === "agent-start");
    const told = performance.now();
    agent.child.kill("SIGINT");
    assert.equal(await agent.ended, 0, agent.stderr());
    const took_s = (performance.now() - told) / 1000;
    t.diagnostic(`${took_s.toFixed(2)} s`);
    assert.ok(took_s < STOP_GUARD_s);
  });

  test("the agent is stopped for longer than any silence allows and goes on: the sensors are not called lost", async (t) => {
    const { path, socket, spool } = writeStation(tempFolder(t));
    const agent = startAgent(t, ["--config", path, "--simulated"]);
    await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads >= 2));
    agent.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 5000)); // the time that passes is what is tested
    agent.child.kill("SIGCONT");
    const late = await agent.line(({ alarm }) => alarm === "agent-degraded:station");
    assert.match(late.msg, /^raised: the deciding loop was late by \d+ ms$/);
    agent.child.kill("SIGINT");
    assert.equal(await agent.ended, 0, agent.stderr());
    assert.ok(!agent.log.some(({ alarm }) => alarm?.startsWith("sensor-lost")), JSON.stringify(agent.log));
    const tab = stored(spool).samples.filter(({ channel }) => channel === "C1.tab");
    for (const [index, { at_s }] of tab.entries()) assert.ok(at_s - (tab[index - 1]?.at_s ?? at_s) < 2, "no reading was lost");
  });

  test("the process of a bus is killed: its channels come back", async (t) => {
    const { path, socket } = writeStation(tempFolder(t));
    const agent = startAgent(t, ["--config", path, "--simulated"]);
    await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads >= 1));
    const [victim = 0] = childrenOf(agent.child.pid ?? 0);
    process.kill(victim, "SIGKILL");
    const restart = await agent.line(({ event }) => event === "bus-restart");
    assert.match(restart.msg, /^i2c-\d: the bus process ended by itself \(signal SIGKILL\); bus process ended, restart 1 in 0\.5 s$/);
    const bus = restart.msg.slice(0, 5);
    const before = await statusWhen(socket, () => true);
    const reads = (status: typeof before) => status.buses.find((each) => each.bus === bus)?.reads ?? 0;
    await statusWhen(socket, (status) => reads(status) > reads(before));
    agent.child.kill("SIGINT");
    assert.equal(await agent.ended, 0);
  });

  test("the player of a recording is killed: one line and 1", async (t) => {
    const agent = startAgent(t, recorded(tempFolder(t), ["0,20", "1,20", "3600,21"]));
    await agent.line(({ event }) => event === "agent-start");
    const [player = 0] = childrenOf(agent.child.pid ?? 0);
    process.kill(player, "SIGKILL");
    assert.equal(await agent.ended, 1);
    assert.match(agent.stderr(), /^offgas run: recording\/unreadable: the player process ended early \(SIGKILL\)\n$/);
  });

  test("a recording that jumps by a year, back and twice to the same second", async (t) => {
    const rows = ["0,20", "1,20.5", "31536000,21", "2,21.5", "31536000,22", "31536000.5,22"];
    const agent = startAgent(t, [...recorded(tempFolder(t), rows), "--from", "2", "--speed", "1000"]);
    assert.equal(await agent.ended, 0, agent.stderr());
    assert.equal(agent.stderr(), "");
    assert.equal(agent.log.at(-1)?.event, "agent-stop");
    const waiting = startAgent(t, [...recorded(tempFolder(t), rows), "--speed", "1000"]);
    await waiting.line(({ event }) => event === "agent-start");
    const children = childrenOf(waiting.child.pid ?? 0);
    waiting.child.kill("SIGINT");
    assert.equal(await waiting.ended, 0, "the year is not waited for");
    await gone(children);
  });

  test("nobody reads the log any more: the agent goes on", async (t) => {
    const { path, socket } = writeStation(tempFolder(t));
    const child = spawn(process.execPath, [cli, "run", "--config", path, "--simulated"], { stdio: ["ignore", "pipe", "pipe"] });
    t.after(() => child.kill("SIGKILL"));
    let stderr = "";
    child.stderr.on("data", (bytes) => {
      stderr += bytes;
    });
    await once(child.stdout, "data");
    child.stdout.destroy();
    const { buses } = await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads >= 1));
    const [victim = 0] = childrenOf(child.pid ?? 0);
    process.kill(victim, "SIGKILL"); // something to log
    await statusWhen(
      socket,
      (status) => status.buses.every(({ reads }, index) => reads > (buses[index]?.reads ?? 0)) && status.buses.some(({ bus_restarts }) => bus_restarts > 0),
    );
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    assert.deepEqual([code, stderr], [0, ""]);
  });
});
