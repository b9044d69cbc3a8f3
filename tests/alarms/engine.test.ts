import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AlarmEngine } from "../../edge-agent/alarms/engine.ts";
import { type AlarmName, type AlarmState, alarmKind, type Severity, severities, severityCode } from "../../edge-agent/core/alarms.ts";
import type { Alarm, Finding, Seen } from "../../edge-agent/core/judgement.ts";

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

test("an acknowledged alarm is told once as such, and goes when its cause goes", () => {
  const alarms = engine();
  alarms.step(10, [finding("runaway", true), finding("gas-rise", true)]);
  assert.deepEqual(brief(alarms.acknowledge(11, "gas-rise:C1")), [[11, "ack", true, "raise-2", "warning"]]);
  assert.deepEqual(alarms.acknowledge(12, "gas-rise:C1"), [], "somebody had");
  assert.deepEqual(alarms.acknowledge(12, "gas-rise:C1", { occurrence: "raise-2" }), []);
  assert.deepEqual(
    alarms.standing().map(({ id, state }) => [id, state]),
    [
      ["runaway:C1", "unack"],
      ["gas-rise:C1", "ack"],
    ],
  );
  alarms.step(20, [finding("gas-rise", false)]);
  assert.deepEqual(brief(alarms.time(320)), [[320, "normal", false, "raise-2", "warning"]]);
});

test("a latch is acknowledged before its cause goes or after, and stands until a reset either way", () => {
  const alarms = engine();
  alarms.step(10, [finding("vent", true)]);
  alarms.acknowledge(11, "vent:C1", { occurrence: "raise-1" });
  alarms.step(20, [finding("vent", false)]);
  assert.deepEqual(brief(alarms.time(80)), [[80, "latched-ack", false, "raise-1", "warning"]]);
  assert.deepEqual(alarms.acknowledge(81, "vent:C1"), []);
  assert.deepEqual(brief(alarms.step(90, [finding("vent", true)])), [[90, "unack", true, "raise-2", "warning"]], "a new raise is new to everybody");
  alarms.step(100, [finding("vent", false)]);
  alarms.time(160);
  assert.deepEqual(brief(alarms.acknowledge(161, "vent:C1")), [[161, "latched-ack", false, "raise-2", "warning"]]);
  assert.deepEqual(brief(alarms.reset(170)), [[170, "normal", false, "raise-2", "warning"]]);
  assert.deepEqual(alarms.standing(), []);
});

test("what is graver, or a machine's further cause, asks again under the same occurrence", () => {
  const alarms = engine();
  alarms.step(0, [finding("gas-rise", true, { by: "co2" }), finding("agent-degraded", true, { by: "full" })]);
  alarms.acknowledge(1, "gas-rise:C1");
  alarms.acknowledge(1, "agent-degraded:C1");
  assert.deepEqual(brief(alarms.step(2, [finding("gas-rise", true, { by: "h2", severity: "alarm" })])), [[2, "unack", true, "raise-1", "alarm"]]);
  assert.deepEqual(brief(alarms.step(3, [finding("agent-degraded", true, { by: "late" })])), [[3, "unack", true, "raise-2", "warning"]]);
  alarms.acknowledge(4, "gas-rise:C1");
  assert.deepEqual(alarms.step(5, [finding("gas-rise", true, { by: "h2", severity: "warning" })]), [], "a milder finding changes nothing");
  assert.equal(alarms.standing()[0]?.state, "ack");
});

test("an alarm that does not stand, or stands anew, is not acknowledged: one line says what to do", () => {
  const alarms = engine();
  const refused = (id: string, message: string | RegExp, seen?: Seen) =>
    assert.throws(() => alarms.acknowledge(1, id, seen), { code: "command/refused", message });
  refused("vent:C1", 'no alarm "vent:C1" stands; look with `offgas alarms`');
  alarms.step(0, [finding("vent", true), finding("over-temperature", true)]);
  refused("vent:C2", 'no alarm "vent:C2" stands; did you mean "vent:C1"?');
  refused("over-temperature:C1", 'no alarm "over-temperature:C1" stands; look with `offgas alarms`');
  refused("vent:C1", "vent:C1 was raised again since: look, and acknowledge occurrence raise-1", { occurrence: "raise-0" });
  assert.equal(alarms.standing()[0]?.state, "unack");
});

test("what became graver than it was seen is not acknowledged; what became milder is", () => {
  const alarms = engine();
  alarms.step(0, [finding("gas-rise", true, { severity: "alarm" })]);
  assert.throws(() => alarms.acknowledge(1, "gas-rise:C1", { occurrence: "raise-1", severity: "warning" }), {
    code: "command/refused",
    message: "gas-rise:C1 is graver than what was seen, alarm and not warning: look, and acknowledge it as it is now",
  });
  assert.equal(alarms.standing()[0]?.state, "unack");
  assert.equal(alarms.acknowledge(2, "gas-rise:C1", { severity: "trip" })[0]?.state, "ack");
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

test("a machine's cause that went and came back within one raise is told again, unless it was gone for less than the off-delay", () => {
  const alarms = engine();
  const [full, late] = ["full", "late"].map((by) => (present: boolean) => finding("agent-degraded", present, { by })) as [
    (present: boolean) => Finding,
    (present: boolean) => Finding,
  ];
  const told = (at_s: number, ...findings: Finding[]) => alarms.step(at_s, findings).map(({ state, why }) => [state, ...why]);
  told(0, full(true), late(true));
  alarms.acknowledge(1, "agent-degraded:C1");
  told(10, full(true), late(false));
  told(20, full(true), late(false));
  assert.deepEqual(told(39, full(true), late(true)), [], "a flicker");
  told(50, full(true), late(false));
  assert.deepEqual(told(80, full(true), late(true)), [["unack", "full true", "late true"]]);
  assert.deepEqual(told(81, full(true), late(true)), [], "once");
});

/** The states as they should be, from the told changes and the two things that people do. */
class Model {
  state: AlarmState = "normal";
  occurrence = "";
  severity = 0;

  told({ state, active, occurrence, severity }: Alarm, latches: boolean): void {
    if (active) {
      const isNew = this.state === "normal" || this.state.startsWith("latched");
      assert.equal(state, "unack", "what is told by a finding asks for a person");
      assert.equal(occurrence !== this.occurrence, isNew, "an occurrence a raise");
      if (!isNew) assert.ok(severityCode(severity) > this.severity, "told again only when it is graver");
    } else {
      const expected = !latches ? "normal" : this.state === "ack" ? "latched-ack" : "latched-unack";
      assert.deepEqual([state, occurrence], [expected, this.occurrence]);
    }
    [this.state, this.occurrence, this.severity] = [state, occurrence, severityCode(severity)];
  }
}

const deed = fc.oneof(
  fc.record({ do: fc.constant("find" as const), present: fc.boolean(), severity: fc.constantFrom(...severities) }),
  fc.record({ do: fc.constant("wait" as const), wait_s: fc.double({ min: 0, max: 400, noNaN: true }) }),
  fc.record({ do: fc.constant("acknowledge" as const), occurrence: fc.constantFrom("standing" as const, "earlier" as const, "none" as const) }),
  fc.record({ do: fc.constant("reset" as const) }),
);

test("in any order of findings, waiting, acknowledging and resetting, only a person makes ack, and only a finding takes it back", () => {
  const order = fc.record({ alarm: fc.constantFrom<AlarmName>("gas-rise", "vent", "over-temperature"), deeds: fc.array(deed, { maxLength: 40 }) });
  fc.assert(
    fc.property(order, ({ alarm, deeds }) => {
      const alarms = engine();
      const model = new Model();
      const { latches } = alarmKind(alarm);
      let at_s = 0;
      for (const each of deeds) {
        if (each.do === "find") {
          at_s += 1;
          for (const change of alarms.step(at_s, [finding(alarm, each.present, each)])) model.told(change, latches);
        } else if (each.do === "wait") {
          at_s += each.wait_s;
          for (const change of alarms.time(at_s)) model.told(change, latches);
        } else if (each.do === "reset") {
          const changes = alarms.reset(at_s);
          assert.equal(changes.length > 0, model.state.startsWith("latched"));
          if (changes.length > 0) model.state = "normal";
        } else {
          const occurrence = { standing: model.occurrence, earlier: "raise-0", none: undefined }[each.occurrence];
          const acknowledge = () => alarms.acknowledge(at_s, `${alarm}:C1`, { occurrence });
          if (model.state === "normal" || each.occurrence === "earlier") {
            assert.throws(acknowledge, { code: "command/refused" });
            continue;
          }
          const [change] = acknowledge();
          assert.equal(change === undefined, model.state.endsWith("ack") && !model.state.endsWith("unack"));
          model.state = model.state.startsWith("latched") ? "latched-ack" : "ack";
          if (change !== undefined) assert.deepEqual([change.state, change.occurrence], [model.state, model.occurrence]);
        }
        assert.deepEqual(
          alarms.standing().map(({ state }) => state),
          model.state === "normal" ? [] : [model.state],
        );
      }
    }),
    { numRuns: 1000 },
  );
});
