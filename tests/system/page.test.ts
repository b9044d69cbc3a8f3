// needs: mosquitto chromium
/** The operator's page as people meet it: real Node-RED, real broker, real browser, real mail server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Aedes } from "aedes";
import type { Page } from "playwright-core";
import { ulid } from "ulid";
import { macOf, type Signed } from "../../edge-agent/commands/mac.ts";
import { canvasOf, openBrowser, phone } from "../support/chromium.ts";
import { alarmEntry, estimateEntry, eventEntry } from "../support/entries.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { basic, commandKey, flowFiles, pagePassword, pageUser, startNodeRed } from "../support/node-red.ts";
import { cellAlarm, cellsAndGas } from "../support/pages.ts";
import { type PretendAgent, pretendAgent } from "../support/pretend-agent.ts";
import { startSmtp } from "../support/smtp.ts";
import { statusOfUpgrade } from "../support/upgrade.ts";

const credentials = { username: pageUser, password: pagePassword };
const station = cellsAndGas(9);
const verdict = ".og-verdict h1";

/** Measures every channel once a second until the test ends, or until told otherwise. */
function feed(t: TestContext, agent: PretendAgent) {
  const values = new Map<string, number>(station.channels.map(({ id }, index) => [id, 25 + index / 10]));
  const timer = setInterval(() => {
    const drift = Math.sin(Date.now() / 3000);
    void agent.measure(Object.fromEntries([...values].map(([id, value]) => [id, value + drift]))).catch(() => undefined);
  }, 1000);
  t.after(() => clearInterval(timer));
  return { values, stop: () => clearInterval(timer) };
}

async function calmStation(agent: PretendAgent): Promise<void> {
  await agent.birth();
  for (const { id } of station.cells) await agent.say(estimateEntry({ cell: id, stage: "normal", self_heating_K_per_min: { value: 0.02 } }));
}

const says = (page: Page, selector: string, text: string | RegExp) => page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout: 15_000 });
const cellOf = (id: string) => `.og-cell[data-cell="${id}"]`;

/** A server that takes calls, and can be told to fail. */
async function startHook(t: TestContext) {
  const calls: Record<string, unknown>[] = [];
  const state = { failing: false, refused: 0 };
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (state.failing) {
      state.refused++;
      response.writeHead(503).end();
      return;
    }
    calls.push({ ...JSON.parse(Buffer.concat(chunks).toString("utf8")), contentType: request.headers["content-type"] });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return { calls, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function until(holds: () => boolean, what: string, limit_ms = 20_000): Promise<void> {
  for (const end_ms = Date.now() + limit_ms; !holds(); await wait(50)) if (Date.now() > end_ms) assert.fail(`never: ${what}`);
}

test("from calm to a runaway and back to nobody knowing: what a person sees, and can do", async (t) => {
  const mosquitto = await startMosquitto(t);
  const committed = flowFiles();
  const nodeRed = await startNodeRed(t, mosquitto.port);
  const agent = await pretendAgent(t, mosquitto.url, station);
  const { page, problems } = await openBrowser(t, { url: `${nodeRed.url}/`, credentials });
  await says(page, verdict, "No word from the agent yet");
  await calmStation(agent);
  const feeding = feed(t, agent);

  await t.test("calm: every cell with its stage in words and its temperature", async () => {
    await says(page, verdict, "All 9 cells normal");
    assert.equal(await page.locator(".og-cell").count(), 9);
    await says(page, cellOf("C5"), /C5\s*Normal\s*2\d\.\d\s*°C/);
    assert.match(page.url(), /\/dashboard\/station$/);
    await says(page, ".og-foot", "Advisory and early trip. Not a certified protection.");
    await says(page, ".og-foot", "e-mail off: OFFGAS_MAIL_HOST");
    await says(page, ".og-value", /CO₂.*box\.co2/s);
  });

  await t.test("curves are drawn and move; quantities without a channel have none", async () => {
    await wait(3000);
    const before = await canvasOf(page, "#nrdb-ui-widget-chart-temperature");
    assert.ok(before.colours > 20, `${before.colours} colours`);
    await wait(2500);
    assert.notEqual((await canvasOf(page, "#nrdb-ui-widget-chart-temperature")).digest, before.digest);
    assert.ok((await canvasOf(page, "#nrdb-ui-widget-chart-co2")).colours > 5);
    assert.equal(await page.locator("#nrdb-ui-widget-chart-force:visible").count(), 0);
  });

  const why = '<img src="x" onerror="window.injected = true"> {{ 1 + 1 }}';
  const runaway = alarmEntry(cellAlarm("runaway", "C5", { severity: "trip", planned: true, why: ["dT/dt 6.1 °C/s for 3.2 s", why] }));
  await t.test("a runaway: at once, in words, with its reason as text", async () => {
    const told_ms = Date.now();
    await agent.say(runaway);
    await says(page, verdict, "Cell C5: thermal runaway — trip (planned)");
    const shown_ms = Date.now() - told_ms;
    assert.ok(shown_ms < 1000, `${shown_ms} ms`);
    await agent.say(estimateEntry({ cell: "C5", stage: "runaway", self_heating_K_per_min: { value: 360 } }));
    await agent.say(eventEntry("cycler-permit opened", { event: "output-open", output: "cycler-permit", because: "runaway:C5" }));
    await says(page, `${cellOf("C5")} .og-stage`, "Runaway");
    await says(page, ".og-acted", "cycler-permit opened because runaway:C5");
    await says(page, ".og-row", "planned");
    await page.locator(".og-row summary").click();
    await says(page, ".og-row .og-why", why);
    assert.equal(await page.evaluate("window.injected"), undefined);
    assert.equal(await page.locator(".og img").count(), 0);
  });

  const { page: other, problems: otherProblems } = await openBrowser(t, { url: `${nodeRed.url}/`, credentials, viewport: phone });
  await t.test("a phone that comes later has all of it at once, curves too, and nothing runs off its side", async () => {
    await says(other, verdict, "Cell C5: thermal runaway");
    await says(other, cellOf("C9"), "Normal");
    assert.ok((await canvasOf(other, "#nrdb-ui-widget-chart-temperature")).colours > 20);
    assert.equal(await other.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), true);
  });

  await t.test("Acknowledge sends a command that proves itself; a refusal is shown as it came; then it is taken", async () => {
    await page.locator(".og-row button").click();
    const command = await agent.command();
    assert.deepEqual([command.actor, command.role, command.verb], ["page", "operator", "ack"]);
    assert.deepEqual(command.args, { alarm: "runaway:C5", occurrence: runaway.alarm.occurrence, severity: "trip" });
    assert.equal(command.mac, macOf(Buffer.from(commandKey, "hex"), "offgas/test-lab/bench", command as unknown as Signed));
    assert.ok(await page.locator(".og-row button").isDisabled());
    await agent.reply(String(command.id), false, "refused: <b>not</b> yet");
    await says(page, ".og-refused", "refused: <b>not</b> yet");
    await says(other, ".og-refused", "refused: <b>not</b> yet");
    await other.locator(".og-row button").click();
    const second = await agent.command();
    await agent.reply(String(second.id), true, "acknowledged");
    await agent.say(alarmEntry({ ...runaway.alarm, state: "ack" }));
    await says(page, ".og-row", "· acknowledged");
    assert.equal(await page.locator(".og-row button").count(), 0);
  });

  await t.test("an alarm that nobody answers for says so after 10 s", async () => {
    await agent.say(alarmEntry(cellAlarm("vent", "C2", { severity: "alarm" })));
    await page.locator(".og-row button").click();
    await agent.command();
    await says(page, ".og-refused", "no answer from the agent");
    await agent.say(alarmEntry({ ...cellAlarm("vent", "C2"), active: false, state: "normal" }));
    await page.locator(".og-row").filter({ hasText: "seal opened" }).waitFor({ state: "detached" });
  });

  await t.test("a sensor that falls silent is greyed with its age", async () => {
    feeding.values.delete("C3.surface");
    await says(page, `${cellOf("C3")} .og-old .og-remark`, /^[5-9] s old$/);
    feeding.values.set("C3.surface", 25);
    await page.locator(`${cellOf("C3")} .og-old`).waitFor({ state: "detached" });
  });

  await t.test("the agent is lost: its readings are old, and the runaway is still told", async () => {
    await agent.lose();
    feeding.stop();
    await says(page, verdict, /^Readings are old: agent lost \d s ago/);
    await says(page, ".og-verdict p", "Last known: Cell C5: thermal runaway");
    await says(page, `${cellOf("C1")} .og-remark`, /\d+ s old/);
    await says(page, `${cellOf("C1")} .og-stage`, "was normal");
  });

  await t.test("a new boot of the agent starts over; what the broker kept outlives a restart of Node-RED and of the broker", async () => {
    const next = await pretendAgent(t, mosquitto.url, station, 2);
    await calmStation(next);
    const again = feed(t, next);
    await says(page, verdict, "Cell C5: thermal runaway");
    await says(page, cellOf("C1"), "Normal");
    await nodeRed.stop();
    await says(page, verdict, "This page has lost its server");
    await nodeRed.start();
    await says(page, verdict, "Cell C5: thermal runaway");
    await says(page, cellOf("C1"), /Normal\s*2\d\.\d/);
    await mosquitto.stop();
    await says(page, verdict, "No connection to the broker");
    await mosquitto.start();
    await calmStation(next);
    await says(page, cellOf("C1"), /Normal\s*2\d\.\d/);
    again.stop();
  });

  assert.equal(flowFiles(), committed, "Node-RED wrote into the repository");
  // while Node-RED and the network to it are away, a browser says so in its console
  const expected = /SIO connect error|net::ERR_|WebSocket connection|Failed to load resource|socket\.io/;
  assert.deepEqual(
    [...problems, ...otherProblems].filter((problem) => !expected.test(problem)),
    [],
  );
});

test("a quiet page has no error at all and asks nobody else", async (t) => {
  const mosquitto = await startMosquitto(t);
  const nodeRed = await startNodeRed(t, mosquitto.port);
  const agent = await pretendAgent(t, mosquitto.url, station);
  await calmStation(agent);
  feed(t, agent);
  const { page, problems } = await openBrowser(t, { url: `${nodeRed.url}/`, credentials });
  await says(page, verdict, "All 9 cells normal");
  await page.reload();
  await says(page, verdict, "All 9 cells normal");
  await wait(2000);
  assert.deepEqual(problems, []);
  assert.equal(await page.locator(".pwa-toast:visible").count(), 0);
});

test("without the password: no page, no socket by polling or by websocket, no admin call; with a wrong one neither", async (t) => {
  const mosquitto = await startMosquitto(t);
  const nodeRed = await startNodeRed(t, mosquitto.port);
  const paths = [
    "/",
    "/dashboard",
    "/dashboard/station",
    "/dashboard/_setup",
    "/dashboard/favicon.ico",
    "/dashboard/manifest.webmanifest",
    "/dashboard/_debug/datastore/page",
    "/dashboard/socket.io/?EIO=4&transport=polling",
    "/admin",
    "/admin/",
    "/admin/flows",
    "/admin/settings",
    "/admin/auth/login",
    "/admin/red/red.min.js",
  ];
  for (const path of paths) {
    for (const headers of [{}, { authorization: basic(pageUser, "wrong") }, { authorization: basic("admin", pagePassword) }]) {
      assert.equal((await fetch(nodeRed.url + path, { headers: headers as Record<string, string>, redirect: "manual" })).status, 401, path);
    }
  }
  assert.equal((await fetch(`${nodeRed.url}/admin/flows`, { method: "POST", body: "[]" })).status, 401);
  for (const path of ["/admin/", "/admin/flows", "/admin/theme"])
    assert.equal((await fetch(nodeRed.url + path, { headers: { authorization: "Bearer made-up" } })).status, 401, `an invented token: ${path}`);
  assert.equal((await fetch(`${nodeRed.url}/admin/flows`, { headers: { authorization: basic() } })).status, 200);

  for (const path of ["/dashboard/socket.io/?EIO=4&transport=websocket", "/admin/comms"]) {
    assert.equal(await statusOfUpgrade(nodeRed.url + path), 401, path);
    assert.equal(await statusOfUpgrade(nodeRed.url + path, { authorization: basic(pageUser, "wrong") }), 401, path);
    assert.equal(await statusOfUpgrade(nodeRed.url + path, { authorization: basic(), origin: "http://elsewhere.example" }), 403, path);
  }
  assert.equal(await statusOfUpgrade(`${nodeRed.url}/admin/comms`, { authorization: basic() }), 101);
});

test("a trip is told once by mail and once by webhook, though both servers fail at first and Node-RED is restarted", async (t) => {
  const mosquitto = await startMosquitto(t);
  const [smtp, hook] = [await startSmtp(t), await startHook(t)];
  const nodeRed = await startNodeRed(t, mosquitto.port, {
    OFFGAS_MAIL_HOST: "127.0.0.1",
    OFFGAS_MAIL_PORT: String(smtp.port),
    OFFGAS_MAIL_SECURE: "false",
    OFFGAS_MAIL_FROM: "offgas@lab.example",
    OFFGAS_MAIL_TO: "engineer@lab.example",
    OFFGAS_WEBHOOK_URL: hook.url,
  });
  const agent = await pretendAgent(t, mosquitto.url, station);
  await agent.birth();
  smtp.refuse(true);
  hook.state.failing = true;
  const occurrence = ulid();
  const trip = alarmEntry(cellAlarm("runaway", "C5", { severity: "trip", planned: true, occurrence, why: ["dT/dt 6.1 °C/s <img src=x>"] }));
  await agent.say(trip);
  await until(() => smtp.refused() > 0 && hook.state.refused > 0, "both were tried");
  smtp.refuse(false);
  hook.state.failing = false;
  await until(() => smtp.letters.length > 0 && hook.calls.length > 0, "both were told");
  for (const signal of ["SIGTERM", "SIGTERM"] as const) {
    await wait(1500);
    await nodeRed.stop(signal);
    await nodeRed.start();
    await agent.say(alarmEntry(trip.alarm));
    await wait(2500);
  }
  assert.deepEqual([smtp.letters.length, hook.calls.length], [1, 1]);
  const [letter] = smtp.letters;
  assert.equal(letter?.subject, "[Offgas] TRIP (planned): Cell C5: thermal runaway — test-lab/bench");
  assert.match(letter?.text ?? "", /- dT\/dt 6\.1 °C\/s ‹img src=x>/);
  assert.match(letter?.headers ?? "", /^To: engineer@lab\.example$/m);
  assert.doesNotMatch(letter?.headers ?? "", /text\/html/);
  const { occurrence: told, station: where, severity, planned, contentType } = hook.calls[0] ?? {};
  assert.deepEqual([told, where, severity, planned], [occurrence, "bench", "trip", true]);
  assert.match(String(contentType), /^application\/json/);

  await agent.say(alarmEntry(cellAlarm("vent", "C1", { severity: "alarm" })));
  await agent.say(alarmEntry(cellAlarm("sensor-lost", "C1", { severity: "warning", id: "sensor-lost:C1.surface" })));
  await until(() => hook.calls.length === 2, "the second alarm was told");
  await wait(1500);
  assert.deepEqual(
    hook.calls.map(({ id }) => id),
    ["runaway:C5", "vent:C1"],
  );
});

test("a broker without MQTT 5: the same page", async (t) => {
  const broker = await Aedes.createBroker();
  const server = createNetServer((socket) => void broker.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => new Promise<void>((resolve) => broker.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const nodeRed = await startNodeRed(t, port, { OFFGAS_MQTT_PROTOCOL: "4" });
  const agent = await pretendAgent(t, `mqtt://127.0.0.1:${port}`, station, 1, 4);
  await calmStation(agent);
  feed(t, agent);
  const { page, problems } = await openBrowser(t, { url: `${nodeRed.url}/`, credentials });
  await says(page, verdict, "All 9 cells normal");
  await agent.say(alarmEntry(cellAlarm("runaway", "C5", { severity: "trip" })));
  await says(page, verdict, "Cell C5: thermal runaway — trip");
  await page.locator(".og-row button").click();
  assert.equal((await agent.command()).verb, "ack");
  assert.deepEqual(problems, []);
});

test("it does not start without a password or a secret, and says which in one line", async (t) => {
  for (const missing of ["OFFGAS_PAGE_PASSWORD_HASH", "OFFGAS_CREDENTIAL_SECRET"]) {
    await assert.rejects(startNodeRed(t, 1, { [missing]: "" }), new RegExp(`Node-RED ended: offgas flows: ${missing} must hold [^\\n]*\\n$`));
  }
});
