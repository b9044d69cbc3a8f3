/** Arming needs sight of every essential channel, and an order that is too old is not carried out late. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { offgas, startAgent } from "../support/agent.ts";
import { statusWhen, writeStation } from "../support/agent-station.ts";
import { tempFolder } from "../support/temp.ts";

function essential(t: TestContext) {
  const { path, socket } = writeStation(tempFolder(t));
  writeFileSync(path, readFileSync(path, "utf8").replace("address: 0x67 }, every: 1 s", "address: 0x67 }, essential: true, every: 1 s"));
  return { path, socket };
}

describe("arming", { concurrency: true }, () => {
  test("right after the start waits for the first readings, and then arms", async (t) => {
    const { path } = essential(t);
    const agent = startAgent(t, ["--config", path, "--simulated"]);
    await agent.line(({ event }) => event === "agent-start");
    const { code, stdout, stderr } = await offgas("arm", "--config", path);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /armed by .*: cycler/);
    agent.child.kill("SIGINT");
    assert.equal(await agent.ended, 0);
    assert.ok(
      agent.log.some(({ event, msg }) => event === "output-open" && msg === "cycler de-energised: the agent stops"),
      "the record ends with the permit open",
    );
  });

  test("is refused while an essential channel is lost", async (t) => {
    const { path } = essential(t);
    const agent = startAgent(t, ["--config", path, "--simulated", "--fault", "i2c-1/0x67:nack@0s"]);
    await agent.line(({ alarm }) => alarm === "coverage-lost:station"); // a slow machine may not have asked for it yet within the patience of an order
    const { code, stderr } = await offgas("arm", "--config", path);
    assert.equal(code, 1);
    assert.match(stderr, /not armed: essential channels are lost: C1\.surface; mend them first/);
  });

  test("an order that expired while it waited is not carried out late", async (t) => {
    const { path, socket } = essential(t);
    const agent = startAgent(t, ["--config", path, "--simulated"]);
    await agent.line(({ event }) => event === "agent-start");
    const door = connect(socket);
    t.after(() => door.destroy());
    const now_ms = Date.now();
    const iso = (ms: number) => new Date(ms).toISOString();
    const order = { v: 1, id: "late", actor: "test", role: "operator", issued_at: iso(now_ms), expires_at: iso(now_ms + 400), verb: "arm", args: {} };
    door.write(`${JSON.stringify(order)}\n`);
    const [bytes] = await once(door, "data");
    assert.equal(JSON.parse(String(bytes)).ok, false);
    await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads > 0));
    const { stdout } = await offgas("status", "--config", path);
    assert.match(stdout, /not armed/);
    assert.ok(!agent.log.some(({ event }) => event === "output-close"), "nothing was energised");
  });
});
