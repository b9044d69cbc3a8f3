import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AlarmEngine } from "../../edge-agent/alarms/engine.ts";
import { type AlarmName, alarmKind, type Severity } from "../../edge-agent/core/alarms.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";

const finding = (alarm: AlarmName, present: boolean, more: { by?: string; severity?: Severity } = {}): Finding => ({
  alarm,
  scope: { kind: "cell", id: "C1", cell: "C1" },
  by: more.by ?? "test",
  severity: more.severity ?? "warning",
  present,
  why: [`${more.by ?? "test"} ${present}`],
});
function engine(planned: AlarmName[] = []): AlarmEngine {
  let raises = 0;
  return new AlarmEngine({ occurrence: () => `raise-${++raises}`, planned: (alarm) => planned.includes(alarm) });
}
const brief = (alarms: ReturnType<AlarmEngine["step"]>) =>
  alarms.map(({ at_s, state, active, occurrence, severity }) => [at_s, state, active, occurrence, severity]);

test("an alarm without delay is raised in the same step and said once", () => {
  const alarms = engine(["runaway"]);
  const [raised] = alarms.step(10, [finding("runaway", true, { severity: "trip" })]);
  assert.deepEqual([raised?.id, raised?.active, raised?.state, raised?.planned], ["runaway:C1", true, "unack", true]);
  assert.deepEqual(alarms.step(11, [finding("runaway", true, { severity: "trip" })]), []);
});

test("an on-delay asks for a second look, an off-delay falls due by itself", () => {
  const alarms = engine();
  assert.deepEqual(alarms.step(10, [finding("over-temperature", true)]), []);
  assert.deepEqual(alarms.time(60), [], "time alone does not outlast a spike");
  assert.deepEqual(brief(alarms.step(11, [finding("over-temperature", true)])), [[11, "unack", true, "raise-1", "warning"]]);
  assert.equal(alarms.due_s, Number.POSITIVE_INFINITY);
  assert.deepEqual(alarms.step(20, [finding("over-temperature", false)]), []);
  assert.deepEqual(alarms.step(50, [finding("over-temperature", true)]), [], "came back inside the off-delay: never left");
  assert.deepEqual(alarms.step(60, [finding("over-temperature", false)]), []);
  assert.deepEqual(brief(alarms.time(120)), [[120, "normal", false, "raise-1", "warning"]]);
  assert.deepEqual(alarms.standing(), []);
  assert.deepEqual(alarms.step(130, [finding("over-temperature", true)]), []);
  assert.deepEqual(brief(alarms.step(131, [finding("over-temperature", true)])), [[131, "unack", true, "raise-2", "warning"]]);
});

test("a blip shorter than the on-delay raises nothing", () => {
  const alarms = engine();
  alarms.step(10, [finding("over-temperature", true)]);
  alarms.step(10.5, [finding("over-temperature", false)]);
  assert.deepEqual(alarms.time(100), []);
});

test("a latched alarm stands until a reset, and each raise has an occurrence of its own", () => {
  const alarms = engine();
  alarms.step(10, [finding("vent", true)]);
  alarms.step(20, [finding("vent", false)]);
  assert.deepEqual(brief(alarms.time(80)), [[80, "latched-unack", false, "raise-1", "warning"]]);
  assert.equal(alarms.standing().length, 1);
  assert.deepEqual(brief(alarms.step(90, [finding("vent", true)])), [[90, "unack", true, "raise-2", "warning"]]);
  assert.deepEqual(alarms.reset(95), [], "what is active cannot be reset");
  alarms.step(100, [finding("vent", false)]);
  alarms.time(160);
  assert.deepEqual(brief(alarms.reset(170)), [[170, "normal", false, "raise-2", "warning"]]);
  assert.deepEqual(alarms.standing(), []);
  assert.deepEqual(alarms.reset(171), []);
});

test("a graver finding is told after the on-delay too: one sample at trip level trips nothing", () => {
  const alarms = engine();
  const level = (severity: Severity) => [finding("over-temperature", true, { severity })];
  alarms.step(0, level("warning"));
  assert.equal(alarms.step(1, level("warning")).length, 1);
  assert.deepEqual(alarms.step(2, level("trip")), []);
  assert.deepEqual(alarms.step(2.5, level("warning")), []);
  assert.deepEqual(alarms.step(4, level("trip")), []);
  assert.deepEqual(brief(alarms.step(5, level("trip"))), [[5, "unack", true, "raise-1", "trip"]]);
});

test("several detectors speak for one alarm: it stands while any finds it, at the gravest severity", () => {
  const alarms = engine();
  alarms.step(0, [finding("gas-rise", true, { by: "co2" })]);
  assert.deepEqual(brief(alarms.step(1, [finding("gas-rise", true, { by: "h2", severity: "alarm" })])), [[1, "unack", true, "raise-1", "alarm"]]);
  alarms.step(2, [finding("gas-rise", false, { by: "co2" })]);
  assert.deepEqual(alarms.time(1000), []);
  alarms.step(1000, [finding("gas-rise", false, { by: "h2" })]);
  assert.equal(alarms.time(1300)[0]?.active, false);
});

test("whatever comes, in steps or by time alone, alarms alternate, never chatter, and every delay that is due has run out", () => {
  const step = fc.record({
    wait_s: fc.double({ min: 0, max: 400, noNaN: true }),
    by: fc.constantFrom("a", "b"),
    present: fc.boolean(),
    alarm: fc.constantFrom<AlarmName>("gas-rise", "vent", "over-temperature"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const alarms = engine();
      const active = new Map<string, { active: boolean; at_s: number }>();
      let at_s = 0;
      const check = (changes: ReturnType<AlarmEngine["step"]>) => {
        for (const change of changes) {
          const before = active.get(change.id);
          assert.notEqual(before?.active ?? false, change.active);
          if (before !== undefined) assert.ok(change.at_s - before.at_s >= Math.min(alarmKind(change.alarm).onDelay_s, alarmKind(change.alarm).offDelay_s));
          active.set(change.id, { active: change.active, at_s: change.at_s });
        }
      };
      for (const { wait_s, by, present, alarm } of steps) {
        const to_s = at_s + wait_s;
        for (let guard = 0; alarms.due_s <= to_s; guard++) {
          assert.ok(guard < 10, "a due delay that never runs out");
          check(alarms.time(alarms.due_s));
        }
        at_s = to_s;
        check(alarms.step(at_s, [finding(alarm, present, { by })]));
      }
    }),
  );
});

test("a machine's further causes are told, each once while the alarm stands; those of a cell are one alarm", () => {
  const alarms = engine();
  const told = (at_s: number, ...findings: Finding[]) => alarms.step(at_s, findings).map(({ occurrence, active, why }) => [occurrence, active, ...why]);
  const [full, late] = ["full", "late"].map((by) => (present: boolean) => finding("agent-degraded", present, { by })) as [
    (present: boolean) => Finding,
    (present: boolean) => Finding,
  ];
  assert.deepEqual(told(0, full(true)), [["raise-1", true, "full true"]]);
  assert.deepEqual(told(1, full(true), late(true)), [["raise-1", true, "full true", "late true"]]);
  assert.deepEqual(told(2, full(true), late(false)), []);
  assert.deepEqual(told(3, full(true), late(true)), [], "it was told of in this raise");
  assert.deepEqual(told(4, full(false), late(false)), []);
  assert.deepEqual(told(40, full(false), late(false)), [["raise-1", false, "full false", "late false"]]);
  assert.deepEqual(told(50, late(true)), [["raise-2", true, "late true"]]);
  assert.deepEqual(told(60, finding("gas-rise", true, { by: "co2" })), [["raise-3", true, "co2 true"]]);
  assert.deepEqual(told(61, finding("gas-rise", true, { by: "h2" })), []);
});
