/** What is known of the station, message by message, through the agent's own payloads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ulid } from "ulid";
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { numbering } from "../../edge-agent/sinks/mqtt-numbering.ts";
import { type Message, payloadsOf } from "../../edge-agent/sinks/payloads.ts";
import { openStation } from "../../flows/functions/station.ts";
import { alarmEntry, estimateEntry, eventEntry, stamp } from "../support/entries.ts";
import { cellAlarm, cellsAndGas } from "../support/pages.ts";

const noStore = { get: () => undefined, set: () => undefined };
const topic = "offgas/test-lab/bench";
const start_ms = 1_800_000_000_000;

/** A page on a clock of its own, and an agent of boot `boot` that speaks to it. */
function listening(station: Station = cellsAndGas(3), env: Readonly<Record<string, string>> = {}) {
  const flows = openStation({ OFFGAS_SITE: "test-lab", OFFGAS_STATION: "bench", ...env });
  const now = { ms: start_ms };
  flows.broker(true, now.ms);
  const hear = (topic: string, payload: string, retain = false) => flows.hear({ topic, payload, retain }, noStore, now.ms);
  const payloads = payloadsOf(station);
  const agent = (boot: number) => {
    const numbers = numbering(boot);
    const send = ({ topic, body }: Message, retain = false) => hear(topic, numbers.first(body), retain);
    return {
      birth: () => send(payloads.birth("0.1.0", stamp())),
      say(entry: Entry) {
        const message = payloads.message(entry);
        return message ? send(message) : null;
      },
      measure(channel: string, value: number | undefined, more: object = {}) {
        const point = payloads.chart({
          channel,
          at_s: 0,
          stamp_ns: stamp(),
          bound: 0,
          quality: "good",
          reason: "none",
          ...(value === undefined ? {} : { value }),
          ...more,
        });
        return point ? send(point) : null;
      },
    };
  };
  const page = () => {
    flows.beat(now.ms);
    return flows.page(now.ms).payload;
  };
  return { flows, now, hear, agent, page };
}

const cell = (page: ReturnType<ReturnType<typeof listening>["page"]>, id: string) => page.cells.find((one) => one.id === id);

test("a page that has heard nothing says so, and never that all is well", () => {
  const flows = openStation({});
  assert.match(flows.page(start_ms).payload.verdict.text, /No connection to the broker/);
  flows.broker(true);
  assert.match(flows.page(start_ms).payload.verdict.text, /No word from the agent yet/);
});

test("all cells normal needs an estimate and a reading of each", () => {
  const { agent, page } = listening();
  const one = agent(1);
  one.birth();
  assert.equal(page().verdict.text, "Waiting for the first reading");
  for (const id of ["C1", "C2", "C3"]) one.measure(`${id}.surface`, 25.04);
  assert.equal(page().verdict.text, "No alarm. 0 of 3 cells can be judged");
  for (const id of ["C1", "C2", "C3"]) one.say(estimateEntry({ cell: id, stage: "normal" }));
  assert.deepEqual([page().verdict.level, page().verdict.text], ["normal", "All 3 cells normal"]);
  assert.deepEqual([cell(page(), "C2")?.heat?.value, cell(page(), "C2")?.stage], ["25.0", "Normal"]);
});

test("a silent thermometer is stale after 5 s at 1 Hz, after three periods when it is slow, and the verdict names its cell", () => {
  const { agent, page, now } = listening();
  const one = agent(1);
  one.birth();
  for (const id of ["C1", "C2", "C3"]) one.say(estimateEntry({ cell: id, stage: "normal" }));
  for (let second = 0; second <= 40; second++) {
    now.ms = start_ms + second * 1000;
    one.measure("C1.surface", 25);
    if (second <= 20) one.measure("C2.surface", 25);
    if (second % 10 === 0 && second <= 30) one.measure("C3.surface", 25);
    const stale = ["C1", "C2", "C3"].map((id) => cell(page(), id)?.heat?.stale);
    // C3's period is known from its second reading on: before it, 15 s are the rule
    assert.deepEqual(stale, [false, second > 25, false], `after ${second} s`);
  }
  assert.equal(cell(page(), "C2")?.heat?.age_ms, 20_000);
  assert.equal(page().verdict.text, "No alarm, but 1 of 3 cells cannot be seen");
  assert.deepEqual(page().verdict.more, ["no reading from C2"]);
});

test("the arrow follows what the cell does now: rising, past its peak falling, then steady", () => {
  const { agent, page, now } = listening();
  const one = agent(1);
  one.birth();
  const trends: (string | undefined)[] = [];
  for (let second = 0; second <= 120; second++) {
    now.ms = start_ms + second * 1000;
    one.measure("C1.surface", second < 40 ? 25 + second * 10 : second < 80 ? 425 - (second - 40) * 5 : 225);
    if (second === 5 || second === 30 || second === 70 || second === 115) trends.push(cell(page(), "C1")?.heat?.trend);
  }
  assert.deepEqual(trends, [undefined, "rising", "falling", "steady"]);
});

test("a reading without a value shows none, whatever was measured before", () => {
  const { agent, page } = listening();
  const one = agent(1);
  one.birth();
  one.measure("C1.surface", 25);
  one.measure("C1.surface", undefined, { quality: "bad", reason: "open-circuit" });
  assert.deepEqual([cell(page(), "C1")?.heat?.value, cell(page(), "C1")?.heat?.quality], [undefined, "bad"]);
});

test("the gravest alarm is the verdict, with its moment, planned or not, and what it opened", () => {
  const { agent, page, now } = listening();
  const one = agent(1);
  one.birth();
  one.measure("C1.surface", 25);
  now.ms += 1000;
  assert.equal(one.say(alarmEntry(cellAlarm("gas-rise", "C1", { severity: "warning", occurrence: ulid(now.ms - 9000) })))?.payload.alarms.length, 1, "at once");
  const raised_ms = now.ms - 1234;
  one.say(alarmEntry(cellAlarm("runaway", "C2", { severity: "trip", planned: true, occurrence: ulid(raised_ms) })));
  one.say(alarmEntry(cellAlarm("vent", "C2", { severity: "alarm", occurrence: ulid(now.ms) })));
  one.say(eventEntry("cycler-permit opened", { event: "output-open", output: "cycler-permit", because: "runaway:C2" }));
  const { verdict, alarms, acted } = page();
  assert.deepEqual([verdict.level, verdict.text, verdict.since_ms], ["trip", "Cell C2: thermal runaway — trip (planned)", raised_ms]);
  assert.deepEqual(verdict.more, ["and 2 more alarms: 1 alarm, 1 warning"]);
  assert.deepEqual(
    alarms.map(({ severity }) => severity),
    ["trip", "alarm", "warning"],
  );
  assert.deepEqual(acted, ["cycler-permit opened because runaway:C2"]);
  assert.equal(cell(page(), "C2")?.level, "trip");
  one.say(eventEntry("cycler-permit energised", { event: "output-close", output: "cycler-permit", because: "a command" }));
  assert.deepEqual(page().acted, []);
});

test("a fire that spreads is one sentence, since the first", () => {
  const { agent, page, now } = listening();
  const one = agent(1);
  one.birth();
  one.measure("C1.surface", 25);
  for (const [index, cell] of ["C3", "C1", "C2"].entries()) {
    one.say(alarmEntry(cellAlarm("runaway", cell, { severity: "trip", occurrence: ulid(now.ms - 9000 + index * 1000) })));
  }
  one.say(alarmEntry(cellAlarm("vent", "C1", { severity: "alarm" })));
  const { text, more, since_ms } = page().verdict;
  assert.deepEqual([text, more, since_ms], ["Cells C1, C2, C3: thermal runaway — trip", ["and 1 more alarm: 1 alarm"], now.ms - 9000]);
});

test("an alarm that is over goes, a latched one stays, and what was overtaken changes nothing", () => {
  const { agent, page, hear } = listening();
  const one = agent(1);
  one.birth();
  one.measure("C1.surface", 25);
  const vent = cellAlarm("vent", "C1", { severity: "alarm" });
  const earlier = alarmEntry(vent);
  one.say(alarmEntry({ ...vent, active: false, state: "latched-unack" }));
  assert.equal(one.say(earlier), null, "history is not the state");
  assert.deepEqual([page().alarms[0]?.state, page().alarms[0]?.active], ["passed, held, not acknowledged", false]);
  one.say(alarmEntry({ ...vent, active: false, state: "normal" }));
  assert.deepEqual(page().alarms, []);
  one.say(alarmEntry(vent));
  hear(`${topic}/alarm/vent:C1`, "");
  assert.deepEqual(page().alarms, [], "an empty message: nothing is known of it any more");
});

test("a new boot ends the values of the old one, and its alarms stay until the agent says otherwise", () => {
  const { agent, page } = listening();
  const old = agent(4);
  old.birth();
  old.measure("C1.surface", 80);
  old.say(estimateEntry({ cell: "C1", stage: "gassing" }));
  old.say(alarmEntry(cellAlarm("vent", "C1")));
  const next = agent(5);
  next.birth();
  assert.deepEqual([cell(page(), "C1")?.heat?.value, cell(page(), "C1")?.stage], [undefined, "Not judged"]);
  assert.equal(page().alarms.length, 1);
  old.measure("C1.surface", 81);
  assert.equal(cell(page(), "C1")?.heat?.value, undefined, "a late point of the old boot");
  next.measure("C1.surface", 30);
  assert.equal(cell(page(), "C1")?.heat?.value, "30.0");
  const reinstalled = agent(1);
  reinstalled.birth();
  reinstalled.measure("C1.surface", 31);
  assert.equal(cell(page(), "C1")?.heat?.value, "31.0", "a boot that counts from one again is the one that lives");
});

test("a lost agent makes everything old, and the late will of an old boot does not", () => {
  const { agent, page, hear, now } = listening();
  const one = agent(2);
  one.birth();
  one.measure("C1.surface", 25);
  one.say(estimateEntry({ cell: "C1", stage: "normal" }));
  hear(`${topic}/status`, JSON.stringify({ v: 1, boot: 1, state: "offline", why: "lost" }));
  assert.equal(page().link.state, "online");
  hear(`${topic}/status`, JSON.stringify({ v: 1, boot: 2, state: "offline", why: "lost" }));
  now.ms += 40_000;
  assert.equal(page().verdict.text, "Readings are old: agent lost 40 s ago");
  assert.deepEqual([cell(page(), "C1")?.stage, cell(page(), "C1")?.stageLevel], ["was normal", "unknown"]);
  one.say(alarmEntry(cellAlarm("runaway", "C1", { severity: "trip" })));
  assert.deepEqual(page().verdict.more[0], "Last known: Cell C1: thermal runaway — trip");
});

const told = { OFFGAS_WEBHOOK_URL: "http://127.0.0.1:9/" };

test("a lost agent is told once, after half a minute; one that is back by then, or was stopped, is not", () => {
  const { flows, agent, hear, now } = listening(cellsAndGas(3), told);
  const due = () => flows.due("webhook", noStore, now.ms).map(({ payload }) => payload as { id: string; what: string; planned: boolean; why: string[] });
  const status = (why: string, retain = false) => hear(`${topic}/status`, JSON.stringify({ v: 1, boot: 1, state: "offline", why }), retain);
  agent(1).birth();
  status("lost");
  now.ms += 29_000;
  agent(1).birth();
  now.ms += 10_000;
  assert.deepEqual(due(), []);
  status("lost");
  now.ms += 30_000;
  const [notice, ...more] = due();
  assert.deepEqual([notice?.id, notice?.what, notice?.planned, more.length], ["agent-degraded:station", "nobody watches the cells", false, 0]);
  assert.match(notice?.why.join("\n") ?? "", /outputs stay as they were/);
  now.ms += 1000;
  assert.deepEqual(due(), []);
  const { flows: other, agent: stopped, hear: hearOther } = listening(cellsAndGas(3), told);
  stopped(1).birth();
  hearOther(`${topic}/status`, JSON.stringify({ v: 1, boot: 1, state: "offline", why: "stopped" }));
  assert.deepEqual(other.due("webhook", noStore, now.ms + 600_000), []);
});

test("an agent that is connected and gives no reading is told; a slow station is not", () => {
  const { flows, agent, now, page } = listening(cellsAndGas(3), told);
  const due = () => flows.due("webhook", noStore, now.ms).length;
  const one = agent(1);
  one.birth();
  for (let minute = 0; minute < 4; minute++) {
    one.measure("C1.surface", 25);
    now.ms += 60_000;
    assert.equal(due(), 0, `minute ${minute}`);
  }
  assert.equal(page().verdict.level === "alarm", false, "a channel a minute is not old after a minute");
  now.ms += 121_000;
  assert.equal(due(), 1);
  assert.match(page().verdict.text, /^Readings are old/);
});

test("a cell that no detector can judge is not green, and one that was found before it was lost keeps its stage", () => {
  const { agent, page } = listening();
  const one = agent(1);
  one.birth();
  for (const id of ["C1", "C2", "C3"]) {
    one.measure(`${id}.surface`, 25);
    one.say(estimateEntry({ cell: id, stage: "normal" }));
  }
  assert.equal(page().verdict.level, "normal");
  one.say(estimateEntry({ cell: "C1", stage: "normal", judged: false }));
  one.say(estimateEntry({ cell: "C2", stage: "gassing", judged: false }));
  assert.deepEqual(
    ["C1", "C2", "C3"].map((id) => cell(page(), id)?.stage),
    ["Not judged", "Gassing", "Normal"],
  );
  one.say(estimateEntry({ cell: "C2", stage: "normal" }));
  assert.deepEqual([page().verdict.level, page().verdict.text], ["unknown", "No alarm. 2 of 3 cells can be judged"]);
});

test("no readings at all is no calm either", () => {
  const { agent, page, now } = listening();
  agent(1).birth();
  now.ms += 60_000;
  assert.deepEqual([page().verdict.level, page().verdict.text], ["alarm", "No readings"]);
});

test("what nobody can read is counted; a field that a newer agent added is not", () => {
  const { page, hear, agent } = listening();
  agent(1).birth();
  for (const bad of ["{", "[]", "null", '"x"', '{"v":2}']) hear(`${topic}/alarm/vent:C1`, bad);
  hear(`${topic}/unheard-of/x`, "{}");
  assert.ok(page().notes.includes("5 messages that this page cannot read"));
  const { alarm, stamp_ns } = alarmEntry(cellAlarm("vent", "C1"));
  const { message } = payloadsOf(cellsAndGas(3));
  const body = message({ type: "alarm", stamp_ns, alarm })?.body;
  hear(`${topic}/alarm/vent:C1`, JSON.stringify({ v: 1, boot: 1, seq: 9, ...body, added: true }));
  assert.equal(page().alarms.length, 1);
});

test("the page comes once a second, at once with an alarm, and a flood of alarms is no flood of pages", () => {
  const { agent, flows, now } = listening();
  const one = agent(1);
  one.birth();
  let pages = 0;
  for (let at_ms = 0; at_ms < 10_000; at_ms += 250) {
    now.ms = start_ms + 10_000 + at_ms;
    for (let i = 0; i < 5; i++) one.measure("C1.surface", 25 + i);
    if (flows.beat(now.ms)?.[0]) pages++;
  }
  assert.equal(pages, 10);
  now.ms += 500;
  const raise = (cell: string) => one.say(alarmEntry(cellAlarm("vent", cell, { occurrence: ulid() })));
  assert.ok(raise("first"));
  let flooded = 0;
  for (let i = 0; i < 1000; i++) {
    now.ms += 1;
    if (raise(`C${i}`)) flooded++;
    if (i % 250 === 0 && flows.beat(now.ms)?.[0]) flooded++;
  }
  assert.ok(flooded <= 6, `${flooded} pages in a second`);
  assert.equal(flows.page(now.ms).payload.alarms.length, 60);
  assert.equal(flows.page(now.ms).payload.alarmCount, 1001);
});

test("text stays text", () => {
  const { agent, page } = listening();
  const one = agent(1);
  one.birth();
  const evil = "<img src=x onerror=alert(1)> {{ 1 + 1 }}";
  one.say(alarmEntry(cellAlarm("vent", "C1", { why: [evil] })));
  assert.deepEqual(page().alarms[0]?.why, [evil]);
});

test("a click acknowledges what its page showed, also where the alarm has become graver since", () => {
  const { flows, now, agent } = listening(cellsAndGas(3), { OFFGAS_COMMAND_KEY: "00".repeat(32) });
  const one = agent(1);
  one.birth();
  const { alarm } = alarmEntry();
  one.say(alarmEntry({ severity: "trip" }));
  const sent = (severity?: string) => flows.acknowledge({ payload: { occurrence: alarm.occurrence, severity } }, now.ms)[0];
  assert.equal(sent(), null, "not what the page showed, so nobody's word");
  assert.equal(sent("grave"), null);
  const { args } = JSON.parse(sent("warning")?.payload ?? "");
  assert.deepEqual(args, { alarm: "vent:C1", occurrence: alarm.occurrence, severity: "warning" });
});
