import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Event } from "../../edge-agent/core/judgement.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { simulatedLines } from "../../edge-agent/outputs/simulated.ts";
import { station } from "../support/station.ts";
import { bench } from "./line.ts";
import { alarm, heartbeat, permit, signal } from "./parts.ts";

const outputs = [permit("cycler"), permit("heater"), signal("siren"), heartbeat("beat")];
const interlocks = [
  { when: "runaway" as const, class: "protect" as const, open: ["cycler", "heater", "siren"] },
  { when: "coverage-lost" as const, class: "stop" as const, open: ["heater"] },
];
const asked = { at_s: 10, actor: "ann", because: "cmd-1", standing: [] };
const told = (events: readonly Event[]) => events.map(({ event, output }) => (output === undefined ? event : `${event} ${output}`));

async function opened(parts: Parameters<typeof station>[0] = { outputs, interlocks }) {
  const rig = bench();
  return { rig, ...(await openOutputs(station(parts), rig.backends, 0)) };
}

test("outputs start open; arming energises permits only; a trip opens and latches until re-armed", async () => {
  const { rig, outputs, events } = await opened();
  assert.deepEqual([events, rig.energised(), outputs.status().armed], [[], [], false]);

  assert.deepEqual(told(outputs.arm(asked).events), ["output-close cycler", "output-close heater", "armed"]);
  assert.deepEqual(rig.energised(), ["cycler", "heater"]);

  const runaway = outputs.act(alarm("runaway", "trip"));
  assert.deepEqual(told(runaway), ["output-open cycler", "output-open heater", "output-close siren"]);
  assert.equal(runaway[0]?.because, "runaway:C1");
  assert.deepEqual(rig.energised(), ["siren"]);
  assert.deepEqual(told(outputs.act(alarm("runaway", "trip"))), [], "a repeated trip tells nothing new");

  const again = outputs.arm({ ...asked, standing: [alarm("runaway", "trip")] });
  assert.match(String(again.refused), /^command\/refused: not armed: active at severity trip: runaway:C1/);
  assert.deepEqual([told(again.events), rig.energised()], [["arm-refused"], ["siren"]]);

  assert.deepEqual(told(outputs.arm(asked).events), ["output-close cycler", "output-close heater", "output-open siren", "armed"]);
  assert.deepEqual(rig.energised(), ["cycler", "heater"]);
  assert.deepEqual(told(outputs.close(9)), ["output-open cycler", "output-open heater"]);
  assert.deepEqual(outputs.close(10), [], "closing twice tells nothing new");
  assert.deepEqual(rig.energised(), []);
  assert.match(String(outputs.arm(asked).refused), /the agent is stopping/);
  assert.deepEqual(rig.energised(), [], "a late command cannot close what the stop opened");
});

test("a standing alarm below trip holds its own outputs open, and only those", async () => {
  const { rig, outputs } = await opened();
  const { refused, events } = outputs.arm({ ...asked, standing: [alarm("coverage-lost", "alarm")] });
  assert.equal(refused, undefined);
  assert.deepEqual(rig.energised(), ["cycler"]);
  assert.match(events.at(-1)?.text ?? "", /armed by ann: cycler; heater stays open \(coverage-lost:C1\)/);
});

test("when every permit is held, arming is refused and says by what", async () => {
  const { outputs } = await opened({ outputs: [permit("heater")], interlocks: interlocks.slice(1) });
  assert.match(String(outputs.arm({ ...asked, standing: [alarm("coverage-lost", "alarm")] }).refused), /every permit is held open by coverage-lost:C1/);
});

test("re-arming energises what was tripped without a pulse on what is closed", async () => {
  const { rig, outputs } = await opened();
  outputs.arm(asked);
  outputs.act(alarm("coverage-lost", "alarm"));
  const before = rig.line("cycler").writes.length;
  assert.deepEqual(told(outputs.arm(asked).events), ["output-close heater", "armed"]);
  assert.equal(rig.line("cycler").writes.length, before);
  assert.deepEqual(rig.energised(), ["cycler", "heater"]);
});

test("a line that does not follow refuses arming and opens all that was closed", async () => {
  const { rig, outputs } = await opened();
  rig.line("heater").stuck = true;
  const { refused, events } = outputs.arm(asked);
  assert.equal(refused?.code, "output/unproven");
  assert.match(String(refused), /heater was energised but reads de-energised/);
  assert.equal(events[0]?.event, "arm-refused");
  assert.deepEqual([rig.energised(), outputs.status().armed], [[], false]);
});

test("a line that reads energised before it was is not armed, and nothing is touched", async () => {
  const { rig, outputs } = await opened();
  rig.line("heater").level = true;
  const { refused } = outputs.arm(asked);
  assert.match(String(refused), /output\/unproven: not armed: heater was de-energised but reads energised; cut the supply by hand/);
  assert.deepEqual(rig.line("cycler").writes, []);
});

test("a broken signal refuses arming but leaves a running test alone", async () => {
  const { rig, outputs } = await opened();
  outputs.arm(asked);
  rig.line("siren").dead = true;
  assert.match(String(outputs.arm(asked).refused), /output\/unproven: not armed: siren cannot be read back: ENODEV/);
  assert.deepEqual([rig.energised(), outputs.status().armed], [["cycler", "heater"], true]);
});

test("a line that cannot be opened is told at once, and arming is refused with its reason", async () => {
  const gpio = { open: () => Promise.reject(new Fault("output/unavailable", "no GPIO here")) };
  const parts = station({ outputs: [permit("cycler"), { id: "heater", kind: "gpio", chip: "x", line: 1 }] });
  const { outputs, events } = await openOutputs(parts, { gpio, simulated: simulatedLines }, 3);
  assert.deepEqual(events, [{ event: "output-fault", output: "heater", at_s: 3, text: "heater: no GPIO here" }]);
  assert.equal(String(outputs.arm(asked).refused), "output/unavailable: not armed: heater: no GPIO here");
  assert.deepEqual(told(outputs.trip(["heater", "cycler"], "x", 4)), ["output-fault heater"], "a trip says again that it could not");
});

for (const trouble of ["stuck", "dead"] as const) {
  test(`a trip of a ${trouble} line does not throw, opens the others and says so`, async () => {
    const { rig, outputs } = await opened();
    outputs.arm(asked);
    rig.line("cycler")[trouble] = true;
    assert.deepEqual(told(outputs.act(alarm("runaway", "trip"))), ["output-open cycler", "output-fault cycler", "output-open heater", "output-close siren"]);
    assert.equal(rig.line("heater").level, false);
    assert.match(outputs.status().outputs[0]?.fault ?? "", /cut the supply by hand/);
  });
}

test("supervision tells a disagreement once, keeps opening what must be open, and trips what another hand opened", async () => {
  const { rig, outputs } = await opened();
  outputs.arm(asked);
  rig.line("cycler").stuck = true;
  assert.match(outputs.disarm(asked).at(-1)?.text ?? "", /^disarmed by ann; cycler was de-energised but reads energised; cut the supply by hand$/);
  assert.deepEqual(told(outputs.supervise(1)), [], "disarming told it already");
  rig.line("cycler").stuck = false;
  outputs.supervise(2);
  assert.equal(rig.line("cycler").level, false, "it was written again");
  assert.deepEqual(outputs.supervise(3), []);

  outputs.arm(asked);
  rig.line("heater").level = false;
  assert.deepEqual(told(outputs.supervise(4)), ["output-fault heater", "output-open heater"]);
  assert.deepEqual(outputs.status().outputs[1]?.because, ["read-back"]);
  assert.deepEqual(outputs.supervise(5), []);
  assert.deepEqual(rig.energised(), ["cycler"]);
});

test("disarming opens every permit; a signal stays on while its alarm stands", async () => {
  const { rig, outputs } = await opened();
  outputs.arm(asked);
  outputs.trip(["siren"], "toxic-gas:C1", 2);
  assert.deepEqual(told(outputs.disarm({ ...asked, standing: [alarm("runaway", "trip")] })), ["output-open cycler", "output-open heater", "disarmed"]);
  assert.deepEqual(rig.energised(), ["siren"]);
  outputs.close(9);
  assert.deepEqual(rig.energised(), ["siren"], "stopping the agent does not end a purge");
  assert.deepEqual(told(outputs.disarm(asked)), ["output-open siren", "disarmed"]);
});

test("the heartbeat changes once per period, only when called, and never bunches up", async () => {
  const { rig, outputs } = await opened();
  const levels = [0, 0.4, 0.99, 1, 1.5, 2, 7.25, 7.3, 8.2, 8.25, Number.NaN, 3].map((at_s) => {
    outputs.beat(at_s);
    return Number(rig.line("beat").level);
  });
  assert.deepEqual(levels, [1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1]);
  rig.line("beat").stuck = true;
  assert.deepEqual(told(outputs.beat(9.25)), ["output-fault beat"]);
});

test("a tripped heartbeat stands still until a person arms", async () => {
  const { rig, outputs } = await opened();
  outputs.beat(0);
  outputs.trip(["beat"], "agent-degraded:station", 0.5);
  outputs.beat(1);
  outputs.beat(2);
  assert.equal(rig.line("beat").level, false);
  outputs.arm(asked);
  outputs.beat(3);
  assert.equal(rig.line("beat").level, true);
});

test("a station without permits cannot be armed", async () => {
  const { outputs } = await opened({ outputs: [signal("siren")] });
  assert.match(String(outputs.arm(asked).refused), /has no output with energised_means: permit/);
});
