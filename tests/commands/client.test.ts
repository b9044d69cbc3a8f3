import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sendCommand } from "../../edge-agent/commands/client.ts";
import { openDoor } from "../../edge-agent/commands/door.ts";
import { doorPath } from "../../edge-agent/commands/socket-path.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { tempFolder } from "../support/temp.ts";

const ann = { actor: "ann", role: "operator" as const };
const simple = (path: string) => ({
  path,
  clock: systemClock,
  journal: async () => {},
  carryOut: async ({ id, verb }: { id: string; verb: string }) => ({ v: 1 as const, id, ok: true, text: `${verb} done` }),
});

/** An agent's door in a process of its own. */
async function otherProcess(t: TestContext, path: string): Promise<ChildProcess> {
  const program = `
    import { openDoor } from "./edge-agent/commands/door.ts";
    import { systemClock } from "./edge-agent/core/clock.ts";
    await openDoor({ path: ${JSON.stringify(path)}, clock: systemClock, journal: async () => {}, carryOut: () => new Promise(() => {}) });
    console.log("open");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: join(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("a command goes in and its reply comes out; the socket is the owner's alone and goes with the door", async (t) => {
  const path = doorPath(tempFolder(t));
  const door = await openDoor(simple(path));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal((await sendCommand(path, "arm", {}, ann)).text, "arm done");
  await door.close();
  assert.equal(existsSync(path), false);
});

test("a socket that a killed agent left behind is replaced; a living agent's is not", async (t) => {
  const path = doorPath(tempFolder(t));
  const child = await otherProcess(t, path);
  await assert.rejects(openDoor(simple(path)), { code: "spool/in-use", message: /another agent answers on .*offgas.sock: stop it first/ });
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(existsSync(path), true);
  await assert.rejects(sendCommand(path, "status", {}, ann), { code: "agent/not-running" });
  const door = await openDoor(simple(path));
  t.after(() => door.close());
  assert.equal((await sendCommand(path, "status", {}, ann)).ok, true);
});

test("a frozen agent still owns its socket", async (t) => {
  const path = doorPath(tempFolder(t));
  const child = await otherProcess(t, path);
  child.kill("SIGSTOP");
  await assert.rejects(openDoor(simple(path)), { code: "spool/in-use" });
  await assert.rejects(sendCommand(path, "status", {}, ann, hurriedClock(100)), { code: "agent/not-running", message: /has not answered for 32 s: it hangs/ });
});

test("what is in the way and no socket stays", async (t) => {
  const path = join(tempFolder(t), "offgas.sock");
  writeFileSync(path, "notes");
  await assert.rejects(openDoor(simple(path)), { code: "spool/unavailable", message: /is in the way and is no socket/ });
  assert.equal(existsSync(path), true);
});

test("a folder that is missing, and a path that is too long, say what to do", async (t) => {
  const folder = tempFolder(t);
  await assert.rejects(openDoor(simple(join(folder, "no", "offgas.sock"))), { code: "spool/unavailable", message: /its folder does not exist: create it/ });
  const long = join(folder, "x".repeat(120));
  assert.throws(() => doorPath(long), { code: "config/invalid", message: /has a path of \d+ Bytes and Linux allows 107: choose a shorter spool.directory/ });
  await assert.rejects(sendCommand(long, "status", {}, ann), { code: "config/invalid" });
  const [last, over] = [107, 108].map((length) => join(folder, "y".repeat(length - folder.length - 1)));
  await (await openDoor(simple(last ?? ""))).close();
  await assert.rejects(openDoor(simple(over ?? "")), { code: "config/invalid" });
});

test("no agent, one that ends before it answers, and something that is no agent", async (t) => {
  const folder = tempFolder(t);
  const path = join(folder, "offgas.sock");
  await assert.rejects(sendCommand(path, "arm", {}, ann), {
    code: "agent/not-running",
    message: /no agent answers on .*; start it with `offgas run --config …`/,
  });
  const ends = await openDoor({ ...simple(path), carryOut: () => new Promise(() => queueMicrotask(() => ends.close())) });
  await assert.rejects(sendCommand(path, "status", {}, ann), { code: "agent/not-running", message: /ended before it answered|broke off/ });

  for (const answer of ["220 ready\n", '{"hello":1}\n']) {
    const stranger = createServer((socket) => socket.resume().end(answer)).listen(path);
    await once(stranger, "listening");
    await assert.rejects(sendCommand(path, "status", {}, ann), { code: "agent/not-running" });
    stranger.close();
    await once(stranger, "close");
  }
});

test("fifty clients at once are served or told to come again", async (t) => {
  const path = doorPath(tempFolder(t));
  const door = await openDoor(simple(path));
  t.after(() => door.close());
  const replies = await Promise.allSettled(Array.from({ length: 50 }, () => sendCommand(path, "status", {}, ann)));
  const answered = replies.filter((reply) => reply.status === "fulfilled" && reply.value.ok);
  assert.ok(answered.length >= 16);
  for (const reply of replies) if (reply.status === "rejected") assert.match(String(reply.reason), /^agent\/not-running: /);
});
