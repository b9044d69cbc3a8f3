import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../edge-agent/core/judgement.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { station } from "../support/station.ts";
import { bench } from "./line.ts";
import { heartbeat, permit, signal } from "./parts.ts";

const asked = { at_s: 10, actor: "ann", because: "cmd-1", standing: [] };
const told = (events: readonly Event[]) => events.map(({ event, output }) => (output === undefined ? event : `${event} ${output}`));

/** Armed; each look at the clock finds it a quarter of a millisecond later. */
async function armed() {
  const rig = bench();
  const { outputs } = await openOutputs(station({ outputs: [permit("cycler"), permit("heater"), signal("siren"), heartbeat("beat")] }), rig.backends, 0);
  outputs.arm(asked);
  let looks = 0;
  const clock = () => 100 + 0.00025 * looks++;
  return { rig, outputs, test: (id?: string) => outputs.tripTest(asked, id, clock) };
}

test("every permit is opened and read back, each with its time; a person arms again", async () => {
  const { rig, outputs, test } = await armed();
  const { tested, events } = test();
  assert.deepEqual(tested, [
    { output: "cycler", opened: true, read_back_ms: 0.25 },
    { output: "heater", opened: true, read_back_ms: 0.5 },
  ]);
  assert.deepEqual(told(events), ["output-open cycler", "output-open heater", "trip-test"]);
  assert.deepEqual(events.at(-1), {
    at_s: 10,
    event: "trip-test",
    because: "cmd-1",
    text: "trip-test by ann: cycler read open after 0.25 ms; heater read open after 0.5 ms; arm again to go on",
  });
  assert.deepEqual(rig.energised(), []);
  assert.deepEqual(
    outputs.status().outputs.map(({ because }) => because),
    [["trip-test"], ["trip-test"], [], []],
  );
  assert.deepEqual(outputs.supervise(11), [], "nothing closes them again by itself");
  assert.deepEqual(rig.energised(), []);
  assert.equal(outputs.arm(asked).refused, undefined);
  assert.deepEqual(rig.energised(), ["cycler", "heater"]);
});

test("one permit leaves the others alone", async () => {
  const { rig, test } = await armed();
  assert.deepEqual(
    test("heater").tested.map(({ output }) => output),
    ["heater"],
  );
  assert.deepEqual(rig.energised(), ["cycler"]);
  assert.deepEqual(
    test().tested.map(({ output }) => output),
    ["cycler"],
    "all are those that are energised",
  );
});

for (const trouble of ["stuck", "dead"] as const) {
  test(`a ${trouble} line has failed, with the reason; the others open, and all are written before the first is read`, async () => {
    const { rig, test } = await armed();
    rig.line("cycler")[trouble] = true;
    const { tested, events } = test();
    assert.deepEqual(
      tested.map(({ output, opened }) => [output, opened]),
      [
        ["cycler", false],
        ["heater", true],
      ],
    );
    assert.match(tested[0]?.fault ?? "", /^cycler .*; cut the supply by hand$/);
    assert.deepEqual(told(events), ["output-open cycler", "output-open heater", "output-fault cycler", "trip-test"]);
    assert.match(events.at(-1)?.text ?? "", /cycler FAILED: cycler .*cut the supply by hand; heater read open after/);
    assert.equal(rig.line("heater").level, false);
  });
}

test("a line that opens at the second write only has failed, and is open", async () => {
  const { rig, test } = await armed();
  const line = rig.line("cycler");
  line.write = (energised) => {
    line.writes.push(energised);
    if (line.writes.filter((level) => !level).length > 1) line.level = energised;
  };
  assert.equal(test("cycler").tested[0]?.opened, false);
  assert.equal(line.level, false);
});

test("what would prove nothing is refused, and nothing moves", async () => {
  const { rig, outputs, test } = await armed();
  const refused = (message: RegExp, id?: string) => assert.throws(() => test(id), { code: "command/refused", message });
  refused(/^not tested: no output "cyclerr"; did you mean "cycler"\? \(permits: cycler, heater\)$/, "cyclerr");
  refused(/^not tested: siren is a signal; only permits are tested/, "siren");
  refused(/^not tested: beat is a heartbeat/, "beat");
  assert.deepEqual(rig.energised(), ["cycler", "heater"]);
  outputs.disarm(asked);
  refused(/^not tested: cycler is open already: arm first$/, "cycler");
  refused(/^not tested: no permit is energised, so that nothing would open: arm first$/);
});
