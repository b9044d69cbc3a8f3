/** The door before the web server, on a real one. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { hashSync } from "bcryptjs";
import { doorOf, guard } from "../../flows/door.ts";
import { statusOfUpgrade } from "../support/upgrade.ts";

const hash = hashSync("right: with a colon", 4);
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const right = basic("offgas", "right: with a colon");

async function served(t: TestContext) {
  const entered: string[] = [];
  const server = guard(
    createServer((incoming, response) => {
      entered.push(incoming.url ?? "");
      response.end("inside");
    }),
    doorOf("offgas", hash),
  );
  server.on("upgrade", (incoming, socket) => {
    entered.push(`upgrade ${incoming.url}`);
    socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const ask = async (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> => {
    const asking = request(`http://${host}`, { path, method, headers }).end();
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };
  const upgrade = (path: string, headers: Record<string, string> = {}) => statusOfUpgrade(`http://${host}${path}`, headers);
  return { ask, upgrade, entered, host };
}

test("nobody enters without the password, by request or by upgrade, on any path", async (t) => {
  const { ask, upgrade, entered } = await served(t);
  for (const path of ["/", "/dashboard/socket.io/?EIO=4&transport=polling", "/admin/flows", "/admin/comms"]) {
    for (const headers of [
      {},
      { authorization: basic("offgas", "wrong") },
      { authorization: basic("root", "right: with a colon") },
      { authorization: "Basic" },
      { authorization: "" },
    ]) {
      assert.equal(await ask(path, headers as Record<string, string>), 401, `${path} ${JSON.stringify(headers)}`);
      assert.equal(await upgrade(path, headers as Record<string, string>), 401, `upgrade ${path}`);
    }
  }
  assert.deepEqual(entered, []);
  assert.equal(await ask("/", { authorization: right }), 200);
  assert.equal(await upgrade("/x", { authorization: right }), 101);
});

test("an invented token is no password, for the editor neither", async (t) => {
  const { ask } = await served(t);
  for (const path of ["/dashboard", "/admin", "/admin/", "/admin/flows", "/admin/auth/token"])
    assert.equal(await ask(path, { authorization: "Bearer x" }), 401, path);
});

test("another site's page cannot use the browser's password for a socket or a change", async (t) => {
  const { ask, upgrade, host } = await served(t);
  const foreign = { authorization: right, origin: "http://elsewhere.example" };
  assert.equal(await upgrade("/x", foreign), 403);
  assert.equal(await ask("/x", foreign, "POST"), 403);
  assert.equal(await ask("/x", { ...foreign, origin: "null" }, "POST"), 403);
  assert.equal(await upgrade("/x", { authorization: right, origin: `http://${host}` }), 101);
  assert.equal(await ask("/x", { authorization: right, origin: `http://${host}` }, "POST"), 200);
});

test("bcrypt runs once for a browser, not for each request", async () => {
  const door = doorOf("offgas", hash);
  assert.ok(door(right) instanceof Promise);
  assert.equal(await door(right), "open");
  assert.equal(door(right), "open", "at once");
});

test("guessing is bounded: one check at a time, few waiting, the others are told to come later", async () => {
  const door = doorOf("offgas", hash);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => door(basic("offgas", `guess ${index}`))));
  assert.deepEqual([answers.filter((answer) => answer === "refused").length, answers.filter((answer) => answer === "busy").length], [8, 42]);
  assert.equal(await door(right), "open", "and after them it answers again");
});
