/** Who is told of what, how often, and what happens when nobody takes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ulid } from "ulid";
import { alarmNames, alarmStates, severities, severityCode } from "../../edge-agent/core/alarms.ts";
import { mailOf } from "../../flows/functions/mail.ts";
import { isTold, type Notice, noticeOf, type Told, tell } from "../../flows/functions/notices.ts";
import { asMail, asWebhook, mailRules, Notifier, type Store, webhookRules } from "../../flows/functions/notify.ts";
import { emptyOutbox, type Outbox, put, recover, settle, take } from "../../flows/functions/outbox.ts";
import type { Alarm } from "../../flows/functions/watch.ts";

const start_ms = 1_800_000_000_000;
const place = { site: "lab", station: "box" };

const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  v: 1,
  boot: 1,
  seq: 1,
  stamp_ns: "1",
  time: new Date(start_ms).toISOString(),
  id: "runaway:C5",
  occurrence: ulid(start_ms),
  alarm: "runaway",
  cell: "C5",
  severity: "trip",
  active: true,
  state: "unack",
  planned: false,
  why: ["dT/dt 6.1 °C/s for 3.2 s"],
  ...more,
});
const notice = (more: Partial<Alarm> = {}): Notice => noticeOf(alarm(more), place, start_ms);

/** As Node-RED's file context: what was set is there after a restart, as JSON. */
function fileStore(): Store & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, get: (key) => (kept.has(key) ? JSON.parse(kept.get(key) ?? "") : undefined), set: (key, value) => void kept.set(key, JSON.stringify(value)) };
}
const mailer = () => new Notifier({ name: "e-mail", off: undefined, rules: mailRules, message: asMail });
const caller = () => new Notifier({ name: "webhook", off: undefined, rules: webhookRules, message: asWebhook });

test("told: every alarm and trip, warnings about a cell or its gas, and nothing that somebody has seen", () => {
  const rows = alarmNames.flatMap((name) =>
    severities.flatMap((severity) =>
      alarmStates.filter((state) => isTold(alarm({ alarm: name, severity, state }))).map((state) => `${name} ${severity} ${state}`),
    ),
  );
  assert.deepEqual(new Set(rows.map((row) => row.split(" ")[2])), new Set(["unack", "rtn-unack", "latched-unack"]));
  assert.deepEqual(new Set(rows.map((row) => row.split(" ")[1])), new Set(["warning", "alarm", "trip"]));
  const warnings = new Set(rows.filter((row) => row.includes(" warning ")).map((row) => row.split(" ")[0]));
  assert.deepEqual(warnings, new Set(["gas-rise", "swelling", "vent", "self-heating", "runaway-imminent", "runaway", "flammable-gas"]));
  for (const name of alarmNames) assert.ok(rows.includes(`${name} trip unack`) && rows.includes(`${name} alarm unack`), name);
});

test("an occurrence is told once, and once more at each graver severity", () => {
  const told: string[] = [];
  const occurrence = ulid();
  ["warning", "warning", "alarm", "warning", "trip", "alarm", "trip"].reduce<Told>((known, severity) => {
    const next = tell(known, notice({ occurrence, severity: severity as Alarm["severity"] }));
    if (next !== undefined) told.push(severity);
    return next ?? known;
  }, {});
  assert.deepEqual(told, ["warning", "alarm", "trip"]);
});

test("what was told is remembered without growing for ever", () => {
  let told: Told = {};
  for (let i = 0; i < 1100; i++) told = tell(told, notice({ occurrence: ulid(start_ms + i) })) ?? told;
  assert.equal(Object.keys(told).length, 1000);
});

test("a burst: the first mail at once, the rest together 30 s later", () => {
  const [way, store] = [mailer(), fileStore()];
  way.hear(notice(), store, start_ms);
  const [first] = way.due(store, start_ms);
  assert.match(first?.topic ?? "", /^\[Offgas\] TRIP: Cell C5: thermal runaway — lab\/box$/);
  for (let i = 0; i < 40; i++) way.hear(notice({ occurrence: ulid(), id: `vent:C${i}`, cell: `C${i}`, alarm: "vent", severity: "alarm" }), store, start_ms + i);
  assert.ok(first);
  way.done(first, undefined, start_ms + 100);
  assert.deepEqual(way.due(store, start_ms + 29_999), []);
  const [second, ...more] = way.due(store, start_ms + 30_000);
  assert.match(second?.topic ?? "", /ALARM: Cell C0: seal opened \(vent\), and 39 more/);
  assert.deepEqual(more, []);
});

test("a restart neither forgets nor repeats; what was under way is sent again", () => {
  const store = fileStore();
  const occurrence = ulid();
  const first = caller();
  first.hear(notice({ occurrence }), store, start_ms);
  const [delivery] = first.due(store, start_ms);
  assert.ok(delivery);
  const second = caller();
  second.hear(notice({ occurrence }), store, start_ms + 1000);
  const again = second.due(store, start_ms + 10_000);
  assert.deepEqual(
    again.map(({ payload }) => payload),
    [delivery.payload],
  );
  for (const one of again) second.done(one, undefined, start_ms + 10_000);
  const third = caller();
  third.hear(notice({ occurrence }), store, start_ms + 20_000);
  assert.deepEqual(third.due(store, start_ms + 20_000), []);
});

test("a server that is down is tried again, ever more slowly, with one delivery at a time", () => {
  const [way, store] = [caller(), fileStore()];
  for (let i = 0; i < 5; i++) way.hear(notice({ occurrence: ulid() }), store, start_ms);
  const tries: number[] = [];
  for (let second = 0; second < 1000; second++) {
    const now_ms = start_ms + second * 1000;
    for (const delivery of way.due(store, now_ms)) {
      tries.push(second);
      way.done(delivery, "connect ECONNREFUSED", now_ms);
    }
  }
  const gaps = tries.slice(2).map((second, index) => second - (tries[index + 1] ?? 0));
  assert.ok(
    gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0)),
    `${tries}`,
  );
  assert.ok((gaps[0] ?? 0) >= 5 && gaps.at(-1) === 300, `${tries}`);
  assert.deepEqual([way.waiting.queued, way.waiting.trouble], [5, "connect ECONNREFUSED"]);
  const sent = [];
  for (let second = 1000; second < 1400; second++) {
    for (const delivery of way.due(store, start_ms + second * 1000)) {
      sent.push(delivery);
      way.done(delivery, undefined, start_ms + second * 1000);
    }
  }
  assert.deepEqual([sent.length, way.waiting.queued, way.waiting.trouble], [5, 0, undefined]);
});

test("calls under way are bounded", () => {
  const [way, store] = [caller(), fileStore()];
  for (let i = 0; i < 9; i++) way.hear(notice({ occurrence: ulid() }), store, start_ms);
  assert.equal(way.due(store, start_ms).length, 2);
  assert.equal(way.due(store, start_ms + 1000).length, 0);
});

test("a way that is off takes nothing and says why", () => {
  const way = new Notifier({ name: "webhook", off: "OFFGAS_WEBHOOK_URL not set", rules: webhookRules, message: asWebhook });
  const store = fileStore();
  way.hear(notice(), store, start_ms);
  assert.deepEqual([way.due(store, start_ms), way.waiting.off, store.kept.size], [[], "OFFGAS_WEBHOOK_URL not set", 0]);
});

test("whatever happens, an outbox stays bounded, loses no trip while it holds anything lower, and accounts for everything", () => {
  const severity = fc.constantFrom("warning", "alarm", "trip") as fc.Arbitrary<Alarm["severity"]>;
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), severity, many: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("take" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), trouble: fc.option(fc.constant("no"), { nil: undefined }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let box: Outbox = emptyOutbox;
      let [now_ms, given, delivered, id] = [start_ms, 0, 0, 0];
      for (const one of steps) {
        now_ms += 7000;
        if (one.kind === "put") {
          for (let i = 0; i < one.many; i++) {
            const before = box.queue;
            box = put(box, notice({ severity: one.severity, occurrence: `O${++given}` }));
            const lost = [...before, one].length > box.queue.length;
            const trips = (queue: readonly Notice[]) => queue.filter((each) => each.severity === "trip").length;
            if (lost && trips(box.queue) < trips(before)) assert.ok(box.queue.every((each) => severityCode(each.severity) === severityCode("trip")));
          }
        }
        if (one.kind === "take") box = take(box, webhookRules, `D${++id}`, now_ms)?.box ?? box;
        if (one.kind === "settle") {
          const [first] = box.underway;
          if (first !== undefined && one.trouble === undefined) delivered += first.notices.length;
          if (first !== undefined) box = settle(box, first.id, one.trouble, now_ms);
        }
        if (one.kind === "restart") box = recover(JSON.parse(JSON.stringify(box)) as Outbox, now_ms, true);
        const underway = box.underway.reduce((sum, { notices }) => sum + notices.length, 0);
        assert.ok(box.queue.length <= 200 && box.underway.length <= 2);
        assert.equal(box.queue.length + underway + delivered + box.dropped, given);
      }
    }),
    { numRuns: 200 },
  );
});

test("a notice that is never taken is given up after a day, and counted", () => {
  let box = put(emptyOutbox, notice());
  for (let hour = 0; hour <= 25; hour++) {
    const now_ms = start_ms + hour * 3_600_000;
    const taken = take(box, webhookRules, `D${hour}`, now_ms);
    if (taken) box = settle(taken.box, `D${hour}`, "400", now_ms);
  }
  assert.deepEqual([box.queue.length, box.dropped], [0, 1]);
});

test("planned stands in the subject only when all of it was planned", () => {
  assert.match(mailOf([notice({ planned: true })]).topic, /^\[Offgas\] TRIP \(planned\): Cell C5/);
  const both = mailOf([notice({ planned: true }), notice({ severity: "warning", alarm: "swelling" })]);
  assert.match(both.topic, /^\[Offgas\] TRIP: /);
  assert.match(both.payload, /TRIP \(planned\): Cell C5: thermal runaway\nsince 2027-.*Z\n- dT\/dt 6\.1/);
});

test("a reason becomes neither markup nor another header", () => {
  const { topic, payload } = mailOf([notice({ cell: "C1\r\nBcc: all@example.org", why: ["<img src=x onerror=alert(1)>\r\n\r\n.", "<b>bold</b>"] })]);
  assert.doesNotMatch(topic, /[\r\n]/);
  assert.doesNotMatch(payload, /</, "the e-mail node would send it as HTML");
});

test("the webhook says everything that a machine needs, and nothing of our queue", () => {
  const { payload } = asWebhook([notice()]);
  assert.deepEqual(Object.keys(payload).sort(), [
    "active",
    "alarm",
    "id",
    "occurrence",
    "planned",
    "severity",
    "since",
    "site",
    "station",
    "v",
    "what",
    "where",
    "why",
  ]);
});
